/** @import { Endpoint } from "../shared/protocol.js" */
/** @import { Session } from "../shared/session.js" */
import { LitElement, css, html, nothing } from "../vendor/lit.js";
import { base } from "../shared/base.js";
import { clock, exact, span } from "../shared/time.js";
import { Doing } from "./doing.js";
import { page } from "./page.js";
import { EVENTS, KINDS } from "./systems.js";
import "./fd-endpoint-form.js";

/** @type {Record<Endpoint["state"], [string, string]>} */
const STATES = {
  active: ["live", "working"],
  resting: ["changed", "resting"],
  disabled: ["failed", "switched off"],
};

/**
 * One address: how it does, and what can be done about it.
 *
 * @property {Endpoint} endpoint
 * @property {string[]} eventTypes
 * @property {Session} session
 * @fires changed It is another one now, or gone.
 * @fires secret `CustomEvent<string>`: a new secret, to be shown once.
 */
export class FdEndpoint extends LitElement {
  static properties = {
    endpoint: { attribute: false },
    eventTypes: { attribute: false },
    session: { attribute: false },
    _changing: { state: true },
    _told: { state: true },
  };

  static styles = [
    base,
    page,
    css`
      article {
        display: grid;
        gap: var(--s-2);
        padding: var(--s-4);
        border-radius: var(--radius-card);
        background: var(--paper-raised);
        box-shadow: inset 0 0 0 var(--hair) var(--line);
      }
      h2 {
        overflow-wrap: anywhere;
      }
      .title {
        align-items: baseline;
      }
      .facts {
        color: var(--ink-soft);
        font-size: var(--text-14);
      }
      .actions {
        margin-inline-start: calc(-1 * var(--s-4));
      }
      .actions button {
        font-weight: 400;
      }
      .arrived {
        color: var(--good);
        font-size: var(--text-14);
      }
    `,
  ];

  #doing = new Doing(this, () => this.session);

  constructor() {
    super();
    /** @type {Endpoint | undefined} */
    this.endpoint = undefined;
    /** @type {string[]} */
    this.eventTypes = [];
    /** @type {Session | undefined} */
    this.session = undefined;
    this._changing = false;
    this._told = "";
  }

  render() {
    const { endpoint } = this;
    if (!endpoint) return nothing;
    if (this._changing) return this.#form(endpoint);
    const failing = endpoint.state === "active" && endpoint.failures > 0;
    const [look, word] = failing ? ["changed", "failing"] : STATES[endpoint.state];
    return html`<article>
      <div class="title">
        <h2>
          ${KINDS[endpoint.kind].word} <span class="hint">${endpoint.url.replace(/^mailto:/, "")}</span>
        </h2>
        <span class="state ${look}">${word}</span>
      </div>
      <p class="facts">${this.#what(endpoint)}</p>
      ${this.#trouble(endpoint)} ${this.#numbers(endpoint)} ${this.#actions(endpoint)}
      <p class="arrived" role="status" ?hidden=${!this._told}>${this._told}</p>
      ${this.#doing.problem ? html`<p class="problem" role="alert">${this.#doing.problem}</p>` : nothing}
    </article>`;
  }

  /** @param {Endpoint} endpoint */
  #form(endpoint) {
    return html`<fd-endpoint-form
      .endpoint=${endpoint}
      .eventTypes=${this.eventTypes}
      .doing=${this.#doing}
      @save=${(/** @type {CustomEvent<object>} */ { detail }) => this.#change(detail)}
      @cancel=${() => (this._changing = false)}
    ></fd-endpoint-form>`;
  }

  /** @param {Endpoint} endpoint */
  #what({ event_types: types }) {
    if (types.length === this.eventTypes.length) return "Told about everything";
    return `Told when: ${types.map((type) => EVENTS[type] ?? type).join("; ")}`;
  }

  /** @param {Endpoint} endpoint */
  #trouble({ state, failures, opens_again_at: again, disabled_reason: why, last_error: error }) {
    if (state === "disabled") return html`<p class="problem">Nothing is sent here. ${why}</p>`;
    if (!failures || !error) return nothing;
    const rest = again ? ` Next try at ${clock(again)}.` : "";
    return html`<p class="problem">
      ${failures === 1 ? "The last try failed" : `The last ${failures} tries failed`}: ${error}${rest}
    </p>`;
  }

  /** @param {Endpoint} endpoint */
  #numbers({ id, deliveries: { pending, leased, delivered, dead }, previous_secret_until: until }) {
    const under = pending + leased;
    return html`<p class="facts">
      <a href="#systems/deliveries?to=${id}">${delivered} delivered${under ? `, ${under} under way` : ""}</a
      >${dead ? html`, <a href="#systems/deliveries?to=${id}&state=dead">${dead} given up</a>` : nothing}
      ${until ? html`<span title=${exact(until)}>· the old secret is good for another ${span((Date.parse(until) - Date.now()) / 1000)}</span>` : nothing}
    </p>`;
  }

  /** @param {Endpoint} endpoint */
  #actions({ kind, state }) {
    const off = state === "disabled";
    return html`<div class="actions">
      <button class="quiet" ?disabled=${this.#doing.busy} @click=${this.#test}>Send a test now</button>
      <button class="quiet" @click=${() => (this._changing = true)}>Change</button>
      ${kind === "webhook" ? html`<button class="quiet" @click=${this.#rotate}>New secret</button>` : nothing}
      <button class="quiet" @click=${() => this.#change({ enabled: off })}>
        ${off ? "Switch on" : "Switch off"}
      </button>
      <button class="danger" @click=${this.#remove}>Remove</button>
    </div>`;
  }

  get #path() {
    return `/api/owner/endpoints/${encodeURIComponent(this.endpoint?.id ?? "")}`;
  }

  async #test() {
    this._told = "";
    await this.#doing.run(async (api) => {
      const { delivered, reason } = await api.post(`${this.#path}/test`);
      if (!delivered) throw new Error(`The test did not arrive. ${reason}`);
      this._told = `The test arrived. ${reason}`;
    });
  }

  /** @param {object} asked */
  async #change(asked) {
    this._told = "";
    const done = await this.#doing.run(async (api) => {
      await api.put(this.#path, asked);
    });
    if (!done) return;
    this._changing = false;
    this.dispatchEvent(new Event("changed"));
  }

  async #rotate() {
    if (
      !confirm("Make a new secret? For a day the old one is good as well: change it at the receiver by then.")
    )
      return;
    await this.#doing.run(async (api) => {
      const { secret } = await api.post(`${this.#path}/rotate`);
      this.dispatchEvent(new CustomEvent("secret", { detail: secret }));
      this.dispatchEvent(new Event("changed"));
    });
  }

  async #remove() {
    if (
      !confirm("Remove this address? What is still to be sent to it and its list of deliveries go with it.")
    )
      return;
    await this.#doing.run(async (api) => {
      await api.delete(this.#path);
      this.dispatchEvent(new Event("changed"));
    });
  }
}

customElements.define("fd-endpoint", FdEndpoint);
