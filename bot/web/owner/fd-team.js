/** @import { Account } from "../shared/protocol.js" */
/** @import { Session } from "../shared/session.js" */
import { LitElement, css, html, nothing } from "../vendor/lit.js";
import { base } from "../shared/base.js";
import { page } from "./page.js";

/**
 * Who may sign in. Accounts are made by one-time links, each shown once.
 *
 * @property {Session} session
 */
export class FdTeam extends LitElement {
  static properties = {
    session: { attribute: false },
    _staff: { state: true },
    _link: { state: true },
    _problem: { state: true },
    _copied: { state: true },
    _busy: { state: true },
  };

  static styles = [
    base,
    page,
    css`
      form {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 180px), 1fr));
        align-items: end;
        gap: var(--s-3);
      }
      .link {
        padding: var(--s-3);
        border-radius: var(--radius);
        background: var(--paper-raised);
      }
      .off {
        color: var(--ink-faint);
      }
      td:last-child {
        text-align: end;
      }
      ul {
        padding: 0;
        list-style: none;
      }
      li {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: space-between;
        gap: var(--s-1) var(--s-4);
        padding-block: var(--s-2);
        border-block-end: var(--hair) solid var(--line);
      }
      li p {
        flex: 1 1 16rem;
      }
    `,
  ];

  constructor() {
    super();
    /** @type {Session | undefined} */
    this.session = undefined;
    /** @type {Account[] | null} */
    this._staff = null;
    this._link = "";
    this._problem = "";
    this._copied = false;
    this._busy = false;
  }

  firstUpdated() {
    this.#load();
  }

  async #load() {
    await this.#try(async (api) => {
      this._staff = (await api.get("/api/owner/staff")).staff;
    });
  }

  /** @param {(api: import("../shared/api.js").Api) => Promise<void>} action */
  async #try(action) {
    if (!this.session) return;
    this._busy = true;
    this._problem = "";
    try {
      await action(this.session.api);
    } catch (problem) {
      this._problem = /** @type {Error} */ (problem).message;
    }
    this._busy = false;
  }

  render() {
    return html`
      <div>
        <h1>Team</h1>
        <p class="soft">Agents help customers. Owners also change the articles, publish and invite.</p>
      </div>
      <section>
        <h2>Invite somebody</h2>
        <form @submit=${this.#invite}>
          <label class="field">Name <input name="name" required maxlength="100" autocomplete="off" /></label>
          <label class="field"
            >E-mail address <input name="email" type="email" required autocomplete="off"
          /></label>
          <label class="field">
            Role
            <select name="role">
              <option value="agent">Agent</option>
              <option value="owner">Owner</option>
            </select>
          </label>
          <button class="primary" ?disabled=${this._busy}>Make a link</button>
        </form>
      </section>
      ${this._problem ? html`<p class="problem" role="alert">${this._problem}</p>` : nothing}
      ${this._link ? this.#shown() : nothing}
      <section>${this.#people()}</section>
    `;
  }

  #shown() {
    return html`<div class="note good" role="status">
      <h2>Send this link to them. It works once, and is shown only now.</h2>
      <code class="link">${this._link}</code>
      <div class="actions">
        <button class="secondary" @click=${this.#copy}>${this._copied ? "Copied" : "Copy the link"}</button>
        <button class="quiet" @click=${() => (this._link = "")}>I have sent it</button>
      </div>
    </div>`;
  }

  #people() {
    if (!this._staff)
      return this._problem
        ? html`<button class="secondary" @click=${this.#load}>Try again</button>`
        : html`<p aria-busy="true">Loading…</p>`;
    return html`<h2>Who can sign in</h2>
      <ul role="list">
        ${this._staff.map((person) => html`<li>${this.#person(person)}</li>`)}
      </ul>`;
  }

  /** @param {Account} person */
  #person({ id, name, email, role, disabled }) {
    const me = id === this.session?.staff?.id;
    return html`<p class=${disabled ? "off" : ""}>
        <strong>${name}</strong> ${me ? "(you)" : nothing}<br />
        <span class="hint">${email} · ${disabled ? "closed" : role}</span>
      </p>
      ${
        disabled || me
          ? nothing
          : html`<div class="actions">
              <button class="secondary" @click=${() => this.#reset(id)}>New password link</button>
              <button class="danger" @click=${() => this.#close(id, name)}>Close the account</button>
            </div>`
      }`;
  }

  /** @param {SubmitEvent} event */
  async #invite(event) {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    const asked = Object.fromEntries(new FormData(form));
    await this.#try(async (api) => {
      this.#show(await api.post("/api/owner/staff", asked));
      form.reset();
    });
  }

  /** @param {string} id */
  async #reset(id) {
    await this.#try(async (api) => this.#show(await api.post(`/api/owner/staff/${id}/reset`)));
  }

  /** @param {string} id @param {string} name */
  async #close(id, name) {
    if (!confirm(`Close the account of ${name}? They are signed out at once.`)) return;
    await this.#try(async (api) => {
      await api.post(`/api/owner/staff/${id}/disable`);
    });
    await this.#load();
  }

  /** @param {{link: string}} answer */
  #show({ link }) {
    this._link = link;
    this._copied = false;
  }

  async #copy() {
    await navigator.clipboard.writeText(this._link).then(
      () => (this._copied = true),
      () => (this._problem = "The browser does not let us copy: please select the link and copy it."),
    );
  }
}

customElements.define("fd-team", FdTeam);
