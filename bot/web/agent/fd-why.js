/** @import { Body, Match } from "../shared/protocol.js" */
import { LitElement, css, html, nothing } from "../vendor/lit.js";
import { base } from "../shared/base.js";
import { plain, reasonWords, sureness } from "../shared/words.js";

/** @type {Record<string, string>} */
const OUTCOMES = {
  answer: "Answered from an article",
  clarify: "Asked which one was meant",
  fallback: "Found nothing probable enough",
  small_talk: "Small talk",
  flow: "Followed a flow",
};

/**
 * Why the assistant said what it said: the articles it weighed, each as a word with the number behind it.
 *
 * @property {Body} turn
 */
export class FdWhy extends LitElement {
  static properties = { turn: { attribute: false } };

  static styles = [
    base,
    css`
      :host {
        display: block;
        font-size: var(--text-13);
      }
      summary {
        display: inline-flex;
        align-items: center;
        min-block-size: 32px;
        color: var(--ink-soft);
        cursor: pointer;
      }
      summary::before {
        content: "";
        inline-size: 6px;
        block-size: 6px;
        margin-inline: 2px 8px;
        border-inline-end: 2px solid;
        border-block-end: 2px solid;
        transform: rotate(-45deg);
        transition: transform var(--quick);
      }
      [open] summary::before {
        transform: rotate(45deg);
      }
      .inside {
        display: grid;
        gap: var(--s-2);
        padding: var(--s-2) 0 var(--s-2) var(--s-4);
        border-inline-start: 2px solid var(--line);
      }
      table {
        border-collapse: collapse;
      }
      td {
        padding: 2px var(--s-3) 2px 0;
        text-align: start;
        vertical-align: top;
      }
      .number {
        color: var(--ink-faint);
        font-variant-numeric: tabular-nums;
        white-space: nowrap;
      }
      .sure {
        color: var(--good);
      }
      .unsure {
        color: var(--ink-faint);
      }
      .likely {
        color: var(--warn);
      }
      .faint {
        color: var(--ink-faint);
      }
      @media (pointer: coarse) {
        summary {
          min-block-size: var(--target);
        }
      }
    `,
  ];

  constructor() {
    super();
    /** @type {Body} */
    this.turn = {};
  }

  render() {
    const { outcome, state, error_code: error, article_ranking: ranking = [] } = this.turn;
    return html`<details>
      <summary>Why this answer</summary>
      <div class="inside">
        <p>
          ${state === "failed" ? html`The assistant failed (${plain(error ?? "unknown")}).` : (OUTCOMES[outcome ?? ""] ?? "")}
        </p>
        ${
          ranking.length
            ? html`<table>
                <caption class="sr">
                  Articles weighed
                </caption>
                <tbody>
                  ${ranking.map((match) => this.#match(match))}
                </tbody>
              </table>`
            : nothing
        }
        ${this.#decision()}
        <p class="faint">${this.#origin()}</p>
      </div>
    </details>`;
  }

  /** @param {Match} match */
  #match({ question, article_id: id, confidence }) {
    const word = sureness(confidence);
    return html`<tr>
      <td class=${word}><b>${word}</b></td>
      <td class="number">${confidence.toFixed(2)}</td>
      <td title=${id}>${question || id}</td>
    </tr>`;
  }

  #decision() {
    const { decision, reason, rule } = this.turn;
    if (!decision || decision === "continue") return nothing;
    const did = decision === "escalate" ? "Handed over" : "Offered a person";
    return html`<p><b>${did}: ${reasonWords(reason)}.</b> ${rule}</p>`;
  }

  #origin() {
    const { intent, confidence, duration_ms: ms, model_id: model } = this.turn;
    const sure = typeof confidence === "number" ? ` (${sureness(confidence)}, ${confidence.toFixed(2)})` : "";
    return [
      intent && `Understood as ${plain(intent)}${sure}`,
      ms !== undefined && `${ms} ms`,
      model && `model ${model}`,
    ]
      .filter(Boolean)
      .join(" · ");
  }
}

customElements.define("fd-why", FdWhy);
