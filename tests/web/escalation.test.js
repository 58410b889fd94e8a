import assert from "node:assert/strict";
import { test } from "node:test";
import { rate } from "../../bot/web/owner/escalation-words.js";

/** @param {number} before @param {number} after @param {number | null} extra */
const of = (before, after, extra) =>
  rate({ handoffs_before: before, handoffs_after: after, extra_handoffs_per_day: extra });

test("the effect is told in handoffs a day", () => {
  assert.equal(of(10, 100, 3), "3 more handoffs a day");
  assert.equal(of(100, 70, -1), "1 fewer handoff a day");
  assert.equal(of(0, 45, 1.5), "1.5 more handoffs a day");
  assert.equal(of(0, 400, 13.33), "13 more handoffs a day");
});

test("rare handoffs and unknown times are told in all", () => {
  assert.equal(of(0, 1, 0.03), "1 more handoff in all");
  assert.equal(of(4, 2, null), "2 fewer handoffs in all");
});

test("no difference is said so", () => {
  assert.equal(of(5, 5, 0), "As many handoffs as now");
});
