import { LitElement, css, html } from "../vendor/lit.js";
import { base } from "../shared/base.js";
import { page } from "./page.js";

/**
 * Something that is shown once, to be copied: a link, a secret.
 *
 * @property {string} words What to do with it.
 * @property {string} value
 * @fires done The owner has it.
 */
export class FdOnce extends LitElement {
  static properties = { words: {}, value: {}, _told: { state: true } };

  static styles = [
    base,
    page,
    css`
      code {
        padding: var(--s-3);
        border-radius: var(--radius);
        background: var(--paper-raised);
        user-select: all;
      }
    `,
  ];

  constructor() {
    super();
    this.words = "";
    this.value = "";
    this._told = "";
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (changed.has("value")) this._told = "";
  }

  render() {
    return html`<div class="note good">
      <h2 role="status">${this.words}</h2>
      <code>${this.value}</code>
      <div class="actions">
        <button class="primary" type="button" @click=${this.#copy}>Copy</button>
        <button class="secondary" type="button" @click=${() => this.dispatchEvent(new Event("done"))}>
          I have it
        </button>
        <span role="status" class="hint">${this._told}</span>
      </div>
    </div>`;
  }

  async #copy() {
    this._told = await navigator.clipboard.writeText(this.value).then(
      () => "Copied",
      () => "The browser does not let us copy: select the text and copy it.",
    );
  }
}

customElements.define("fd-once", FdOnce);
