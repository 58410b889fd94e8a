import assert from "node:assert/strict";
import { test } from "node:test";
import { Colleagues, besides, colleaguesWords } from "../../bot/web/agent/colleagues.js";

const SECOND = 1000;

/** @param {string} name @param {string} what @returns {any} */
const looks = (name, what) => ({
  type: "looking",
  conversation_id: "cnv_1",
  author: { kind: "agent", id: `stf_${name}`, name },
  what,
});

test("who looks is seen until they go, where they look only", () => {
  const colleagues = new Colleagues();

  colleagues.hear(looks("Tom", "reading"), 0);

  assert.equal(colleaguesWords(colleagues.at("cnv_1", SECOND)), "Tom is looking at this");
  assert.deepEqual(colleagues.at("cnv_2", SECOND), []);
  colleagues.hear(looks("Tom", "gone"), 2 * SECOND);
  assert.deepEqual(colleagues.at("cnv_1", 2 * SECOND), []);
});

test("who vanished without a word is forgotten, and writing sooner than looking", () => {
  const colleagues = new Colleagues();

  colleagues.hear(looks("Tom", "writing"), 0);

  assert.equal(colleaguesWords(colleagues.at("cnv_1", SECOND)), "Tom is writing");
  assert.equal(colleaguesWords(colleagues.at("cnv_1", 7 * SECOND)), "Tom is looking at this");
  assert.equal(colleaguesWords(colleagues.at("cnv_1", 41 * SECOND)), "");
  assert.equal(colleagues.next(SECOND), 5 * SECOND);
  assert.equal(colleagues.next(41 * SECOND), Infinity);
});

test("a console that says it looks does not take back that it writes", () => {
  const colleagues = new Colleagues();

  colleagues.hear(looks("Tom", "writing"), 0);
  colleagues.hear(looks("Tom", "reading"), SECOND);

  assert.equal(colleaguesWords(colleagues.at("cnv_1", 2 * SECOND)), "Tom is writing");
  assert.equal(colleaguesWords(colleagues.at("cnv_1", 7 * SECOND)), "Tom is looking at this");
});

test("only who has just come is answered, so two consoles do not greet each other for ever", () => {
  const colleagues = new Colleagues();

  const came = [0, 15, 30, 80].map((at) => colleagues.hear(looks("Tom", "reading"), at * SECOND));

  assert.deepEqual(came, [true, false, false, true]);
});

test("several are named together", () => {
  const colleagues = new Colleagues();

  for (const name of ["Tom", "Ada"]) colleagues.hear(looks(name, "reading"), 0);
  colleagues.hear(looks("Mara", "writing"), 0);

  assert.equal(
    colleaguesWords(colleagues.at("cnv_1", SECOND)),
    "Mara is writing, Ada and Tom are looking at this",
  );
});

test("that an agent looks at what is theirs is no news, that they write is", () => {
  const colleagues = new Colleagues();
  const words = () => colleaguesWords(besides(colleagues.at("cnv_1", SECOND), { id: "stf_Tom" }));

  for (const name of ["Tom", "Ada"]) colleagues.hear(looks(name, "reading"), 0);
  assert.equal(words(), "Ada is looking at this");

  colleagues.hear(looks("Tom", "writing"), 0);
  assert.equal(words(), "Tom is writing, Ada is looking at this");
});
