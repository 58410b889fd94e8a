import assert from "node:assert/strict";
import { test } from "node:test";
import { Backoff } from "../../bot/web/shared/backoff.js";

test("the longest wait doubles up to the ceiling", () => {
  const backoff = new Backoff({ random: () => 1 });

  const waits = Array.from({ length: 8 }, () => backoff.next());

  assert.deepEqual(waits, [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
});

test("the wait is spread over the whole range", () => {
  const backoff = new Backoff({ random: () => 0 });

  assert.equal(backoff.next(), 0);
});

test("what the server asks for comes on top", () => {
  const backoff = new Backoff({ random: () => 0.5 });

  assert.equal(backoff.next(5000), 5500);
});

test("after a reset the waits begin small again", () => {
  const backoff = new Backoff({ random: () => 1 });
  backoff.next();
  backoff.next();

  backoff.reset();

  assert.equal(backoff.next(), 1000);
});
