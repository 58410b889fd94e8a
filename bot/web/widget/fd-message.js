/** @import { Entry } from "./entries.js" */
import { LitElement, css, html, nothing } from "../vendor/lit.js";
import { base } from "../shared/base.js";
import { alert, check } from "../shared/icons.js";
import { markdown } from "../shared/markdown-view.js";
import { prose } from "../shared/prose.js";
import { clock, exact } from "../shared/time.js";

/**
 * One message of the transcript.
 *
 * @fires press `CustomEvent<{id: string, title: string}>`: a button of the message.
 * @fires resend `CustomEvent<string>`: the id of a message to send again.
 * @fires mend `CustomEvent<string>`: the id of a message to take back into the composer.
 */
export class FdMessage extends LitElement {
  static properties = { entry: { attribute: false } };

  static styles = [
    base,
    prose,
    css`
      :host {
        display: flex;
        flex-direction: column;
        align-items: flex-start;
        gap: var(--s-1);
      }
      :host([own]) {
        align-items: flex-end;
      }
      .name {
        margin-inline-start: var(--s-3);
        margin-block-start: var(--s-2);
        color: var(--ink-soft);
        font-weight: 600;
        font-size: var(--text-13);
      }
      .bubble {
        max-inline-size: 88%;
        padding: var(--s-2) var(--s-3);
        border-radius: var(--radius-bubble);
        background: var(--paper-raised);
        box-shadow: inset 0 0 0 var(--hair) var(--line);
      }
      .tail {
        border-end-start-radius: var(--radius-tail);
      }
      :host([own]) .bubble {
        background: var(--brand);
        color: var(--on-brand);
        box-shadow: none;
      }
      .own {
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
      :host([own]) .tail {
        border-end-start-radius: var(--radius-bubble);
        border-end-end-radius: var(--radius-tail);
      }
      .failed {
        opacity: 0.7;
      }
      .buttons {
        display: flex;
        flex-wrap: wrap;
        gap: var(--s-2);
        padding-block: var(--s-1);
      }
      .buttons button {
        border-color: var(--brand);
        border-radius: var(--radius-pill);
        color: var(--brand);
        text-align: start;
      }
      .buttons button:not(:disabled):hover {
        background: var(--brand-soft);
      }
      .buttons button:disabled {
        border-color: var(--line);
        color: var(--ink-faint);
        opacity: 1;
      }
      .buttons .chosen:disabled {
        border-color: var(--brand);
        color: var(--brand);
      }
      .state {
        display: flex;
        align-items: center;
        gap: var(--s-1);
        color: var(--ink-faint);
        font-size: var(--text-13);
      }
      .problem {
        max-inline-size: 88%;
        text-align: end;
      }
      .problem button {
        min-block-size: 32px;
        padding: 0 var(--s-1);
        text-decoration: underline;
      }
      @media (pointer: coarse) {
        .problem button {
          min-block-size: var(--target);
        }
      }
    `,
  ];

  constructor() {
    super();
    /** @type {Entry} */
    this.entry = { key: "", kind: "message", text: "" };
  }

  render() {
    const { author, text, name, last, at } = this.entry;
    const own = author === "customer";
    this.toggleAttribute("own", own);
    return html`
      ${name && !own ? html`<span class="name">${name}</span>` : nothing}
      <div class="bubble ${last ? "tail" : ""} ${this.entry.state}" title=${at ? exact(at) : nothing}>
        <span class="sr">${own ? "You" : name || author}: </span>
        ${own ? html`<span class="own" dir="auto">${text}</span>` : html`<div class="prose">${markdown(text)}</div>`}
      </div>
      ${this.#buttons()} ${own ? this.#state() : nothing}
    `;
  }

  #buttons() {
    const { buttons, spent, chosen } = this.entry;
    if (!buttons?.length || (spent && !chosen)) return nothing;
    return html`<div class="buttons" role="group" aria-label="Answers to choose from">
      ${buttons.map(
        (button) =>
          html`<button
            class=${button.title === chosen ? "chosen" : ""}
            ?disabled=${spent}
            @click=${() => this.#fire("press", button)}
          >
            ${button.title === chosen ? check() : nothing} ${button.title}
          </button>`,
      )}
    </div>`;
  }

  #state() {
    const { state, last, at, letter } = this.entry;
    if (state === "failed" && letter) return this.#failed(letter);
    if (!last) return nothing;
    if (state === "sending") return html`<span class="state">Sending…</span>`;
    return html`<span class="state">${check()} Sent ${at ? clock(at) : ""}</span>`;
  }

  /** @param {import("./outbox.js").Letter} letter */
  #failed({ client_message_id: id, problem, final }) {
    const [word, type] = final ? ["Edit", "mend"] : ["Try again", "resend"];
    return html`<span class="problem">
      ${alert()} Not sent. ${problem}
      <button @click=${() => this.#fire(type, id)}>${word}</button>
    </span>`;
  }

  /** @param {string} type @param {unknown} detail */
  #fire(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }
}

customElements.define("fd-message", FdMessage);
