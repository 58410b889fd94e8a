/** @import { Summary } from "../shared/protocol.js" */
import { LitElement, html, nothing } from "../vendor/lit.js";
import { close } from "../shared/icons.js";
import { Session } from "../shared/session.js";
import { reasonWords } from "../shared/words.js";
import { Alerts } from "./alerts.js";
import { Desk } from "./desk.js";
import { styles } from "./fd-agent.css.js";
import "../shared/fd-login.js";
import "./fd-brief.js";
import "./fd-keys.js";
import "./fd-queue.js";
import "./fd-thread.js";

/** The agent console: queue, transcript, brief; which conversation is open stands in the address. */
export class FdAgent extends LitElement {
  static properties = { _brief: { state: true }, _ringing: { state: true }, _heard: { state: true } };
  static styles = styles;

  #session = new Session();
  #desk = new Desk(this.#session);
  #alerts = new Alerts();

  constructor() {
    super();
    this._brief = false;
    this._ringing = this.#alerts.on;
    this._heard = "";
    this.#session.addEventListener("change", () => this.#signed());
    this.#desk.addEventListener("change", () => this.#changed());
    this.#desk.addEventListener("waiting", (event) =>
      this.#waiting(/** @type {CustomEvent<Summary>} */ (event).detail),
    );
    this.#desk.addEventListener("woken", (event) =>
      this.#woken(/** @type {CustomEvent<Summary>} */ (event).detail),
    );
    addEventListener("hashchange", () => this.#follow());
    addEventListener("keydown", (event) => this.#key(event));
    this.#session.load();
  }

  /** @returns {import("./fd-thread.js").FdThread | null} */
  get #thread() {
    return this.renderRoot.querySelector("fd-thread");
  }

  /** @returns {import("./fd-queue.js").FdQueue | null} */
  get #queue() {
    return this.renderRoot.querySelector("fd-queue");
  }

  render() {
    if (this.#session.state === "unknown") return nothing;
    if (this.#session.state === "unreachable") return this.#unreachable();
    if (this.#session.state === "out") return html`<fd-login .session=${this.#session}></fd-login>`;
    const { open } = this.#desk;
    return html`
      ${this.#bar()}
      <main class="${open ? "with-open" : ""} ${this._brief ? "with-brief" : ""}">
        <fd-queue
          .conversations=${this.#desk.conversations}
          .selected=${open?.id}
          .myId=${this.#desk.myId}
          .state=${this.#desk.state}
          .problem=${this.#desk.problem}
          .counts=${this.#desk.counts}
          .more=${this.#more}
          .colleagues=${this.#colleagues}
          @select=${(/** @type {CustomEvent<string>} */ { detail }) => (location.hash = detail)}
        ></fd-queue>
        <fd-thread
          .desk=${this.#desk}
          .open=${open ?? undefined}
          @back=${this.#back}
          @brief=${() => (this._brief = !this._brief)}
        ></fd-thread>
        ${open?.summary ? this.#briefPane(open) : nothing}
      </main>
      <fd-keys></fd-keys>
      <div class="sr" role="status" aria-live="polite">${this._heard}</div>
    `;
  }

  #bar() {
    const { available, live } = this.#desk;
    return html`<header>
      <img src="/web/shared/icon.svg" alt="" width="28" height="28" />
      <strong>Desk</strong>
      <span class="line" role="status">${live ? nothing : "Connecting…"}</span>
      <button
        class="toggle"
        role="switch"
        aria-checked=${available}
        @click=${() => this.#desk.setAvailable(!available)}
      >
        <span class=${available ? "lamp on" : "lamp"} aria-hidden="true"></span
        >${available ? "Available" : "Away"}
      </button>
      <button class="toggle wide" role="switch" aria-checked=${this._ringing} @click=${this.#ring}>
        ${this._ringing ? "Sound on" : "Sound off"}
      </button>
      <button class="icon wide" aria-label="Keyboard" title="Keyboard (?)" @click=${this.#keys}>?</button>
      <details class="me">
        <summary>${this.#session.staff?.name}</summary>
        <div>
          <p>${this.#session.staff?.email}</p>
          ${this.#session.staff?.role === "owner" ? html`<a href="/owner">Owner console</a>` : nothing}
          <button class="secondary" @click=${this.#signOut}>Sign out</button>
        </div>
      </details>
    </header>`;
  }

  /** @param {import("./open-conversation.js").OpenConversation} open */
  #briefPane(open) {
    const mine = open.summary?.status === "assigned" && open.summary.assignee?.id === this.#desk.myId;
    return html`<aside aria-label="Brief">
      <button class="icon close" aria-label="Close the brief" @click=${() => (this._brief = false)}>
        ${close()}
      </button>
      <fd-brief
        .summary=${open.summary ?? undefined}
        .brief=${open.brief ?? undefined}
        .canReply=${mine}
        @insert=${(/** @type {CustomEvent<string>} */ { detail }) => this.#insert(detail)}
        @correct=${(/** @type {CustomEvent<object>} */ { detail }) => this.#thread?.correct(detail)}
      ></fd-brief>
    </aside>`;
  }

  #unreachable() {
    return html`<div class="unreachable" role="alert">
      <h1>The desk does not answer</h1>
      <p>Check that the server is running and that you are connected.</p>
      <button class="primary" @click=${() => this.#session.load()}>Try again</button>
    </div>`;
  }

  #signed() {
    if (this.#session.state === "in") this.#desk.start().then(() => this.#follow());
    if (this.#session.state === "out") this.#desk.stop();
    this.#changed();
  }

  #changed() {
    const waiting = [...this.#desk.conversations.values()].filter(({ status }) => status === "waiting");
    this.#alerts.count(this.#session.state === "in" ? waiting.length : 0);
    this.requestUpdate();
  }

  /** @param {Summary} summary */
  #waiting({ id, handoff }) {
    const reason = reasonWords(handoff?.reason);
    this._heard = `A customer is waiting: ${reason}`;
    this.#alerts.ring(reason, id);
  }

  /** @param {Summary} summary */
  #woken({ id }) {
    this._heard = "A snoozed conversation is back";
    this.#alerts.ring("Back from snooze", id);
  }

  #follow() {
    if (this.#session.state !== "in") return;
    this._brief = false;
    this.#desk.show(decodeURIComponent(location.hash.slice(1)) || null);
  }

  #back() {
    location.hash = "";
  }

  /** @type {(statuses: import("../shared/protocol.js").Status[]) => Promise<void>} */
  #more = (statuses) => this.#desk.more(statuses);

  /** @type {(id: string) => import("./colleagues.js").Colleague[]} */
  #colleagues = (id) => this.#desk.colleaguesAt(id);

  /** @param {string} text */
  #insert(text) {
    this._brief = false;
    this.#thread?.insert(text);
  }

  async #ring() {
    await this.#alerts.set(!this._ringing);
    this._ringing = this.#alerts.on;
  }

  async #signOut() {
    await this.#session.signOut().catch(() => this.#session.load());
  }

  /** @returns {import("./fd-keys.js").FdKeys | null} */
  get #help() {
    return this.renderRoot.querySelector("fd-keys");
  }

  #keys() {
    this.#help?.show();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const typing = event
      .composedPath()
      .some((node) => node instanceof HTMLElement && node.matches("input, textarea, select, dialog"));
    if (typing || event.ctrlKey || event.metaKey || event.altKey || this.#help?.off) return;
    const act = this.#shortcuts()[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act();
  }

  async #toCorrections() {
    this._brief = true;
    await this.updateComplete;
    /** @type {import("./fd-brief.js").FdBrief | null} */
    const brief = this.renderRoot.querySelector("fd-brief");
    brief?.toCorrections();
  }

  /** @returns {Record<string, () => unknown>} */
  #shortcuts() {
    const candidate = (/** @type {number} */ at) => this.#desk.open?.brief?.candidates[at]?.answer;
    const insert = (/** @type {number} */ at) => {
      const { summary } = this.#desk.open ?? {};
      const answer = candidate(at);
      if (answer && summary?.status === "assigned" && summary.assignee?.id === this.#desk.myId)
        this.#insert(answer);
    };
    return {
      j: () => this.#queue?.move(1),
      k: () => this.#queue?.move(-1),
      c: () => this.#thread?.take(),
      r: () => this.#thread?.write("messages"),
      n: () => this.#thread?.write("notes"),
      h: () => this.#thread?.act("hand-back"),
      e: () => this.#thread?.act("resolve"),
      b: () => (this._brief = !this._brief),
      w: () => this.#thread?.mend(),
      x: () => this.#toCorrections(),
      escape: () => (this._brief ? (this._brief = false) : this.#back()),
      "?": () => this.#keys(),
      1: () => insert(0),
      2: () => insert(1),
      3: () => insert(2),
    };
  }
}

customElements.define("fd-agent", FdAgent);
