import assert from "node:assert/strict";
import { test } from "node:test";
import { ago, roughly, span } from "../../bot/web/shared/time.js";

const NOW = Date.parse("2026-11-22T12:00:00Z");

for (const [seconds, words] of /** @type {const} */ ([
  [0, "0 s"],
  [59, "59 s"],
  [60, "1 min"],
  [3599, "59 min"],
  [3600, "1 h"],
  [4800, "1 h 20 min"],
  [200_000, "2 d"],
])) {
  test(`${seconds} s are ${words}`, () => assert.equal(span(seconds), words));
}

for (const [seconds, words] of /** @type {const} */ ([
  [20, "about a minute"],
  [91, "about 2 minutes"],
  [3200, "about an hour"],
  [7300, "about 3 hours"],
])) {
  test(`a wait of ${seconds} s is ${words}`, () => assert.equal(roughly(seconds), words));
}

for (const [seconds, words] of /** @type {const} */ ([
  [-5, "just now"],
  [30, "just now"],
  [300, "5 min ago"],
  [90_000, "yesterday"],
])) {
  test(`${seconds} s ago is ${words}`, () =>
    assert.equal(ago(new Date(NOW - seconds * 1000).toISOString(), NOW), words));
}
