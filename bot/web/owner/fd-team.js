/** @import { Account, Invitation } from "../shared/protocol.js" */
/** @import { Session } from "../shared/session.js" */
import { LitElement, css, html, nothing } from "../vendor/lit.js";
import { base } from "../shared/base.js";
import { ago, exact, span } from "../shared/time.js";
import { Doing } from "./doing.js";
import { page } from "./page.js";
import "./fd-once.js";

/**
 * Who may sign in. Accounts are made by one-time links, each shown once.
 *
 * @property {Session} session
 */
export class FdTeam extends LitElement {
  static properties = {
    session: { attribute: false },
    _staff: { state: true },
    _invited: { state: true },
    _link: { state: true },
  };

  static styles = [
    base,
    page,
    css`
      form {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 12rem), 1fr));
        align-items: end;
        gap: var(--s-3);
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
        overflow-wrap: anywhere;
        flex: 1 1 16rem;
      }
    `,
  ];

  #doing = new Doing(this, () => this.session);

  constructor() {
    super();
    /** @type {Session | undefined} */
    this.session = undefined;
    /** @type {Account[] | null} */
    this._staff = null;
    /** @type {Invitation[]} */
    this._invited = [];
    this._link = "";
  }

  firstUpdated() {
    this.#load();
  }

  #load() {
    return this.#doing.run(async (api) => {
      const [{ staff }, { invitations }] = await Promise.all([
        api.get("/api/owner/staff"),
        api.get("/api/owner/invitations"),
      ]);
      this._staff = staff;
      this._invited = invitations;
    });
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
          <button class="primary" ?disabled=${this.#doing.busy}>Make a link</button>
        </form>
      </section>
      ${this.#doing.problem ? html`<p class="problem" role="alert">${this.#doing.problem}</p>` : nothing}
      ${
        this._link
          ? html`<fd-once
              words="Send this link to them. It works once, for 24 hours, and is shown only now."
              .value=${this._link}
              @done=${() => (this._link = "")}
            ></fd-once>`
          : nothing
      }
      ${this._invited.length ? html`<section>${this.#invitations()}</section>` : nothing}
      <section>${this.#people()}</section>
    `;
  }

  #invitations() {
    return html`<h2>Invited, not here yet</h2>
      <ul role="list">
        ${this._invited.map((invitation) => html`<li>${this.#invitation(invitation)}</li>`)}
      </ul>`;
  }

  /** @param {Invitation} invitation */
  #invitation({ id, name, email, role, created_at: at, expires_at: until }) {
    const left = span((Date.parse(until) - Date.now()) / 1000);
    return html`<p>
        <strong>${name ?? email}</strong><br />
        <span class="hint"
          >${email} · ${role} · invited <time datetime=${at} title=${exact(at)}>${ago(at)}</time>, the link
          works for another ${left}</span
        >
      </p>
      <div class="actions">
        <button class="secondary" @click=${() => this.#renew(id)}>New link</button>
        <button class="danger" @click=${() => this.#revoke(id, name ?? email)}>Revoke</button>
      </div>`;
  }

  #people() {
    if (!this._staff)
      return this.#doing.problem
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
        me
          ? nothing
          : disabled
            ? html`<button class="secondary" @click=${() => this.#reset(id)}>Let them in again</button>`
            : html`<div class="actions">
                <button
                  class="secondary"
                  @click=${() => this.#turn(id, name, role === "owner" ? "agent" : "owner")}
                >
                  Make ${role === "owner" ? "an agent" : "an owner"}
                </button>
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
    const done = await this.#doing.run(async (api) => {
      this.#show(await api.post("/api/owner/staff", asked));
      form.reset();
    });
    if (done) await this.#load();
  }

  /** @param {string} id */
  async #renew(id) {
    const done = await this.#doing.run(async (api) =>
      this.#show(await api.post(`/api/owner/invitations/${id}/renew`)),
    );
    if (done) await this.#load();
  }

  /** @param {string} id @param {string} name */
  async #revoke(id, name) {
    if (!confirm(`Revoke the invitation of ${name}? The link they have opens nothing any more.`)) return;
    const done = await this.#doing.run(async (api) => {
      await api.delete(`/api/owner/invitations/${id}`);
    });
    if (done) await this.#load();
  }

  /** @param {string} id */
  async #reset(id) {
    await this.#doing.run(async (api) => this.#show(await api.post(`/api/owner/staff/${id}/reset`)));
  }

  /** @param {string} id @param {string} name @param {"agent" | "owner"} role */
  async #turn(id, name, role) {
    const may =
      role === "owner"
        ? "They may then change articles, publish and invite."
        : "They may then only help customers.";
    if (!confirm(`Make ${name} an ${role}? ${may} They sign in again.`)) return;
    const done = await this.#doing.run(async (api) => {
      await api.post(`/api/owner/staff/${id}/role`, { role });
    });
    if (done) await this.#load();
  }

  /** @param {string} id @param {string} name */
  async #close(id, name) {
    if (!confirm(`Close the account of ${name}? They are signed out at once.`)) return;
    const done = await this.#doing.run(async (api) => {
      await api.post(`/api/owner/staff/${id}/disable`);
    });
    if (done) await this.#load();
  }

  /** @param {{link: string}} answer */
  #show({ link }) {
    this._link = link;
    scrollTo(0, 0);
  }
}

customElements.define("fd-team", FdTeam);
