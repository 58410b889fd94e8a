/** @import { Article } from "../shared/protocol.js" */
/** @import { Draft } from "./article-form.js" */
/** @import { Library } from "./library.js" */
import { LitElement, html, nothing } from "../vendor/lit.js";
import { markdown } from "../shared/markdown-view.js";
import { Refused } from "../shared/problem.js";
import { Storage } from "../shared/storage.js";
import { BLANK, idOf, tidy, withAsked } from "./article-form.js";
import { details } from "./article-details.js";
import { styles } from "./fd-editor.css.js";
import "./fd-buttons.js";

/**
 * One article. Saving writes its file; customers get it with the next publication.
 *
 * @property {Library} library
 * @property {string} article Its id; "new" for one that does not exist yet.
 * @property {string} asked What a customer asked and did not find out: it is put into the article.
 * @property {string} from Whose words a new article begins with: a proposal's id, or a conversation and the `seq` of a reply.
 */
export class FdEditor extends LitElement {
  static properties = {
    library: { attribute: false, hasChanged: () => true },
    article: {},
    asked: {},
    from: {},
    _draft: { state: true },
    _load: { state: true },
    _problem: { state: true },
    _errors: { state: true },
    _theirs: { state: true },
    _busy: { state: true },
    _saved: { state: true },
  };

  static styles = styles;

  constructor() {
    super();
    /** @type {Library | undefined} */
    this.library = undefined;
    this.article = "new";
    this.asked = "";
    this.from = "";
    /** @type {Draft} */
    this._draft = { ...BLANK };
    /** @type {"loading" | "ready" | "failed"} */
    this._load = "loading";
    this._problem = "";
    /** @type {{line: number | null, message: string}[]} */
    this._errors = [];
    /** What somebody else saved meanwhile. @type {Article | null} */
    this._theirs = null;
    this._busy = false;
    this._saved = false;
    addEventListener("beforeunload", this.#warn);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    removeEventListener("beforeunload", this.#warn);
  }

  #drafts = new Storage("sessionStorage");
  #dirty = false;
  #warn = (/** @type {BeforeUnloadEvent} */ event) => this.#dirty && event.preventDefault();

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (["article", "asked", "from"].some((name) => changed.has(name))) this.#open();
  }

  async #open() {
    if (this._saved && this._draft.id === this.article) return; // the new article has just got its address
    this.#settle();
    this._saved = false;
    this._load = "loading";
    try {
      this._draft =
        this.article === "new" || !this.library ? { ...BLANK } : await this.library.read(this.article);
      this.#takeUp();
      this.#ask();
      await this.#begin();
      this._load = "ready";
    } catch (problem) {
      this._problem = /** @type {Error} */ (problem).message;
      this._load = "failed";
    }
  }

  get #key() {
    return `frontdesk.article.${this._draft.version ? this._draft.id : `new ${this.asked} ${this.from}`.trim()}`;
  }

  /** What was written and not saved, if the file is still the one it was written for. */
  #takeUp() {
    const kept = this.#drafts.read(this.#key);
    if (!kept || kept.version !== this._draft.version) return;
    this._draft = kept;
    this.#dirty = true;
  }

  #ask() {
    const before = this._draft;
    if (!this.asked || (this.#dirty && !before.version)) return;
    this._draft = withAsked(before, this.asked);
    if (this._draft !== before && before.version) this.#keep();
  }

  /** A new article begins with a reply, unless something was written here before. */
  async #begin() {
    if (!this.from || !this.library || this._draft.version || this.#dirty) return;
    const { question, answer } = await this.library.words(this.from);
    if (question) this._draft = withAsked(this._draft, question);
    this._draft = { ...this._draft, answer };
  }

  /** The words outlive this element and a reload of the page. */
  #keep() {
    this.#dirty = true;
    this._saved = false;
    this.#drafts.write(this.#key, this._draft);
  }

  #settle() {
    this.#dirty = false;
    this._problem = "";
    this._errors = [];
    this._theirs = null;
  }

  render() {
    const isNew = !this._draft.version;
    return html`
      <div>
        <a href="#articles">All articles</a>
        <h1>${isNew ? "New article" : this._draft.question}</h1>
      </div>
      ${this._load === "ready" ? this.#form(isNew) : this._load === "loading" ? html`<p aria-busy="true">Loading…</p>` : this.#failed()}
    `;
  }

  #failed() {
    return html`<div class="note bad" role="alert">
      <h2>This article could not be opened</h2>
      <p>${this._problem}</p>
      <div class="actions"><button class="secondary" @click=${() => this.#open()}>Try again</button></div>
    </div>`;
  }

  /** @param {boolean} isNew */
  #form(isNew) {
    const { question, also_asked: asked, answer = "" } = this._draft;
    return html`<form @submit=${this.#save} @input=${this.#edit}>
      <label class="field">
        The question
        <input name="question" required maxlength="300" .value=${question} placeholder="When are you open?" />
        <span class="hint" ?hidden=${!isNew}
          >Its file will be called
          <code>${question.trim() ? idOf(this._draft, this.#taken) : "…"}</code></span
        >
      </label>
      <div class="two">
        <label class="field">
          The answer
          <textarea name="answer" required rows="10" .value=${answer}></textarea>
          <span class="hint"
            >The answer first, then the detail. **bold**, *italic*, - lists, [words](https://…)</span
          >
        </label>
        <div class="field">
          As customers see it
          <div class="bubble prose">
            ${answer.trim() ? markdown(answer) : html`<span class="hint">Nothing written yet</span>`}
          </div>
        </div>
      </div>
      <label class="field">
        Also asked, one on each line
        <textarea
          name="also_asked"
          rows="7"
          .value=${asked.join("\n")}
          placeholder="what time do you close"
        ></textarea>
        <span class="hint"
          >As customers type it: two words, half a sentence, a slip now and then. Seven to twelve are
          right.</span
        >
      </label>
      <fd-buttons
        .buttons=${this._draft.buttons}
        .articles=${this.library?.list.articles.filter(({ id }) => id !== this._draft.id) ?? []}
        @buttons=${this.#buttons}
      ></fd-buttons>
      <div class="three">${details(this._draft, this.library?.list.articles ?? [])}</div>
      <div class="end">${this.#trouble()} ${this.#foot(isNew)}</div>
    </form>`;
  }

  /** @returns {string[]} Ids that another article has. */
  get #taken() {
    return this.library?.list.articles.map(({ id }) => id) ?? [];
  }

  /** @param {CustomEvent<Draft["buttons"]>} event */
  #buttons({ detail }) {
    this._draft = { ...this._draft, buttons: detail };
    this.#keep();
  }

  #trouble() {
    if (this._theirs) {
      return html`<div class="note warn" role="alert">
        <h2>Somebody else saved this article meanwhile</h2>
        <p>Your words are still here. Theirs ends: “${(this._theirs.answer ?? "").slice(-120)}”</p>
        <div class="actions">
          <button type="button" class="secondary" @click=${this.#takeTheirs}>Take theirs, drop mine</button>
          <button type="button" class="secondary" @click=${this.#keepMine}>Keep mine, replace theirs</button>
        </div>
      </div>`;
    }
    if (!this._problem) return nothing;
    return html`<div class="note bad" role="alert">
      <h2>Not saved</h2>
      <p>${this._problem}</p>
      <ul>
        ${this._errors.map(({ message }) => html`<li>${message}</li>`)}
      </ul>
    </div>`;
  }

  /** @param {boolean} isNew */
  #foot(isNew) {
    return html`<div class="actions foot">
      <button class="primary" ?disabled=${this._busy}>${this._busy ? "Saving…" : "Save"}</button>
      ${isNew ? nothing : html`<button type="button" class="danger" @click=${this.#remove}>Remove</button>`}
      <p role="status" class="hint">${this.#standing()}</p>
    </div>`;
  }

  #standing() {
    if (this.#dirty) return "Not saved yet. What you wrote is kept in this tab.";
    if (this._saved) return html`Saved. Customers get it once you <a href="#articles">publish</a>.`;
    return "Saving changes the file; customers see it after Publish.";
  }

  /** @param {Event} event */
  #edit(event) {
    const form = /** @type {HTMLFormElement} */ (event.currentTarget);
    const data = new FormData(form);
    const text = (/** @type {string} */ name) => String(data.get(name) ?? "");
    this._draft = {
      ...this._draft,
      question: text("question"),
      answer: text("answer"),
      also_asked: text("also_asked").split("\n"),
      tags: text("tags").split(","),
      review_by: text("review_by") || null,
      escalate: /** @type {Article["escalate"]} */ (text("escalate")),
      topic: text("topic"),
      locale: text("locale"),
    };
    this.#keep();
  }

  /** @param {Event} event */
  async #save(event) {
    event.preventDefault();
    this._busy = true;
    this._problem = "";
    this._errors = [];
    try {
      const saved = await this.library?.save(tidy(this._draft, this.#taken));
      this.#drafts.write(this.#key, null);
      this.#settle();
      this._saved = true;
      if (saved) this._draft = saved;
      if (this.from.startsWith("cor_")) await this.library?.settle(this.from, "written").catch(() => {});
      if (this.article === "new" && saved) location.replace(`#articles/${saved.id}`);
    } catch (problem) {
      await this.#refused(problem);
    }
    this._busy = false;
  }

  /** @param {unknown} problem */
  async #refused(problem) {
    if (problem instanceof Refused && problem.code === "article_changed") {
      this._theirs = (await this.library?.read(this._draft.id).catch(() => null)) ?? null;
      if (this._theirs) return;
    }
    this._problem = /** @type {Error} */ (problem).message;
    if (problem instanceof Refused) this._errors = /** @type {any} */ (problem.errors);
  }

  #takeTheirs() {
    this.#drafts.write(this.#key, null);
    if (this._theirs) this._draft = this._theirs;
    this.#settle();
  }

  #keepMine() {
    this._draft = { ...this._draft, version: this._theirs?.version ?? this._draft.version };
    this._theirs = null;
    this.renderRoot.querySelector("form")?.requestSubmit();
  }

  async #remove() {
    const { question } = this._draft;
    if (!confirm(`Remove “${question}”? Its file is deleted; customers get the answer until you publish.`))
      return;
    try {
      await this.library?.remove(/** @type {Article} */ (this._draft));
      this.#drafts.write(this.#key, null);
      this.#dirty = false;
      location.hash = "articles";
    } catch (problem) {
      await this.#refused(problem);
    }
  }
}

customElements.define("fd-editor", FdEditor);
