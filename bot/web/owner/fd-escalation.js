/** @import { Effect, Escalation } from "../shared/protocol.js" */
/** @import { Session } from "../shared/session.js" */
import { LitElement, html, nothing } from "../vendor/lit.js";
import { base } from "../shared/base.js";
import { Doing } from "./doing.js";
import { rate } from "./escalation-words.js";
import { dials } from "./fd-escalation.css.js";
import { page } from "./page.js";
import "./fd-escalation-effect.js";
import "./fd-escalation-history.js";

/** After the last turn of a dial this long, its effect is asked for. */
const SETTLE_MS = 500;

/**
 * When a person is brought in: the dials in plain words, and what they would change before they count.
 *
 * @property {Session} session
 */
export class FdEscalation extends LitElement {
  static properties = {
    session: { attribute: false },
    _saved: { state: true },
    _dials: { state: true },
    _effect: { state: true },
    _done: { state: true },
  };

  static styles = [base, page, dials];

  #doing = new Doing(this, () => this.session);
  #trying = new Doing(this, () => this.session);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #settle;
  #asked = 0;

  constructor() {
    super();
    /** @type {Session | undefined} */
    this.session = undefined;
    /** @type {Escalation | null} */
    this._saved = null;
    /** @type {Record<string, any>} */
    this._dials = {};
    /** @type {Effect | null} */
    this._effect = null;
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
    return this.#doing.run(async (api) => this.#take(await api.get("/api/owner/escalation")));
  }

  /** @param {Escalation} saved */
  #take(saved) {
    this._saved = saved;
    this._dials = { ...saved.thresholds };
    this.#try();
  }

  async #try() {
    const asked = ++this.#asked;
    const tried = await this.#trying.run(async (api) => {
      const effect = await api.post("/api/owner/escalation/simulation", { thresholds: this._dials });
      if (asked === this.#asked) this._effect = effect;
    });
    if (!tried && asked === this.#asked) this._effect = null;
  }

  get #changed() {
    const saved = this._saved?.thresholds ?? {};
    return Object.keys(saved).some(
      (name) => JSON.stringify(saved[name]) !== JSON.stringify(this._dials[name]),
    );
  }

  /** @param {string} name @param {unknown} value */
  #turn(name, value) {
    this._dials = { ...this._dials, [name]: value };
    this.#later();
  }

  #later() {
    this._done = "";
    clearTimeout(this.#settle);
    this.#settle = setTimeout(() => this.#try(), SETTLE_MS);
  }

  #reset() {
    this._dials = Object.fromEntries(
      (this._saved?.settings ?? []).map(({ name, default: usual }) => [name, usual]),
    );
    this.#later();
  }

  /** @param {Event} event */
  async #save(event) {
    event.preventDefault();
    const body = { version: this._saved?.version ?? 0, thresholds: this._dials };
    const saved = await this.#doing.run(async (api) =>
      this.#take(await api.put("/api/owner/escalation", body)),
    );
    if (saved) this._done = "Saved. It counts from the next message on.";
  }

  render() {
    return html`
      <div>
        <h1>When to bring in a person</h1>
        <p class="soft">
          Danger, fraud and the wish for a person always bring one in. The rest is yours to set. You see what
          a change would have done in your last conversations before you save it.
        </p>
      </div>
      ${this._saved ? this.#page() : this.#waiting()}
    `;
  }

  #waiting() {
    if (!this.#doing.problem) return html`<p aria-busy="true">Loading…</p>`;
    return html`<div class="note bad" role="alert">
      <p>${this.#doing.problem}</p>
      <div><button class="secondary" @click=${() => this.#load()}>Try again</button></div>
    </div>`;
  }

  #page() {
    return html`<div class="sides">
        <form @submit=${this.#save} novalidate>
          ${this.#anger()} ${this.#failures()} ${this.#topics()} ${this.#foot()}
        </form>
        <aside>
          <fd-escalation-effect
            ?hidden=${Boolean(this.#trying.problem)}
            .effect=${this._effect}
            ?busy=${this.#trying.busy}
            ?changed=${this.#changed}
          ></fd-escalation-effect>
          ${this.#trying.problem ? html`<p class="problem" role="alert">${this.#trying.errors.length ? "Correct the setting that is marked; then you see what it would change." : this.#trying.problem}</p>` : nothing}
        </aside>
      </div>
      <fd-escalation-history .history=${this._saved?.history ?? []}></fd-escalation-history>`;
  }

  #anger() {
    return html`<fieldset>
      <legend>When a customer is angry</legend>
      <p class="dial">
        Hand over after ${this.#number("angry_turns", "angry messages")} angry messages among the last
        ${this.#number("angry_window", "messages looked at")},
      </p>
      <p class="dial">
        or after ${this.#number("very_angry_turns", "angry messages in a row, one of them very angry")} in a
        row, one of them very angry.
      </p>
      <p class="dial">
        Offer a person after ${this.#number("angry_turns_to_offer", "unhappy messages in a row")} unhappy
        messages in a row.
      </p>
      ${this.#switch("offer_on_lost_patience", "Offer a person at once when somebody has plainly lost patience")}
      ${this.#mood("negative_polarity", "What counts as unhappy")}
      ${this.#mood("strong_polarity", "What counts as very unhappy")}
    </fieldset>`;
  }

  #failures() {
    return html`<fieldset>
      <legend>When the assistant does not help</legend>
      <p class="dial">
        Offer a person after
        ${this.#number("failures_to_offer", "questions without a helpful answer, for an offer")} questions
        without a helpful answer, and hand over after
        ${this.#number("failures_to_escalate", "questions without a helpful answer, to hand over")}, among the
        last ${this.#number("failure_window", "questions looked at")}.
      </p>
      <p class="dial">
        Hand over after ${this.#number("tool_failures_to_escalate", "failed look-ups")} failed look-ups.
      </p>
      <p class="dial">
        After an offer, let ${this.#number("offer_cooldown_turns", "messages after an offer")} messages pass
        before the next one.
      </p>
      ${this.#range("repeat_similarity", "How alike two questions must be to count as asked again", "loosely", "word for word", 0.05)}
    </fieldset>`;
  }

  #topics() {
    return html`<fieldset>
      <legend>What always goes to a person</legend>
      ${this.#switch("hand_over_on_legal", "Legal steps and complaints to authorities")}
      ${this.#switch("hand_over_on_leaving", "Threats to leave or to warn others")}
      ${this.#range("need_to_hand_over", "How sure the reading of a message must be to hand over because of it", "at a guess", "only when certain", 0.01)}
      ${this.#range("need_to_offer", "How sure it must be to offer a person", "at a guess", "only when certain", 0.05)}
      ${this.#list("always_phrases", "These words or phrases, one a line", "gift card balance")}
      ${this.#list("always_intents", "These intents of the assistant, one a line", "return_request")}
    </fieldset>`;
  }

  /** @param {string} name @param {string} label */
  #number(name, label) {
    const { least, most } = this.#setting(name);
    return html`<input
        type="number"
        inputmode="numeric"
        aria-label="Number of ${label}"
        aria-invalid=${this.#wrong(name) ? "true" : nothing}
        min=${least}
        max=${most}
        step="1"
        .value=${String(this._dials[name] ?? "")}
        @input=${(/** @type {Event} */ { target }) => {
          const { valueAsNumber: value } = /** @type {HTMLInputElement} */ (target);
          if (Number.isInteger(value)) this.#turn(name, value);
        }}
      />${this.#complaint(name)}`;
  }

  /** @param {string} name @param {string} words */
  #switch(name, words) {
    return html`<label class="switch">
        <input
          type="checkbox"
          .checked=${Boolean(this._dials[name])}
          @change=${(/** @type {Event} */ { target }) => this.#turn(name, /** @type {HTMLInputElement} */ (target).checked)}
        />
        ${words}</label
      >${this.#complaint(name)}`;
  }

  /** @param {string} name @param {string} words */
  #mood(name, words) {
    return this.#range(name, words, "only the worst", "the slightest", 0.05);
  }

  /** @param {string} name @param {string} words @param {string} low @param {string} high @param {number} step */
  #range(name, words, low, high, step) {
    const { least, most } = this.#setting(name);
    return html`<label class="field">
        <span>${words} <span class="hint">${Number(this._dials[name]).toFixed(2)}</span></span>
        <input
          type="range"
          min=${least}
          max=${most}
          step=${step}
          .value=${String(this._dials[name])}
          @input=${(/** @type {Event} */ { target }) =>
            this.#turn(name, Number(/** @type {HTMLInputElement} */ (target).value))}
        />
        <span class="ends hint"><span>${low}</span><span>${high}</span></span>
      </label>
      ${this.#complaint(name)}`;
  }

  /** @param {string} name @param {string} words @param {string} example */
  #list(name, words, example) {
    return html`<label class="field">
        ${words}
        <textarea
          placeholder=${example}
          .value=${(this._dials[name] ?? []).join("\n")}
          @change=${(/** @type {Event} */ { target }) => {
            const lines = /** @type {HTMLTextAreaElement} */ (target).value
              .split("\n")
              .map((line) => line.trim());
            this.#turn(name, [...new Set(lines.filter(Boolean))]);
          }}
        ></textarea>
      </label>
      ${this.#complaint(name)}`;
  }

  #foot() {
    const usual = (this._saved?.settings ?? []).every(
      ({ name, default: value }) => JSON.stringify(value) === JSON.stringify(this._dials[name]),
    );
    return html`<div class="save">
      <div class="actions">
        <button
          class="primary"
          type="submit"
          ?disabled=${!this.#changed || this.#doing.busy || this.#trying.errors.length > 0}
        >
          Save
        </button>
        <button class="secondary" type="button" ?disabled=${usual} @click=${this.#reset}>
          Back to the defaults
        </button>
        ${
          this.#doing.problem
            ? html`<button class="quiet" type="button" @click=${() => this.#load()}>
                Load what is saved
              </button>`
            : nothing
        }
      </div>
      ${this.#changed && this._effect && !this.#trying.busy ? html`<p class="hint">${rate(this._effect)}.</p>` : nothing}
      <p role="status">${this._done}</p>
      ${this.#doing.problem ? html`<p class="problem" role="alert">${this.#doing.problem}</p>` : nothing}
    </div>`;
  }

  /** @param {string} name */
  #setting(name) {
    return this._saved?.settings.find((one) => one.name === name) ?? { least: 0, most: 0 };
  }

  /** @param {string} name */
  #wrong(name) {
    const errors = [...this.#doing.errors, ...this.#trying.errors];
    return errors.find(({ field }) => field === `thresholds.${name}`)?.message;
  }

  /** @param {string} name */
  #complaint(name) {
    const message = this.#wrong(name);
    return message ? html`<span class="problem" role="alert">${message}</span>` : nothing;
  }
}

customElements.define("fd-escalation", FdEscalation);
