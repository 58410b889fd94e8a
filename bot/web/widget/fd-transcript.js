/** @import { Conversation } from "./conversation.js" */
/** @import { Entry } from "./entries.js" */
import { LitElement, css, html, nothing } from "../vendor/lit.js";
import { base } from "../shared/base.js";
import { clock, down } from "../shared/icons.js";
import { StickToEnd } from "../shared/stick-to-end.js";
import { exact } from "../shared/time.js";
import "./fd-contact.js";
import "./fd-message.js";
import "./fd-rating.js";

/**
 * Everything that was said, newest at the end. Stays at the end unless the customer has scrolled away.
 *
 * @property {Entry[]} entries
 * @property {Conversation} conversation
 * @slot After the last entry: suggestions.
 */
export class FdTranscript extends LitElement {
  static properties = {
    entries: { attribute: false },
    conversation: { attribute: false },
    typing: {},
    rating: { type: Boolean },
    _missed: { state: true },
  };

  static styles = [
    base,
    css`
      :host {
        position: relative;
        display: block;
        min-block-size: 0;
      }
      .scroller {
        block-size: 100%;
        overflow-y: auto;
        overscroll-behavior: contain;
        padding: var(--s-4) var(--s-3);
      }
      .scroller:focus-visible {
        outline-offset: calc(-1 * var(--focus));
      }
      ol {
        display: flex;
        flex-direction: column;
        gap: var(--s-1);
        padding: 0;
        list-style: none;
      }
      .day,
      .notice {
        margin-block: var(--s-3) var(--s-2);
        color: var(--ink-soft);
        font-size: var(--text-13);
        text-align: center;
        text-wrap: balance;
      }
      .notice svg {
        vertical-align: -0.3em;
      }
      .notice b {
        display: block;
        font-variant-numeric: tabular-nums;
      }
      fd-contact,
      fd-rating {
        display: block;
        margin-block: var(--s-2);
      }
      .new {
        position: absolute;
        inset-block-end: var(--s-3);
        inset-inline: 0;
        display: grid;
        justify-items: center;
        pointer-events: none;
      }
      .new button {
        border-radius: var(--radius-pill);
        box-shadow: var(--shadow);
        pointer-events: auto;
      }
      .dots {
        display: inline-flex;
        gap: var(--s-1);
        padding: var(--s-3) var(--s-4);
        border-radius: var(--radius-bubble);
        border-end-start-radius: var(--radius-tail);
        background: var(--paper-raised);
        box-shadow: inset 0 0 0 var(--hair) var(--line);
      }
      .dots i {
        inline-size: 7px;
        block-size: 7px;
        border-radius: 50%;
        background: var(--ink-faint);
        animation: breathe 1.2s ease-in-out infinite;
      }
      .dots i:nth-child(2) {
        animation-delay: 0.15s;
      }
      .dots i:nth-child(3) {
        animation-delay: 0.3s;
      }
      @keyframes breathe {
        30% {
          opacity: 0.3;
          transform: translateY(-2px);
        }
      }
      @media (prefers-reduced-motion: reduce) {
        .dots i {
          animation: none;
        }
      }
    `,
  ];

  /** @type {StickToEnd | undefined} */
  #end;
  #seen = 0;

  constructor() {
    super();
    /** @type {Entry[]} */
    this.entries = [];
    /** @type {Conversation | undefined} */
    this.conversation = undefined;
    this.typing = "";
    this.rating = false;
    this._missed = 0;
  }

  firstUpdated() {
    const scroller = /** @type {HTMLElement} */ (this.renderRoot.querySelector(".scroller"));
    this.#end = new StickToEnd(scroller, () => (this._missed = 0));
  }

  toEnd() {
    this._missed = 0;
    this.#end?.toEnd();
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (!changed.has("entries")) return;
    const added = this.entries.slice(this.#seen);
    this.#seen = this.entries.length;
    if (added.some((entry) => entry.letter)) this.toEnd();
    else if (this.#end && !this.#end.atEnd)
      this._missed += added.filter((entry) => entry.kind === "message").length;
  }

  render() {
    return html`
      <div class="scroller" tabindex="0" role="region" aria-label="Conversation">
        <div>
          <ol role="list">
            ${this.entries.map((entry) => html`<li>${this.#entry(entry)}</li>`)}
            ${this.typing ? this.#dots() : nothing}
          </ol>
          ${this.rating ? html`<fd-rating .rate=${this.conversation?.rate.bind(this.conversation)}></fd-rating>` : nothing}
          <slot></slot>
        </div>
      </div>
      <div class="new" ?hidden=${!this._missed}>
        <button class="primary" @click=${this.toEnd}>
          ${down()} ${this._missed === 1 ? "1 new message" : `${this._missed} new messages`}
        </button>
      </div>
    `;
  }

  /** @param {Entry} entry */
  #entry(entry) {
    if (entry.kind === "day") return html`<p class="day">${entry.text}</p>`;
    if (entry.kind === "notice") return this.#notice(entry);
    return html`<fd-message .entry=${entry}></fd-message>
      ${entry.contact ? html`<fd-contact .give=${this.conversation?.giveContact.bind(this.conversation)}></fd-contact>` : nothing}`;
  }

  /** @param {Entry} entry */
  #notice({ text, at, reference }) {
    return html`<p class="notice" title=${at ? exact(at) : nothing}>
      ${reference ? clock() : nothing} ${text}
      ${reference ? html`<b>Your reference: ${reference}</b>` : nothing}
    </p>`;
  }

  #dots() {
    return html`<li>
      <span class="dots"><span class="sr">${this.typing}</span><i></i><i></i><i></i></span>
    </li>`;
  }
}

customElements.define("fd-transcript", FdTranscript);
