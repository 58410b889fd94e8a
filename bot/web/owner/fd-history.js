/** @import { Publication } from "../shared/protocol.js" */
/** @import { Library } from "./library.js" */
import { LitElement, css, html, nothing } from "../vendor/lit.js";
import { base } from "../shared/base.js";
import { ago, exact } from "../shared/time.js";
import { page } from "./page.js";
import "./fd-publish.js";

/** @type {Record<Publication["state"], string>} */
const WORDS = {
  queued: "waiting",
  training: "reading",
  checking: "checking",
  swapping: "going live",
  live: "published",
  failed: "not published",
};

/**
 * What was published when, and the way back.
 *
 * @property {Library} library
 */
export class FdHistory extends LitElement {
  static properties = { library: { attribute: false, hasChanged: () => true }, _asked: { state: true } };

  static styles = [
    base,
    page,
    css`
      .when {
        white-space: nowrap;
      }
      td:last-child {
        text-align: end;
      }
      .raw {
        overflow-wrap: anywhere;
      }
      .back {
        white-space: nowrap;
      }
    `,
  ];

  constructor() {
    super();
    /** @type {Library | undefined} */
    this.library = undefined;
    this._asked = "";
  }

  render() {
    const { library } = this;
    if (!library) return nothing;
    return html`
      <div>
        <h1>Publish history</h1>
        <p class="soft">
          Each publication is checked before customers meet it. If something is wrong all the same, go back
          here: it takes seconds.
        </p>
      </div>
      <fd-publish quiet .library=${library} ?hidden=${!library.current}></fd-publish>
      ${this.#table(library)}
    `;
  }

  /** @param {Library} library */
  #table({ publications, state, problem }) {
    if (state === "failed") return html`<p class="problem" role="alert">${problem}</p>`;
    if (state === "loading") return html`<p aria-busy="true">Loading…</p>`;
    if (!publications.length)
      return html`<p class="soft">
        Nothing was published yet. <a href="#articles">Go to the articles</a> and press Publish.
      </p>`;
    return html`<table class="stacks">
      <thead>
        <tr>
          <th scope="col">When</th>
          <th scope="col">State</th>
          <th scope="col">What happened</th>
          <th scope="col"><span class="sr">The way back</span></th>
        </tr>
      </thead>
      <tbody>
        ${publications.map((publication) => this.#row(publication))}
      </tbody>
    </table>`;
  }

  /** @param {Publication} publication */
  #row(publication) {
    const { id, state } = publication;
    const at = publication.finished_at ?? publication.started_at ?? publication.requested_at;
    return html`<tr>
      <td class="when">${at ? html`<time datetime=${at} title=${exact(at)}>${ago(at)}</time>` : nothing}</td>
      <td><span class="state ${state}">${WORDS[state]}</span></td>
      <td>${this.#what(publication)}</td>
      <td>${this._asked === id ? this.#sure(publication) : this.#back(publication)}</td>
    </tr>`;
  }

  /** @param {Publication} publication */
  #what({ error, error_detail: detail, summary, changed_answers: changed }) {
    if (error)
      return detail
        ? html`${error}
            <details>
              <summary>Details</summary>
              <p class="raw"><code>${detail}</code></p>
            </details>`
        : error;
    const parts = [
      summary?.rollback && "went back to an earlier model",
      summary?.articles && `${summary.articles} articles`,
      changed?.length &&
        `${changed.length} test ${changed.length === 1 ? "question" : "questions"} answered differently`,
      summary?.seconds && `${Math.round(summary.seconds)} s`,
    ];
    return parts.filter(Boolean).join(", ");
  }

  /** @param {Publication} publication */
  #back({ id, state, model_id: model, kept }) {
    const live = this.library?.list.live_model?.model_id;
    if (state !== "live" || !model) return nothing;
    if (model === live) return html`<span class="state live">live now</span>`;
    if (!kept) return html`<span class="hint" title="The last five models are kept.">no longer kept</span>`;
    return html`<button
      class="secondary back"
      ?disabled=${this.library?.publishing}
      @click=${() => (this._asked = id)}
    >
      Go back to this
    </button>`;
  }

  /** @param {Publication} publication */
  #sure({ model_id: model }) {
    return html`<div class="actions">
      <button class="primary" @click=${() => this.#roll(model ?? "")}>Yes, go back</button>
      <button class="quiet" @click=${() => (this._asked = "")}>No</button>
    </div>`;
  }

  /** @param {string} model */
  #roll(model) {
    this._asked = "";
    this.library?.rollBack(model);
  }
}

customElements.define("fd-history", FdHistory);
