import assert from "node:assert/strict";
import { test } from "node:test";
import { entries } from "../../bot/web/widget/entries.js";

let seq = 0;

/** @param {string} type @param {object} body @param {string} [kind] @param {string | null} [name] @returns {any} */
function event(type, body, kind = "assistant", name = null) {
  seq += 1;
  return {
    conversation_id: "cnv_1",
    seq,
    type,
    author: { kind, id: null, name },
    at: new Date().toISOString(),
    body,
  };
}

/** @param {string} text @param {object} [more] @returns {any} */
const says = (text, more = {}) => event("message", { text, kind: "answer", ...more });

/** @param {string} text @returns {any} */
const asks = (text) =>
  event("message", { text, kind: "utterance", client_message_id: `id-${text}` }, "customer");

/** @param {string} text @param {object} [more] @returns {any} */
const letter = (text, more = {}) => ({ client_message_id: `id-${text}`, text, state: "sending", ...more });

test("a message keeps its key from sending to sent", () => {
  const [before] = entries([], [letter("hello")]);
  const [after] = entries([asks("hello")], []);

  assert.equal(before.key, after.key);
  assert.equal(before.state, "sending");
  assert.equal(after.state, "sent");
});

test("secrets and late replies of the assistant are not shown", () => {
  const shown = entries([event("hidden", {}), says("late", { suppressed: true }), says("seen")], []);

  assert.deepEqual(
    shown.map(({ text }) => text),
    ["seen"],
  );
});

test("buttons are spent once the customer has spoken", () => {
  const buttons = [
    { id: "b1", title: "Opening hours" },
    { id: "b2", title: "Delivery" },
  ];

  const [open] = entries([says("Which?", { buttons })], []);
  const [spent] = entries([says("Which?", { buttons })], [letter("Delivery", { button_id: "b2" })]);

  assert.equal(open.spent, false);
  assert.equal(spent.spent, true);
  assert.equal(spent.chosen, "Delivery");
});

test("the e-mail form stands under the latest request, until there is an address", () => {
  const asked = [
    says("Leave it?", { wants_contact: true }),
    asks("later"),
    says("Now?", { wants_contact: true }),
  ];

  const waiting = entries(asked, []);
  const given = entries([...asked, event("contact", { email: "a@b.example" }, "customer")], []);

  assert.deepEqual(
    waiting.map(({ contact }) => Boolean(contact)),
    [false, false, true],
  );
  assert.ok(given.every(({ contact }) => !contact));
});

test("the e-mail form goes when a person has come", () => {
  const asked = says("Leave it?", { wants_contact: true });
  const came = event("handoff.accepted", { agent: { id: "stf_1", name: "Mara" } }, "agent", "Mara");

  assert.ok(entries([asked, came], []).every(({ contact }) => !contact));
});

test("a change of hands is told once", () => {
  const requested = event(
    "handoff.requested",
    { reference: "LB-7K2M", position: 2, expected_wait_s: 300 },
    "system",
  );
  const told = event("message", { text: "I'm passing you on.", kind: "handoff" }, "system");
  const accepted = event("handoff.accepted", { agent: { id: "stf_1", name: "Mara" } }, "agent");
  const joined = event("message", { text: "Mara has joined.", kind: "handoff" }, "system");

  const withWords = entries([requested, told, accepted, joined], []);
  const without = entries([requested, accepted], []);

  assert.deepEqual(
    withWords.map(({ kind, text }) => [kind, text]),
    [
      ["message", "I'm passing you on."],
      ["notice", "Mara has joined."],
    ],
  );
  assert.deepEqual(
    without.map(({ text }) => text),
    ["Waiting for a person, you are number 2, about 5 minutes", "Mara has joined"],
  );
});

test("only people are named, and only at the first line of a group", () => {
  const reply = (/** @type {string} */ text) => event("message", { text, kind: "reply" }, "agent", "Mara");

  const shown = entries([says("hello"), reply("one"), reply("two")], []);

  assert.deepEqual(
    shown.map(({ name, last }) => [name, last]),
    [
      ["", true],
      ["Mara", false],
      ["", true],
    ],
  );
});

test("a conversation of another day is headed by it", () => {
  const old = { ...says("hello"), at: "2020-05-04T09:00:00.000Z" };

  const [heading, message] = entries([old], []);

  assert.equal(heading.kind, "day");
  assert.equal(message.text, "hello");
});
