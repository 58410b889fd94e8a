/** @import { Effect } from "../shared/protocol.js" */

/** @param {Pick<Effect, "extra_handoffs_per_day" | "handoffs_before" | "handoffs_after">} effect The handoffs a day, more or fewer, in words. */
export function rate({ extra_handoffs_per_day: extra, handoffs_before: before, handoffs_after: after }) {
  if (after === before) return "As many handoffs as now";
  const word = after > before ? "more" : "fewer";
  const a_day = Math.abs(extra ?? 0);
  if (a_day < 0.1)
    return `${Math.abs(after - before)} ${word} handoff${Math.abs(after - before) === 1 ? "" : "s"} in all`;
  const shown = a_day >= 10 ? a_day.toFixed(0) : a_day.toFixed(1).replace(/\.0$/, "");
  return `${shown} ${word} handoff${shown === "1" ? "" : "s"} a day`;
}
