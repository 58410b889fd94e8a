/** @import { Article, ChangedAnswer, Checks, Publication } from "../shared/protocol.js" */
/** @import { Library } from "./library.js" */
import { LitElement, css, html, nothing } from "../vendor/lit.js";
import { base } from "../shared/base.js";
import { check } from "../shared/icons.js";
import { page } from "./page.js";

/** @type {[Publication["state"], string, string][]} */
const STEPS = [
  ["queued", "Waiting", "Another publication runs; this one is next."],
  ["training", "Reading the articles", "The assistant learns every question and phrase."],
  ["checking", "Checking", "Test questions are asked before customers can."],
  ["swapping", "Putting it live", "No message goes unanswered meanwhile."],
];
/** @type {Record<Article["state"], string>} */
const VERBS = { new: "new", changed: "changed", removed: "removed", live: "live" };
const SHOWN = 6;

/**
 * What would change for customers, the one button that makes it so, how far it is, and what came of it.
 *
 * @property {Library} library
 * @attr quiet Only what runs or has just ended; no button.
 */
export class FdPublish extends LitElement {
  static properties = { library: { attribute: false, hasChanged: () => true }, quiet: { type: Boolean } };

  static styles = [
    base,
    page,
    css`
      .bar {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: space-between;
        gap: var(--s-3) var(--s-6);
        padding: var(--s-4);
        border-radius: var(--radius-card);
        background: var(--paper-raised);
        box-shadow: inset 0 0 0 var(--hair) var(--line);
      }
      .bar > div {
        flex: 1 1 18rem;
        display: grid;
        gap: var(--s-1);
      }
      ol {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(150px, 1fr));
        gap: var(--s-2);
        padding: 0;
        list-style: none;
        font-size: var(--text-14);
      }
      li.step {
        padding-block-start: var(--s-2);
        border-block-start: 3px solid var(--line);
        color: var(--ink-faint);
      }
      li.done,
      li.now {
        border-color: var(--brand);
        color: var(--ink);
      }
      li.now {
        font-weight: 600;
        animation: breathe 1.6s ease-in-out infinite;
      }
      .raw {
        overflow-wrap: anywhere;
      }
      li svg {
        vertical-align: -0.25em;
        color: var(--brand);
      }
      @keyframes breathe {
        50% {
          opacity: 0.6;
        }
      }
      @media (prefers-reduced-motion: reduce) {
        li.now {
          animation: none;
        }
      }
    `,
  ];

  constructor() {
    super();
    /** @type {Library | undefined} */
    this.library = undefined;
    this.quiet = false;
  }

  render() {
    const { library } = this;
    if (!library || library.state !== "ready") return nothing;
    const { current } = library;
    if (current && library.publishing) return this.#progress(current);
    return html`${current ? this.#result(current) : nothing} ${this.quiet ? nothing : this.#offer(library)}
    ${library.problem ? html`<p class="problem" role="alert">${library.problem}</p>` : nothing}`;
  }

  /** @param {Library} library */
  #offer({ pending, list }) {
    if (!pending.length) {
      const words = list.live_model ? "Everything is live" : "Nothing is live yet";
      return html`<div class="bar">
        <div>
          <strong>${words}</strong
          ><span class="hint">Change an article, and what customers would notice stands here.</span>
        </div>
        <button class="secondary" @click=${() => this.library?.publish()}>Publish again</button>
      </div>`;
    }
    return html`<div class="bar">
      <div>
        <strong
          >${pending.length === 1 ? "1 change is" : `${pending.length} changes are`} not live yet</strong
        >
        <span class="hint">${names(pending)}</span>
      </div>
      <button class="primary" @click=${() => this.library?.publish()}>Publish</button>
    </div>`;
  }

  /** @param {Publication} current */
  #progress({ state }) {
    const at = STEPS.findIndex(([step]) => step === state);
    return html`<div class="note" role="status">
      <h2>Publishing</h2>
      <ol role="list">
        ${STEPS.map(
          ([, word], index) =>
            html`<li
              class="step ${index < at ? "done" : index === at ? "now" : ""}"
              aria-current=${index === at ? "step" : nothing}
            >
              ${index < at ? check() : nothing} ${word}
            </li>`,
        )}
      </ol>
      <p class="hint">${STEPS[at]?.[2]} Customers get the answers of before until all is well.</p>
    </div>`;
  }

  /** @param {Publication} current */
  #result(current) {
    return html`<div class="note ${current.state === "live" ? "good" : "bad"}" role="status">
      ${current.state === "live" ? this.#live(current) : this.#failed(current)}
      ${this.#answers(current.changed_answers ?? [])} ${this.#warnings(current.summary?.checks ?? {})}
      <div class="actions">
        <button class="secondary" @click=${() => this.library?.dismiss()}>All right</button>
      </div>
    </div>`;
  }

  /** @param {Publication} current */
  #live({ summary }) {
    const published = this.library?.published ?? [];
    const seconds = summary?.seconds ? ` It took ${Math.round(summary.seconds)} s.` : "";
    return html`<h2>Live</h2>
      <p>
        ${published.length ? `Customers now get: ${names(published)}.` : "Customers are answered by this model now."}${seconds}
      </p>`;
  }

  /** @param {Publication} current */
  #failed({ error, error_detail: detail, problems = [] }) {
    return html`<h2>Not published; customers still get the answers of before</h2>
      <p>${error ?? "It failed without a reason. Look into the log of the desk."}</p>
      ${
        problems.length
          ? html`<ul>
              ${problems.map(({ file, line, message }) => html`<li><code>${file}${line ? `:${line}` : ""}</code> ${message}</li>`)}
            </ul>`
          : nothing
      }
      ${
        detail
          ? html`<details>
              <summary>Details</summary>
              <p class="raw"><code>${detail}</code></p>
            </details>`
          : nothing
      }`;
  }

  /** @param {Checks} checks */
  #warnings({ warnings = [], churn }) {
    return html`${
      churn?.changed
        ? html`<p>
            ${churn.changed} of ${churn.asked} phrases of articles you did not edit are answered otherwise
            now.
          </p>`
        : nothing
    }
    ${
      warnings.length
        ? html`<details>
            <summary>
              ${warnings.length === 1 ? "1 hint" : `${warnings.length} hints`} about the articles
            </summary>
            <ul>
              ${warnings.map(
                ({ file, line, message }) =>
                  html`<li>
                    ${file ? html`<code>${file}${line ? `:${line}` : ""}</code> ` : nothing}${message}
                  </li>`,
              )}
            </ul>
          </details>`
        : nothing
    }`;
  }

  /** @param {ChangedAnswer[]} answers */
  #answers(answers) {
    if (!answers.length) return nothing;
    return html`<h2>
        ${answers.length === 1 ? "1 test question is" : `${answers.length} test questions are`} answered
        differently
      </h2>
      <table>
        <thead>
          <tr>
            <th scope="col">Question</th>
            <th scope="col">Before</th>
            <th scope="col">Now</th>
          </tr>
        </thead>
        <tbody>
          ${answers.map(
            ({ text, before, after, worse }) =>
              html`<tr>
                <td>${text}${worse ? html` <span class="state failed">worse</span>` : nothing}</td>
                <td>${this.#article(before)}</td>
                <td>${this.#article(after)}</td>
              </tr>`,
          )}
        </tbody>
      </table>`;
  }

  /** @param {string | null} id */
  #article(id) {
    if (!id) return html`<span class="hint">no answer</span>`;
    return this.library?.list.articles.find((article) => article.id === id)?.question ?? id;
  }
}

/** @param {Article[]} articles */
function names(articles) {
  const shown = articles.slice(0, SHOWN).map(({ question, state }) => `${question} (${VERBS[state]})`);
  if (articles.length > SHOWN) shown.push(`and ${articles.length - SHOWN} more`);
  return shown.join(", ");
}

customElements.define("fd-publish", FdPublish);
