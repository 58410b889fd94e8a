/** @import { Label, Reason, Status } from "./protocol.js" */

/** Machine words in people's words, for the consoles. */

/** @type {Record<Reason, string>} */
export const REASONS = {
  customer_request: "Asked for a person",
  missing_knowledge: "No answer found",
  negative_sentiment: "Unhappy",
  repeated_failure: "Not understood, repeatedly",
  unsupported_request: "Needs something done by hand",
  policy_restriction: "People only, by your rules",
  tool_failure: "A look-up failed",
  agent_joined: "An agent joined",
};

/** @type {Record<Status, string>} */
export const STATUSES = {
  waiting: "Waiting",
  assigned: "With a person",
  bot: "With the assistant",
  resolved: "Resolved",
};

/** A shape and a word before a colour. @type {Record<Label, {shape: string, word: string}>} */
export const SENTIMENTS = {
  positive: { shape: "▲", word: "Happy" },
  neutral: { shape: "●", word: "Neutral" },
  negative: { shape: "▼", word: "Unhappy" },
};

/**
 * @param {string | null | undefined} reason
 * @returns {string}
 */
export function reasonWords(reason) {
  return REASONS[/** @type {Reason} */ (reason)] ?? plain(reason ?? "");
}

/** @param {number} confidence 0 to 1. @returns {"sure" | "likely" | "unsure"} */
export function sureness(confidence) {
  if (confidence >= 0.8) return "sure";
  return confidence >= 0.5 ? "likely" : "unsure";
}

/** @param {string} code @returns {string} "small_talk" as "small talk". */
export const plain = (code) => code.replaceAll("_", " ").replaceAll("/", ": ");

/** @param {string | null | undefined} url @returns {string} Its path, for people. */
export function pagePath(url) {
  try {
    return new URL(url ?? "").pathname;
  } catch {
    return "";
  }
}
