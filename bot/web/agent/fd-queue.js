/** @import { Status, Summary } from "../shared/protocol.js" */
/** @import { Section } from "./queue-order.js" */
import { LitElement, html, nothing, repeat } from "../vendor/lit.js";
import { alert, clock } from "../shared/icons.js";
import { plainText } from "../shared/markdown.js";
import { ago, exact, span } from "../shared/time.js";
import { reasonWords } from "../shared/words.js";
import { besides, colleaguesWords } from "./colleagues.js";
import { eye } from "./eye.js";
import { styles } from "./fd-queue.css.js";
import { sections } from "./queue-order.js";
import { untilWords } from "./snooze.js";
import "../shared/fd-sentiment.js";

/** How often the waiting times move on. */
const TICK_MS = 5000;
/** Waits that deserve a colour. Most people leave a web page within minutes. */
const LONG_S = 180;
const TOO_LONG_S = 600;

/** @typedef {"open" | "bot" | "resolved"} Tab */
/** @type {[Tab, string][]} */
const TABS = [
  ["open", "People"],
  ["bot", "Assistant"],
  ["resolved", "Resolved"],
];
/** @type {Record<Tab, Status[]>} */
const STATUSES_OF = { open: ["waiting", "assigned"], bot: ["bot"], resolved: ["resolved"] };
/** @type {Record<Tab, [string, string]>} */
const EMPTY = {
  open: [
    "Nobody is waiting",
    "When a customer asks for a person, or the assistant finds that one is needed, they appear here.",
  ],
  bot: [
    "No conversations with the assistant",
    "Open the demo shop and ask something: it appears here at once.",
  ],
  resolved: [
    "Nothing resolved yet",
    "Conversations you resolve are kept here. They come back by themselves when the customer writes again.",
  ],
};

/**
 * The queue: who needs somebody, most urgent first. The waiting time and the reason are the loudest things on a row.
 *
 * @property {Map<string, Summary>} conversations
 * @property {string | undefined} selected
 * @property {string | undefined} myId
 * @property {Partial<Record<Status, number>>} counts How many there are of each status, loaded or not.
 * @property {(id: string) => import("./colleagues.js").Colleague[]} colleagues Who else looks at a conversation.
 * @property {(statuses: Status[]) => Promise<void>} more Loads older ones.
 * @fires select `CustomEvent<string>`: the id of a conversation.
 */
export class FdQueue extends LitElement {
  static properties = {
    conversations: { attribute: false, hasChanged: () => true },
    selected: {},
    myId: {},
    state: {},
    problem: {},
    counts: { attribute: false },
    more: { attribute: false },
    colleagues: { attribute: false },
    _tab: { state: true },
    _busy: { state: true },
    _trouble: { state: true },
  };

  static styles = styles;

  /** @type {ReturnType<typeof setInterval> | undefined} */
  #tick;

  constructor() {
    super();
    /** @type {Map<string, Summary>} */
    this.conversations = new Map();
    /** @type {string | undefined} */
    this.selected = undefined;
    /** @type {string | undefined} */
    this.myId = undefined;
    this.state = "loading";
    this.problem = "";
    /** @type {Partial<Record<Status, number>>} */
    this.counts = {};
    /** @type {(statuses: Status[]) => Promise<void>} */
    this.more = async () => {};
    /** @type {(id: string) => import("./colleagues.js").Colleague[]} */
    this.colleagues = () => [];
    /** @type {Tab} */
    this._tab = "open";
    this._busy = false;
    this._trouble = "";
  }

  connectedCallback() {
    super.connectedCallback();
    this.#tick = setInterval(() => this.requestUpdate(), TICK_MS);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearInterval(this.#tick);
  }

  /** @param {1 | -1} step The next or the previous row. */
  move(step) {
    const ids = this.#sections().flatMap(({ rows }) => rows.map(({ id }) => id));
    const at = ids.indexOf(this.selected ?? "");
    const id = ids[at < 0 ? 0 : Math.min(ids.length - 1, Math.max(0, at + step))];
    if (id) this.#select(id);
  }

  /** @returns {Section[]} */
  #sections() {
    return sections(this.conversations.values(), this._tab, this.myId);
  }

  render() {
    return html`
      <nav aria-label="Which conversations">${TABS.map(([tab, word]) => this.#tabButton(tab, word))}</nav>
      <div class="list">${this.#list()} ${this.#older()}</div>
    `;
  }

  /** @param {Tab} tab @param {string} word */
  #tabButton(tab, word) {
    const all = [...this.conversations.values()];
    const count = tab === "open" ? all.filter(({ status }) => status === "waiting").length : 0;
    return html`<button aria-pressed=${this._tab === tab} @click=${() => (this._tab = tab)}>
      ${word} ${count ? html`<b>${count}<span class="sr"> waiting</span></b>` : nothing}
    </button>`;
  }

  #list() {
    if (this.state === "loading")
      return [1, 2, 3].map(() => html`<div class="row bone" aria-hidden="true"></div>`);
    if (this.state === "failed") return html`<p class="empty problem" role="alert">${this.problem}</p>`;
    const made = this.#sections();
    if (!made.length) return this.#empty();
    return made.map(
      ({ title, hint, rows }) => html`
        ${title ? html`<h2>${title} <span>${rows.length}${hint ? ` · ${hint}` : ""}</span></h2>` : nothing}
        <ul role="list">
          ${repeat(
            rows,
            ({ id }) => id,
            (row) => html`<li>${this.#row(row)}</li>`,
          )}
        </ul>
      `,
    );
  }

  /** Not all are loaded: the rest on demand. */
  #older() {
    const statuses = STATUSES_OF[this._tab];
    const loaded = [...this.conversations.values()].filter(({ status }) => statuses.includes(status)).length;
    const all = statuses.reduce((sum, status) => sum + (this.counts[status] ?? 0), 0);
    if (this.state !== "ready" || all <= loaded) return nothing;
    return html`<div class="older">
      <button class="secondary" ?disabled=${this._busy} @click=${() => this.#load(statuses)}>
        ${this._busy ? "Loading…" : `Show older (${all - loaded} more)`}
      </button>
      ${this._trouble ? html`<p class="problem" role="alert">${this._trouble}</p>` : nothing}
    </div>`;
  }

  /** @param {Status[]} statuses */
  async #load(statuses) {
    this._busy = true;
    this._trouble = "";
    await this.more(statuses).catch((problem) => (this._trouble = problem.message));
    this._busy = false;
  }

  #empty() {
    const [title, words] = EMPTY[this._tab];
    return html`<div class="empty">
      <h2>${title}</h2>
      <p>${words}</p>
    </div>`;
  }

  /** @param {Summary} row */
  #row(row) {
    const beside = colleaguesWords(besides(this.colleagues(row.id), row.assignee));
    return html`<button
      class="row ${row.status}"
      aria-current=${row.id === this.selected}
      @click=${() => this.#select(row.id)}
    >
      <span class="top">${this.#time(row)} ${this.#reason(row)}</span>
      <span class="words" dir="auto">${this.#words(row)}</span>
      <span class="end">
        <span class="who">${this.#who(row)}</span>
        <fd-sentiment
          .label=${row.sentiment?.label ?? null}
          .polarity=${row.sentiment?.polarity ?? null}
        ></fd-sentiment>
      </span>
      ${beside ? html`<span class="beside">${eye()} ${beside}</span>` : nothing}
    </button>`;
  }

  /** @param {Summary} row */
  #time({ status, waiting_since: since, snoozed_until: until, updated_at: at }) {
    if (until)
      return html`<time class="when" datetime=${until} title=${exact(until)}
        >until ${untilWords(until)}</time
      >`;
    if (status !== "waiting" || !since)
      return html`<time class="when" datetime=${at} title=${exact(at)}>${ago(at)}</time>`;
    const waited = (Date.now() - Date.parse(since)) / 1000;
    const level = waited > TOO_LONG_S ? "late" : waited > LONG_S ? "long" : "";
    return html`<time class="wait ${level}" datetime=${since} title="Waiting since ${exact(since)}">
      ${level === "late" ? alert() : clock()}<span class="sr">Waiting </span>${span(waited)}
    </time>`;
  }

  /** @param {Summary} row */
  #reason({ handoff, priority }) {
    if (!handoff) return nothing;
    const urgent = priority === "urgent" || priority === "high";
    return html`<strong class="reason">${reasonWords(handoff.reason)}</strong>
      ${urgent ? html`<span class="priority">${priority}</span>` : nothing}`;
  }

  /** The customer's words tell more than ours: while they wait, those that led to the handoff. @param {Summary} row */
  #words({ status, handoff, last_message: last }) {
    const asked = status === "waiting" && last?.author_kind !== "customer" && handoff?.evidence.at(-1)?.text;
    if (asked) return `“${asked}”`;
    if (!last) return "";
    const by = { customer: "", agent: "Agent: ", assistant: "Assistant: ", system: "" }[last.author_kind];
    return by + plainText(last.text);
  }

  /** @param {Summary} row */
  #who({ contact, assignee, status }) {
    const name = contact?.name || contact?.email || "Visitor";
    if (status !== "assigned" || !assignee) return name;
    return `${name}, with ${assignee.id === this.myId ? "you" : assignee.name}`;
  }

  /** @param {string} id */
  #select(id) {
    this.dispatchEvent(new CustomEvent("select", { detail: id }));
  }
}

customElements.define("fd-queue", FdQueue);
