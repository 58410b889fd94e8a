/** @import { Brief, Event as Entry, EventPage, Frame, Summary } from "../shared/protocol.js" */
/** @import { Api } from "../shared/api.js" */
import { Timeline } from "../shared/timeline.js";

/** After the last sign of typing this long, the dots go: the sign for "stopped" may be lost. */
const TYPING_MS = 6000;
/** Several events of one turn arrive together; the brief is asked for once. */
const SETTLE_MS = 400;

/** The conversation an agent looks at: its record, kept whole, and the brief. Fires `change`. */
export class OpenConversation extends EventTarget {
  id;
  /** @type {"loading" | "ready" | "failed"} */
  state = "loading";
  problem = "";
  /** @type {Summary | null} */
  summary = null;
  /** @type {Brief | null} */
  brief = null;
  typing = false;
  #api;
  #timeline = new Timeline();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #quiet;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #settle;

  /** @param {string} id @param {Api} api */
  constructor(id, api) {
    super();
    this.id = id;
    this.#api = api;
  }

  get events() {
    return this.#timeline.events;
  }

  async load() {
    try {
      const { conversation, brief, events } = await this.#api.get(this.#path());
      this.brief = brief;
      this.#advance(conversation);
      if (this.#timeline.apply(events).gap) await this.#fetch();
      this.state = "ready";
    } catch (problem) {
      this.problem = /** @type {Error} */ (problem).message;
      if (!this.events.length) this.state = "failed";
    }
    this.#changed();
  }

  /** @param {Entry} event */
  receive(event) {
    if (event.conversation_id !== this.id || this.state !== "ready") return;
    const { added, gap } = this.#timeline.apply([event]);
    if (gap) this.#fetch();
    if (added.some(({ author }) => author.kind === "customer")) this.typing = false;
    clearTimeout(this.#settle);
    this.#settle = setTimeout(() => this.load(), SETTLE_MS);
    this.#changed();
  }

  /** @param {Summary} summary */
  follow(summary) {
    if (summary.id !== this.id) return;
    this.#advance(summary);
    if (this.state === "ready" && summary.last_seq > this.#timeline.lastSeq) this.#fetch();
    this.#changed();
  }

  /** Deleted: nothing of it is shown any more; the server says what happened. */
  erased() {
    this.#timeline.clear();
    this.summary = this.brief = null;
    this.load();
  }

  /** @param {Frame} frame */
  hear(frame) {
    if (frame.conversation_id !== this.id || frame.author?.kind !== "customer") return;
    this.typing = Boolean(frame.on);
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => {
      this.typing = false;
      this.#changed();
    }, TYPING_MS);
    this.#changed();
  }

  /** @param {string} [rest] */
  #path(rest = "") {
    return `/api/agent/conversations/${encodeURIComponent(this.id)}${rest}`;
  }

  async #fetch() {
    for (let before = -1; before < this.#timeline.lastSeq;) {
      before = this.#timeline.lastSeq;
      /** @type {EventPage} */
      const page = await this.#api.get(this.#path(`/events?after=${before}`)).catch(() => ({ events: [] }));
      this.#timeline.apply(page.events);
    }
    this.#changed();
  }

  /** @param {Summary} summary */
  #advance(summary) {
    if (!this.summary || summary.last_seq >= this.summary.last_seq) this.summary = summary;
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}
