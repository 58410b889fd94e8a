/** @import { Event, Status } from "./protocol.js" */

/** @type {Record<string, Status>} */
const AFTER = {
  "handoff.requested": "waiting",
  "handoff.accepted": "assigned",
  "handoff.released": "bot",
  "handoff.resolved": "resolved",
  "conversation.reopened": "bot",
};

/**
 * The status that a conversation's events lead to.
 *
 * @param {readonly Event[]} events
 * @returns {Status}
 */
export function statusAfter(events) {
  for (const event of events.toReversed()) {
    if (AFTER[event.type]) return AFTER[event.type];
  }
  return "bot";
}
