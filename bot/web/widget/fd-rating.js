import { LitElement, css, html, nothing } from "../vendor/lit.js";
import { base } from "../shared/base.js";

const WORDS = ["Very poor", "Poor", "All right", "Good", "Very good"];

/**
 * "How did we do?", after a conversation was resolved.
 *
 * @property {(rating: {score: number, comment?: string}) => Promise<void>} rate
 */
export class FdRating extends LitElement {
  static properties = {
    rate: { attribute: false },
    _score: { state: true },
    _busy: { state: true },
    _problem: { state: true },
  };

  static styles = [
    base,
    css`
      form {
        display: grid;
        gap: var(--s-3);
        padding: var(--s-4);
        border-radius: var(--radius-card);
        background: var(--paper-raised);
        box-shadow: inset 0 0 0 var(--hair) var(--line);
      }
      fieldset {
        margin: 0;
        padding: 0;
        border: 0;
      }
      legend {
        padding: 0;
        font-weight: 600;
      }
      .scores {
        display: flex;
        gap: var(--s-2);
        margin-block-start: var(--s-2);
      }
      .scores label {
        position: relative;
        flex: 1;
        display: grid;
        place-items: center;
        min-block-size: var(--target);
        border: var(--hair) solid var(--line-strong);
        border-radius: var(--radius);
        font-weight: 600;
        cursor: pointer;
      }
      .scores label:has(:checked) {
        border-color: var(--brand);
        background: var(--brand);
        color: var(--on-brand);
      }
      .scores label:has(:focus-visible) {
        outline: var(--focus) solid var(--brand);
        outline-offset: var(--focus);
      }
      .ends {
        display: flex;
        justify-content: space-between;
        color: var(--ink-faint);
        font-size: var(--text-13);
      }
    `,
  ];

  constructor() {
    super();
    /** @type {(rating: {score: number, comment?: string}) => Promise<void>} */
    this.rate = async () => {};
    this._score = 0;
    this._busy = false;
    this._problem = "";
  }

  render() {
    return html`<form @submit=${this.#submit}>
      <fieldset>
        <legend>How did we do?</legend>
        <div class="scores">
          ${WORDS.map(
            (word, at) =>
              html`<label title=${word}>
                <input
                  class="sr"
                  type="radio"
                  name="score"
                  aria-label="${at + 1}: ${word}"
                  @change=${() => (this._score = at + 1)}
                />
                ${at + 1}
              </label>`,
          )}
        </div>
        <div class="ends" aria-hidden="true"><span>${WORDS[0]}</span><span>${WORDS[4]}</span></div>
      </fieldset>
      ${this._score ? this.#more() : nothing}
    </form>`;
  }

  #more() {
    return html`<textarea
        name="comment"
        rows="2"
        maxlength="1000"
        aria-label="Anything to add?"
        placeholder="Anything to add? (if you like)"
      ></textarea>
      <p class="problem" role="alert" ?hidden=${!this._problem}>${this._problem}</p>
      <button class="primary" ?disabled=${this._busy}>Send rating</button>`;
  }

  /** @param {SubmitEvent} event */
  async #submit(event) {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    const comment = String(new FormData(form).get("comment") ?? "").trim();
    this._busy = true;
    this._problem = "";
    try {
      await this.rate(comment ? { score: this._score, comment } : { score: this._score });
    } catch (problem) {
      this._problem = /** @type {Error} */ (problem).message;
    }
    this._busy = false;
  }
}

customElements.define("fd-rating", FdRating);
