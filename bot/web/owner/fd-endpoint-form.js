/** @import { Endpoint } from "../shared/protocol.js" */
/** @import { Doing } from "./doing.js" */
import { LitElement, css, html, nothing } from "../vendor/lit.js";
import { base } from "../shared/base.js";
import { page } from "./page.js";
import { ADDABLE, EVENTS, KINDS } from "./systems.js";

/**
 * Where to send, and what.
 *
 * @property {Endpoint} [endpoint] The one to change; without it a new one is made.
 * @property {string[]} eventTypes All there are.
 * @property {Doing} doing What became of saving.
 * @fires save `CustomEvent<object>`: the body of the request.
 * @fires cancel
 */
export class FdEndpointForm extends LitElement {
  static properties = {
    endpoint: { attribute: false },
    eventTypes: { attribute: false },
    doing: { attribute: false, hasChanged: () => true },
    _kind: { state: true },
    _none: { state: true },
  };

  static styles = [
    base,
    page,
    css`
      form {
        display: grid;
        gap: var(--s-4);
        padding: var(--s-4);
        border-radius: var(--radius-card);
        background: var(--paper-sunk);
      }
      .two {
        display: grid;
        grid-template-columns: minmax(8rem, 12rem) 1fr;
        gap: var(--s-4);
      }
      fieldset {
        margin: 0;
        padding: 0;
        border: 0;
      }
      legend {
        padding: 0;
        font-size: var(--text-14);
        font-weight: 600;
      }
      .events {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 17rem), 1fr));
        gap: 0 var(--s-4);
      }
      .events label {
        display: flex;
        align-items: center;
        gap: var(--s-2);
        min-block-size: var(--target);
      }
      .events input {
        flex: none;
        inline-size: 20px;
        block-size: 20px;
        accent-color: var(--brand);
      }
      @media (width < 640px) {
        .two {
          grid-template-columns: 1fr;
        }
      }
    `,
  ];

  constructor() {
    super();
    /** @type {Endpoint | undefined} */
    this.endpoint = undefined;
    /** @type {string[]} */
    this.eventTypes = [];
    /** @type {Doing | undefined} */
    this.doing = undefined;
    /** @type {Endpoint["kind"]} */
    this._kind = "webhook";
    this._none = false;
  }

  firstUpdated() {
    /** @type {HTMLElement | null} */ (this.renderRoot.querySelector("select, input"))?.focus();
  }

  render() {
    const { endpoint, doing } = this;
    const chosen = endpoint?.event_types ?? this.eventTypes;
    return html`<form @submit=${this.#save}>
      ${endpoint ? this.#address(endpoint) : html`<div class="two">${this.#kind()} ${this.#address()}</div>`}
      <fieldset>
        <legend>Tell it when</legend>
        <div class="events">
          ${this.eventTypes.map(
            (type) =>
              html`<label>
                <input type="checkbox" name="event_types" value=${type} .checked=${chosen.includes(type)} />
                ${EVENTS[type] ?? type}
              </label>`,
          )}
        </div>
      </fieldset>
      ${this._none ? html`<p class="problem" role="alert">Choose at least one event.</p>` : nothing}
      ${doing?.problem ? html`<p class="problem" role="alert">${doing.words}</p>` : nothing}
      <div class="actions">
        <button class="primary" ?disabled=${doing?.busy}>${doing?.busy ? "Saving…" : "Save"}</button>
        <button class="secondary" type="button" @click=${() => this.dispatchEvent(new Event("cancel"))}>
          Cancel
        </button>
      </div>
    </form>`;
  }

  #kind() {
    return html`<label class="field">
      Kind
      <select
        name="kind"
        @change=${(/** @type {Event} */ { target }) =>
          (this._kind = /** @type {any} */ (/** @type {HTMLSelectElement} */ (target).value))}
      >
        ${ADDABLE.map(([kind, { word }]) => html`<option value=${kind}>${word}</option>`)}
      </select>
    </label>`;
  }

  /** A Slack address is a secret and not shown again, the exchange is not the owner's: empty leaves both. @param {Endpoint} [endpoint] */
  #address(endpoint) {
    const kind = endpoint?.kind ?? this._kind;
    const hidden = endpoint?.kind === "slack" || endpoint?.kind === "amqp";
    return html`<label class="field">
      ${KINDS[kind].label}
      <input
        name="url"
        type=${kind === "email" ? "email" : "url"}
        maxlength="2048"
        autocomplete="off"
        ?required=${!hidden}
        placeholder=${hidden ? "unchanged" : KINDS[kind].example}
        .value=${endpoint && !hidden ? endpoint.url.replace(/^mailto:/, "") : ""}
      />
    </label>`;
  }

  /** @param {SubmitEvent} event */
  #save(event) {
    event.preventDefault();
    const data = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const types = data.getAll("event_types");
    const url = String(data.get("url")).trim();
    this._none = !types.length;
    if (this._none) return;
    const asked = { ...(url ? { url } : {}), event_types: types };
    const detail = this.endpoint ? asked : { kind: data.get("kind"), ...asked };
    this.dispatchEvent(new CustomEvent("save", { detail }));
  }
}

customElements.define("fd-endpoint-form", FdEndpointForm);
