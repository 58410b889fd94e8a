/** @import { Privacy } from "../shared/protocol.js" */
/** @import { Session } from "../shared/session.js" */
import { LitElement, css, html, nothing } from "../vendor/lit.js";
import { base } from "../shared/base.js";
import { ago, exact } from "../shared/time.js";
import { Doing } from "./doing.js";
import { page } from "./page.js";
import { chats, period } from "./privacy-words.js";
import "./fd-privacy-requests.js";

/** After the last key this long, the effect of another time is asked for. */
const SETTLE_MS = 400;

/** @type {Record<Privacy["erased"][number]["reason"], (by: string | null) => string>} */
const REASONS = {
  retention: () => "its time was over",
  customer: () => "the customer deleted it",
  owner: (by) => `deleted by ${by ?? "an owner"}`,
};

/**
 * How long chats are kept, what customers may ask for, and what was deleted.
 *
 * @property {Session} session
 */
export class FdPrivacy extends LitElement {
  static properties = {
    session: { attribute: false },
    _saved: { state: true },
    _days: { state: true },
    _due: { state: true },
    _done: { state: true },
  };

  static styles = [
    base,
    page,
    css`
      form,
      section {
        display: grid;
        gap: var(--s-3);
        max-inline-size: 46rem;
      }
      .time {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--s-2) var(--s-3);
      }
      .time input[type="number"] {
        inline-size: 6rem;
        text-align: center;
      }
      .switch {
        display: flex;
        align-items: center;
        gap: var(--s-2);
        min-block-size: var(--target);
      }
      input[type="checkbox"] {
        inline-size: 20px;
        block-size: 20px;
        accent-color: var(--brand);
      }
      .list {
        padding: 0;
        list-style: none;
        font-size: var(--text-14);
      }
      .list li {
        padding-block: var(--s-2);
        border-block-end: var(--hair) solid var(--line);
        overflow-wrap: anywhere;
      }
    `,
  ];

  #doing = new Doing(this, () => this.session);
  #trying = new Doing(this, () => this.session);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #settle;

  constructor() {
    super();
    /** @type {Session | undefined} */
    this.session = undefined;
    /** @type {Privacy | null} */
    this._saved = null;
    /** Null while the field holds no number. @type {number | null} */
    this._days = null;
    /** How many chats would go at once; null while that is not known. @type {number | null} */
    this._due = null;
    this._done = "";
  }

  firstUpdated() {
    this.#load();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.#settle);
  }

  #load() {
    return this.#doing.run(async (api) => this.#take(await api.get("/api/owner/privacy")));
  }

  /** @param {Privacy} saved */
  #take(saved) {
    this._saved = saved;
    this._days = saved.days;
    this._due = 0;
  }

  /** @param {number | null} days */
  #choose(days) {
    this._days = days;
    this._due = null;
    this._done = "";
    clearTimeout(this.#settle);
    if (days !== null) this.#settle = setTimeout(() => this.#try(days), SETTLE_MS);
  }

  /** @param {number} days */
  #try(days) {
    return this.#trying.run(async (api) => {
      const { due } = await api.get(`/api/owner/privacy/effect?days=${days}`);
      if (days === this._days) this._due = due;
    });
  }

  get #changed() {
    return this._days !== this._saved?.days;
  }

  /** @param {Event} event */
  async #save(event) {
    event.preventDefault();
    const body = { version: this._saved?.version ?? 0, days: this._days };
    const due = this._due;
    const saved = await this.#doing.run(async (api) => this.#take(await api.put("/api/owner/privacy", body)));
    if (saved) this._done = due ? `Saved. ${chats(due)} will be gone within five minutes.` : "Saved.";
  }

  render() {
    return html`
      <div>
        <h1>Privacy</h1>
        <p class="soft">How long chats are kept, and what a customer may ask of you: a copy, or deletion.</p>
      </div>
      ${this._saved ? this.#page(this._saved) : this.#waiting()}
    `;
  }

  #waiting() {
    if (!this.#doing.problem) return html`<p aria-busy="true">Loading…</p>`;
    return html`<div class="note bad" role="alert">
      <p>${this.#doing.problem}</p>
      <div><button class="secondary" @click=${() => this.#load()}>Try again</button></div>
    </div>`;
  }

  /** @param {Privacy} saved */
  #page(saved) {
    return html`${this.#time(saved)}
      <fd-privacy-requests .session=${this.session} @erased=${() => this.#load()}></fd-privacy-requests>
      ${this.#more(saved)} ${this.#gone(saved)} ${this.#history(saved)}`;
  }

  /** @param {Privacy} saved */
  #time({ default_days: usual, most_days: most, conversations, oldest_at: oldest }) {
    const ever = this._days === 0;
    return html`<form @submit=${this.#save} novalidate>
      <h2>How long chats are kept</h2>
      <p class="hint">
        Now:
        ${chats(conversations)}${oldest ? html`. In the quietest of them, the last message came <span title=${exact(oldest)}>${ago(oldest)}</span>` : nothing}.
      </p>
      <div class="time">
        <label class="time">
          Delete a chat
          <input
            type="number"
            inputmode="numeric"
            min="1"
            max=${most}
            ?disabled=${ever}
            .value=${ever ? "" : String(this._days ?? "")}
            @input=${(/** @type {Event} */ { target }) => {
              const { valueAsNumber: days } = /** @type {HTMLInputElement} */ (target);
              this.#choose(Number.isInteger(days) && days >= 1 && days <= most ? days : null);
            }}
          />
          days after its last message
        </label>
        <label class="switch">
          <input
            type="checkbox"
            .checked=${ever}
            @change=${() => this.#choose(ever ? this._saved?.days || usual || 365 : 0)}
          />
          Keep for ever
        </label>
      </div>
      <p class="hint">
        Chats that wait for a person, or have one, are never deleted by themselves. How many there were, and
        how they went, is kept as numbers per day, without names or words.
      </p>
      <div class="actions">
        <button class="primary" ?disabled=${!this.#changed || this._due === null || this.#doing.busy}>
          ${this.#changed && this._due ? `Save, and delete ${chats(this._due)}` : "Save"}
        </button>
        <span role="status">${this._done || this.#effect()}</span>
      </div>
      ${this.#problem()}
    </form>`;
  }

  #effect() {
    if (this._days === null) return `Give a number of days from 1 to ${this._saved?.most_days}.`;
    if (!this.#changed || this._due === null) return "";
    return this._due ? "They cannot be brought back." : "No chat would be deleted now.";
  }

  #problem() {
    const words = this.#doing.words || this.#trying.words;
    if (!words) return nothing;
    return html`<p class="problem" role="alert">
      ${words}
      <button class="quiet" type="button" @click=${() => this.#load()}>Load what is saved</button>
    </p>`;
  }

  /** @param {Privacy} saved */
  #more({ masking, privacy_url: url }) {
    return html`<section>
      <h2>What else protects your customers</h2>
      <ul class="list" role="list">
        <li>
          ${
            masking
              ? "Card numbers, bank accounts and passwords that customers write are blacked out before anything is kept."
              : html`Card numbers and passwords that customers write are <strong>kept as they are</strong>:
                  <code>FRONTDESK_MASKING</code> is off.`
          }
        </li>
        <li>
          ${
            url
              ? html`The chat links <a href=${url} target="_blank" rel="noopener">your privacy notice</a>.`
              : html`The chat links no privacy notice yet: set <code>FRONTDESK_PRIVACY_URL</code>, or
                  <code>privacy_url</code> in the business profile.`
          }
        </li>
        <li>
          Customers can save a copy of their chat and delete it themselves, in the chat’s menu. While a person
          is busy with it, it stays until an hour after they are done.
        </li>
      </ul>
    </section>`;
  }

  /** @param {Privacy} saved */
  #gone({ erased }) {
    if (!erased.length) return nothing;
    return html`<section>
      <h2>Deleted lately</h2>
      <ol class="list" role="list">
        ${erased.map(
          ({ conversation_id: id, reason, erased_by: by, erased_at: at }) =>
            html`<li>
              <span title=${exact(at)}>${ago(at)}</span>: <code>${id}</code>, ${REASONS[reason](by)}
            </li>`,
        )}
      </ol>
    </section>`;
  }

  /** @param {Privacy} saved */
  #history({ history, default_days: usual }) {
    return html`<section>
      <h2>Who changed how long chats are kept</h2>
      ${
        history.length
          ? html`<ol class="list" role="list">
              ${history.map(
                ({ saved_at: at, saved_by: by, days }) =>
                  html`<li><span title=${exact(at)}>${ago(at)}</span>, ${by.name}: ${period(days)}</li>`,
              )}
            </ol>`
          : html`<p class="hint">Nobody yet: it is the server’s setting, ${period(usual)}.</p>`
      }
    </section>`;
  }
}

customElements.define("fd-privacy", FdPrivacy);
