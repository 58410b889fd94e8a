import assert from "node:assert/strict";
import { test } from "node:test";
import { Timeline } from "../../bot/web/shared/timeline.js";

/** @param {number} seq @returns {any} */
const event = (seq) => ({ seq, type: "message", body: {} });
const seqs = (/** @type {readonly {seq: number}[]} */ events) => events.map(({ seq }) => seq);

test("events are taken in order of their seq", () => {
  const timeline = new Timeline();

  const { added, gap } = timeline.apply([event(2), event(1), event(3)]);

  assert.deepEqual(seqs(added), [1, 2, 3]);
  assert.equal(gap, false);
  assert.equal(timeline.lastSeq, 3);
});

test("what is known already is dropped", () => {
  const timeline = new Timeline();
  timeline.apply([event(1), event(2)]);

  const { added, gap } = timeline.apply([event(2), event(1), event(2)]);

  assert.deepEqual(added, []);
  assert.equal(gap, false);
  assert.deepEqual(seqs(timeline.events), [1, 2]);
});

test("an event that overtook another is a gap and is not shown", () => {
  const timeline = new Timeline();
  timeline.apply([event(1)]);

  const { added, gap } = timeline.apply([event(3)]);

  assert.deepEqual(added, []);
  assert.equal(gap, true);
  assert.equal(timeline.lastSeq, 1);
});

test("what follows is shown even when something later is missing", () => {
  const timeline = new Timeline();

  const { added, gap } = timeline.apply([event(1), event(2), event(5)]);

  assert.deepEqual(seqs(added), [1, 2]);
  assert.equal(gap, true);
});

test("any order of arrival ends in the same transcript", () => {
  const total = 40;
  for (let seed = 1; seed <= 200; seed += 1) {
    const timeline = new Timeline();
    const random = randomFrom(seed);
    const sent = Array.from({ length: 120 }, () => event(1 + Math.floor(random() * total)));

    for (const one of sent) {
      const { gap } = timeline.apply([one]);
      if (gap) timeline.apply(after(timeline.lastSeq, one.seq));
    }
    timeline.apply(after(timeline.lastSeq, total));

    assert.deepEqual(seqs(timeline.events), seqs(after(0, total)));
  }
});

test("rendering sees a new array when something changed, the old one when not", () => {
  const timeline = new Timeline();
  timeline.apply([event(1)]);
  const before = timeline.events;

  timeline.apply([event(1)]);
  assert.equal(timeline.events, before);

  timeline.apply([event(2)]);
  assert.notEqual(timeline.events, before);
});

/** What the events API would answer. @param {number} last @param {number} total */
const after = (last, total) => Array.from({ length: total - last }, (_, at) => event(last + at + 1));

/** A small repeatable generator (mulberry32). @param {number} seed */
function randomFrom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
