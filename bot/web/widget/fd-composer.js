import { LitElement, css, html } from "../vendor/lit.js";
import { base } from "../shared/base.js";
import { send } from "../shared/icons.js";
import { Storage } from "../shared/storage.js";

/** The server's limit, in characters as people count them. */
const LIMIT = 2000;
const WARN_FROM = 1800;
const DRAFT = "frontdesk.draft";
/** The other side shows "typing" for some seconds after each word of ours. */
const TYPING_EVERY_MS = 3000;

/**
 * Where the customer writes. Grows to six lines, keeps its draft over a reload.
 *
 * @fires send `CustomEvent<string>`
 * @fires typing `CustomEvent<boolean>`
 */
export class FdComposer extends LitElement {
  static properties = { _length: { state: true } };

  static styles = [
    base,
    css`
      form {
        display: flex;
        align-items: flex-end;
        gap: var(--s-2);
        padding: var(--s-2) var(--s-3);
        border-block-start: var(--hair) solid var(--line);
        background: var(--paper-raised);
      }
      textarea {
        display: block;
        min-block-size: max(var(--target), calc(1lh + 2 * var(--s-2) + 2 * var(--hair)));
        max-block-size: calc(6lh + 2 * var(--s-2) + 2 * var(--hair));
        border-radius: calc(var(--target) / 2);
        padding-inline: var(--s-4);
        resize: none;
        overflow-y: auto;
      }
      .field {
        flex: 1;
        min-inline-size: 0;
      }
      .count {
        padding: var(--s-1) var(--s-4) 0;
        color: var(--ink-soft);
        font-size: var(--text-13);
        font-variant-numeric: tabular-nums;
      }
      .problem.count {
        color: var(--danger);
      }
      button {
        border-radius: 50%;
      }
      button svg:dir(rtl) {
        transform: scaleX(-1);
      }
    `,
  ];

  #drafts = new Storage("sessionStorage");
  #saidTyping = 0;

  constructor() {
    super();
    this._length = 0;
  }

  /** @returns {HTMLTextAreaElement} */
  get #field() {
    return /** @type {HTMLTextAreaElement} */ (this.renderRoot.querySelector("textarea"));
  }

  get value() {
    return this.#field.value;
  }

  set value(text) {
    this.#field.value = text;
    this.#changed();
  }

  focus() {
    this.#field.focus();
  }

  firstUpdated() {
    this.value = this.#drafts.read(DRAFT) ?? "";
  }

  render() {
    const over = this._length - LIMIT;
    return html`<form aria-label="Write" @submit=${this.#submit}>
      <div class="field">
        <textarea
          rows="1"
          dir="auto"
          aria-label="Your message"
          placeholder="Write a message"
          enterkeyhint="send"
          aria-describedby="count"
          aria-invalid=${over > 0}
          @input=${this.#input}
          @keydown=${this.#key}
        ></textarea>
        <div
          id="count"
          class=${over > 0 ? "problem count" : "count"}
          ?hidden=${this._length < WARN_FROM}
          role="status"
        >
          ${over > 0 ? `${over} too many: please send it in two parts` : `${-over} characters left`}
        </div>
      </div>
      <button class="primary icon" aria-label="Send" ?disabled=${!this._length || over > 0}>${send()}</button>
    </form>`;
  }

  #input() {
    this.#changed();
    const now = performance.now();
    if (now - this.#saidTyping < TYPING_EVERY_MS) return;
    this.#saidTyping = now;
    this.dispatchEvent(new CustomEvent("typing", { detail: true }));
  }

  #changed() {
    const field = this.#field;
    this._length = [...field.value.trim()].length;
    this.#drafts.write(DRAFT, field.value);
    field.style.blockSize = "auto";
    field.style.blockSize = `${field.scrollHeight + 2}px`;
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    // While an input method composes (Japanese, Chinese …), Enter chooses a word.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.#submit(event);
  }

  /** @param {Event} event */
  #submit(event) {
    event.preventDefault();
    const text = this.value.trim();
    if (!text || this._length > LIMIT) return;
    this.value = "";
    this.#saidTyping = -TYPING_EVERY_MS;
    this.dispatchEvent(new CustomEvent("typing", { detail: false }));
    this.dispatchEvent(new CustomEvent("send", { detail: text }));
    this.focus();
  }
}

customElements.define("fd-composer", FdComposer);
