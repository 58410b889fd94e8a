/** @import { Correction } from "../shared/protocol.js" */
/** @import { Session } from "../shared/session.js" */
import { LitElement, html, nothing } from "../vendor/lit.js";
import { base } from "../shared/base.js";
import { ago, exact } from "../shared/time.js";
import { SENTIMENTS } from "../shared/words.js";
import { Doing } from "./doing.js";
import { page } from "./page.js";

/** @type {Record<Correction["kind"], string>} */
const KINDS = {
  wrong_mood: "Wrong sentiment",
  needless_handoff: "Needless handoff",
  too_late: "Came too late",
};
const KINDS_SHOWN = /** @type {[Correction["kind"], string][]} */ (Object.entries(KINDS));

/**
 * What agents said was wrong. Labelled data: the sentiment scorer can be fitted to it, and the thresholds of handoffs judged by it.
 *
 * @property {Session} session
 */
export class FdCorrections extends LitElement {
  static properties = {
    session: { attribute: false },
    _kind: { state: true },
    _found: { state: true },
    _counts: { state: true },
    _next: { state: true },
  };

  static styles = [base, page];

  #doing = new Doing(this, () => this.session);

  constructor() {
    super();
    /** @type {Session | undefined} */
    this.session = undefined;
    /** @type {"" | Correction["kind"]} */
    this._kind = "";
    /** @type {Correction[] | null} */
    this._found = null;
    /** @type {Partial<Record<Correction["kind"], number>>} */
    this._counts = {};
    /** @type {string | null} */
    this._next = null;
  }

  /** @param {Map<string, unknown>} changed */
  updated(changed) {
    if (changed.has("session") || changed.has("_kind")) this.#load();
  }

  /** @param {string} [before] */
  #load(before) {
    return this.#doing.run(async (api) => {
      const query = new URLSearchParams(this._kind ? { kind: this._kind } : {});
      if (before) query.set("before", before);
      const { corrections, counts, next } = await api.get(`/api/owner/corrections?${query}`);
      this._found = [...(before ? (this._found ?? []) : []), ...corrections];
      this._counts = counts;
      this._next = next;
    });
  }

  render() {
    const { _found: found } = this;
    return html`
      <div class="title">
        <h1>Corrections</h1>
        ${found?.length ? html`<a href="/api/owner/corrections.jsonl" download>Download all</a>` : nothing}
      </div>
      <p class="soft">
        What agents marked as wrong. <code>bot sentiment calibrate</code> fits the sentiment to it, and says
        before and after how well.
      </p>
      ${this.#filter()}
      ${
        this.#doing.problem
          ? html`<div class="note bad" role="alert">
              <p>${this.#doing.problem}</p>
              <div><button class="secondary" @click=${() => this.#load()}>Try again</button></div>
            </div>`
          : nothing
      }
      ${found ? this.#table(found) : this.#doing.busy ? html`<p aria-busy="true">Loading…</p>` : nothing}
    `;
  }

  #filter() {
    const all = Object.values(this._counts).reduce((sum, number) => sum + number, 0);
    return html`<div class="filters">
      <label class="field">
        Show
        <select
          @change=${(/** @type {Event} */ { target }) =>
            (this._kind = /** @type {any} */ (/** @type {HTMLSelectElement} */ (target).value))}
        >
          <option value="">All (${all})</option>
          ${KINDS_SHOWN.map(([kind, words]) => html`<option value=${kind}>${words} (${this._counts[kind] ?? 0})</option>`)}
        </select>
      </label>
    </div>`;
  }

  /** @param {Correction[]} found */
  #table(found) {
    if (!found.length)
      return html`<p class="soft">
        None yet. Agents mark what is wrong at the desk: beside a message, or beside the reason.
      </p>`;
    return html`<table class="stacks">
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">What</th>
            <th scope="col">The customer wrote</th>
            <th scope="col">By</th>
          </tr>
        </thead>
        <tbody>
          ${found.map(
            (correction) =>
              html`<tr>
                ${this.#row(correction)}
              </tr>`,
          )}
        </tbody>
      </table>
      ${
        this._next
          ? html`<div>
              <button
                class="secondary"
                ?disabled=${this.#doing.busy}
                @click=${() => this.#load(this._next ?? "")}
              >
                Show older
              </button>
            </div>`
          : nothing
      }`;
  }

  /** @param {Correction} correction */
  #row({ kind, label, text, conversation_id: id, given_by: by, created_at: at }) {
    const right = label && SENTIMENTS[label];
    return html`<td><time datetime=${at} title=${exact(at)}>${ago(at)}</time></td>
      <td>
        ${KINDS[kind]}${right ? html`: <span aria-hidden="true">${right.shape}</span> ${right.word}` : nothing}
      </td>
      <td>
        ${text ? html`<span dir="auto">“${text}”</span> ` : nothing}<a href="/agent#${id}"
          >in its conversation</a
        >
      </td>
      <td>${by.name ?? "an account that is gone"}</td>`;
  }
}

customElements.define("fd-corrections", FdCorrections);
