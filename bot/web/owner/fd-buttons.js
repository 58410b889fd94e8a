/** @import { Article } from "../shared/protocol.js" */
import { LitElement, css, html, nothing } from "../vendor/lit.js";
import { base } from "../shared/base.js";
import { page } from "./page.js";

/** The server's limit. */
const MOST = 6;

/** @typedef {Article["buttons"][number]} Button */

/**
 * The buttons under an answer: each leads to another article or to a link.
 *
 * @property {Button[]} buttons
 * @property {Article[]} articles Where one can lead to.
 * @fires buttons `CustomEvent<Button[]>`
 */
export class FdButtons extends LitElement {
  static properties = { buttons: { attribute: false }, articles: { attribute: false } };

  static styles = [
    base,
    page,
    css`
      :host {
        gap: var(--s-3);
      }
      fieldset {
        display: grid;
        gap: var(--s-3);
        min-inline-size: 0;
        margin: 0;
        padding: 0;
        border: 0;
      }
      legend {
        margin-block-end: var(--s-2);
        font-weight: 600;
        font-size: var(--text-14);
      }
      .row {
        display: flex;
        flex-wrap: wrap;
        align-items: end;
        gap: var(--s-2) var(--s-4);
      }
      .row .field {
        flex: 1 1 12rem;
        min-inline-size: 0;
      }
      @media (width < 640px) {
        .row {
          padding-block-end: var(--s-3);
          border-block-end: var(--hair) solid var(--line);
        }
        .row .field {
          flex-basis: 100%;
        }
      }
    `,
  ];

  constructor() {
    super();
    /** @type {Button[]} */
    this.buttons = [];
    /** @type {Article[]} */
    this.articles = [];
  }

  render() {
    const { buttons } = this;
    return html`<fieldset>
      <legend>Buttons under the answer</legend>
      ${buttons.length ? nothing : html`<p class="hint">None. A button leads on: to another answer, or to a page.</p>`}
      ${buttons.map((button, at) => html`<div class="row">${this.#row(button, at)}</div>`)}
      ${
        buttons.length < MOST
          ? html`<div>
              <button
                type="button"
                class="secondary"
                @click=${() => this.#set([...buttons, { title: "", article: null, url: "" }])}
              >
                Add a button
              </button>
            </div>`
          : nothing
      }
    </fieldset>`;
  }

  /** @param {Button} button @param {number} at */
  #row({ title, article, url }, at) {
    return html`<label class="field">
        Words
        <input
          required
          maxlength="80"
          .value=${title}
          @input=${(/** @type {Event} */ event) => this.#change(at, { title: value(event) })}
        />
      </label>
      <label class="field">
        Leads to
        <select
          @change=${(/** @type {Event} */ event) =>
            this.#change(
              at,
              value(event) ? { article: value(event), url: null } : { article: null, url: "" },
            )}
        >
          <option value="" ?selected=${!article}>A link</option>
          ${this.#targets(article).map(([id, words]) => html`<option value=${id} ?selected=${id === article}>${words}</option>`)}
        </select>
      </label>
      ${
        article
          ? nothing
          : html`<label class="field">
              Link
              <input
                required
                inputmode="url"
                placeholder="https://…"
                .value=${url ?? ""}
                @input=${(/** @type {Event} */ event) => this.#change(at, { url: value(event) })}
              />
            </label>`
      }
      <button
        type="button"
        class="quiet"
        aria-label="Remove the button ${title || at + 1}"
        @click=${() => this.#set(this.buttons.filter((_, other) => other !== at))}
      >
        Remove
      </button>`;
  }

  /** Articles by their questions; one that is gone is still shown. @param {string | null | undefined} article @returns {[string, string][]} */
  #targets(article) {
    const all = this.articles.map(({ id, question }) => /** @type {[string, string]} */ ([id, question]));
    const gone = article && !all.some(([id]) => id === article);
    return gone ? [[article, all.length ? `${article} (gone)` : article], ...all] : all;
  }

  /** @param {number} at @param {Partial<Button>} fields */
  #change(at, fields) {
    this.#set(this.buttons.map((button, other) => (other === at ? { ...button, ...fields } : button)));
  }

  /** @param {Button[]} buttons */
  #set(buttons) {
    this.buttons = buttons;
    this.dispatchEvent(new CustomEvent("buttons", { detail: buttons }));
  }
}

/** @param {Event} event */
const value = ({ target }) => /** @type {HTMLInputElement | HTMLSelectElement} */ (target).value;

customElements.define("fd-buttons", FdButtons);
