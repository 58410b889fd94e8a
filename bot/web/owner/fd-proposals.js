/** @import { Proposal } from "../shared/protocol.js" */
/** @import { Library } from "./library.js" */
import { LitElement, css, html, nothing } from "../vendor/lit.js";
import { base } from "../shared/base.js";
import { markdown } from "../shared/markdown-view.js";
import { prose } from "../shared/prose.js";
import { ago, exact } from "../shared/time.js";
import { page } from "./page.js";

/** The questions below should not be far. */
const SHOWN = 3;

/**
 * Replies that agents propose as articles. The owner reads them, opens one in the editor, or lets it go.
 *
 * @property {Library} library
 */
export class FdProposals extends LitElement {
  static properties = {
    library: { attribute: false, hasChanged: () => true },
    _problem: { state: true },
    _all: { state: true },
  };

  static styles = [
    base,
    page,
    prose,
    css`
      section {
        display: grid;
        gap: var(--s-3);
      }
      ul {
        display: grid;
        gap: var(--s-3);
        padding: 0;
        list-style: none;
      }
      li {
        display: grid;
        gap: var(--s-2);
        padding: var(--s-4);
        border-radius: var(--radius-card);
        background: var(--paper-raised);
        box-shadow: inset 0 0 0 var(--hair) var(--line);
      }
      h3 {
        font-size: var(--text-16);
        overflow-wrap: anywhere;
      }
      .actions {
        align-items: center;
      }
      .actions {
        gap: var(--s-1) var(--s-4);
      }
      .actions a {
        font-size: var(--text-14);
        display: inline-flex;
        align-items: center;
        min-block-size: var(--target);
        font-weight: 600;
      }
    `,
  ];

  constructor() {
    super();
    /** @type {Library | undefined} */
    this.library = undefined;
    this._problem = "";
    this._all = false;
  }

  render() {
    const { proposals = [] } = this.library ?? {};
    if (!proposals.length) return nothing;
    return html`<section>
      <h2>Proposed by agents</h2>
      ${this._problem ? html`<p class="problem" role="alert">${this._problem}</p>` : nothing}
      <ul role="list">
        ${proposals.slice(0, this._all ? proposals.length : SHOWN).map((proposal) => html`<li>${this.#proposal(proposal)}</li>`)}
      </ul>
      ${this._all || proposals.length <= SHOWN ? nothing : html`<div><button class="secondary" @click=${() => (this._all = true)}>Show all ${proposals.length}</button></div>`}
    </section>`;
  }

  /** @param {Proposal} proposal */
  #proposal({ id, question, answer, conversation_id: where, given_by: by, created_at: at }) {
    return html`<h3 dir="auto">${question ?? "A reply without a question"}</h3>
      <div class="prose" dir="auto">${markdown(answer)}</div>
      <p class="hint">
        Proposed by ${by.name ?? "an account that is gone"} ·
        <a href="/agent#${where}" title=${exact(at)}>${ago(at)}, in its conversation</a>
      </p>
      <div class="actions">
        <a href="#articles/new?${new URLSearchParams({ from: id })}">Open in the editor</a>
        <button class="secondary" @click=${() => this.#dismiss(id)}>Not needed</button>
      </div>`;
  }

  /** @param {string} id */
  async #dismiss(id) {
    this._problem = "";
    await this.library?.settle(id, "dismissed").catch((problem) => (this._problem = problem.message));
  }
}

customElements.define("fd-proposals", FdProposals);
