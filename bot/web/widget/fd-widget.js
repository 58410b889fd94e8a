/** @import { Event as Entry, WidgetConfig } from "../shared/protocol.js" */
import { LitElement, html, nothing } from "../vendor/lit.js";
import { palette } from "../shared/colour.js";
import { alert, check, close, more, person } from "../shared/icons.js";
import { plainText } from "../shared/markdown.js";
import { exact } from "../shared/time.js";
import { Conversation } from "./conversation.js";
import { entries } from "./entries.js";
import { Host } from "./host.js";
import { styles } from "./fd-widget.css.js";
import "./fd-composer.js";
import "./fd-transcript.js";

/** How stale the line about who is there may be when the panel is opened again. */
const FRESH_MS = 60_000;

/** The widget: header, transcript, composer. Asks the server for nothing until it is opened. */
export class FdWidget extends LitElement {
  static properties = {
    _config: { state: true },
    _problem: { state: true },
    _calling: { state: true },
    _heard: { state: true },
    _sure: { state: true },
  };

  static styles = styles;

  #host = new Host();
  #conversation = new Conversation();
  #dark = matchMedia("(prefers-color-scheme: dark)");
  #open = false;
  #started = false;
  #unread = 0;
  #loadedAt = 0;

  constructor() {
    super();
    /** @type {WidgetConfig | null} */
    this._config = null;
    this._problem = "";
    this._calling = false;
    this._heard = "";
    /** Asked once more before anything is deleted. */
    this._sure = false;
    this.#host.addEventListener("open", () => this.#opened());
    this.#host.addEventListener("close", () => (this.#open = false));
    this.#conversation.addEventListener("change", () => this.requestUpdate());
    this.#conversation.addEventListener("incoming", (event) =>
      this.#incoming(/** @type {CustomEvent<Entry>} */ (event).detail),
    );
    this.#dark.addEventListener("change", () => this.#paint());
    addEventListener(
      "keydown",
      (event) =>
        event.key === "Escape" &&
        !event.defaultPrevented &&
        !this.renderRoot.querySelector(":popover-open") &&
        this.#close(),
    );
    if (!this.#host.embedded) this.#opened();
  }

  render() {
    return html`
      <header>${this.#title()} ${this.#status()}</header>
      ${this.#banner()} ${this._config ? this.#transcript(this._config) : this.#waiting()}
      <fd-composer
        ?inert=${!this._config}
        @send=${(/** @type {CustomEvent<string>} */ { detail }) => this.#conversation.send(detail)}
        @typing=${(/** @type {CustomEvent<boolean>} */ { detail }) => this.#conversation.sayTyping(detail)}
      ></fd-composer>
      ${this.#footer()}
      <div class="sr" role="status" aria-live="polite">${this._heard}</div>
    `;
  }

  #title() {
    const { name, tagline } = this._config?.business ?? { name: "", tagline: "" };
    return html`<div class="title">
      <span class="avatar" aria-hidden="true">${initials(name)}</span>
      <div class="names">
        <h1>${name || html`<span class="bone"></span>`}</h1>
        <p>${tagline}</p>
      </div>
      ${this.#conversation.events.length ? this.#menu() : nothing}
      ${this.#host.embedded ? html`<button class="icon" aria-label="Close" @click=${this.#close}>${close()}</button>` : nothing}
    </div>`;
  }

  /** Where “Delete this chat” was, “Keep this chat” is afterwards: a second press in haste deletes nothing. */
  #menu() {
    const sure = this._sure;
    return html`<button class="icon" aria-label="More" popovertarget="more">${more()}</button>
      <div id="more" popover @toggle=${() => (this._sure = false)}>
        <button popovertarget="more" class=${sure ? "bad" : ""} @click=${sure ? this.#delete : this.#save}>
          ${sure ? "Delete for good" : "Save a copy"}
        </button>
        <button @click=${() => (this._sure = !sure)}>${sure ? "Keep this chat" : "Delete this chat"}</button>
      </div>`;
  }

  #status() {
    const { agents_online: people, text } = this._config?.availability ?? { agents_online: 0, text: "" };
    return html`<div class="status">
      <p><span class=${people ? "lamp on" : "lamp"} aria-hidden="true"></span>${text}</p>
      ${this.#person()}
    </div>`;
  }

  #person() {
    const { status } = this.#conversation;
    if (status === "assigned") return html`<span class="with">${check()} ${this.#agent()} is here</span>`;
    const waiting = status === "waiting";
    return html`<button class="person" aria-disabled=${waiting || this._calling} @click=${this.#call}>
      ${waiting ? check() : person()}
      ${waiting ? "Request received" : this._calling ? "Asking…" : "Talk to a person"}
    </button>`;
  }

  #agent() {
    const accepted = this.#conversation.events.findLast((event) => event.type === "handoff.accepted");
    return accepted?.body.agent?.name ?? accepted?.author.name ?? "A colleague";
  }

  #banner() {
    const words = {
      ok: this._problem || this.#conversation.notice,
      reconnecting: "The connection is lost. Trying again…",
      offline: "You are offline. What you write is kept and sent when you are back.",
    };
    const text = words[this.#conversation.line];
    return html`<div class="banner" role="status" ?hidden=${!text}>${alert()} ${text}</div>`;
  }

  /** @param {WidgetConfig} config */
  #transcript(config) {
    const { events, letters, status, answering, typing } = this.#conversation;
    const lines = entries(events, letters);
    const fresh = events.length < 2 && !letters.length;
    if (!events.length) lines.unshift(greeting(config));
    const rated =
      events.findLast((event) => event.type === "rating" || event.type === "handoff.resolved")?.type ===
      "rating";
    return html`<fd-transcript
      .entries=${lines}
      .conversation=${this.#conversation}
      .typing=${typing || answering ? `${typing?.name ?? "The assistant"} is writing` : ""}
      .rating=${status === "resolved" && !rated}
      @press=${(/** @type {CustomEvent<{id: string, title: string}>} */ { detail }) => this.#conversation.press(detail)}
      @resend=${(/** @type {CustomEvent<string>} */ { detail }) => this.#conversation.resend(detail)}
      @mend=${(/** @type {CustomEvent<string>} */ { detail }) => this.#mend(detail)}
    >
      ${fresh && config.suggestions.length ? this.#suggestions(config.suggestions) : nothing}
    </fd-transcript>`;
  }

  /** @param {string[]} suggestions */
  #suggestions(suggestions) {
    return html`<div class="suggestions" role="group" aria-label="Often asked">
      ${suggestions.map((text) => html`<button @click=${() => this.#suggest(text)}>${text}</button>`)}
    </div>`;
  }

  #waiting() {
    if (!this._problem)
      return html`<div class="wait" aria-busy="true">
        <span class="bone"></span><span class="bone"></span>
      </div>`;
    return html`<div class="wait"><button class="primary" @click=${this.#load}>Try again</button></div>`;
  }

  #footer() {
    const { status } = this.#conversation;
    const link = this._config?.privacy_url;
    return html`<footer>
      ${status === "assigned" ? "You are writing with a person." : "An automatic assistant answers first."}
      ${link ? html`<a href=${link} target="_blank" rel="noopener">Privacy</a>` : nothing}
    </footer>`;
  }

  async #opened() {
    this.#open = true;
    this.#count(0);
    this.#conversation.pageUrl = this.#host.page;
    if (Date.now() - this.#loadedAt > FRESH_MS) await this.#load();
    await this.updateComplete;
    this.#composer.focus();
  }

  async #load() {
    await this.#try(async () => {
      this._config = await this.#conversation.api.get("/api/widget/config");
      this.#loadedAt = Date.now();
      this.#paint();
    });
    if (!this._config || this.#started) return;
    this.#started = true;
    await this.#conversation.open();
  }

  #paint() {
    const colours = palette(this._config?.brand ?? "", this.#dark.matches ? "dark" : "light");
    if (!colours) return;
    const { style } = document.documentElement;
    style.setProperty("--brand", colours.brand);
    style.setProperty("--brand-soft", colours.brandSoft);
    style.setProperty("--on-brand", colours.onBrand);
    this.#host.tell("brand", colours);
  }

  #save() {
    const said = this.#conversation.events.filter((event) => event.type === "message");
    const lines = said.map(({ at, author, body }) => {
      const who = author.kind === "customer" ? "You" : author.name || this._config?.business.name;
      return `${exact(at)}, ${who}:\n${body.text}`;
    });
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([lines.join("\n\n")], { type: "text/plain;charset=utf-8" }));
    link.download = "chat.txt";
    link.click();
  }

  #delete() {
    return this.#try(() => this.#conversation.erase());
  }

  async #call() {
    if (this._calling || this.#conversation.status === "waiting") return;
    this._calling = true;
    await this.#try(() => this.#conversation.handoff());
    this._calling = false;
  }

  /** @param {() => Promise<void>} action */
  async #try(action) {
    this._problem = "";
    try {
      await action();
    } catch (problem) {
      this._problem = /** @type {Error} */ (problem).message;
    }
  }

  /** @returns {import("./fd-composer.js").FdComposer} */
  get #composer() {
    return /** @type {any} */ (this.renderRoot.querySelector("fd-composer"));
  }

  /** @param {string} text */
  #suggest(text) {
    this.#conversation.send(text);
    this.#composer.focus();
  }

  /** @param {string} id */
  #mend(id) {
    const text = this.#conversation.withdraw(id);
    this.#composer.value = [text, this.#composer.value].filter(Boolean).join("\n");
    this.#composer.focus();
  }

  /** @param {Entry} event */
  #incoming(event) {
    if (event.type.startsWith("handoff.")) this.#load(); // who is there is another now
    if (event.type !== "message") return;
    this._heard = `${event.author.name ?? "New message"}: ${plainText(event.body.text ?? "")}`;
    if (!this.#open || document.hidden) this.#count(this.#unread + 1);
  }

  /** @param {number} unread */
  #count(unread) {
    this.#unread = unread;
    this.#host.tell("unread", { count: unread });
  }

  #close() {
    this.#host.tell("close");
  }
}

/** @param {string} name */
function initials(name) {
  const words = name.split(/\s+/).filter(Boolean);
  return words.slice(0, 2).map((word) => [...word][0]);
}

/** Before there is a conversation, the greeting is the page's own. @param {WidgetConfig} config @returns {import("./entries.js").Entry} */
function greeting({ greeting: text }) {
  return { key: "1", kind: "message", text, author: "assistant", last: true };
}

customElements.define("fd-widget", FdWidget);
