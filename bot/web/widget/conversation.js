/** @import { Event, EventPage, Frame, NewConversation, Status } from "../shared/protocol.js" */
import { Api } from "../shared/api.js";
import { Backoff } from "../shared/backoff.js";
import { Feed } from "../shared/feed.js";
import { newId } from "../shared/ids.js";
import { Refused } from "../shared/problem.js";
import { statusAfter } from "../shared/status.js";
import { Storage } from "../shared/storage.js";
import { Timeline } from "../shared/timeline.js";
import { Outbox } from "./outbox.js";

const KEY = "frontdesk.conversation";
/** Tries before a message is shown as failed; with the waits between them about 15 s. */
const TRIES = 4;
/** An answer or an honest failure comes within 10 s; after this the dots would be a lie. */
const PATIENCE_MS = 12_000;
/** While the socket is down the customer still gets answers, by asking. */
const POLL_MS = 4000;
const ENDED = "Your earlier conversation has ended. This is a new one.";
const DELETED = "That chat was deleted. You can begin a new one.";

/**
 * The customer's conversation: what was said, what is being sent, and the line to the server. Made on the server only when there is
 * something to say. Fires `change`, and `incoming` (`CustomEvent<Event>`) for what arrives while the customer is here.
 */
export class Conversation extends EventTarget {
  api = new Api();
  /** Who is typing. @type {import("../shared/protocol.js").Author | null} */
  typing = null;
  /** Path and host of the page around the widget. @type {string | undefined} */
  pageUrl;
  /** Shown once: what happened to an earlier conversation. */
  notice = "";
  #timeline = new Timeline();
  #stored = new Storage("localStorage");
  #outbox = new Outbox(new Storage("sessionStorage"), "frontdesk.outbox");
  /** @type {{id: string, token: string, epoch: string} | null} */
  #ticket = null;
  /** @type {Feed | null} */
  #feed = null;
  #flushing = false;
  /** @type {Promise<void> | null} */
  #fetching = null;
  #asking = false;
  #caughtUp = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #patience;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #quiet;

  get events() {
    return this.#timeline.events;
  }

  get letters() {
    return this.#outbox.letters;
  }

  /** @returns {Status} */
  get status() {
    return statusAfter(this.events);
  }

  /** @returns {boolean} An answer of the assistant is on its way. */
  get answering() {
    return this.#asking && this.status === "bot";
  }

  /** @returns {"ok" | "reconnecting" | "offline"} */
  get line() {
    if (!navigator.onLine) return "offline";
    return this.#feed?.lost ? "reconnecting" : "ok";
  }

  /** Takes up the conversation of this browser, if there is one. The customer has opened the widget. */
  async open() {
    addEventListener("storage", (event) => event.key === KEY && this.#adopt());
    addEventListener("online", () => this.#retry());
    addEventListener("offline", () => this.#changed());
    setInterval(() => this.#poll(), POLL_MS);
    await this.#adopt();
    this.#flush();
  }

  /** @param {string} text */
  send(text) {
    this.notice = "";
    this.#outbox.add(text);
    this.#flush();
  }

  /** @param {{id: string, title: string}} button */
  press(button) {
    this.#outbox.add(button.title, button.id);
    this.#flush();
  }

  /** @param {string} id @returns {string} The words, to be mended. */
  withdraw(id) {
    const text = this.letters.find((letter) => letter.client_message_id === id)?.text ?? "";
    this.#outbox.accepted(new Set([id]));
    this.#changed();
    return text;
  }

  /** @param {string} id */
  resend(id) {
    this.#outbox.retry(id);
    this.#flush();
  }

  /** Asks for a person. @throws {import("../shared/problem.js").Problem} */
  async handoff() {
    await this.#command("handoff", {});
  }

  /** @param {{email: string, name?: string}} contact @throws {import("../shared/problem.js").Problem} */
  async giveContact(contact) {
    await this.#command("contact", contact);
  }

  /** @param {{score: number, comment?: string}} rating @throws {import("../shared/problem.js").Problem} */
  async rate(rating) {
    await this.#command("rating", rating);
  }

  /** Deletes it, or has it deleted when the person who is busy with it is done. @throws {import("../shared/problem.js").Problem} */
  async erase() {
    const { erased } = await this.api.post(this.#path("erase"), { client_message_id: newId() });
    if (!erased) return this.#fetch();
    this.#outbox.accepted(new Set(this.letters.map((letter) => letter.client_message_id)));
    this.#forget(DELETED);
  }

  /** @param {boolean} on */
  sayTyping(on) {
    this.#feed?.send({ type: "typing", on });
  }

  /** @param {string} what @param {object} body */
  async #command(what, body) {
    await this.#create();
    await this.api.post(this.#path(what), { client_message_id: newId(), ...body });
    await this.#fetch();
  }

  /** @param {string} what */
  #path(what) {
    return `/api/conversations/${this.#ticket?.id}/${what}`;
  }

  async #adopt() {
    const ticket = this.#stored.read(KEY);
    if (!ticket || ticket.id === this.#ticket?.id) return;
    this.#take(ticket);
    await this.#fetch();
    if (this.#ticket) this.#connect();
  }

  async #create() {
    if (!this.#ticket) await this.#adopt();
    if (this.#ticket) return;
    /** @type {NewConversation} */
    const made = await this.api.post("/api/conversations", {
      page_url: this.pageUrl,
      locale: navigator.language,
    });
    const ticket = { id: made.conversation_id, token: made.token, epoch: made.epoch };
    this.#stored.write(KEY, ticket);
    this.#take(ticket);
    this.#apply(made.events);
    this.#caughtUp = true;
    this.#connect();
  }

  /** @param {{id: string, token: string, epoch: string}} ticket */
  #take(ticket) {
    this.#feed?.close();
    this.#ticket = ticket;
    this.api.token = ticket.token;
    this.#timeline.clear();
    this.#caughtUp = false;
  }

  #connect() {
    const { id, token } = this.#ticket ?? {};
    this.#feed = new Feed("/api/feed", () => ({ conversation_id: id, token, after: this.#timeline.lastSeq }));
    this.#feed.addEventListener("frame", (event) =>
      this.#receive(/** @type {CustomEvent<Frame>} */ (event).detail),
    );
    this.#feed.addEventListener("state", () =>
      this.#feed?.state === "live" ? this.#retry() : this.#changed(),
    );
    this.#feed.addEventListener("refused", () => this.#fetch());
    this.#feed.open();
  }

  /** @param {Frame} frame */
  #receive(frame) {
    if (frame.type === "welcome" && frame.epoch !== this.#ticket?.epoch) this.#fetch();
    if (frame.type === "event" && frame.event) this.#apply([frame.event]);
    if (frame.type === "typing" && frame.author?.kind !== "customer")
      this.#hear(frame.on ? frame.author : null);
  }

  /** @param {Frame["author"] | null} author */
  #hear(author) {
    this.typing = author ?? null;
    clearTimeout(this.#quiet);
    if (author) this.#quiet = setTimeout(() => this.#hear(null), PATIENCE_MS);
    this.#changed();
  }

  /** @param {readonly Event[]} events */
  #apply(events) {
    const { added, gap } = this.#timeline.apply(events);
    this.#outbox.accepted(new Set(added.map((event) => event.body.client_message_id)));
    for (const event of added) {
      const mine = event.author.kind === "customer";
      if (mine && event.type === "message") this.#expect(true);
      else if (event.type === "message" || event.type === "handoff.requested") this.#answered();
      if (!mine && this.#caughtUp) this.dispatchEvent(new CustomEvent("incoming", { detail: event }));
    }
    this.#changed();
    if (gap) this.#fetch();
  }

  #answered() {
    this.typing = null;
    this.#expect(false);
  }

  /** @param {boolean} on */
  #expect(on) {
    this.#asking = on && this.#caughtUp;
    clearTimeout(this.#patience);
    if (on) this.#patience = setTimeout(() => this.#expect(false), PATIENCE_MS);
    else this.#changed();
  }

  /** One fetch at a time: a second request for the truth gets the answer of the first. */
  #fetch() {
    this.#fetching ??= this.#fetchAll().finally(() => (this.#fetching = null));
    return this.#fetching;
  }

  async #fetchAll() {
    for (let more = true; more && this.#ticket;) {
      /** @type {EventPage} */
      let page;
      try {
        page = await this.api.get(`${this.#path("events")}?after=${this.#timeline.lastSeq}&limit=200`);
      } catch (problem) {
        if (problem instanceof Refused && !problem.passing)
          this.#forget(problem.status === 410 ? DELETED : ENDED);
        return;
      }
      const before = this.#timeline.lastSeq;
      const moved = page.epoch !== this.#ticket.epoch;
      if (moved) this.#restart(page.epoch);
      else this.#apply(page.events);
      more = this.#timeline.lastSeq < page.last_seq && (moved || this.#timeline.lastSeq > before);
    }
    this.#caughtUp = true;
  }

  /** The server's record is another one now (restored from a backup, say): everything is read again. @param {string} epoch */
  #restart(epoch) {
    if (!this.#ticket) return;
    this.#ticket = { ...this.#ticket, epoch };
    this.#stored.write(KEY, this.#ticket);
    this.#timeline.clear();
  }

  /** @param {string} notice */
  #forget(notice) {
    this.#feed?.close();
    this.#feed = this.#ticket = this.api.token = null;
    this.#stored.write(KEY, null);
    this.#timeline.clear();
    this.notice = notice;
    this.#changed();
  }

  #retry() {
    this.#outbox.retry();
    this.#flush();
  }

  #poll() {
    if (this.#ticket && this.line === "reconnecting" && document.visibilityState === "visible") this.#fetch();
  }

  async #flush() {
    this.#changed();
    if (this.#flushing) return;
    this.#flushing = true;
    for (let letter = this.#outbox.next; letter; letter = this.#outbox.next) {
      await this.#deliver(letter);
      this.#changed();
    }
    this.#flushing = false;
  }

  /** @param {import("./outbox.js").Letter} letter */
  async #deliver({ client_message_id: id, text, button_id }) {
    const backoff = new Backoff({ floorMs: 1500 });
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#create();
        const body = button_id ? { client_message_id: id, button_id } : { client_message_id: id, text };
        const { event } = await this.api.post(this.#path("messages"), body);
        this.#apply([event]);
        await this.#fetching;
        return this.#outbox.accepted(new Set([id]));
      } catch (problem) {
        const refused = problem instanceof Refused;
        const { message } = /** @type {Error} */ (problem);
        if (refused && attempt === 1 && [401, 404, 410].includes(problem.status)) {
          await this.#fetch();
          if (this.#ticket) return this.#outbox.fail(id, message, true);
        } else if (refused && !problem.passing) return this.#outbox.fail(id, message, true);
        else if (attempt === TRIES) return this.#outbox.fail(id, message, false);
        else await pause(backoff.next(refused ? problem.retryAfterS * 1000 : 0));
      }
    }
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}

/** @param {number} ms */
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
