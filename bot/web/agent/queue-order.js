/** @import { Priority, Summary } from "../shared/protocol.js" */

/** @type {Record<Priority, number>} */
const URGENCY = { urgent: 0, high: 1, normal: 2, low: 3 };

/** @typedef {{title: string, hint: string, rows: Summary[]}} Section */

/**
 * The conversations of one tab in the order in which they need somebody.
 *
 * @param {Iterable<Summary>} conversations
 * @param {"open" | "bot" | "resolved"} tab
 * @param {string | undefined} myId
 * @returns {Section[]} Sections with nobody in them are left out.
 */
export function sections(conversations, tab, myId) {
  const all = [...conversations];
  if (tab !== "open") {
    const rows = all.filter(({ status }) => status === tab).sort(latestFirst);
    return rows.length ? [{ title: "", hint: "", rows }] : [];
  }
  const assigned = all.filter(({ status }) => status === "assigned").sort(latestFirst);
  const own = assigned.filter(({ assignee }) => assignee?.id === myId);
  const mine = own.filter(({ snoozed_until: until }) => !until);
  const snoozed = own.filter(({ snoozed_until: until }) => until).sort(soonestFirst);
  const others = assigned.filter(({ assignee }) => assignee?.id !== myId);
  const waiting = all.filter(({ status }) => status === "waiting").sort(neediestFirst);
  return [
    { title: "Waiting", hint: "most urgent first", rows: waiting },
    { title: "Yours", hint: "", rows: mine },
    { title: "Snoozed", hint: "back by themselves", rows: snoozed },
    { title: "With colleagues", hint: "", rows: others },
  ].filter(({ rows }) => rows.length);
}

/** @param {Summary} one @param {Summary} other */
function neediestFirst(one, other) {
  return URGENCY[one.priority] - URGENCY[other.priority] || since(one) - since(other);
}

/** @param {Summary} one @param {Summary} other */
function latestFirst(one, other) {
  return Date.parse(other.updated_at) - Date.parse(one.updated_at);
}

/** @param {Summary} one @param {Summary} other */
function soonestFirst(one, other) {
  return Date.parse(one.snoozed_until ?? "") - Date.parse(other.snoozed_until ?? "");
}

/** @param {Summary} summary */
const since = ({ waiting_since, created_at }) => Date.parse(waiting_since ?? created_at);
