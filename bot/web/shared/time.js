const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * How long ago, as people say it.
 *
 * @param {string} at ISO 8601.
 * @param {number} [now] Milliseconds since 1970.
 * @returns {string} "just now", "5 min ago", "3 h ago", "yesterday", "12 Nov".
 */
export function ago(at, now = Date.now()) {
  const seconds = (now - Date.parse(at)) / 1000;
  if (seconds < 45) return "just now";
  if (seconds < DAY) return `${span(seconds)} ago`;
  if (seconds < 2 * DAY) return "yesterday";
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return new Date(at).toLocaleDateString(undefined, {
    day: "numeric",
    month: "short",
    year: sameYear ? undefined : "numeric",
  });
}

/**
 * A length of time in its largest fitting unit.
 *
 * @param {number} seconds
 * @returns {string} "40 s", "5 min", "1 h 20 min", "3 d".
 */
export function span(seconds) {
  if (seconds < MINUTE) return `${Math.max(0, Math.round(seconds))} s`;
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} min`;
  if (seconds >= DAY) return `${Math.floor(seconds / DAY)} d`;
  const minutes = Math.floor((seconds % HOUR) / MINUTE);
  return `${Math.floor(seconds / HOUR)} h${minutes ? ` ${minutes} min` : ""}`;
}

/**
 * A wait to come, rounded up so that it is rarely longer than promised.
 *
 * @param {number} seconds
 * @returns {string} "about a minute", "about 5 minutes", "about 2 hours".
 */
export function roughly(seconds) {
  if (seconds <= 90) return "about a minute";
  if (seconds < 50 * MINUTE) return `about ${Math.ceil(seconds / MINUTE)} minutes`;
  if (seconds < 100 * MINUTE) return "about an hour";
  return `about ${Math.ceil(seconds / HOUR)} hours`;
}

/** @param {string} at ISO 8601. @returns {string} "09:30" in the reader's clock. */
export function clock(at) {
  return new Date(at).toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" });
}

/** @param {string} at ISO 8601. @returns {string} Day and time in full. */
export function exact(at) {
  return new Date(at).toLocaleString(undefined, { dateStyle: "full", timeStyle: "short" });
}

/** @param {string} at ISO 8601. @param {number} [now] @returns {string} "Today", "Yesterday", "Monday, 16 November". */
export function day(at, now = Date.now()) {
  const days = Math.round((midnight(now) - midnight(Date.parse(at))) / (DAY * 1000));
  if (days === 0) return "Today";
  if (days === 1) return "Yesterday";
  return new Date(at).toLocaleDateString(undefined, { weekday: "long", day: "numeric", month: "long" });
}

/** @param {number} time */
const midnight = (time) => new Date(time).setHours(0, 0, 0, 0);
