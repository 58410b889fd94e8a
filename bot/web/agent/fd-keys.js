import { LitElement, css, html } from "../vendor/lit.js";
import { base } from "../shared/base.js";
import { close } from "../shared/icons.js";
import { Storage } from "../shared/storage.js";

const KEY = "frontdesk.keys-off";

/** @type {[string, string][]} */
const KEYS = [
  ["J / K", "Next or previous conversation"],
  ["C", "Claim, or join"],
  ["R", "Write a reply"],
  ["N", "Write a note"],
  ["1 – 3", "Insert that article’s answer"],
  ["H", "Hand back to the assistant"],
  ["E", "Resolve"],
  ["B", "Show or hide the brief"],
  ["W", "Wrong sentiment of the last message"],
  ["X", "Handoff needless, or too late"],
  ["Esc", "Leave the reply, or go back"],
  ["?", "These keys"],
];

/** The keyboard, on a card. Single keys can be switched off, for those who dictate (WCAG 2.1.4). */
export class FdKeys extends LitElement {
  static styles = [
    base,
    css`
      dialog {
        max-inline-size: min(440px, 100vw - 32px);
        padding: var(--s-6);
        border: 0;
        border-radius: var(--radius-card);
        background: var(--paper-raised);
        color: var(--ink);
        box-shadow: var(--shadow);
      }
      dialog::backdrop {
        background: var(--scrim);
      }
      .head {
        display: flex;
        align-items: center;
        justify-content: space-between;
        margin-block-end: var(--s-2);
      }
      h2 {
        font-size: var(--text-20);
      }
      dl {
        display: grid;
        grid-template-columns: auto 1fr;
        gap: var(--s-2) var(--s-4);
        margin-block-end: var(--s-4);
      }
      kbd {
        padding: 1px 8px;
        border: var(--hair) solid var(--line-strong);
        border-radius: var(--radius);
        font: inherit;
        font-size: var(--text-14);
        white-space: nowrap;
      }
      label {
        display: flex;
        align-items: center;
        gap: var(--s-2);
        min-block-size: var(--target);
      }
      input {
        inline-size: 20px;
        block-size: 20px;
        accent-color: var(--brand);
      }
    `,
  ];

  #stored = new Storage("localStorage");

  /** @returns {boolean} */
  get off() {
    return Boolean(this.#stored.read(KEY));
  }

  show() {
    this.#dialog.showModal();
  }

  /** @returns {HTMLDialogElement} */
  get #dialog() {
    return /** @type {HTMLDialogElement} */ (this.renderRoot.querySelector("dialog"));
  }

  render() {
    return html`<dialog aria-labelledby="title">
      <div class="head">
        <h2 id="title">Keyboard</h2>
        <button class="icon" aria-label="Close" @click=${() => this.#dialog.close()}>${close()}</button>
      </div>
      <dl>
        ${KEYS.map(
          ([key, words]) =>
            html`<dt><kbd>${key}</kbd></dt>
              <dd>${words}</dd>`,
        )}
      </dl>
      <label>
        <input type="checkbox" .checked=${!this.off} @change=${this.#switch} />
        Single keys work outside text fields
      </label>
    </dialog>`;
  }

  /** @param {{target: EventTarget | null}} event */
  #switch({ target }) {
    this.#stored.write(KEY, /** @type {HTMLInputElement} */ (target).checked ? null : true);
  }
}

customElements.define("fd-keys", FdKeys);
