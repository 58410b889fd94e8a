import { LitElement, css, html, nothing } from "../vendor/lit.js";
import { base } from "../shared/base.js";
import { Session } from "../shared/session.js";
import { Library } from "./library.js";
import "../shared/fd-login.js";
import "./fd-articles.js";
import "./fd-editor.js";
import "./fd-history.js";
import "./fd-team.js";

/** @type {[string, string][]} */
const PAGES = [
  ["articles", "Articles"],
  ["history", "Publish history"],
  ["team", "Team"],
];

/** The owner console: articles, publish history, team. Which page is open stands in the address. */
export class FdOwner extends LitElement {
  static properties = { _path: { state: true } };

  static styles = [
    base,
    css`
      :host {
        display: block;
        min-block-size: 100dvh;
      }
      .frame {
        display: grid;
        grid-template-columns: 232px 1fr;
        min-block-size: 100dvh;
      }
      nav {
        display: flex;
        flex-direction: column;
        gap: var(--s-1);
        position: sticky;
        inset-block-start: 0;
        block-size: 100dvh;
        padding: var(--s-4) var(--s-3);
        border-inline-end: var(--hair) solid var(--line);
        background: var(--paper-raised);
      }
      .brand {
        display: flex;
        align-items: center;
        gap: var(--s-2);
        padding: 0 var(--s-3) var(--s-4);
      }
      nav a {
        display: flex;
        align-items: center;
        justify-content: space-between;
        min-block-size: var(--target);
        padding: 0 var(--s-3);
        border-radius: var(--radius);
        color: var(--ink-soft);
        font-weight: 600;
        text-decoration: none;
      }
      nav a:hover {
        background: var(--paper-sunk);
      }
      nav [aria-current] {
        background: var(--brand-soft);
        color: var(--ink);
      }
      nav b {
        color: var(--warn);
        font-size: var(--text-13);
        font-variant-numeric: tabular-nums;
      }
      .me {
        margin-block-start: auto;
        padding: var(--s-3);
        color: var(--ink-faint);
        font-size: var(--text-13);
      }
      .me button {
        margin-inline-start: calc(-1 * var(--s-4));
      }
      .me a {
        min-block-size: 0;
        padding: 0;
        color: var(--brand);
        font-weight: 400;
      }
      main {
        inline-size: 100%;
        max-inline-size: 1100px;
        padding: var(--s-8) clamp(var(--s-4), 4vw, var(--s-12)) var(--s-12);
      }
      .alone {
        display: grid;
        gap: var(--s-3);
        justify-items: center;
        padding: 20vh var(--s-6) 0;
        text-align: center;
      }
      .alone h1 {
        font-size: var(--text-20);
      }
      @media (width < 800px) {
        .frame {
          grid-template: auto 1fr / 1fr;
        }
        nav {
          position: static;
          block-size: auto;
          flex-direction: row;
          align-items: center;
          flex-wrap: wrap;
          padding: var(--s-1) var(--s-2);
          border: 0;
          border-block-end: var(--hair) solid var(--line);
        }
        .brand {
          display: none;
        }
        nav a {
          gap: var(--s-1);
          padding-inline: var(--s-2);
          font-size: var(--text-14);
        }
        .me {
          margin: 0 0 0 auto;
          padding: 0;
        }
        .me p,
        .me a {
          display: none;
        }
        .me button {
          margin: 0;
          padding-inline: var(--s-2);
        }
        main {
          padding-block-start: var(--s-4);
        }
      }
    `,
  ];

  #session = new Session();
  #library = new Library(this.#session);

  constructor() {
    super();
    this._path = location.hash.slice(1);
    addEventListener("hashchange", () => this.#follow());
    this.#session.addEventListener("change", () => this.#signed());
    this.#library.addEventListener("change", () => this.requestUpdate());
    this.#session.load();
  }

  render() {
    const { state, staff } = this.#session;
    if (state === "unknown") return nothing;
    if (state === "unreachable") return this.#unreachable();
    if (state === "out") return html`<fd-login .session=${this.#session}></fd-login>`;
    if (staff?.role !== "owner") return this.#notYours();
    return html`<div class="frame">
      <nav aria-label="Owner console">
        <span class="brand"
          ><img src="/web/shared/icon.svg" alt="" width="28" height="28" /><strong
            >Owner console</strong
          ></span
        >
        ${PAGES.map(([path, word]) => this.#link(path, word))}
        <div class="me">
          <p>${staff.name}</p>
          <a href="/agent">Desk</a><br />
          <button class="quiet" @click=${this.#signOut}>Sign out</button>
        </div>
      </nav>
      <main>${this.#page()}</main>
    </div>`;
  }

  /** @param {string} path @param {string} word */
  #link(path, word) {
    const here = (this._path || "articles").split("/")[0] === path;
    const pending = path === "articles" ? this.#library.pending.length : 0;
    return html`<a href="#${path}" aria-current=${here ? "page" : nothing}>
      ${word}
      ${pending ? html`<b title="${pending} not live yet">${pending}<span class="sr"> not live yet</span></b>` : nothing}
    </a>`;
  }

  #page() {
    const [path, article] = this._path.split("/");
    if (path === "history") return html`<fd-history .library=${this.#library}></fd-history>`;
    if (path === "team") return html`<fd-team .session=${this.#session}></fd-team>`;
    if (article)
      return html`<fd-editor .library=${this.#library} .article=${decodeURIComponent(article)}></fd-editor>`;
    return html`<fd-articles .library=${this.#library}></fd-articles>`;
  }

  #unreachable() {
    return html`<div class="alone" role="alert">
      <h1>The desk does not answer</h1>
      <p>Check that the server is running and that you are connected.</p>
      <button class="primary" @click=${() => this.#session.load()}>Try again</button>
    </div>`;
  }

  #notYours() {
    return html`<div class="alone">
      <h1>This page is for owners</h1>
      <p>
        You are signed in as ${this.#session.staff?.name}, an agent. Ask an owner if you need to change
        articles.
      </p>
      <p><a href="/agent">Go to the desk</a></p>
      <button class="secondary" @click=${this.#signOut}>Sign out</button>
    </div>`;
  }

  #follow() {
    this._path = location.hash.slice(1);
    scrollTo(0, 0);
  }

  #signed() {
    if (this.#session.staff?.role === "owner") this.#library.load();
    this.requestUpdate();
  }

  #signOut() {
    this.#session.signOut().catch(() => this.#session.load());
  }
}

customElements.define("fd-owner", FdOwner);
