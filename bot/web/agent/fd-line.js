/** @import { Line } from "./lines.js" */
import { LitElement, css, html, nothing } from "../vendor/lit.js";
import { base } from "../shared/base.js";
import { markdown } from "../shared/markdown-view.js";
import { prose } from "../shared/prose.js";
import { clock, exact } from "../shared/time.js";
import { SENTIMENTS } from "../shared/words.js";
import "../shared/fd-sentiment.js";
import "./fd-why.js";

/** A reply this short is a greeting or a thank-you. */
const ARTICLE_CHARS = 40;

/**
 * One line of the transcript, with its sentiment and its explanation.
 *
 * @property {Line} line
 * @fires correct `CustomEvent<{kind: "wrong_mood", message_seq: number, label: string}>`
 * @fires propose `CustomEvent<number>`: the `seq` of a reply that would be an article.
 */
export class FdLine extends LitElement {
  static properties = { line: { attribute: false }, _mending: { state: true } };

  static styles = [
    base,
    prose,
    css`
      :host {
        display: block;
      }
      article {
        display: grid;
        justify-items: start;
        gap: var(--s-1);
        max-inline-size: min(85%, var(--measure));
      }
      .agent,
      .assistant,
      .system {
        margin-inline-start: auto;
        justify-items: end;
      }
      .head,
      .foot {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0 var(--s-2);
        color: var(--ink-faint);
        font-size: var(--text-13);
      }
      .head b {
        color: var(--ink-soft);
      }
      .bubble {
        padding: var(--s-2) var(--s-3);
        border-radius: var(--radius-card);
        background: var(--paper-raised);
        box-shadow: inset 0 0 0 var(--hair) var(--line);
      }
      .customer .bubble {
        border-end-start-radius: var(--radius-tail);
      }
      .said {
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
      .assistant .bubble,
      .system .bubble {
        border-end-end-radius: var(--radius-tail);
        background: var(--paper-sunk);
      }
      .agent .bubble {
        border-end-end-radius: var(--radius-tail);
        background: var(--brand-soft);
        box-shadow: none;
      }
      .note .bubble {
        background: var(--warn-soft);
        box-shadow: none;
      }
      .suppressed .bubble {
        opacity: 0.7;
        text-decoration: line-through;
      }
      .notice {
        margin: var(--s-2) auto;
        color: var(--ink-soft);
        font-size: var(--text-13);
        text-align: center;
      }
      .foot button {
        min-block-size: 32px;
        padding-inline: var(--s-2);
        color: var(--ink-soft);
        font-size: var(--text-13);
        font-weight: 400;
      }
      .foot button:hover {
        background: var(--paper-sunk);
      }
      .choices {
        color: var(--ink-faint);
        font-size: var(--text-13);
      }
      @media (pointer: coarse) {
        .foot button {
          min-block-size: var(--target);
        }
      }
    `,
  ];

  constructor() {
    super();
    /** @type {Line | undefined} */
    this.line = undefined;
    this._mending = false;
  }

  /** @returns {boolean} The sentiment of this line can be mended. */
  get judged() {
    return Boolean(this.line?.sentiment?.label);
  }

  /** Asks what the sentiment is instead; the first answer has the focus. */
  mend() {
    this._mending = true;
    this.updateComplete.then(() =>
      /** @type {HTMLElement | null} */ (this.renderRoot.querySelector(".foot button"))?.focus(),
    );
  }

  render() {
    const { line } = this;
    if (!line) return nothing;
    if (line.kind === "notice")
      return html`<p class="notice" title=${exact(line.at)}>${line.text}, ${clock(line.at)}</p>`;
    const by = line.kind === "note" ? "agent note" : line.author.kind;
    const own = line.author.kind === "customer";
    return html`<article class="${by} ${line.suppressed ? "suppressed" : ""}">
      <div class="head">${this.#head(line)}</div>
      <div class="bubble" dir="auto">
        ${own ? html`<span class="said">${line.text}</span>` : html`<div class="prose">${markdown(line.text)}</div>`}
      </div>
      ${line.choices?.length ? html`<p class="choices">Offered: ${line.choices.join(" · ")}</p>` : nothing}
      ${line.suppressed ? html`<p class="choices">Not sent: a person had taken over by then.</p>` : nothing}
      ${line.sentiment ? this.#foot(line) : nothing}
      ${this.#wouldBeArticle(line) ? this.#propose(line) : nothing}
      ${line.turn ? html`<fd-why .turn=${line.turn}></fd-why>` : nothing}
    </article>`;
  }

  /** @param {Line} line */
  #head({ author, kind, at }) {
    const names = { customer: "Customer", assistant: "Assistant", agent: "Agent", system: "Desk" };
    const name = author.kind === "assistant" ? "Assistant" : author.name || names[author.kind];
    return html`<b>${name}</b>${kind === "note" ? html`<span>Note, only for staff</span>` : nothing}
      <time datetime=${at} title=${exact(at)}>${clock(at)}</time>`;
  }

  /** @param {Line} line */
  #foot({ sentiment }) {
    if (!sentiment?.label)
      return html`<div class="foot">
        Sentiment not judged${sentiment?.reason ? ` (${sentiment.reason})` : ""}
      </div>`;
    return html`<div class="foot">
      <fd-sentiment .label=${sentiment.label} .polarity=${sentiment.polarity ?? null}></fd-sentiment>
      ${this._mending ? this.#choices(sentiment.label) : html`<button @click=${this.mend}>Wrong?</button>`}
    </div>`;
  }

  /** @param {Line} line */
  #wouldBeArticle({ kind, author, text }) {
    return kind === "message" && author.kind === "agent" && text.length >= ARTICLE_CHARS;
  }

  /** @param {Line} line */
  #propose({ seq }) {
    const fire = () => this.dispatchEvent(new CustomEvent("propose", { detail: seq }));
    return html`<div class="foot"><button @click=${fire}>Save as article</button></div>`;
  }

  /** @param {string} current */
  #choices(current) {
    const others = Object.entries(SENTIMENTS).filter(([label]) => label !== current);
    return html`<span>It is</span> ${others.map(
        ([label, { shape, word }]) =>
          html`<button @click=${() => this.#correct(label)}>
            <span aria-hidden="true">${shape}</span> ${word}
          </button>`,
      )} <button @click=${() => (this._mending = false)}>Cancel</button>`;
  }

  /** @param {string} label */
  #correct(label) {
    this._mending = false;
    const detail = { kind: "wrong_mood", message_seq: this.line?.seq, label };
    this.dispatchEvent(new CustomEvent("correct", { detail, bubbles: true, composed: true }));
  }
}

customElements.define("fd-line", FdLine);
