import { LitElement, css, html, nothing } from "../vendor/lit.js";
import { base } from "../shared/base.js";

/**
 * Asks for an e-mail address, when nobody can answer now.
 *
 * @property {(contact: {email: string, name?: string}) => Promise<void>} give
 */
export class FdContact extends LitElement {
  static properties = { give: { attribute: false }, _busy: { state: true }, _problem: { state: true } };

  static styles = [
    base,
    css`
      form {
        display: grid;
        gap: var(--s-3);
        padding: var(--s-4);
        border-radius: var(--radius-card);
        background: var(--paper-raised);
        box-shadow: inset 0 0 0 var(--hair) var(--line);
      }
      label {
        display: grid;
        gap: var(--s-1);
        font-size: var(--text-14);
        font-weight: 600;
      }
      small {
        color: var(--ink-faint);
        font-size: var(--text-13);
        font-weight: 400;
      }
    `,
  ];

  constructor() {
    super();
    /** @type {(contact: {email: string, name?: string}) => Promise<void>} */
    this.give = async () => {};
    this._busy = false;
    this._problem = "";
  }

  render() {
    return html`<form @submit=${this.#submit} novalidate>
      <label>
        Your e-mail address
        <input
          name="email"
          type="email"
          autocomplete="email"
          required
          aria-invalid=${Boolean(this._problem)}
          aria-describedby="problem"
        />
      </label>
      <label>
        <span>Your name <small>(if you like)</small></span>
        <input name="name" autocomplete="name" maxlength="100" />
      </label>
      <p id="problem" class="problem" role="alert">${this._problem || nothing}</p>
      <button class="primary" ?disabled=${this._busy}>${this._busy ? "Saving…" : "Write to me"}</button>
    </form>`;
  }

  /** @param {SubmitEvent} event */
  async #submit(event) {
    event.preventDefault();
    const data = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const email = String(data.get("email")).trim();
    const name = String(data.get("name")).trim();
    if (!/^\S+@\S+\.\S+$/.test(email)) {
      this._problem = "Please give an e-mail address like name@example.com.";
      return;
    }
    this._busy = true;
    this._problem = "";
    try {
      await this.give(name ? { email, name } : { email });
    } catch (problem) {
      this._problem = /** @type {Error} */ (problem).message;
    }
    this._busy = false;
  }
}

customElements.define("fd-contact", FdContact);
