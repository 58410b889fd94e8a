/** @import { Button, Event } from "../shared/protocol.js" */
/** @import { Letter } from "./outbox.js" */
import { day, roughly } from "../shared/time.js";

/**
 * @typedef {object} Entry One line of the transcript.
 * @property {string} key Stable while a message goes from sending to sent.
 * @property {"message" | "notice" | "day"} kind
 * @property {string} text
 * @property {string} [at]
 * @property {"customer" | "assistant" | "agent" | "system"} [author]
 * @property {string} [name] Shown above the first of a group.
 * @property {boolean} [last] Last of a group: has the tail.
 * @property {Button[]} [buttons]
 * @property {string} [chosen] Title of the button that was pressed.
 * @property {boolean} [spent] Its buttons cannot be pressed any more.
 * @property {boolean} [contact] The e-mail form belongs under it.
 * @property {"sending" | "sent" | "failed"} [state] Of the customer's own.
 * @property {Letter} [letter]
 * @property {string} [reference]
 */

/**
 * The transcript as it is shown: who said what in groups, what happened in between, what is still on its way.
 *
 * @param {readonly Event[]} events
 * @param {readonly Letter[]} letters
 * @returns {Entry[]}
 */
export function entries(events, letters) {
  /** @type {Entry[]} */
  const lines = [];
  const shown = events.filter((event) => event.type !== "hidden" && !event.body.suppressed);
  shown.forEach((event, at) => {
    const line = told(event, shown[at - 1], shown[at + 1]);
    if (!line) return;
    const today = day(event.at);
    // One day only needs no heading; a resumed conversation does.
    if (today !== (lines.length ? day(shown[at - 1].at) : "Today")) {
      lines.push({ key: `day-${event.seq}`, kind: "day", text: today });
    }
    lines.push(line);
  });
  lines.push(...letters.map(onItsWay));
  group(lines);
  spend(lines);
  askContact(lines, events);
  return lines;
}

/**
 * A change of hands is told once: the desk's own words about it, when they follow, replace ours.
 *
 * @param {Event} event
 * @param {Event | undefined} before
 * @param {Event | undefined} after
 * @returns {Entry | null}
 */
function told(event, before, after) {
  if (event.type !== "message")
    return isDesk(after) && event.type.startsWith("handoff.") ? null : notice(event);
  const line = message(event);
  if (isDesk(event) && before && CHANGES.has(before.type)) line.kind = "notice";
  return line;
}

/** People come and go in a line between the messages; a request is answered in a message. */
const CHANGES = new Set(["handoff.accepted", "handoff.released", "handoff.resolved"]);

/** @param {Event | undefined} event */
const isDesk = (event) => event?.type === "message" && event.body.kind === "handoff";

/** @param {Event} event @returns {Entry} */
function message({ seq, author, at, body }) {
  return {
    key: body.client_message_id ?? String(seq),
    kind: "message",
    text: body.text ?? "",
    at,
    author: author.kind,
    // The header names the assistant; only people are named line by line.
    name: author.kind === "agent" ? (author.name ?? "A colleague") : "",
    buttons: body.buttons ?? [],
    contact: body.wants_contact,
    state: author.kind === "customer" ? "sent" : undefined,
  };
}

/** @param {Letter} letter @returns {Entry} */
function onItsWay(letter) {
  const { client_message_id: key, text, state } = letter;
  return { key, kind: "message", text, author: "customer", state, letter };
}

/** @param {Event} event @returns {Entry | null} */
function notice({ seq, type, at, body }) {
  const who = body.agent?.name ?? "A colleague";
  /** @type {Record<string, () => string>} */
  const words = {
    "handoff.requested": () => queue(body.position, body.expected_wait_s),
    "handoff.accepted": () => `${who} has joined`,
    "handoff.released": () => `${who} has left; the assistant answers again`,
    "handoff.resolved": () => `${who} marked this as solved. Write again at any time`,
    contact: () => `We will write to ${body.email}`,
    rating: () => "Thank you for rating us",
  };
  const text = words[type]?.();
  return text ? { key: String(seq), kind: "notice", text, at, reference: body.reference } : null;
}

/** @param {number | null | undefined} position @param {number | null | undefined} waitS */
function queue(position, waitS) {
  const parts = ["Waiting for a person"];
  if (position) parts.push(position === 1 ? "you are next" : `you are number ${position}`);
  if (waitS) parts.push(roughly(waitS));
  return parts.join(", ");
}

/** @param {Entry[]} lines */
function group(lines) {
  lines.forEach((line, at) => {
    if (line.kind !== "message") return;
    const [before, after] = [lines[at - 1], lines[at + 1]];
    const same = (/** @type {Entry | undefined} */ other) =>
      other?.author === line.author && line.author !== undefined;
    line.last = !same(after);
    if (same(before) && before?.name === line.name) line.name = "";
  });
}

/** @param {Entry} line */
const isHandedOver = ({ kind, author }) => kind === "notice" || author === "system" || author === "agent";

/** Buttons answer the last question only: once the customer or a person has spoken, they are history. @param {Entry[]} lines */
function spend(lines) {
  lines.forEach((line, at) => {
    if (!line.buttons?.length) return;
    const next = lines.slice(at + 1).find((other) => other.author === "customer");
    line.spent = Boolean(next) || lines.slice(at + 1).some(isHandedOver);
    line.chosen = line.buttons.find((button) => button.title === next?.text)?.title;
  });
}

/**
 * Only the latest request for an address has the form, and none once there is one or a person has come.
 *
 * @param {Entry[]} lines
 * @param {readonly Event[]} events
 */
function askContact(lines, events) {
  const asking = lines.findLast((line) => line.contact);
  const later = lines.slice(lines.findLastIndex((line) => line.contact) + 1);
  const given =
    events.some((event) => event.type === "contact") ||
    later.some(({ kind, author }) => kind === "notice" || author === "agent");
  for (const line of lines) line.contact = line === asking && !given;
}
