import assert from "node:assert/strict";
import { test } from "node:test";
import { BLANK, idOf, slug, tidy, withAsked } from "../../bot/web/owner/article-form.js";

/** @param {Partial<import("../../bot/web/owner/article-form.js").Draft>} fields */
const draft = (fields) => ({ ...BLANK, ...fields });

test("a question becomes a file's name", () => {
  assert.equal(slug("When are you open?"), "when-are-you-open");
  assert.equal(slug("Où est l’entrée?"), "ou-est-lentree");
  assert.ok(slug("very ".repeat(40)).length <= 60);
});

test("a new article never gets the id of another", () => {
  const taken = ["opening-hours", "opening-hours-2"];

  assert.equal(idOf(draft({ question: "Opening hours" }), taken), "opening-hours-3");
  assert.equal(idOf(draft({ question: "Парковка?", topic: "store" }), []), "store");
  assert.equal(idOf(draft({ question: "Парковка?", topic: "магазин" }), ["article"]), "article-2");
});

test("an article keeps its id when its question changes", () => {
  const changed = tidy(draft({ id: "opening-hours", version: "v1", question: "Closed?" }), ["opening-hours"]);

  assert.equal(changed.id, "opening-hours");
});

test("empty lines and blanks around words are not sent", () => {
  const sent = tidy(draft({ question: " Open? ", also_asked: ["", " hours ", " "], tags: [" a", ""] }), []);

  assert.deepEqual([sent.question, sent.also_asked, sent.tags], ["Open?", ["hours"], ["a"]]);
  assert.ok(!("version" in sent));
});

test("a button leads to one place, and an empty one is not sent", () => {
  const buttons = [
    { title: " Café hours ", article: "cafe", url: "" },
    { title: "The map", article: null, url: " https://maps.example " },
    { title: "", article: null, url: "" },
    { title: "Nowhere", article: null, url: "" },
  ];

  const sent = tidy(draft({ question: "Open?", buttons }), []);

  assert.deepEqual(sent.buttons, [
    { title: "Café hours", article: "cafe", url: null },
    { title: "The map", article: null, url: "https://maps.example" },
    { title: "Nowhere", article: null, url: null },
  ]);
});

test("what a customer asked is the question of a new article, and one phrase more of another", () => {
  const other = draft({ id: "open", version: "v1", question: "When are you open?", also_asked: ["hours"] });

  assert.equal(withAsked(draft({}), "do you\nsell  umbrellas").question, "do you sell umbrellas");
  assert.deepEqual(withAsked(other, "open today?").also_asked, ["hours", "open today?"]);
  assert.equal(withAsked(other, "HOURS"), other);
});
