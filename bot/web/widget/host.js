/**
 * The page around the widget, spoken to by `postMessage`. The launcher speaks first; from then on only its window and its origin count.
 * Fires `open` and `close`.
 */
export class Host extends EventTarget {
  /** Path and host of the page around, without query and fragment. @type {string | undefined} */
  page;
  #origin = "";

  constructor() {
    super();
    addEventListener("message", (event) => this.#receive(event));
    // Nothing secret in it, and the launcher's origin is not known yet: the one message that goes to anybody.
    if (this.embedded) parent.postMessage({ frontdesk: 1, type: "ready" }, "*");
  }

  /** @returns {boolean} False when the widget is a page of its own. */
  get embedded() {
    return parent !== window;
  }

  /** @param {"close" | "unread" | "brand"} type @param {object} [more] */
  tell(type, more) {
    if (this.#origin) parent.postMessage({ frontdesk: 1, type, ...more }, this.#origin);
  }

  /** @param {MessageEvent} event */
  #receive({ source, origin, data }) {
    if (!this.embedded || source !== parent || data?.frontdesk !== 1) return;
    if (this.#origin && origin !== this.#origin) return;
    if (data.type !== "open" && data.type !== "close") return;
    this.#origin = origin;
    if (typeof data.page === "string" && data.page.startsWith(origin)) this.page = data.page.slice(0, 1000);
    this.dispatchEvent(new Event(data.type));
  }
}
