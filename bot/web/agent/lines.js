/** @import { Body, Event } from "../shared/protocol.js" */
import { exact } from "../shared/time.js";
import { reasonWords } from "../shared/words.js";

/**
 * @typedef {object} Line One line of the transcript as staff see it.
 * @property {number} seq
 * @property {"message" | "note" | "notice"} kind
 * @property {string} at
 * @property {Event["author"]} author
 * @property {string} text
 * @property {boolean} [suppressed] Computed too late and never shown to the customer.
 * @property {Body} [sentiment] Of this message.
 * @property {Body} [turn] Why the assistant said this.
 * @property {string[]} [choices] What the customer could press.
 */

/**
 * The record of a conversation as staff read it: explanations beside what they explain.
 *
 * @param {readonly Event[]} events
 * @returns {Line[]}
 */
export function lines(events) {
  const sentiments = new Map(
    events.filter(({ type }) => type === "sentiment").map(({ body }) => [body.message_seq, body]),
  );
  const turns = new Map(
    events.filter(({ type }) => type === "turn").map(({ body }) => [body.utterance_seq, body]),
  );
  const explained = new Set();
  /** @type {Line[]} */
  const made = [];
  for (const event of events) {
    const line = read(event);
    if (!line) continue;
    line.sentiment = sentiments.get(event.seq);
    const about = event.body.replies_to;
    if (about && !explained.has(about)) {
      line.turn = turns.get(about);
      explained.add(about);
    }
    made.push(line);
  }
  // A turn that led to no words (a handoff, a failure) is explained where it began.
  for (const line of made) if (!explained.has(line.seq)) line.turn ??= turns.get(line.seq);
  return made;
}

/** @param {Event} event @returns {Line | null} */
function read({ seq, type, at, author, body }) {
  if (type === "message") {
    const choices = body.buttons?.map(({ title }) => title);
    return { seq, kind: "message", at, author, text: body.text ?? "", suppressed: body.suppressed, choices };
  }
  if (type === "note") {
    return { seq, kind: "note", at, author, text: note(body) };
  }
  const text = happened(type, body, author);
  return text ? { seq, kind: "notice", at, author, text } : null;
}

/** @param {Body} body */
function note({ subject, text, fields }) {
  const rows = Object.entries(fields ?? {}).map(([name, value]) => `- ${name}: ${value}`);
  return [subject && `**${subject}**`, text, rows.join("\n")].filter(Boolean).join("\n\n");
}

/** @param {string} type @param {Body} body @param {Event["author"]} author */
function happened(type, body, author) {
  const who = body.agent?.name ?? author.name ?? "An agent";
  /** @type {Record<string, () => string>} */
  const words = {
    "handoff.requested": () =>
      body.reason === "agent_joined"
        ? ""
        : `Handoff: ${reasonWords(body.reason)}, reference ${body.reference}`,
    "handoff.waiting": () =>
      `Waiting for ${Math.max(Math.round((body.waited_s ?? 0) / 60), 1)} min; nobody has claimed it`,
    "handoff.accepted": () => `${who} took over`,
    "handoff.released": () => `${who} handed back to the assistant`,
    "handoff.resolved": () => `${who} resolved this`,
    "conversation.reopened": () =>
      author.kind === "agent" ? `${who} opened this again` : "The customer wrote again: reopened",
    "conversation.snoozed": () => `${who} snoozed this (until ${exact(body.until ?? "")})`,
    "conversation.woken": () => (author.kind === "agent" ? `${who} brought this back` : "Back from snooze"),
    contact: () => `The customer left an address: ${[body.name, body.email].filter(Boolean).join(", ")}`,
    rating: () => `The customer rated this ${body.score} of 5${body.comment ? `: “${body.comment}”` : ""}`,
  };
  return words[type]?.();
}
