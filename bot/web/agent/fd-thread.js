/** @import { Summary } from "../shared/protocol.js" */
/** @import { Desk } from "./desk.js" */
/** @import { OpenConversation } from "./open-conversation.js" */
import { LitElement, html, nothing } from "../vendor/lit.js";
import { back } from "../shared/icons.js";
import { StickToEnd } from "../shared/stick-to-end.js";
import { day, span } from "../shared/time.js";
import { STATUSES } from "../shared/words.js";
import { besides, colleaguesWords } from "./colleagues.js";
import { eye } from "./eye.js";
import { styles } from "./fd-thread.css.js";
import { snoozes, untilWords } from "./snooze.js";
import { lines } from "./lines.js";
import "./fd-line.js";
import "./fd-reply.js";

/** @typedef {"claim" | "join" | "hand-back" | "resolve"} Action */

/**
 * One conversation: what was said, and what an agent may do now.
 *
 * @property {Desk} desk
 * @property {OpenConversation} open
 * @fires back Back to the queue, where there is one pane.
 * @fires brief Show or hide the brief, where it has no pane of its own.
 */
export class FdThread extends LitElement {
  static properties = {
    desk: { attribute: false, hasChanged: () => true },
    open: { attribute: false, hasChanged: () => true },
    _problem: { state: true },
    _told: { state: true },
    _busy: { state: true },
  };

  static styles = styles;

  /** @type {{scroller: HTMLElement, end: StickToEnd} | undefined} */
  #stuck;
  #shown = "";

  constructor() {
    super();
    /** @type {Desk | undefined} */
    this.desk = undefined;
    /** @type {OpenConversation | undefined} */
    this.open = undefined;
    this._problem = "";
    /** @type {unknown} */
    this._told = "";
    this._busy = "";
  }

  /** @returns {boolean} */
  get #mine() {
    const { summary } = this.open ?? {};
    return summary?.status === "assigned" && summary.assignee?.id === this.desk?.myId;
  }

  /** @param {Action} what Nothing happens when it is not possible now. */
  async act(what) {
    if (!this.#actions().some(([name]) => name === what) || this._busy) return;
    this._busy = what;
    await this.#try(() => this.desk?.command(what));
    this._busy = "";
    if ((what === "claim" || what === "join") && this.#mine) this.write("messages");
  }

  /** @param {Date | null} until Null brings it back now. */
  async snooze(until) {
    this.renderRoot.querySelector("details")?.removeAttribute("open");
    const asked = { until: until?.toISOString() ?? null };
    if ((await this.#try(() => this.desk?.command("snooze", asked))) && until)
      this._told = `Snoozed until ${untilWords(until.toISOString())}. It comes back earlier if the customer writes.`;
  }

  /** @param {object} correction */
  async correct(correction) {
    if (await this.#try(() => this.desk?.command("corrections", correction)))
      this._told = "Noted, thank you: the desk learns from this.";
  }

  /** Hands a reply to the owner, who reads it before it becomes an article. @param {number} seq */
  async propose(seq) {
    /** @type {any} */
    let made;
    const ask = async () => {
      made = await this.desk?.command("corrections", { kind: "missing_article", message_seq: seq });
    };
    if (!(await this.#try(ask))) return;
    this._told =
      this.desk?.session.staff?.role === "owner"
        ? html`Kept under Unanswered.
            <a href="/owner#articles/new?from=${made?.correction_id}">Write the article now</a>`
        : "Proposed as an article. An owner reads it before customers get it.";
  }

  /** Asks what the sentiment of the customer's last judged message is instead. */
  mend() {
    /** @type {import("./fd-line.js").FdLine[]} */
    const all = [...this.renderRoot.querySelectorAll("fd-line")].map((line) => /** @type {any} */ (line));
    const judged = all.findLast((line) => line.judged);
    judged?.scrollIntoView({ block: "nearest" });
    judged?.mend();
  }

  /** @param {"messages" | "notes"} mode */
  write(mode) {
    this.#reply?.begin(mode);
  }

  /** @param {string} text */
  insert(text) {
    this.#reply?.insert(text);
  }

  /** @returns {import("./fd-reply.js").FdReply | null} */
  get #reply() {
    return this.renderRoot.querySelector("fd-reply");
  }

  /** @param {() => Promise<void> | undefined} action @returns {Promise<boolean>} */
  async #try(action) {
    this._problem = this._told = "";
    try {
      await action();
      return true;
    } catch (problem) {
      this._problem = /** @type {Error} */ (problem).message;
      return false;
    }
  }

  willUpdate() {
    if (this.#shown === this.open?.id) return;
    this.#shown = this.open?.id ?? "";
    this.#stuck?.end.toEnd();
    this._problem = this._told = "";
  }

  /** The scroller comes and goes with the conversation that is open. */
  updated() {
    /** @type {HTMLElement | null} */
    const scroller = this.renderRoot.querySelector(".scroller");
    if (scroller && scroller !== this.#stuck?.scroller)
      this.#stuck = { scroller, end: new StickToEnd(scroller) };
  }

  render() {
    const { open } = this;
    if (!open) return this.#nothingOpen();
    if (open.state === "loading") return html`<div class="blank" aria-busy="true"><p>Loading…</p></div>`;
    if (open.state === "failed" || !open.summary) return this.#failed(open.problem);
    return html`
      ${this.#header(open.summary)}
      <div class="told" role="status">${this._told}</div>
      ${this._problem ? html`<p class="problem bar" role="alert">${this._problem}</p>` : nothing}
      <div class="scroller" tabindex="0" role="region" aria-label="Transcript">
        <div>
          <ol role="list">
            ${this.#lines(open)}
          </ol>
          ${open.typing ? html`<p class="typing" role="status">The customer is writing…</p>` : nothing}
        </div>
      </div>
      ${this.#foot(open.summary)}
    `;
  }

  #nothingOpen() {
    return html`<div class="blank">
      <h2>Choose a conversation</h2>
      <p>
        The queue shows who has waited longest. Press <kbd>J</kbd> for the next one, <kbd>?</kbd> for all
        keys.
      </p>
    </div>`;
  }

  /** @param {string} problem */
  #failed(problem) {
    return html`<div class="blank">
      <h2>This conversation could not be opened</h2>
      <p>${problem}</p>
      <button class="secondary" @click=${() => this.open?.load()}>Try again</button>
      <button class="quiet" @click=${() => this.dispatchEvent(new Event("back"))}>Back to the queue</button>
    </div>`;
  }

  /** @param {Summary} summary */
  #header(summary) {
    const name = summary.contact?.name || summary.contact?.email || "Visitor";
    return html`<header>
      <button
        class="icon back"
        aria-label="Back to the queue"
        @click=${() => this.dispatchEvent(new Event("back"))}
      >
        ${back()}
      </button>
      <div class="names">
        <h1>${name}</h1>
        <p>${this.#statusWords(summary)}</p>
      </div>
      <button class="secondary brief" @click=${() => this.dispatchEvent(new Event("brief"))}>Brief</button>
      ${this.#mine ? this.#snooze(summary) : nothing}
      ${this.#actions().map(
        ([what, word, kind]) =>
          html`<button class=${kind} ?disabled=${Boolean(this._busy)} @click=${() => this.act(what)}>
            ${word}
          </button>`,
      )}
    </header>`;
  }

  /** @param {Summary} summary */
  #snooze({ snoozed_until: until }) {
    if (until)
      return html`<button class="secondary" @click=${() => this.snooze(null)}>Bring back now</button>`;
    return html`<details class="snooze" @keydown=${this.#closes}>
      <summary class="secondary">Snooze</summary>
      <div>
        ${snoozes(new Date()).map(
          ([words, then]) => html`<button class="quiet" @click=${() => this.snooze(then)}>${words}</button>`,
        )}
      </div>
    </details>`;
  }

  /** Escape closes the menu first, and goes back only then. @param {KeyboardEvent} event */
  #closes(event) {
    const menu = /** @type {HTMLDetailsElement} */ (event.currentTarget);
    if (event.key !== "Escape" || !menu.open) return;
    event.stopPropagation();
    menu.open = false;
    menu.querySelector("summary")?.focus();
  }

  /** @param {Summary} summary */
  #statusWords({ status, assignee, waiting_since: since, snoozed_until: until, handoff }) {
    const reference = handoff ? ` · ${handoff.reference}` : "";
    if (status === "waiting" && since)
      return `Waiting for ${span((Date.now() - Date.parse(since)) / 1000)}${reference}`;
    if (until) return `Snoozed until ${untilWords(until)}${reference}`;
    if (status === "assigned")
      return `With ${this.#mine ? "you" : (assignee?.name ?? "a colleague")}${reference}`;
    return STATUSES[status];
  }

  /** The key for taking over. What is resolved is opened again by its button only: the customer is told of it. */
  take() {
    this.act(this.open?.summary?.status === "bot" ? "join" : "claim");
  }

  /** @returns {[Action, string, string][]} */
  #actions() {
    const status = this.open?.summary?.status;
    if (status === "waiting") return [["claim", "Claim", "primary"]];
    if (status === "bot") return [["join", "Join", "primary"]];
    if (status === "resolved") return [["join", "Open again", "secondary"]];
    if (!this.#mine) return [];
    return [
      ["hand-back", "Hand back", "secondary"],
      ["resolve", "Resolve", "primary"],
    ];
  }

  /** @param {OpenConversation} open */
  #lines(open) {
    let before = "";
    return lines(open.events).map((line) => {
      const today = day(line.at);
      const heading = today === before ? nothing : html`<p class="day">${today}</p>`;
      before = today;
      return html`<li>
        ${heading}
        <fd-line
          .line=${line}
          @correct=${(/** @type {CustomEvent<object>} */ { detail }) => this.correct(detail)}
          @propose=${(/** @type {CustomEvent<number>} */ { detail }) => this.propose(detail)}
        ></fd-line>
      </li>`;
    });
  }

  /** @param {Summary} summary */
  #foot(summary) {
    const beside = colleaguesWords(besides(this.desk?.colleaguesAt(summary.id) ?? [], summary.assignee));
    return html`<footer>
      <p class="beside" role="status">${beside ? html`${eye()} ${beside}` : nothing}</p>
      ${this.#mine ? nothing : html`<p class="bar">${this.#whyNot(summary)}</p>`}
      <fd-reply
        .conversation=${summary.id}
        .canReply=${this.#mine}
        .deliver=${this.#deliver}
        @writing=${() => this.desk?.sayWriting()}
        @typing=${(/** @type {CustomEvent<boolean>} */ { detail }) => this.desk?.sayTyping(detail)}
      ></fd-reply>
    </footer>`;
  }

  /** @param {Summary} summary */
  #whyNot({ status, assignee }) {
    if (status === "waiting")
      return "Claim this conversation to answer. The customer is told that you have joined.";
    if (status === "assigned")
      return `${assignee?.name ?? "A colleague"} is helping this customer. You can leave a note.`;
    if (status === "resolved")
      return "This is resolved. It opens again when the customer writes, or when you open it.";
    return "The assistant is answering. Join to answer yourself; the customer is told that you have joined.";
  }

  /** @type {(mode: "messages" | "notes", text: string, id: string) => Promise<void>} */
  #deliver = async (mode, text, id) => {
    this.#stuck?.end.toEnd();
    await this.desk?.command(mode, { text }, id);
  };
}

customElements.define("fd-thread", FdThread);
