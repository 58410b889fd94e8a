/** @import { Endpoint } from "../shared/protocol.js" */
/** @import { Systems } from "./systems.js" */
import { LitElement, css, html, nothing } from "../vendor/lit.js";
import { base } from "../shared/base.js";
import { Doing } from "./doing.js";
import { page } from "./page.js";
import "./fd-endpoint-form.js";
import "./fd-endpoint.js";
import "./fd-once.js";

/**
 * Who is told what happens at the desk: helpdesks, Slack, mailboxes.
 *
 * @property {Systems} systems
 */
export class FdSystems extends LitElement {
  static properties = {
    systems: { attribute: false, hasChanged: () => true },
    _adding: { state: true },
    _secret: { state: true },
  };

  static styles = [
    base,
    page,
    css`
      .list {
        display: grid;
        gap: var(--s-4);
        padding: 0;
        list-style: none;
      }
    `,
  ];

  #doing = new Doing(this, () => this.systems?.session);

  constructor() {
    super();
    /** @type {Systems | undefined} */
    this.systems = undefined;
    this._adding = false;
    this._secret = "";
  }

  firstUpdated() {
    this.#load();
  }

  #load() {
    return this.#doing.run(async () => this.systems?.load());
  }

  render() {
    if (!this.systems) return nothing;
    return html`
      <div class="title">
        <h1>Other systems</h1>
        <div class="actions">
          <a href="#systems/deliveries">What was sent</a>
          <button class="primary" ?hidden=${this._adding} @click=${this.#begin}>Add an address</button>
        </div>
      </div>
      <p class="soft">
        Your helpdesk, Slack or mailbox learn at once what happens at the desk. Only ids, fixed words and a
        link leave; what customers write, their names and their addresses never do.
      </p>
      ${this.#shownOnce()} ${this._adding ? this.#form(this.systems) : nothing}
      ${this.#doing.problem && !this._adding ? html`<p class="problem" role="alert">${this.#doing.problem}</p>` : nothing}
      ${this.#list(this.systems)}
    `;
  }

  #shownOnce() {
    if (!this._secret) return nothing;
    return html`<fd-once
      words="Give this secret to the receiver: it checks our signatures with it. It is shown only now."
      .value=${this._secret}
      @done=${() => (this._secret = "")}
    ></fd-once>`;
  }

  /** @param {Systems} systems */
  #form(systems) {
    return html`<fd-endpoint-form
      .eventTypes=${systems.eventTypes}
      .doing=${this.#doing}
      @save=${(/** @type {CustomEvent<object>} */ { detail }) => this.#add(detail)}
      @cancel=${this.#leave}
    ></fd-endpoint-form>`;
  }

  /** @param {Systems} systems */
  #list({ endpoints, eventTypes, loaded, session }) {
    if (!loaded)
      return this.#doing.problem
        ? html`<div><button class="secondary" @click=${this.#load}>Try again</button></div>`
        : html`<p aria-busy="true">Loading…</p>`;
    if (!endpoints.length && !this._adding)
      return html`<p class="soft">
        Nobody is told yet. Add the first address: agents then need not watch the desk.
      </p>`;
    return html`<ul class="list" role="list">
      ${endpoints.map(
        (endpoint) =>
          html`<li>
            <fd-endpoint
              .endpoint=${endpoint}
              .eventTypes=${eventTypes}
              .session=${session}
              @changed=${() => this.systems?.refresh()}
              @secret=${(/** @type {CustomEvent<string>} */ { detail }) => this.#show(detail)}
            ></fd-endpoint>
          </li>`,
      )}
    </ul>`;
  }

  #begin() {
    this.#doing.problem = "";
    this._adding = true;
  }

  #leave() {
    this.#doing.problem = "";
    this._adding = false;
  }

  /** @param {object} asked */
  async #add(asked) {
    await this.#doing.run(async (api) => {
      /** @type {{endpoint: Endpoint, secret: string | null}} */
      const { secret } = await api.post("/api/owner/endpoints", asked);
      this._adding = false;
      this.#show(secret ?? "");
      await this.systems?.refresh();
    });
  }

  /** @param {string} secret */
  #show(secret) {
    this._secret = secret;
    scrollTo(0, 0);
  }
}

customElements.define("fd-systems", FdSystems);
