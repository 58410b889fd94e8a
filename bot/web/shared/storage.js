/**
 * JSON in the browser's storage, or in memory where the browser refuses (blocked third-party storage, full disk):
 * the conversation then lives as long as the page.
 */
export class Storage {
  /** @type {Map<string, string>} */
  #memory = new Map();
  #area;

  /** @param {"localStorage" | "sessionStorage"} area */
  constructor(area) {
    this.#area = area;
  }

  /** @param {string} key @returns {any} Null when there is nothing, or nothing that can be read. */
  read(key) {
    try {
      return JSON.parse(window[this.#area].getItem(key) ?? this.#memory.get(key) ?? "null");
    } catch {
      return JSON.parse(this.#memory.get(key) ?? "null");
    }
  }

  /** @param {string} key @param {unknown} value Null and the empty string remove it. */
  write(key, value) {
    const text = JSON.stringify(value);
    const empty = value === null || value === "";
    if (empty) this.#memory.delete(key);
    else this.#memory.set(key, text);
    try {
      if (empty) window[this.#area].removeItem(key);
      else window[this.#area].setItem(key, text);
    } catch {
      // Kept in memory above.
    }
  }
}
