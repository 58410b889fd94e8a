import assert from "node:assert/strict";
import { test } from "node:test";
import { sections } from "../../bot/web/agent/queue-order.js";
import { snoozes } from "../../bot/web/agent/snooze.js";

const at = (/** @type {Date} */ date) => [date.getDay(), date.getHours(), date.getMinutes()];

test("a snooze ends in an hour, tomorrow morning, or on Monday morning", () => {
  const friday = new Date(2026, 10, 20, 16, 45);

  const made = Object.fromEntries(snoozes(friday));

  assert.equal(made["In 1 hour"].getTime() - friday.getTime(), 3_600_000);
  assert.deepEqual(at(made["Tomorrow, 9:00"]), [6, 9, 0]);
  assert.deepEqual(at(made["Monday, 9:00"]), [1, 9, 0]);
  assert.ok(made["Monday, 9:00"] > friday);
});

test("on Sunday tomorrow is Monday, and on Monday the next one is meant", () => {
  const sunday = snoozes(new Date(2026, 10, 22, 10));
  const monday = Object.fromEntries(snoozes(new Date(2026, 10, 23, 10)));

  assert.equal(
    sunday.some(([words]) => words.startsWith("Monday")),
    false,
  );
  assert.equal(monday["Monday, 9:00"].getDate(), 30);
});

test("what is snoozed stands below what is not, the soonest first", () => {
  const mine = {
    status: "assigned",
    assignee: { id: "stf_1", name: "Mara" },
    created_at: "2026-11-22T09:00:00Z",
  };
  /** @type {any[]} */
  const conversations = [
    { id: "late", ...mine, updated_at: mine.created_at, snoozed_until: "2026-11-23T09:00:00Z" },
    { id: "soon", ...mine, updated_at: mine.created_at, snoozed_until: "2026-11-22T11:00:00Z" },
    { id: "now", ...mine, updated_at: mine.created_at, snoozed_until: null },
  ];

  const made = sections(conversations, "open", "stf_1");

  assert.deepEqual(
    made.map(({ title, rows }) => [title, rows.map(({ id }) => id)]),
    [
      ["Yours", ["now"]],
      ["Snoozed", ["soon", "late"]],
    ],
  );
});
