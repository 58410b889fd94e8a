/** @import { Kept } from "../shared/protocol.js" */
/** @import { Session } from "../shared/session.js" */
import { LitElement, css, html, nothing } from "../vendor/lit.js";
import { base } from "../shared/base.js";
import { ago, exact } from "../shared/time.js";
import { Doing } from "./doing.js";
import { page } from "./page.js";
import { asked, chats } from "./privacy-words.js";

const STATES = {
  bot: "with the assistant",
  waiting: "waits for a person",
  assigned: "with a person",
  resolved: "resolved",
};

/**
 * What a customer has a right to: a copy of their chats, or that they are deleted.
 *
 * @property {Session} session
 * @fires erased A chat was deleted.
 */
export class FdPrivacyRequests extends LitElement {
  static properties = {
    session: { attribute: false },
    _found: { state: true },
    _sure: { state: true },
    _words: { state: true },
  };

  static styles = [
    base,
    page,
    css`
      :host {
        gap: var(--s-3);
      }
      .filters {
        max-inline-size: 46rem;
      }
      .filters label {
        flex: 1 1 18rem;
      }
      td .actions {
        margin-inline-start: calc(-1 * var(--s-4));
      }
      @media (width >= 640px) {
        td:last-child {
          inline-size: 1%;
        }
        td .actions {
          flex-wrap: nowrap;
          white-space: nowrap;
        }
      }
    `,
  ];

  #doing = new Doing(this, () => this.session);
  #email = "";

  constructor() {
    super();
    /** @type {Session | undefined} */
    this.session = undefined;
    /** @type {Kept[] | null} */
    this._found = null;
    /** The chat that would be deleted with the next press. */
    this._sure = "";
    this._words = "";
  }

  render() {
    const { _found: found } = this;
    return html`<h2>When a customer asks for a copy, or to be forgotten</h2>
      <p class="soft">
        Make sure that it is really them, by writing to the address. A copy has all that is kept of their
        chats, without your team’s notes.
      </p>
      <form class="filters" @submit=${this.#find} novalidate>
        <label class="field">
          Their e-mail address, or a chat’s id
          <input name="whose" autocomplete="off" spellcheck="false" required />
        </label>
        <button class="secondary" ?disabled=${this.#doing.busy}>Find their chats</button>
      </form>
      ${this.#doing.problem ? html`<p class="problem" role="alert">${this.#doing.words}</p>` : nothing}
      <p role="status">${this._words}</p>
      ${found?.length ? this.#table(found) : nothing}`;
  }

  /** @param {SubmitEvent} event */
  async #find(event) {
    event.preventDefault();
    const data = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const whose = asked(String(data.get("whose")));
    this._sure = "";
    this._found = null;
    this._words = whose ? "" : "Give an e-mail address, or an id like cnv_….";
    if (!whose) return;
    this.#email = "email" in whose ? whose.email : "";
    await this.#doing.run(async (api) => {
      const found =
        "email" in whose
          ? (await api.post("/api/owner/privacy/find", whose)).conversations
          : [one(await api.get(`/api/agent/conversations/${whose.id}`))];
      this._found = found;
      if (!found.length) this._words = "No chat has this address.";
    });
  }

  /** @param {Kept[]} found */
  #table(found) {
    const own = found.filter(({ gave }) => gave).length;
    return html`<table class="stacks">
        <thead>
          <tr>
            <th scope="col">Last changed</th>
            <th scope="col">Chat</th>
            <th scope="col">Address</th>
            <th scope="col"><span class="sr">What to do</span></th>
          </tr>
        </thead>
        <tbody>
          ${found.map(
            (chat) =>
              html`<tr>
                ${this.#row(chat)}
              </tr>`,
          )}
        </tbody>
      </table>
      ${
        this.#email && own > 1
          ? html`<div class="actions">
              <button class="secondary" @click=${() => this.#save({ email: this.#email })}>
                Save a copy of all ${own}
              </button>
            </div>`
          : nothing
      }`;
  }

  /** @param {Kept} chat */
  #row({ id, status, contact, gave, updated_at: at }) {
    const sure = this._sure === id;
    return html`<td><time datetime=${at} title=${exact(at)}>${ago(at)}</time></td>
      <td><a href="/agent#${id}">Open</a>, ${STATES[status]}</td>
      <td>
        ${gave ? (contact?.email ?? "none given") : "only written in a message: it may be somebody else’s"}
      </td>
      <td>
        <div class="actions">
          <button
            class="quiet"
            ?disabled=${this.#doing.busy}
            @click=${() => this.#save({ conversation_id: id })}
          >
            Save a copy
          </button>
          ${
            sure
              ? html`<button class="quiet" @click=${() => (this._sure = "")}>Keep</button>
                  <button class="danger" ?disabled=${this.#doing.busy} @click=${() => this.#erase(id)}>
                    Delete for good
                  </button>`
              : html`<button class="danger" @click=${() => (this._sure = id)}>Delete…</button>`
          }
        </div>
      </td>`;
  }

  /** @param {{email: string} | {conversation_id: string}} whose */
  #save(whose) {
    return this.#doing.run(async (api) => {
      const copy = await api.post("/api/owner/privacy/copy", whose);
      const link = document.createElement("a");
      link.href = URL.createObjectURL(
        new Blob([JSON.stringify(copy, null, 2)], { type: "application/json" }),
      );
      link.download = "email" in whose ? "chats.json" : `${whose.conversation_id}.json`;
      link.click();
      URL.revokeObjectURL(link.href);
      this._words = `Saved a copy of ${chats(copy.conversations.length)}.`;
    });
  }

  /** @param {string} id */
  async #erase(id) {
    const erased = await this.#doing.run((api) => api.post(`/api/owner/privacy/conversations/${id}/erase`));
    if (!erased) return;
    this._sure = "";
    this._found = this._found?.filter((chat) => chat.id !== id) ?? null;
    this._words = "Deleted. Backups made before now hold it still.";
    this.dispatchEvent(new Event("erased"));
  }
}

/** A conversation as the desk shows it, as one that was found. @param {any} shown @returns {Kept} */
function one({ conversation }) {
  return { ...conversation, gave: true, events: conversation.last_seq };
}

customElements.define("fd-privacy-requests", FdPrivacyRequests);
