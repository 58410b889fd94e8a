/** @import { Session } from "./session.js" */
import { LitElement, css, html, nothing } from "../vendor/lit.js";
import { base } from "./base.js";
import { card } from "./card.js";

/**
 * Sign in, for both consoles.
 *
 * @property {Session} session
 */
export class FdLogin extends LitElement {
  static properties = { session: { attribute: false }, _busy: { state: true }, _problem: { state: true } };

  static styles = [
    base,
    card,
    css`
      :host {
        display: block;
      }
    `,
  ];

  constructor() {
    super();
    /** @type {Session | undefined} */
    this.session = undefined;
    this._busy = false;
    this._problem = "";
  }

  firstUpdated() {
    this.renderRoot.querySelector("input")?.focus();
  }

  render() {
    return html`<main class="card">
      <img src="/web/shared/icon.svg" alt="" width="40" height="40" />
      <h1>Sign in to the desk</h1>
      <form @submit=${this.#submit}>
        <label>E-mail address <input name="email" type="email" autocomplete="username" required /></label>
        <label
          >Password <input name="password" type="password" autocomplete="current-password" required
        /></label>
        <p class="problem" role="alert">${this._problem || nothing}</p>
        <button class="primary" ?disabled=${this._busy}>${this._busy ? "Signing in…" : "Sign in"}</button>
      </form>
      <p class="hint">
        No account yet? Ask the owner for a link. The first owner's link is printed when the desk starts.
      </p>
    </main>`;
  }

  /** @param {SubmitEvent} event */
  async #submit(event) {
    event.preventDefault();
    const data = new FormData(/** @type {HTMLFormElement} */ (event.target));
    this._busy = true;
    this._problem = "";
    try {
      await this.session?.signIn(String(data.get("email")).trim(), String(data.get("password")));
    } catch (problem) {
      this._problem = /** @type {Error} */ (problem).message;
    }
    this._busy = false;
  }
}

customElements.define("fd-login", FdLogin);
