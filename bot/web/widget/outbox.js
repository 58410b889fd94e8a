import { newId } from "../shared/ids.js";

/**
 * @typedef {object} Letter A message on its way: the customer's words, or a button pressed.
 * @property {string} client_message_id The same for every try, so that the server takes it once.
 * @property {string} text
 * @property {string} [button_id]
 * @property {"sending" | "failed"} state
 * @property {string} [problem] Why it failed, and what to do.
 * @property {boolean} [final] Sending the same again cannot work: the words must change.
 */

/** What was said but not yet accepted by the server, in order. Outlives a reload of the page, not the tab. */
export class Outbox {
  #storage;
  #key;
  /** @type {Letter[]} */
  #letters;

  /** @param {import("../shared/storage.js").Storage} storage @param {string} key */
  constructor(storage, key) {
    this.#storage = storage;
    this.#key = key;
    this.#letters = storage.read(key) ?? [];
  }

  get letters() {
    return this.#letters;
  }

  /** @returns {Letter | undefined} The next to send: the order of the customer's words is kept. */
  get next() {
    return this.#letters.find((letter) => letter.state === "sending");
  }

  /** @param {string} text @param {string} [buttonId] */
  add(text, buttonId) {
    /** @type {Letter} */
    const letter = { client_message_id: newId(), text, state: "sending" };
    if (buttonId) letter.button_id = buttonId;
    this.#keep([...this.#letters, letter]);
  }

  /** @param {string} id @param {string} problem @param {boolean} final */
  fail(id, problem, final) {
    this.#change((letter) => letter.client_message_id === id, { state: "failed", problem, final });
  }

  /** @param {string} [id] When left out, all that may work now. */
  retry(id) {
    this.#change((letter) => (id ? letter.client_message_id === id : !letter.final), { state: "sending" });
  }

  /** @param {(letter: Letter) => boolean} which @param {Partial<Letter>} change */
  #change(which, change) {
    this.#keep(this.#letters.map((letter) => (which(letter) ? { ...letter, ...change } : letter)));
  }

  /** @param {ReadonlySet<string | null | undefined>} ids What the server has. */
  accepted(ids) {
    if (this.#letters.some((letter) => ids.has(letter.client_message_id))) {
      this.#keep(this.#letters.filter((letter) => !ids.has(letter.client_message_id)));
    }
  }

  /** @param {Letter[]} letters */
  #keep(letters) {
    this.#letters = letters;
    this.#storage.write(this.#key, letters.length ? letters : null);
  }
}
