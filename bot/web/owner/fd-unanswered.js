/** @import { Feedback, Question } from "../shared/protocol.js" */
/** @import { Session } from "../shared/session.js" */
/** @import { Library } from "./library.js" */
import { LitElement, css, html, nothing } from "../vendor/lit.js";
import { base } from "../shared/base.js";
import { ago, exact } from "../shared/time.js";
import { sureness } from "../shared/words.js";
import { Doing } from "./doing.js";
import { page } from "./page.js";
import "./fd-proposals.js";

/** @type {Record<Question["kind"], [string, string]>} */
const KINDS = {
  fallback: ["not understood", "Not understood"],
  clarify: ["asked back", "Asked which one was meant"],
  unhelpful: ["did not help", "Answered, and it did not help"],
};
/** @type {[number, string][]} */
const SPANS = [
  [7, "7 days"],
  [30, "30 days"],
  [90, "90 days"],
  [365, "a year"],
];
const DAY_MS = 86_400_000;
const PAGE = 50;
/** The one language the assistant answers in. */
const ARTICLES = "en";

/**
 * What customers asked and could not find out, the most frequent first. Each row leads to an article: a new one with the question
 * in it, or an existing one with the phrase added.
 *
 * @property {Session} session
 * @property {Library} library What agents propose.
 */
export class FdUnanswered extends LitElement {
  static properties = {
    session: { attribute: false },
    library: { attribute: false, hasChanged: () => true },
    _kind: { state: true },
    _days: { state: true },
    _found: { state: true },
  };

  static styles = [
    base,
    page,
    css`
      ol {
        padding: 0;
        list-style: none;
      }
      li {
        display: grid;
        grid-template-columns: 3.5rem 1fr;
        gap: var(--s-1) var(--s-4);
        padding-block: var(--s-4);
        border-block-end: var(--hair) solid var(--line);
      }
      .count {
        grid-row: span 3;
        font-size: var(--text-20);
        font-weight: 700;
        font-variant-numeric: tabular-nums;
        line-height: var(--leading-tight);
        text-align: end;
      }
      .count small {
        display: block;
        color: var(--ink-faint);
        font-size: var(--text-13);
        font-weight: 400;
      }
      .said {
        overflow-wrap: anywhere;
        font-weight: 600;
      }
      .near {
        display: flex;
        flex-wrap: wrap;
        gap: var(--s-1) var(--s-3);
        font-size: var(--text-14);
      }
      .near > * {
        display: inline-flex;
        align-items: center;
        min-block-size: 32px;
      }
      .write {
        font-weight: 600;
      }
      .sum {
        font-variant-numeric: tabular-nums;
      }
      @media (width < 640px) {
        li {
          grid-template-columns: 2.5rem 1fr;
        }
      }
      @media (pointer: coarse) {
        .near > * {
          min-block-size: var(--target);
        }
      }
    `,
  ];

  #doing = new Doing(this, () => this.session);

  constructor() {
    super();
    /** @type {Session | undefined} */
    this.session = undefined;
    /** @type {Library | undefined} */
    this.library = undefined;
    /** @type {"" | Question["kind"]} */
    this._kind = "";
    this._days = 30;
    /** @type {Feedback | null} */
    this._found = null;
  }

  /** @param {Map<string, unknown>} changed */
  updated(changed) {
    if (["session", "_kind", "_days"].some((name) => changed.has(name))) this.#load();
  }

  /** @param {number} [offset] */
  #load(offset = 0) {
    return this.#doing.run(async (api) => {
      const since = new Date(Date.now() - this._days * DAY_MS).toISOString();
      const query = new URLSearchParams({ since, limit: String(PAGE), offset: String(offset) });
      if (this._kind) query.set("kind", this._kind);
      /** @type {Feedback} */
      const page = await api.get(`/api/owner/feedback?${query}`);
      const before = offset ? (this._found?.questions ?? []) : [];
      this._found = { ...page, questions: [...before, ...page.questions] };
    });
  }

  render() {
    const { _found: found } = this;
    return html`
      <div>
        <h1>What customers could not find out</h1>
        <p class="soft">
          In their own words, the most frequent first. Each is a chance to write or mend an article.
        </p>
      </div>
      <fd-proposals .library=${this.library}></fd-proposals>
      ${this.#filters()}
      ${
        this.#doing.problem
          ? html`<div class="note bad" role="alert">
              <p>${this.#doing.problem}</p>
              <div><button class="secondary" @click=${() => this.#load()}>Try again</button></div>
            </div>`
          : nothing
      }
      ${found ? this.#list(found) : this.#doing.busy ? html`<p aria-busy="true">Loading…</p>` : nothing}
    `;
  }

  #filters() {
    const picked = (/** @type {Event} */ { target }) => /** @type {HTMLSelectElement} */ (target).value;
    return html`<div class="filters">
      <label class="field">
        Show
        <select @change=${(/** @type {Event} */ event) => (this._kind = /** @type {any} */ (picked(event)))}>
          <option value="">All</option>
          ${Object.entries(KINDS).map(([kind, [, words]]) => html`<option value=${kind}>${words}</option>`)}
        </select>
      </label>
      <label class="field">
        Of the last
        <select @change=${(/** @type {Event} */ event) => (this._days = Number(picked(event)))}>
          ${SPANS.map(
            ([days, words]) => html`<option value=${days} ?selected=${days === this._days}>${words}</option>`,
          )}
        </select>
      </label>
    </div>`;
  }

  /** @param {Feedback} found */
  #list({ questions, outcomes, total, complete }) {
    const asked = outcomes.answer + outcomes.clarify + outcomes.fallback;
    if (!questions.length)
      return html`<p class="soft">
        ${asked ? "Every question found its answer. Nothing to do here." : "No customer has asked anything in this time."}
      </p>`;
    return html`
      <p class="hint sum">
        Of ${asked} typed questions ${outcomes.answer} were answered, ${outcomes.clarify} asked back,
        ${outcomes.fallback} not
        understood.${complete ? "" : " Only the newest 10,000 that failed are counted."}
      </p>
      <ol role="list">
        ${questions.map((question) => html`<li>${this.#row(question)}</li>`)}
      </ol>
      ${
        questions.length < total
          ? html`<div>
              <button
                class="secondary"
                ?disabled=${this.#doing.busy}
                @click=${() => this.#load(questions.length)}
              >
                Show more of ${total}
              </button>
            </div>`
          : nothing
      }
    `;
  }

  /** @param {Question} question */
  #row(question) {
    const { text, count, last_at: at, kind, latest, language } = question;
    const foreign = Boolean(language && language !== ARTICLES);
    const facts = [KINDS[kind][0], this.#pressed(question), foreign && `in ${languageName(language ?? "")}`];
    return html`<span class="count">${count}<small>${count === 1 ? "time" : "times"}</small></span>
      <span class="said" dir="auto">${text}</span>
      <span class="hint"
        >${facts.filter(Boolean).join(" · ")} ·
        <a href="/agent#${latest.conversation_id}" title=${exact(at)}
          >${ago(at)}, in its conversation</a
        ></span
      >
      <span class="near"
        >${foreign ? html`<span class="hint">The assistant answers in English; they were offered a person.</span>` : this.#ways(question)}</span
      >`;
  }

  /** @param {Question} question */
  #ways(question) {
    const { text: ask, answered_by: by } = question;
    const from = by && new URLSearchParams({ ask, from: `${by.conversation_id}:${by.seq}` });
    return html`${from ? html`<a class="write" href="#articles/new?${from}">Save ${by.name ?? "an agent"}’s answer as an article</a>` : nothing}
      <a class=${from ? "" : "write"} href="#articles/new?${new URLSearchParams({ ask })}"
        >Write an article</a
      >
      ${this.#near(question)}`;
  }

  /** What became of "Did you mean …?". @param {Question} question */
  #pressed({ choices, refused, passed_over: passed }) {
    const chosen = choices
      .filter((choice) => choice.chosen)
      .map(({ title, chosen: times }) => `${times} chose “${title}”`);
    if (refused) chosen.push(`${refused} said none of these`);
    if (passed) chosen.push(`${passed} chose nothing`);
    return chosen.join(", ");
  }

  /** Articles that may be the right ones: chosen by customers, or likely. @param {Question} question */
  #near({ text, candidates, choices }) {
    /** @type {Map<string, string>} */
    const near = new Map();
    for (const { article_id: id, title, chosen } of choices) if (id && chosen) near.set(id, title);
    for (const { article_id: id, question, confidence } of candidates)
      if (!near.has(id) && confidence >= 0.05) near.set(id, `${question} (${sureness(confidence)})`);
    if (!near.size) return nothing;
    return html`<span class="hint">or add it to</span> ${[...near].map(
        ([id, words]) =>
          html`<a href="#articles/${encodeURIComponent(id)}?${new URLSearchParams({ ask: text })}"
            >${words}</a
          >`,
      )}`;
  }
}

/** @param {string} code @returns {string} "de" as "German". */
function languageName(code) {
  try {
    return new Intl.DisplayNames(undefined, { type: "language" }).of(code) ?? code;
  } catch {
    return code;
  }
}

customElements.define("fd-unanswered", FdUnanswered);
