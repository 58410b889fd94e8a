import assert from "node:assert/strict";
import { test } from "node:test";
import { lines } from "../../bot/web/agent/lines.js";
import { sections } from "../../bot/web/agent/queue-order.js";

/** @param {number} seq @param {string} type @param {object} body @param {string} [kind] @returns {any} */
const event = (seq, type, body, kind = "system") => ({
  seq,
  type,
  body,
  at: "2026-11-22T09:30:00.000Z",
  author: { kind, id: null, name: null },
});

test("sentiment and explanation stand beside what they are about", () => {
  const made = lines([
    event(1, "message", { text: "when do you open" }, "customer"),
    event(2, "sentiment", { message_seq: 1, polarity: 0.1, label: "neutral" }),
    event(3, "message", { text: "At nine.", replies_to: 1 }, "assistant"),
    event(4, "turn", { utterance_seq: 1, outcome: "answer" }),
  ]);

  assert.deepEqual(
    made.map(({ seq, sentiment, turn }) => [seq, sentiment?.label, turn?.outcome]),
    [
      [1, "neutral", undefined],
      [3, undefined, "answer"],
    ],
  );
});

test("a turn without words is explained where it began", () => {
  const made = lines([
    event(1, "message", { text: "a person please" }, "customer"),
    event(2, "turn", { utterance_seq: 1, decision: "escalate" }),
    event(3, "handoff.requested", { reason: "customer_request", reference: "LB-7K2M" }),
  ]);

  assert.equal(made[0].turn?.decision, "escalate");
  assert.equal(made[1].text, "Handoff: Asked for a person, reference LB-7K2M");
});

test("who joins unasked is told in one line, and who opens again by name", () => {
  const mara = { kind: "agent", id: "stf_1", name: "Mara" };
  const made = lines([
    { ...event(1, "conversation.reopened", {}), author: mara },
    { ...event(2, "handoff.requested", { reason: "agent_joined", reference: "LB-7K2M" }), author: mara },
    { ...event(3, "handoff.accepted", { agent: { id: "stf_1", name: "Mara" } }), author: mara },
  ]);

  assert.deepEqual(
    made.map(({ text }) => text),
    ["Mara opened this again", "Mara took over"],
  );
});

/** @param {string} id @param {object} more @returns {any} */
const summary = (id, more) => ({
  id,
  status: "waiting",
  priority: "normal",
  assignee: null,
  created_at: "2026-11-22T09:00:00.000Z",
  updated_at: "2026-11-22T09:00:00.000Z",
  ...more,
});

test("the queue is ordered by urgency, then by the longest wait", () => {
  const [waiting] = sections(
    [
      summary("late", { waiting_since: "2026-11-22T09:20:00.000Z" }),
      summary("early", { waiting_since: "2026-11-22T09:10:00.000Z" }),
      summary("urgent", { waiting_since: "2026-11-22T09:30:00.000Z", priority: "urgent" }),
    ],
    "open",
    "stf_1",
  );

  assert.deepEqual(
    waiting.rows.map(({ id }) => id),
    ["urgent", "early", "late"],
  );
});

test("one's own conversations stand apart from those of colleagues", () => {
  const made = sections(
    [
      summary("mine", { status: "assigned", assignee: { id: "stf_1", name: "Mara" } }),
      summary("theirs", { status: "assigned", assignee: { id: "stf_2", name: "Jonas" } }),
    ],
    "open",
    "stf_1",
  );

  assert.deepEqual(
    made.map(({ title, rows }) => [title, rows[0].id]),
    [
      ["Yours", "mine"],
      ["With colleagues", "theirs"],
    ],
  );
});
