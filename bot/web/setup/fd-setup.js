import { LitElement, css, html, nothing } from "../vendor/lit.js";
import { base } from "../shared/base.js";
import { card } from "../shared/card.js";
import { Refused } from "../shared/problem.js";
import { Api } from "../shared/api.js";

/** What the server asks for; it checks again. */
const PASSWORD_MIN = 10;

/** @typedef {{purpose: "account" | "password", name: string | null, email: string | null}} Link */

/** Makes the account a one-time link was issued for. The token travels in the fragment, which no server or log sees. */
export class FdSetup extends LitElement {
  static properties = {
    _busy: { state: true },
    _problem: { state: true },
    _done: { state: true },
    _gone: { state: true },
    _link: { state: true },
  };

  static styles = [
    base,
    card,
    css`
      .done {
        display: grid;
        gap: var(--s-3);
      }
    `,
  ];

  #api = new Api();
  #token = location.hash.slice(1);

  constructor() {
    super();
    this._busy = false;
    this._problem = "";
    /** @type {import("../shared/protocol.js").Staff | null} */
    this._done = null;
    this._gone = !this.#token;
    /** What the link is for; null until the server has said so. @type {Link | null} */
    this._link = null;
    // Out of the address bar, the history and screenshots.
    history.replaceState(null, "", location.pathname);
    addEventListener("hashchange", () => location.reload()); // another link, pasted into the same tab
    if (this.#token) this.#look();
  }

  async #look() {
    this._problem = "";
    try {
      this._link = await this.#api.post("/api/setup/link", { token: this.#token });
    } catch (problem) {
      this.#refused(problem);
    }
  }

  /** @param {unknown} problem */
  #refused(problem) {
    this._gone = problem instanceof Refused && problem.code === "setup_link_invalid";
    this._problem = /** @type {Error} */ (problem).message;
  }

  render() {
    return html`<main class="card">
      <img src="/web/shared/icon.svg" alt="" width="40" height="40" />
      ${this.#inside()}
    </main>`;
  }

  #inside() {
    if (this._done) return this.#welcome(this._done);
    if (this._gone) return this.#noLink();
    if (this._link) return this.#form(this._link);
    if (!this._problem) return html`<p aria-busy="true">Looking at your link…</p>`;
    return html`<p class="problem" role="alert">${this._problem}</p>
      <button class="primary" @click=${this.#look}>Try again</button>`;
  }

  /** @param {Link} link */
  #form({ purpose, name, email }) {
    const fresh = purpose === "account";
    return html`<h1>${fresh ? "Make your account" : "Choose a new password"}</h1>
      <form @submit=${this.#submit}>
        ${
          fresh
            ? html`<label>
                Your name
                <input name="name" required maxlength="100" autocomplete="name" .value=${name ?? ""} />
              </label>`
            : nothing
        }
        <label>
          E-mail address
          <input
            name="email"
            type="email"
            required
            autocomplete="username"
            ?readonly=${email !== null}
            .value=${email ?? ""}
          />
        </label>
        <label>
          Password
          <input
            name="password"
            type="password"
            required
            minlength=${PASSWORD_MIN}
            autocomplete="new-password"
          />
          <span class="hint"
            >At least ${PASSWORD_MIN} characters. A few words together are good and easy to keep.</span
          >
        </label>
        <p class="problem" role="alert">${this._problem || nothing}</p>
        <button class="primary" ?disabled=${this._busy}>
          ${this._busy ? "One moment…" : fresh ? "Make the account" : "Save the password"}
        </button>
      </form>`;
  }

  #noLink() {
    return html`<h1>This link does not work any more</h1>
      <p>
        A link works once and for a limited time. Ask the owner for a new one. If you are the first owner,
        restart the desk: it prints a new link.
      </p>
      <p><a href="/agent">Sign in instead</a></p>`;
  }

  /** @param {import("../shared/protocol.js").Staff} staff */
  #welcome({ name, role }) {
    return html`<h1>Welcome, ${name}</h1>
      <div class="done">
        <p>Your account is ready and you are signed in.</p>
        ${role === "owner" ? html`<p><a href="/owner">Open the owner console</a> to write articles and invite your team.</p>` : nothing}
        <p><a href="/agent">Open the desk</a> to help customers.</p>
        <p><a href="/demo">See the demo shop</a> to try the chat yourself.</p>
      </div>`;
  }

  /** @param {SubmitEvent} event */
  async #submit(event) {
    event.preventDefault();
    const data = Object.fromEntries(new FormData(/** @type {HTMLFormElement} */ (event.target)));
    const name = this._link?.name ?? "";
    this._busy = true;
    this._problem = "";
    try {
      this._done = (await this.#api.post("/api/setup", { token: this.#token, name, ...data })).staff;
    } catch (problem) {
      this.#refused(problem);
    }
    this._busy = false;
  }
}

customElements.define("fd-setup", FdSetup);
