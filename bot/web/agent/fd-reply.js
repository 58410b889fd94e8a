import { LitElement, css, html } from "../vendor/lit.js";
import { base } from "../shared/base.js";
import { newId } from "../shared/ids.js";
import { Storage } from "../shared/storage.js";

const LIMIT = 2000;
const WARN_FROM = 1800;
const TYPING_EVERY_MS = 2500;

/** @typedef {"messages" | "notes"} Mode */

/**
 * Where an agent writes: a reply, or a note for colleagues. What is written is kept for each conversation until the server has it,
 * through failures, reloads and looking at another conversation.
 *
 * @property {string} conversation Its id.
 * @property {boolean} canReply False leaves only the note.
 * @property {(mode: Mode, text: string, id: string) => Promise<void>} deliver
 * @fires typing `CustomEvent<boolean>`: a reply, for the customer to see.
 * @fires writing Something, a note as well, for colleagues to see.
 */
export class FdReply extends LitElement {
  static properties = {
    conversation: {},
    canReply: { type: Boolean },
    deliver: { attribute: false },
    _mode: { state: true },
    _length: { state: true },
    _busy: { state: true },
    _problem: { state: true },
  };

  static styles = [
    base,
    css`
      form {
        display: grid;
        gap: var(--s-2);
        padding: var(--s-2) var(--s-4) var(--s-3);
        border-block-start: var(--hair) solid var(--line);
        background: var(--paper-raised);
      }
      .modes {
        display: flex;
        gap: var(--s-1);
      }
      .modes button {
        padding-inline: var(--s-3);
        color: var(--ink-soft);
      }
      .modes [aria-pressed="true"] {
        background: var(--brand-soft);
        color: var(--ink);
      }
      textarea {
        display: block;
        min-block-size: calc(2lh + 2 * var(--s-2));
        max-block-size: calc(10lh + 2 * var(--s-2));
        resize: none;
      }
      .small textarea {
        min-block-size: max(var(--target), calc(1lh + 2 * var(--s-2) + 2 * var(--hair)));
      }
      .small .modes,
      .small:not(:focus-within) .end {
        display: none;
      }
      .notes textarea {
        background: var(--warn-soft);
      }
      .end {
        display: flex;
        align-items: center;
        justify-content: flex-end;
        gap: var(--s-3);
      }
      .end p {
        flex: 1;
        color: var(--ink-faint);
        font-size: var(--text-13);
      }
      .end .problem {
        color: var(--danger);
        font-size: var(--text-14);
      }
    `,
  ];

  #drafts = new Storage("localStorage");
  #saidTyping = -Infinity; // 0 is when the page was loaded
  /** The same for every try of the same words, so that a lost answer does not say it twice. */
  #id = newId();

  constructor() {
    super();
    this.conversation = "";
    this.canReply = false;
    /** @type {(mode: Mode, text: string, id: string) => Promise<void>} */
    this.deliver = async () => {};
    /** @type {Mode} */
    this._mode = "messages";
    this._length = 0;
    this._busy = false;
    this._problem = "";
  }

  get #mode() {
    return this.canReply ? this._mode : "notes";
  }

  get #key() {
    return `frontdesk.${this.#mode}.${this.conversation}`;
  }

  /** @returns {HTMLTextAreaElement} */
  get #field() {
    return /** @type {HTMLTextAreaElement} */ (this.renderRoot.querySelector("textarea"));
  }

  /** @param {Mode} mode */
  begin(mode) {
    this._mode = mode;
    this.updateComplete.then(() => this.#field.focus());
  }

  /** @param {string} text Goes where the cursor is; nothing written is lost. */
  insert(text) {
    this._mode = "messages";
    this.updateComplete.then(() => {
      const field = this.#field;
      const gap = field.value && !field.value.endsWith("\n") ? "\n\n" : "";
      field.setRangeText(gap + text, field.selectionStart, field.selectionEnd, "end");
      field.focus();
      this.#changed();
    });
  }

  /** @param {Map<string, unknown>} changed */
  updated(changed) {
    if (!["conversation", "canReply", "_mode"].some((name) => changed.has(name))) return;
    if (changed.has("conversation")) this._problem = "";
    this.#field.value = this.#drafts.read(this.#key) ?? "";
    this.#changed();
  }

  render() {
    const mode = this.#mode;
    const over = this._length - LIMIT;
    const note = mode === "notes";
    return html`<form class="${mode} ${this.canReply ? "" : "small"}" @submit=${this.#submit}>
      <div class="modes" role="group" aria-label="What to write">
        <button
          type="button"
          aria-pressed=${!note}
          ?hidden=${!this.canReply}
          @click=${() => this.begin("messages")}
        >
          Reply
        </button>
        <button type="button" aria-pressed=${note} @click=${() => this.begin("notes")}>
          Note for colleagues
        </button>
      </div>
      <textarea
        rows="1"
        dir="auto"
        aria-label=${note ? "Your note" : "Your reply"}
        placeholder=${note ? "A note for colleagues; the customer does not see it" : "Write to the customer"}
        aria-invalid=${over > 0}
        @input=${this.#input}
        @keydown=${this.#keydown}
      ></textarea>
      <div class="end">
        ${this._problem ? html`<p class="problem" role="alert">${this._problem}</p>` : html`<p>${this.#hint(over)}</p>`}
        <button class="primary" ?disabled=${!this._length || over > 0 || this._busy}>
          ${this._busy ? "Sending…" : note ? "Keep note" : "Send"}
        </button>
      </div>
    </form>`;
  }

  /** @param {number} over */
  #hint(over) {
    if (over > 0) return `${over} characters too many: please send it in two parts`;
    if (this._length >= WARN_FROM) return `${-over} characters left`;
    return "Enter sends, Shift + Enter makes a new line";
  }

  #input() {
    this.#id = newId();
    this._problem = "";
    this.#changed();
    if (performance.now() - this.#saidTyping < TYPING_EVERY_MS) return;
    this.#saidTyping = performance.now();
    this.dispatchEvent(new Event("writing"));
    if (this.#mode !== "notes") this.dispatchEvent(new CustomEvent("typing", { detail: true }));
  }

  #changed() {
    const field = this.#field;
    this._length = [...field.value.trim()].length;
    this.#drafts.write(this.#key, field.value);
    field.style.blockSize = "auto";
    field.style.blockSize = `${field.scrollHeight + 2}px`;
  }

  /** @param {KeyboardEvent} event */
  #keydown(event) {
    if (event.key === "Escape") this.#field.blur();
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.#submit(event);
  }

  /** @param {Event} event */
  async #submit(event) {
    event.preventDefault();
    const text = this.#field.value.trim();
    if (!text || this._length > LIMIT || this._busy) return;
    const key = this.#key;
    this._busy = true;
    this._problem = "";
    try {
      await this.deliver(this.#mode, text, this.#id);
      this.#sent(key, text);
    } catch (problem) {
      this._problem = `Not sent. ${/** @type {Error} */ (problem).message}`;
    }
    this._busy = false;
  }

  /** The agent may look at another conversation by now: only the draft that was sent goes. @param {string} key @param {string} text */
  #sent(key, text) {
    this.#id = newId();
    if ((this.#drafts.read(key) ?? "").trim() === text) this.#drafts.write(key, null);
    if (this.#key !== key || this.#field.value.trim() !== text) return;
    this.#field.value = "";
    this.#changed();
    this._mode = "messages"; // after a note: what is written next is for the customer, unless said otherwise
    this.dispatchEvent(new CustomEvent("typing", { detail: false }));
  }
}

customElements.define("fd-reply", FdReply);
