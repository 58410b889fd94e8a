/** @import { Article, FileProblem } from "../shared/protocol.js" */
/** @import { Library } from "./library.js" */
import { LitElement, css, html, nothing } from "../vendor/lit.js";
import { base } from "../shared/base.js";
import { page } from "./page.js";
import "./fd-publish.js";

/** @type {Record<Article["state"], string>} */
const STATES = { live: "live", changed: "changed", new: "new", removed: "removed" };

/**
 * All articles by topic, with search and state; what is wrong with the files; and Publish.
 *
 * @property {Library} library
 */
export class FdArticles extends LitElement {
  static properties = {
    library: { attribute: false, hasChanged: () => true },
    _words: { state: true },
    _state: { state: true },
  };

  static styles = [
    base,
    page,
    css`
      .search {
        display: flex;
        flex-wrap: wrap;
        gap: var(--s-2);
      }
      .search input {
        flex: 1 1 14rem;
        inline-size: auto;
      }
      .search select {
        inline-size: auto;
      }
      section h2 {
        padding-block: var(--s-4) var(--s-1);
        color: var(--ink-faint);
        font-size: var(--text-13);
        text-transform: capitalize;
      }
      section ul {
        padding: 0;
        list-style: none;
      }
      .row {
        display: grid;
        grid-template-columns: 1fr auto;
        align-items: center;
        gap: 0 var(--s-4);
        min-block-size: var(--target);
        padding: var(--s-2) var(--s-3);
        margin-inline: calc(-1 * var(--s-3));
        border-block-end: var(--hair) solid var(--line);
        border-radius: var(--radius);
        color: inherit;
        text-decoration: none;
      }
      a.row:hover {
        background: var(--paper-sunk);
      }
      .row .hint {
        grid-column: 1;
      }
      .empty {
        padding-block: var(--s-8);
        text-align: center;
        color: var(--ink-soft);
      }
    `,
  ];

  constructor() {
    super();
    /** @type {Library | undefined} */
    this.library = undefined;
    this._words = "";
    /** @type {"" | Article["state"]} */
    this._state = "";
  }

  render() {
    const { library } = this;
    if (!library) return nothing;
    return html`
      <div class="title">
        <h1>Articles</h1>
        <button class="secondary" @click=${() => (location.hash = "articles/new")}>New article</button>
      </div>
      <fd-publish .library=${library}></fd-publish>
      ${this.#problems(library.list.problems)} ${this.#body(library)}
    `;
  }

  /** @param {FileProblem[]} problems */
  #problems(problems) {
    if (!problems.length) return nothing;
    const broken = problems.some(({ severity }) => severity !== "warning");
    return html`<div class="note ${broken ? "bad" : "warn"}">
      <h2>${broken ? "Some files cannot be read" : "Worth a look"}</h2>
      <ul>
        ${problems.map(({ file, line, message }) => html`<li><code>${file}${line ? `:${line}` : ""}</code> ${message}</li>`)}
      </ul>
    </div>`;
  }

  /** @param {Library} library */
  #body(library) {
    if (library.state === "loading") return html`<p class="empty" aria-busy="true">Loading the articles…</p>`;
    if (library.state === "failed") {
      return html`<div class="note bad" role="alert">
        <h2>The articles could not be loaded</h2>
        <p>${library.problem}</p>
        <div class="actions"><button class="secondary" @click=${() => library.load()}>Try again</button></div>
      </div>`;
    }
    if (!library.list.articles.length) return this.#none();
    return html`${this.#search()} ${this.#found(library.list.articles)}`;
  }

  #none() {
    return html`<div class="empty">
      <h2>No articles yet</h2>
      <p>Write the first one: the question customers ask most, and the answer you give them.</p>
      <p><a href="#articles/new">Write an article</a></p>
    </div>`;
  }

  #search() {
    return html`<div class="search">
      <input
        type="search"
        aria-label="Search the articles"
        placeholder="Search questions, phrases, tags"
        .value=${this._words}
        @input=${(/** @type {InputEvent} */ event) => (this._words = /** @type {HTMLInputElement} */ (event.target).value)}
      />
      <select
        aria-label="State"
        @change=${(/** @type {Event} */ event) =>
          (this._state = /** @type {any} */ (/** @type {HTMLSelectElement} */ (event.target).value))}
      >
        <option value="">All states</option>
        ${Object.entries(STATES).map(([state, word]) => html`<option value=${state}>Only ${word}</option>`)}
      </select>
    </div>`;
  }

  /** @param {Article[]} articles */
  #found(articles) {
    const words = this._words.toLowerCase().split(/\s+/).filter(Boolean);
    const found = articles.filter(
      (article) => (!this._state || article.state === this._state) && has(article, words),
    );
    if (!found.length)
      return html`<p class="empty">No article fits. Other words may: customers rarely use ours.</p>`;
    const topics = Map.groupBy(found, ({ topic }) => topic);
    return html`<div>
      ${[...topics].map(
        ([topic, rows]) =>
          html`<section>
            <h2>${topic.replaceAll("-", " ")}</h2>
            <ul role="list">
              ${rows.map((row) => html`<li>${this.#row(row)}</li>`)}
            </ul>
          </section>`,
      )}
    </div>`;
  }

  /** @param {Article} article */
  #row(article) {
    const { id, question, also_asked: asked, state } = article;
    const inside = html`<span>${question}</span> <span class="state ${state}">${STATES[state]}</span>
      <span class="hint">${this.#hint(article, asked.length)}</span>`;
    return state === "removed"
      ? html`<div class="row">${inside}</div>`
      : html`<a class="row" href="#articles/${id}">${inside}</a>`;
  }

  /** @param {Article} article @param {number} phrases */
  #hint({ state, review_by: review, escalate }, phrases) {
    if (state === "removed") return "The file is gone; customers get this answer until you publish.";
    const due = review && Date.parse(review) < Date.now();
    return [
      phrases === 1 ? "1 other phrase" : `${phrases} other phrases`,
      review && (due ? `review was due on ${review}` : `review by ${review}`),
      escalate === "always" && "always brings in a person",
    ]
      .filter(Boolean)
      .join(" · ");
  }
}

/** @param {Article} article @param {string[]} words */
function has({ question, also_asked: asked, tags, id, topic }, words) {
  const text = [question, ...asked, ...tags, id, topic].join("\n").toLowerCase();
  return words.every((word) => text.includes(word));
}

customElements.define("fd-articles", FdArticles);
