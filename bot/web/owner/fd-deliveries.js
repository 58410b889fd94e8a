/** @import { Delivery } from "../shared/protocol.js" */
/** @import { Systems } from "./systems.js" */
import { LitElement, css, html, nothing } from "../vendor/lit.js";
import { base } from "../shared/base.js";
import { ago, exact } from "../shared/time.js";
import { Doing } from "./doing.js";
import { page } from "./page.js";
import { EVENTS, nameOf } from "./systems.js";

/** @type {Record<Delivery["state"], [string, string]>} */
const STATES = {
  pending: ["changed", "waiting"],
  leased: ["changed", "being sent"],
  delivered: ["live", "delivered"],
  dead: ["failed", "given up"],
};
const REFRESH_MS = 10_000;
const FIRST = 50;
const MOST = 500;

/**
 * What was sent where, what is still tried, and what was given up: with its reason, to be sent again.
 *
 * @property {Systems} systems
 * @property {URLSearchParams} filter `to`: an endpoint's id; `state`.
 */
export class FdDeliveries extends LitElement {
  static properties = {
    systems: { attribute: false, hasChanged: () => true },
    filter: {
      attribute: false,
      hasChanged: (/** @type {unknown} */ one, /** @type {unknown} */ other) => String(one) !== String(other),
    },
    _found: { state: true },
    _limit: { state: true },
    _told: { state: true },
  };

  static styles = [
    base,
    page,
    css`
      .range {
        display: flex;
        flex-wrap: wrap;
        align-items: end;
        gap: var(--s-3);
      }
      .range input[type="checkbox"] {
        inline-size: 20px;
        block-size: 20px;
        accent-color: var(--brand);
      }
      .range .check {
        display: flex;
        align-items: center;
        gap: var(--s-2);
        min-block-size: var(--target);
      }
      td {
        overflow-wrap: anywhere;
      }
      td:nth-child(2),
      td:nth-child(3) {
        min-inline-size: 9rem;
      }
      td:last-child {
        text-align: end;
      }
      td button {
        white-space: nowrap;
      }
    `,
  ];

  #doing = new Doing(this, () => this.systems?.session);
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #tick;

  constructor() {
    super();
    /** @type {Systems | undefined} */
    this.systems = undefined;
    this.filter = new URLSearchParams();
    /** @type {Delivery[] | null} */
    this._found = null;
    this._limit = FIRST;
    this._told = "";
  }

  connectedCallback() {
    super.connectedCallback();
    this.#tick = setInterval(() => document.visibilityState === "visible" && this.#load(), REFRESH_MS);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearInterval(this.#tick);
  }

  /** @param {Map<string, unknown>} changed */
  updated(changed) {
    if (changed.has("filter") || changed.has("_limit")) this.#load();
  }

  get #to() {
    return this.filter.get("to") ?? "";
  }

  get #state() {
    return this.filter.get("state") ?? "";
  }

  #load() {
    return this.#doing.run(async (api) => {
      const query = new URLSearchParams({ limit: String(this._limit) });
      if (this.#to) query.set("endpoint_id", this.#to);
      if (this.#state) query.set("state", this.#state);
      this._found = (await api.get(`/api/owner/deliveries?${query}`)).deliveries;
      await this.systems?.refresh();
    });
  }

  render() {
    const { systems, _found: found } = this;
    if (!systems) return nothing;
    return html`
      <div>
        <a href="#systems">Other systems</a>
        <h1>What was sent</h1>
        <p class="soft">
          Each event is tried ten times over three days. What was given up is kept for 90 days with its
          reason, and can be sent again under its old id.
        </p>
      </div>
      ${this.#filters(systems)} ${this.#to ? this.#range() : nothing}
      <p role="status" class="hint" ?hidden=${!this._told}>${this._told}</p>
      ${this.#doing.problem ? html`<p class="problem" role="alert">${this.#doing.problem}</p>` : nothing}
      ${found ? this.#table(found) : html`<p aria-busy="true">Loading…</p>`}
      ${
        found && found.length >= this._limit && this._limit < MOST
          ? html`<div><button class="secondary" @click=${() => (this._limit = MOST)}>Show more</button></div>`
          : nothing
      }
    `;
  }

  /** @param {Systems} systems */
  #filters({ endpoints }) {
    return html`<form class="filters" @change=${this.#choose}>
      <label class="field">
        State
        <select name="state">
          <option value="" ?selected=${!this.#state}>All</option>
          ${Object.entries(STATES).map(
            ([state, [, word]]) =>
              html`<option value=${state} ?selected=${state === this.#state}>Only ${word}</option>`,
          )}
        </select>
      </label>
      <label class="field">
        To
        <select name="to">
          <option value="" ?selected=${!this.#to}>All addresses</option>
          ${endpoints.map(
            (endpoint) =>
              html`<option value=${endpoint.id} ?selected=${endpoint.id === this.#to}>
                ${nameOf(endpoint)}
              </option>`,
          )}
        </select>
      </label>
    </form>`;
  }

  #range() {
    return html`<form class="range note" @submit=${this.#replayRange}>
      <label class="field"
        >Send again what happened since <input name="since" type="datetime-local" required
      /></label>
      <label class="check"><input type="checkbox" name="all" /> also what was delivered</label>
      <button class="secondary" ?disabled=${this.#doing.busy}>Send again</button>
    </form>`;
  }

  /** @param {Delivery[]} found */
  #table(found) {
    if (!found.length)
      return html`<p class="soft">
        ${this.#state === "dead" ? "Nothing was given up. Good." : "Nothing here yet: it appears with the next event."}
      </p>`;
    return html`<table class="stacks">
      <thead>
        <tr>
          <th scope="col">When</th>
          <th scope="col">What</th>
          <th scope="col">To</th>
          <th scope="col">State</th>
          <th scope="col"><span class="sr">Again</span></th>
        </tr>
      </thead>
      <tbody>
        ${found.map(
          (delivery) =>
            html`<tr>
              ${this.#row(delivery)}
            </tr>`,
        )}
      </tbody>
    </table>`;
  }

  /** @param {Delivery} delivery */
  #row({
    id,
    endpoint_id: to,
    type,
    conversation_id: about,
    state,
    tries,
    next_at: next,
    reason,
    created_at: at,
  }) {
    const [look, word] = STATES[state];
    const endpoint = this.systems?.find(to);
    const finished = state === "dead" || state === "delivered";
    const tried =
      tries > 1 || (tries && state === "dead") ? ` after ${tries} ${tries === 1 ? "try" : "tries"}` : "";
    return html`<td><time datetime=${at} title=${exact(at)}>${ago(at)}</time></td>
      <td>${about ? html`<a href="/agent#${about}">${EVENTS[type] ?? type}</a>` : (EVENTS[type] ?? type)}</td>
      <td>${endpoint ? nameOf(endpoint) : "an address that is gone"}</td>
      <td>
        <span class="state ${look}">${word}${tried}</span>
        <span class="hint"
          >${reason ?? ""}
          ${next && state === "pending" && tries ? html`<span title=${exact(next)}>It is tried again.</span>` : nothing}</span
        >
      </td>
      <td>
        ${
          finished
            ? html`<button
                class=${state === "dead" ? "secondary" : "quiet"}
                ?disabled=${this.#doing.busy}
                @click=${() => this.#replay({ ids: [id] })}
              >
                Send again
              </button>`
            : nothing
        }
      </td>`;
  }

  /** @param {Event} event */
  #choose(event) {
    const data = new FormData(/** @type {HTMLFormElement} */ (event.currentTarget));
    const query = new URLSearchParams();
    for (const [name, value] of data) if (value) query.set(name, String(value));
    this._limit = FIRST;
    location.hash = `systems/deliveries${query.size ? `?${query}` : ""}`;
  }

  /** @param {SubmitEvent} event */
  #replayRange(event) {
    event.preventDefault();
    const data = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const since = new Date(String(data.get("since"))).toISOString();
    this.#replay({ endpoint_id: this.#to, since, include_delivered: data.has("all") });
  }

  /** @param {object} which */
  async #replay(which) {
    this._told = "";
    const endpointIsOff = (/** @type {string} */ id) => this.systems?.find(id)?.state === "disabled";
    const done = await this.#doing.run(async (api) => {
      const { replayed } = await api.post("/api/owner/deliveries/replay", which);
      this._told = replayed
        ? `${replayed} ${replayed === 1 ? "is" : "are"} sent again.`
        : "Nothing was sent again.";
      if (!replayed && (this.systems?.endpoints.some(({ id }) => endpointIsOff(id)) ?? false))
        this._told += " To an address that is switched off nothing is sent: switch it on first.";
    });
    if (done) await this.#load();
  }
}

customElements.define("fd-deliveries", FdDeliveries);
