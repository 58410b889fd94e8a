/**
 * How long to wait before trying again: "full jitter", so that a thousand pages cut off together do not come back together
 * (Brooker 2015, "Exponential Backoff And Jitter").
 */
export class Backoff {
  #attempt = 0;
  #floorMs;
  #ceilingMs;
  #random;

  /** @param {{floorMs?: number, ceilingMs?: number, random?: () => number}} [options] */
  constructor({ floorMs = 1000, ceilingMs = 60_000, random = Math.random } = {}) {
    this.#floorMs = floorMs;
    this.#ceilingMs = ceilingMs;
    this.#random = random;
  }

  /**
   * The wait before the next try, which counts as taken.
   *
   * @param {number} [atLeastMs] What the other side asked for.
   * @returns {number} Milliseconds.
   */
  next(atLeastMs = 0) {
    const top = Math.min(this.#ceilingMs, this.#floorMs * 2 ** this.#attempt);
    this.#attempt += 1;
    return atLeastMs + Math.round(this.#random() * top);
  }

  reset() {
    this.#attempt = 0;
  }
}
