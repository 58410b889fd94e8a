/** @import { Event } from "./protocol.js" */

/**
 * The events of one conversation in order, each once.
 *
 * The socket may repeat, overtake or miss; the server's `seq` cannot. An event that does not follow the last one is not shown:
 * it is a sign that something is missing, and the caller fetches what follows `lastSeq`.
 */
export class Timeline {
  /** @type {Event[]} */
  #events = [];

  /** @returns {readonly Event[]} In order of `seq`, without a gap. */
  get events() {
    return this.#events;
  }

  /** @returns {number} 0 when nothing is known yet. */
  get lastSeq() {
    return this.#events.length;
  }

  /**
   * Takes what follows and drops what is known.
   *
   * @param {readonly Event[]} events In any order.
   * @returns {{added: Event[], gap: boolean}} What is new, and whether something before it is missing.
   */
  apply(events) {
    /** @type {Event[]} */
    const added = [];
    let gap = false;
    for (const event of [...events].sort((a, b) => a.seq - b.seq)) {
      const next = this.lastSeq + added.length + 1;
      if (event.seq === next) added.push(event);
      gap ||= event.seq > next;
    }
    // A new array, so that whoever renders sees that something changed.
    if (added.length) this.#events = [...this.#events, ...added];
    return { added, gap };
  }

  clear() {
    this.#events = [];
  }
}
