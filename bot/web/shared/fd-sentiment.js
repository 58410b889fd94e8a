import { LitElement, css, html, nothing } from "../vendor/lit.js";
import { base } from "./base.js";
import { SENTIMENTS } from "./words.js";

/**
 * The sentiment of a message: shape, word, colour; the polarity on hover and for screen readers.
 *
 * @property {import("./protocol.js").Label | null} label Nothing is shown where the scorer could not judge.
 * @property {number | null} polarity -1 to 1.
 */
export class FdSentiment extends LitElement {
  static properties = { label: {}, polarity: { type: Number } };

  static styles = [
    base,
    css`
      span {
        white-space: nowrap;
        font-size: var(--text-13);
        font-weight: 600;
      }
      .positive {
        color: var(--good);
      }
      .neutral {
        color: var(--ink-faint);
      }
      .negative {
        color: var(--danger);
      }
    `,
  ];

  constructor() {
    super();
    /** @type {import("./protocol.js").Label | null} */
    this.label = null;
    /** @type {number | null} */
    this.polarity = null;
  }

  render() {
    const words = this.label && SENTIMENTS[this.label];
    if (!words) return nothing;
    const polarity = this.polarity === null ? "" : `polarity ${this.polarity.toFixed(2)}`;
    return html`<span class=${this.label} title=${polarity}>
      <span aria-hidden="true">${words.shape}</span> ${words.word}<span class="sr">, ${polarity}</span>
    </span>`;
  }
}

customElements.define("fd-sentiment", FdSentiment);
