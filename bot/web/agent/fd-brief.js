/** @import { Brief, Candidate, Evidence, Summary, Why } from "../shared/protocol.js" */
import { LitElement, css, html, nothing } from "../vendor/lit.js";
import { base } from "../shared/base.js";
import { markdown } from "../shared/markdown-view.js";
import { prose } from "../shared/prose.js";
import { ago, exact } from "../shared/time.js";
import { SENTIMENTS, pagePath, reasonWords, sureness } from "../shared/words.js";

/**
 * What an agent needs before the first word: why a person is needed, what was asked, what could be answered, who it is.
 *
 * @property {Summary} summary
 * @property {Brief} brief
 * @property {boolean} canReply
 * @fires insert `CustomEvent<string>`: an article's answer for the reply.
 * @fires correct `CustomEvent<{kind: "needless_handoff" | "too_late"}>`
 */
export class FdBrief extends LitElement {
  static properties = {
    summary: { attribute: false },
    brief: { attribute: false },
    canReply: { type: Boolean },
  };

  static styles = [
    base,
    prose,
    css`
      :host {
        display: block;
        overflow-y: auto;
        padding: var(--s-4);
        font-size: var(--text-14);
      }
      section + section {
        margin-block-start: var(--s-6);
      }
      h2 {
        margin-block-end: var(--s-2);
        color: var(--ink-faint);
        font-size: var(--text-13);
        font-weight: 600;
      }
      .reason {
        font-size: var(--text-20);
        font-weight: 700;
        line-height: var(--leading-tight);
      }
      .rule {
        margin-block-start: var(--s-1);
        color: var(--ink-soft);
      }
      blockquote {
        margin: var(--s-2) 0 0;
        padding-inline-start: var(--s-3);
        border-inline-start: 3px solid var(--line);
        overflow-wrap: anywhere;
      }
      blockquote footer {
        color: var(--ink-faint);
        font-size: var(--text-13);
      }
      .corrections {
        display: flex;
        flex-wrap: wrap;
        gap: var(--s-2);
        margin-block-start: var(--s-3);
      }
      .corrections button {
        padding-inline: var(--s-3);
        font-weight: 400;
      }
      .question {
        font-size: var(--text-16);
        overflow-wrap: anywhere;
      }
      .candidates {
        padding: 0;
        list-style: none;
      }
      .candidates li {
        padding-block: var(--s-3);
        border-block-start: var(--hair) solid var(--line);
      }
      .candidates li:first-child {
        padding-block-start: 0;
        border: 0;
      }
      .candidates .top {
        display: flex;
        justify-content: space-between;
        gap: var(--s-2);
      }
      .level {
        flex: none;
        color: var(--ink-faint);
        font-size: var(--text-13);
      }
      summary {
        min-block-size: 32px;
        color: var(--ink-soft);
        cursor: pointer;
      }
      .candidates button {
        margin-block-start: var(--s-1);
      }
      .trend {
        display: flex;
        flex-wrap: wrap;
        gap: var(--s-1);
        font-size: var(--text-16);
        line-height: 1;
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
      dl {
        display: grid;
        grid-template-columns: auto 1fr;
        gap: var(--s-1) var(--s-3);
      }
      dt {
        color: var(--ink-faint);
      }
      dd {
        overflow-wrap: anywhere;
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
    /** @type {Summary | undefined} */
    this.summary = undefined;
    /** @type {Brief | undefined} */
    this.brief = undefined;
    this.canReply = false;
  }

  /** To the buttons that say the handoff was wrong; nothing is said by a key alone. */
  toCorrections() {
    /** @type {HTMLElement | null} */ (this.renderRoot.querySelector(".corrections button"))?.focus();
  }

  render() {
    if (!this.brief || !this.summary) return nothing;
    return html`${this.#why(this.brief, this.summary)} ${this.#question(this.brief)}
    ${this.#candidates(this.brief)} ${this.#customer(this.summary, this.brief)}`;
  }

  /** @param {Brief} brief @param {Summary} summary */
  #why(brief, { status }) {
    if (brief.reason)
      return html`<section>
        <h2>Why a person</h2>
        ${this.#reason(brief)}
      </section>`;
    const now =
      status === "resolved" ? "This is resolved." : "Nobody is needed now: the assistant is answering.";
    return html`<section>
        <h2>Why a person</h2>
        <p>${now}</p>
      </section>
      ${
        brief.previous
          ? html`<section>
              <h2>Why a person was needed before</h2>
              ${this.#reason(brief.previous)}
            </section>`
          : nothing
      }`;
  }

  /** @param {Why} why */
  #reason({ reason, rule, evidence }) {
    return html`<p class="reason">${reasonWords(reason)}</p>
      ${rule ? html`<p class="rule">${rule}</p>` : nothing} ${evidence.map((item) => this.#evidence(item))}
      <div class="corrections" role="group" aria-label="Was this handoff right?">
        ${
          reason === "agent_joined"
            ? nothing
            : html`<button
                class="secondary"
                @click=${() => this.#fire("correct", { kind: "needless_handoff" })}
              >
                Needless handoff
              </button>`
        }
        <button class="secondary" @click=${() => this.#fire("correct", { kind: "too_late" })}>
          Came too late
        </button>
      </div>`;
  }

  /** @param {Evidence} evidence */
  #evidence({ text, note, polarity }) {
    const parts = [note, polarity === null ? "" : `polarity ${polarity.toFixed(2)}`]
      .filter(Boolean)
      .join(", ");
    return html`<blockquote>
      <span dir="auto">“${text}”</span>
      ${parts ? html`<footer>${parts}</footer>` : nothing}
    </blockquote>`;
  }

  /** @param {Brief} brief */
  #question({ last_question: question }) {
    if (!question) return nothing;
    return html`<section>
      <h2>Last question</h2>
      <p class="question" dir="auto">${question}</p>
    </section>`;
  }

  /** @param {Brief} brief */
  #candidates({ candidates }) {
    if (!candidates.length) return nothing;
    return html`<section>
      <h2>Could answer it${this.canReply ? "" : ": claim to insert"}</h2>
      <ol class="candidates" role="list">
        ${candidates.map((candidate, at) => html`<li>${this.#candidate(candidate, at + 1)}</li>`)}
      </ol>
    </section>`;
  }

  /** @param {Candidate} candidate @param {number} number */
  #candidate({ question, answer, confidence }, number) {
    return html`<div class="top">
        <b>${question}</b
        ><span class="level" title="confidence ${confidence.toFixed(2)}"
          >${sureness(confidence)}, ${confidence.toFixed(2)}</span
        >
      </div>
      ${answer ? this.#answer(answer, number) : html`<p class="level">This article is gone by now.</p>`}`;
  }

  /** @param {string} answer @param {number} number */
  #answer(answer, number) {
    return html`<details>
        <summary>Read the answer</summary>
        <div class="prose">${markdown(answer)}</div>
      </details>
      <button
        class="secondary"
        ?disabled=${!this.canReply}
        title="Shortcut ${number}"
        @click=${() => this.#fire("insert", answer)}
      >
        Insert into the reply
      </button>`;
  }

  /** @param {Summary} summary @param {Brief} brief */
  #customer({ contact, page_url: page, created_at: created, handoff }, { sentiment_trend: trend }) {
    return html`<section>
      <h2>The customer</h2>
      <dl>
        <dt>Name</dt>
        <dd>${contact?.name || "not given"}</dd>
        <dt>E-mail</dt>
        <dd>
          ${contact?.email ? html`<a href="mailto:${contact.email}">${contact.email}</a>` : "not given"}
        </dd>
        ${
          page
            ? html`<dt>Page</dt>
                <dd title=${page}>${pagePath(page)}</dd>`
            : nothing
        }
        <dt>Since</dt>
        <dd title=${exact(created)}>${ago(created)}</dd>
        ${
          handoff
            ? html`<dt>Reference</dt>
                <dd>${handoff.reference}</dd>`
            : nothing
        }
        ${
          trend.length
            ? html`<dt>Sentiment</dt>
                <dd>${this.#trend(trend)}</dd>`
            : nothing
        }
      </dl>
    </section>`;
  }

  /** @param {Brief["sentiment_trend"]} trend */
  #trend(trend) {
    const judged = trend
      .slice(-12)
      .flatMap(({ label, polarity }) => (label ? [{ ...SENTIMENTS[label], label, polarity }] : []));
    return html`<span class="trend" role="img" aria-label=${judged.map(({ word }) => word).join(", then ")}>
      ${judged.map(({ label, shape, word, polarity }) => html`<span class=${label} title="${word}, polarity ${polarity?.toFixed(2)}">${shape}</span>`)}
    </span>`;
  }

  /** @param {string} type @param {unknown} detail */
  #fire(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }
}

customElements.define("fd-brief", FdBrief);
