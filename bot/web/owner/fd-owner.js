import { LitElement, css, html, nothing } from "../vendor/lit.js";
import { base } from "../shared/base.js";
import { down } from "../shared/icons.js";
import { Session } from "../shared/session.js";
import { Library } from "./library.js";
import { Systems } from "./systems.js";
import "../shared/fd-login.js";
import "./fd-articles.js";
import "./fd-corrections.js";
import "./fd-deliveries.js";
import "./fd-editor.js";
import "./fd-escalation.js";
import "./fd-history.js";
import "./fd-privacy.js";
import "./fd-systems.js";
import "./fd-team.js";
import "./fd-unanswered.js";

/** @type {[string, string][]} */
const PAGES = [
  ["articles", "Articles"],
  ["unanswered", "Unanswered"],
  ["escalation", "Handing over"],
  ["corrections", "Corrections"],
  ["history", "Publish history"],
  ["systems", "Other systems"],
  ["privacy", "Privacy"],
  ["team", "Team"],
];

/** The owner console. Which page is open stands in the address; below 800 px the pages are in a menu. */
export class FdOwner extends LitElement {
  static properties = { _path: { state: true }, _menu: { state: true } };

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
      .menu {
        display: none;
      }
      .pages {
        display: contents;
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
          display: block;
          position: static;
          block-size: auto;
          padding: var(--s-1) var(--s-2);
          border: 0;
          border-block-end: var(--hair) solid var(--line);
        }
        .brand {
          display: none;
        }
        .menu {
          display: flex;
          inline-size: 100%;
          justify-content: space-between;
          padding-inline: var(--s-3);
          font-size: var(--text-16);
        }
        .menu svg {
          transition: transform var(--quick);
        }
        .menu[aria-expanded="true"] svg {
          transform: rotate(180deg);
        }
        nav:not(.open) .pages {
          display: none;
        }
        .pages {
          display: block;
        }
        main {
          padding-block-start: var(--s-4);
        }
      }
    `,
  ];

  #session = new Session();
  #library = new Library(this.#session);
  #systems = new Systems(this.#session);

  constructor() {
    super();
    this._path = location.hash.slice(1);
    this._menu = false;
    addEventListener("hashchange", () => this.#follow());
    this.#session.addEventListener("change", () => this.#signed());
    this.#library.addEventListener("change", () => this.requestUpdate());
    this.#systems.addEventListener("change", () => this.requestUpdate());
    this.#session.load();
  }

  render() {
    const { state, staff } = this.#session;
    if (state === "unknown") return nothing;
    if (state === "unreachable") return this.#unreachable();
    if (state === "out") return html`<fd-login .session=${this.#session}></fd-login>`;
    if (staff?.role !== "owner") return this.#notYours();
    return html`<div class="frame">
      <nav aria-label="Owner console" class=${this._menu ? "open" : ""}>
        <span class="brand"
          ><img src="/web/shared/icon.svg" alt="" width="28" height="28" /><strong
            >Owner console</strong
          ></span
        >
        <button class="menu" aria-expanded=${this._menu} @click=${() => (this._menu = !this._menu)}>
          <span><span class="sr">Menu, now: </span>${this.#here[1]}</span>
          <span>${this._menu ? nothing : this.#badge()} ${down()}</span>
        </button>
        <div class="pages">
          ${PAGES.map((page) => this.#link(page))}
          <div class="me">
            <p>${staff.name}</p>
            <a href="/agent">Desk</a><br />
            <button class="quiet" @click=${this.#signOut}>Sign out</button>
          </div>
        </div>
      </nav>
      <main>${this.#page()}</main>
    </div>`;
  }

  /** @returns {[string, string]} */
  get #here() {
    const first = this._path.split(/[/?]/)[0];
    return PAGES.find(([path]) => path === first) ?? PAGES[0];
  }

  /** @param {[string, string]} page */
  #link(page) {
    const [path, word] = page;
    return html`<a
      href="#${path}"
      aria-current=${page === this.#here ? "page" : nothing}
      @click=${() => (this._menu = false)}
    >
      ${word} ${this.#count(this.#open(path))}
    </a>`;
  }

  /** @param {[number, string]} open */
  #count([number, words]) {
    return number
      ? html`<b title="${number} ${words}">${number}<span class="sr"> ${words}</span></b>`
      : nothing;
  }

  /** On the closed menu: what waits on the other pages. */
  #badge() {
    const others = PAGES.filter((page) => page !== this.#here).map(([path]) => this.#open(path)[0]);
    return this.#count([others.reduce((sum, number) => sum + number, 0), "to look at on other pages"]);
  }

  /** What waits for the owner there. @param {string} path @returns {[number, string]} */
  #open(path) {
    if (path === "articles") return [this.#library.pending.length, "not live yet"];
    if (path === "unanswered") return [this.#library.proposals.length, "proposed by agents"];
    if (path === "systems") return [this.#systems.stopped, "switched off by itself"];
    return [0, ""];
  }

  #page() {
    const [path, query] = this._path.split("?");
    const [first, rest] = path.split("/");
    const asked = new URLSearchParams(query);
    if (first === "unanswered")
      return html`<fd-unanswered .session=${this.#session} .library=${this.#library}></fd-unanswered>`;
    if (first === "escalation") return html`<fd-escalation .session=${this.#session}></fd-escalation>`;
    if (first === "corrections") return html`<fd-corrections .session=${this.#session}></fd-corrections>`;
    if (first === "history") return html`<fd-history .library=${this.#library}></fd-history>`;
    if (first === "privacy") return html`<fd-privacy .session=${this.#session}></fd-privacy>`;
    if (first === "team") return html`<fd-team .session=${this.#session}></fd-team>`;
    if (first === "systems" && rest)
      return html`<fd-deliveries .systems=${this.#systems} .filter=${asked}></fd-deliveries>`;
    if (first === "systems") return html`<fd-systems .systems=${this.#systems}></fd-systems>`;
    if (rest)
      return html`<fd-editor
        .library=${this.#library}
        .article=${decodeURIComponent(rest)}
        .asked=${asked.get("ask") ?? ""}
        .from=${asked.get("from") ?? ""}
      ></fd-editor>`;
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
    if (this.#session.staff?.role === "owner") {
      this.#library.load();
      this.#systems.refresh();
    }
    this.requestUpdate();
  }

  #signOut() {
    this.#session.signOut().catch(() => this.#session.load());
  }
}

customElements.define("fd-owner", FdOwner);
