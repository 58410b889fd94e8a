/** @import { Frame, Status, Summary } from "../shared/protocol.js" */
/** @import { Session } from "../shared/session.js" */
import { Feed } from "../shared/feed.js";
import { newId } from "../shared/ids.js";
import { Refused } from "../shared/problem.js";
import { Storage } from "../shared/storage.js";
import { Colleagues } from "./colleagues.js";
import { OpenConversation } from "./open-conversation.js";

/** The list is read anew from time to time, whatever the feed said. */
const REFRESH_MS = 60_000;
/** The server's limit for one page of the list. */
const LIMIT = 200;
/** Those with people come whole, however many there are with the assistant. @type {Status[]} */
const PEOPLE = ["waiting", "assigned"];
/** @type {Status[]} */
const OTHERS = ["bot", "resolved"];
/** How often a console says what it looks at. */
const LOOKS_MS = 15_000;
/** Who has just said what they look at need not answer somebody who comes. */
const JUST_MS = 1000;
/** Who is away stays away when the page is loaded again. */
const AWAY = "frontdesk.away";

/**
 * Everything the agent console knows: the conversations, the one that is open, and the line to the server. Elements render it and call
 * it; nothing else talks to the server. Fires `change`, and `waiting` (`CustomEvent<Summary>`) when a customer begins to wait, and once
 * more when nobody claimed it for a while; `woken` (the same) when one's own snoozed one is back by itself.
 */
export class Desk extends EventTarget {
  session;
  /** @type {Map<string, Summary>} */
  conversations = new Map();
  /** How many there are of each status; not all of them are loaded. @type {Partial<Record<Status, number>>} */
  counts = {};
  /** @type {"loading" | "ready" | "failed"} */
  state = "loading";
  problem = "";
  available = false;
  /** @type {OpenConversation | null} */
  open = null;
  #feed;
  #colleagues = new Colleagues();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #forget;
  #lookedAt = -Infinity;
  #loaded = false;
  #stored = new Storage("localStorage");

  /** @param {Session} session */
  constructor(session) {
    super();
    this.session = session;
    this.#feed = new Feed("/api/agent/feed", () => ({ csrf: session.api.csrf }));
    this.#feed.addEventListener("frame", (event) =>
      this.#receive(/** @type {CustomEvent<Frame>} */ (event).detail),
    );
    this.#feed.addEventListener("state", () => this.#changed());
    this.#feed.addEventListener("refused", () => this.session.load());
    setInterval(() => this.#look(), LOOKS_MS);
    document.addEventListener("visibilitychange", () => this.#look());
    setInterval(() => this.#loaded && document.visibilityState === "visible" && this.refresh(), REFRESH_MS);
  }

  /** @returns {boolean} Changes arrive by themselves now. */
  get live() {
    return this.#feed.state === "live";
  }

  /** @returns {string | undefined} */
  get myId() {
    return this.session.staff?.id;
  }

  async start() {
    this.#feed.open();
    await Promise.all([this.refresh(), this.setAvailable(!this.#stored.read(AWAY))]);
  }

  stop() {
    this.#feed.close();
    this.#loaded = false;
    this.conversations.clear();
    this.open = null;
  }

  async refresh() {
    try {
      const [people, others] = await Promise.all([this.#list(PEOPLE), this.#list(OTHERS)]);
      this.#take([...people, ...others]);
      this.state = "ready";
    } catch (problem) {
      this.#failed(problem);
    }
    this.#changed();
  }

  /**
   * Older conversations than those that are loaded.
   *
   * @param {Status[]} statuses
   * @throws {import("../shared/problem.js").Problem}
   */
  async more(statuses) {
    const loaded = [...this.conversations.values()].filter(({ status }) => statuses.includes(status));
    const changed = loaded.filter(({ status }) => status !== "waiting").map(({ updated_at: at }) => at);
    const oldest = changed.reduce(
      (one, other) => (Date.parse(one) < Date.parse(other) ? one : other),
      changed[0],
    );
    this.#take(await this.#list(statuses, oldest));
    this.#changed();
  }

  /** @param {Status[]} statuses @param {string} [before] @returns {Promise<Summary[]>} */
  async #list(statuses, before) {
    const query = new URLSearchParams({ status: statuses.join(), limit: String(LIMIT) });
    if (before) query.set("before", before);
    const { conversations, counts } = await this.session.api.get(`/api/agent/conversations?${query}`);
    this.counts = counts;
    return conversations;
  }

  /** Connected again: what happened meanwhile, and a server that was started anew may not know who is away. */
  #again() {
    this.refresh();
    this.session.api.post("/api/agent/presence", { available: this.available }).catch(() => {});
  }

  /** @param {boolean} available */
  async setAvailable(available) {
    this.available = available;
    this.#stored.write(AWAY, available ? null : true);
    this.#changed();
    try {
      await this.session.api.post("/api/agent/presence", { available });
    } catch (problem) {
      this.available = !available;
      this.#failed(problem);
    }
    this.#changed();
  }

  /** @param {string | null} id */
  async show(id) {
    if (id === (this.open?.id ?? null)) return;
    this.#look("gone");
    this.open = id ? new OpenConversation(id, this.session.api) : null;
    this.#look();
    this.open?.addEventListener("change", () => this.#changed());
    this.#changed();
    await this.open?.load();
    if (this.open?.summary) this.#remember(this.open.summary);
    this.#changed();
  }

  /**
   * A command on the open conversation, done once however often it is sent.
   *
   * @param {"claim" | "join" | "messages" | "hand-back" | "resolve" | "snooze" | "notes" | "corrections"} what
   * @param {object} [body]
   * @param {string} [id] The command's id, when an earlier try may have reached the server.
   * @returns {Promise<any>} What the server answered.
   * @throws {import("../shared/problem.js").Problem}
   */
  async command(what, body = {}, id = newId()) {
    const { open } = this;
    if (!open) return;
    let answer;
    try {
      answer = await this.session.api.post(`/api/agent/conversations/${open.id}/${what}`, {
        client_message_id: id,
        ...body,
      });
    } catch (problem) {
      if (problem instanceof Refused && problem.status === 401) this.session.lost();
      if (problem instanceof Refused && problem.status === 409) this.#reload(open);
      throw problem;
    }
    await this.#reload(open);
    return answer;
  }

  /** @param {string} id Of a conversation. @returns {import("./colleagues.js").Colleague[]} Who else looks at it. */
  colleaguesAt(id) {
    return this.#colleagues.at(id, performance.now());
  }

  /** Colleagues see that something is being written here, a reply or a note. */
  sayWriting() {
    this.#look("writing");
  }

  /** A tab in the background looks at nothing. @param {"reading" | "writing" | "gone"} [what] */
  #look(what = document.visibilityState === "visible" ? "reading" : "gone") {
    if (!this.open) return;
    this.#lookedAt = performance.now();
    this.#feed.send({ type: "looking", conversation_id: this.open.id, what });
  }

  /** @param {Frame} frame */
  #sees(frame) {
    const now = performance.now();
    const came = this.#colleagues.hear(frame, now);
    if (came && frame.conversation_id === this.open?.id && now - this.#lookedAt > JUST_MS) this.#look();
    this.#forgetLater();
  }

  /** What is true no more is drawn no more. */
  #forgetLater() {
    clearTimeout(this.#forget);
    const wait = this.#colleagues.next(performance.now());
    if (wait === Infinity) return;
    this.#forget = setTimeout(() => {
      this.#forgetLater();
      this.#changed();
    }, wait + 50);
  }

  /** @param {boolean} on */
  sayTyping(on) {
    if (this.open) this.#feed.send({ type: "typing", conversation_id: this.open.id, on });
  }

  /** @param {OpenConversation} open */
  async #reload(open) {
    await open.load();
    if (open.summary) this.#remember(open.summary);
    this.#changed();
  }

  /** @param {Frame} frame */
  #receive(frame) {
    if (frame.type === "welcome") this.#look();
    if (frame.type === "welcome" && this.#loaded) this.#again();
    if (frame.type === "queue" && frame.conversations) this.#take(frame.conversations);
    if (frame.type === "conversation" && frame.conversation) this.#remember(frame.conversation);
    if (frame.type === "event" && frame.event) this.#happened(frame.event);
    if (frame.type === "typing") this.open?.hear(frame);
    if (frame.type === "looking") this.#sees(frame);
    if (frame.type === "erased") this.#erased(frame.conversation_id ?? "");
    this.#changed();
  }

  /** @param {string} id */
  #erased(id) {
    const status = this.conversations.get(id)?.status;
    this.conversations.delete(id);
    if (status) this.counts = { ...this.counts, [status]: (this.counts[status] ?? 1) - 1 };
    if (this.open?.id === id) this.open.erased();
  }

  /** @param {import("../shared/protocol.js").Event} event */
  #happened(event) {
    this.open?.receive(event);
    const summary = this.conversations.get(event.conversation_id);
    if (event.type === "handoff.waiting" && summary)
      this.dispatchEvent(new CustomEvent("waiting", { detail: summary }));
    const mine = summary?.assignee?.id === this.myId;
    if (event.type === "conversation.woken" && mine && event.author.kind !== "agent")
      this.dispatchEvent(new CustomEvent("woken", { detail: summary }));
  }

  /** @param {Summary[]} conversations */
  #take(conversations) {
    for (const summary of conversations) this.#remember(summary);
    this.#loaded = true;
  }

  /** @param {Summary} summary */
  #remember(summary) {
    const before = this.conversations.get(summary.id);
    if (before && before.last_seq > summary.last_seq) return;
    this.conversations.set(summary.id, summary);
    this.open?.follow(summary);
    if (this.#loaded && summary.status === "waiting" && before?.status !== "waiting") {
      this.dispatchEvent(new CustomEvent("waiting", { detail: summary }));
    }
  }

  /** @param {unknown} problem */
  #failed(problem) {
    if (problem instanceof Refused && problem.status === 401) return this.session.lost();
    this.problem = /** @type {Error} */ (problem).message;
    if (!this.#loaded) this.state = "failed";
  }

  #changed() {
    this.dispatchEvent(new globalThis.Event("change"));
  }
}
