/** @import { Frame } from "../shared/protocol.js" */

/** A console says every 15 s what it looks at; one that was not heard for this long has gone without a word. */
const READS_MS = 40_000;
/** Signs of writing come every 2.5 s while keys are pressed. */
const WRITES_MS = 6000;

/** @typedef {{id: string, name: string, writes: boolean}} Colleague */

/** Who else looks at which conversation: what their consoles say, for as long as it can be true. */
export class Colleagues {
  /** @type {Map<string, Map<string, {name: string, readsUntil: number, writesUntil: number}>>} */
  #seen = new Map();

  /**
   * @param {Frame} frame Of type `looking`.
   * @param {number} now ms
   * @returns {boolean} Whether they have only come now, and do not know of us.
   */
  hear({ conversation_id: where = "", author, what }, now) {
    const id = author?.id ?? "";
    const there = this.#seen.get(where) ?? new Map();
    this.#seen.set(where, there);
    const before = there.get(id);
    if (what === "gone") {
      there.delete(id);
      if (!there.size) this.#seen.delete(where);
      return false;
    }
    // Who says that they look has not stopped writing: consoles answer each other's signs in the middle of a sentence.
    const writesUntil = what === "writing" ? now + WRITES_MS : (before?.writesUntil ?? 0);
    there.set(id, { name: author?.name ?? "A colleague", readsUntil: now + READS_MS, writesUntil });
    return !before || before.readsUntil <= now;
  }

  /** @param {string} where Id of a conversation. @param {number} now @returns {Colleague[]} By name. */
  at(where, now) {
    return [...(this.#seen.get(where) ?? [])]
      .filter(([, { readsUntil }]) => readsUntil > now)
      .map(([id, { name, writesUntil }]) => ({ id, name, writes: writesUntil > now }))
      .sort((one, other) => one.name.localeCompare(other.name));
  }

  /** @param {number} now @returns {number} ms until something of it is true no more; Infinity when nobody looks. */
  next(now) {
    const ends = [...this.#seen.values()].flatMap((there) =>
      [...there.values()].flatMap(({ readsUntil, writesUntil }) => [readsUntil, writesUntil]),
    );
    return Math.min(...ends.filter((end) => end > now)) - now;
  }
}

/**
 * Those worth a word: that somebody looks at what is theirs is no news, that they write is.
 *
 * @param {Colleague[]} colleagues
 * @param {{id: string} | null} assignee
 */
export const besides = (colleagues, assignee) =>
  colleagues.filter(({ id, writes }) => writes || id !== assignee?.id);

/** @param {Colleague[]} colleagues @returns {string} "Tom is writing, Ada is looking at this"; empty for nobody. */
export function colleaguesWords(colleagues) {
  const doing = (/** @type {boolean} */ writes, /** @type {string} */ one, /** @type {string} */ many) => {
    const names = colleagues.filter((each) => each.writes === writes).map(({ name }) => name);
    return names.length && `${names.join(" and ")} ${names.length === 1 ? one : many}`;
  };
  return [doing(true, "is writing", "are writing"), doing(false, "is looking at this", "are looking at this")]
    .filter(Boolean)
    .join(", ");
}
