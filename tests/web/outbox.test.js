import assert from "node:assert/strict";
import { test } from "node:test";
import { Outbox } from "../../bot/web/widget/outbox.js";

/** Storage as a browser's, without the browser. @returns {any} */
function storage() {
  /** @type {Map<string, string>} */
  const kept = new Map();
  return {
    read: (/** @type {string} */ key) => JSON.parse(kept.get(key) ?? "null"),
    write: (/** @type {string} */ key, /** @type {unknown} */ value) => kept.set(key, JSON.stringify(value)),
  };
}

test("messages leave in the order in which they were written", () => {
  const outbox = new Outbox(storage(), "k");
  outbox.add("one");
  outbox.add("two");

  assert.equal(outbox.next?.text, "one");
});

test("a resend carries the same id", () => {
  const outbox = new Outbox(storage(), "k");
  outbox.add("one");
  const id = outbox.letters[0].client_message_id;
  outbox.fail(id, "no answer", false);

  outbox.retry(id);

  assert.equal(outbox.next?.client_message_id, id);
});

test("a reload finds what was not accepted, with its ids", () => {
  const kept = storage();
  const before = new Outbox(kept, "k");
  before.add("one");

  const after = new Outbox(kept, "k");

  assert.deepEqual(after.letters, before.letters);
});

test("what the server has is not kept", () => {
  const outbox = new Outbox(storage(), "k");
  outbox.add("one");
  outbox.add("two");

  outbox.accepted(new Set([outbox.letters[0].client_message_id]));

  assert.deepEqual(
    outbox.letters.map(({ text }) => text),
    ["two"],
  );
});

test("a message that was refused for good does not hold up the next, nor is it sent again by itself", () => {
  const outbox = new Outbox(storage(), "k");
  outbox.add("far too long");
  outbox.add("two");
  outbox.fail(outbox.letters[0].client_message_id, "too long", true);

  assert.equal(outbox.next?.text, "two");
  outbox.retry();
  assert.equal(outbox.letters[0].state, "failed");
});
