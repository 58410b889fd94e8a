/** When the desk's morning begins, in the agent's own time. */
const MORNING = 9;
const HOUR_MS = 3_600_000;

/**
 * Until when a conversation can be put aside, the soonest first.
 *
 * @param {Date} now
 * @returns {[string, Date][]}
 */
export function snoozes(now) {
  const monday = (8 - now.getDay()) % 7 || 7;
  /** @type {[string, Date][]} */
  const all = [
    ["In 1 hour", new Date(now.getTime() + HOUR_MS)],
    ["In 3 hours", new Date(now.getTime() + 3 * HOUR_MS)],
    ["Tomorrow, 9:00", morning(now, 1)],
  ];
  return monday === 1 ? all : [...all, ["Monday, 9:00", morning(now, monday)]];
}

/** @param {Date} now @param {number} days */
function morning(now, days) {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, MORNING);
}

/** @param {string} at ISO 8601. @param {Date} [now] @returns {string} "14:30" today, else "Mon 9:00". */
export function untilWords(at, now = new Date()) {
  const then = new Date(at);
  const today = then.toDateString() === now.toDateString();
  const weekday = today ? undefined : /** @type {const} */ ("short");
  return then.toLocaleString(undefined, { weekday, hour: "2-digit", minute: "2-digit" });
}
