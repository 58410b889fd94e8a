import assert from "node:assert/strict";
import { test } from "node:test";
import { parseMarkdown, plainText } from "../../bot/web/shared/markdown.js";

/** The tree as one line: what it is, not how it looks. @param {string} text */
const tree = (text) => parseMarkdown(text).map(block).join(" ");

/** @param {any} node @returns {string} */
const block = (node) =>
  node.type === "paragraph"
    ? `p(${inlines(node.children)})`
    : `${node.ordered ? `ol${node.start}` : "ul"}(${node.items.map(inlines).join("|")})`;

/** @param {any[]} nodes @returns {string} */
const inlines = (nodes) => nodes.map(inline).join("");

/** @param {any} node @returns {string} */
const inline = (node) => {
  if (node.type === "text") return node.text;
  if (node.type === "break") return "/";
  if (node.type === "link") return `<${node.href}>[${inlines(node.children)}]`;
  return `${node.type}[${inlines(node.children)}]`;
};

const CASES = [
  ["plain words", "p(plain words)"],
  ["one\n\ntwo", "p(one) p(two)"],
  ["one\ntwo", "p(one/two)"],
  [
    "**bold** and *italic* and __bold__ and _italic_",
    "p(strong[bold] and em[italic] and strong[bold] and em[italic])",
  ],
  ["Buses **7** and **22** stop here", "p(Buses strong[7] and strong[22] stop here)"],
  ["**bold with *italic* inside**", "p(strong[bold with em[italic] inside])"],
  ["- one\n- two", "ul(one|two)"],
  ["text before\n- one\n* two\n\ntext after", "p(text before) ul(one|two) p(text after)"],
  ["3. three\n4. four", "ol3(three|four)"],
  ["- loose\n\n- list", "ul(loose|list)"],
  ["[shop](https://shop.example/a_(b))", "p(<https://shop.example/a_(b)>[shop])"],
  ["[**now**](tel:+441632960142)", "p(<tel:+441632960142>[strong[now]])"],
  ["see https://shop.example/x?y=1.", "p(see <https://shop.example/x?y=1>[https://shop.example/x?y=1].)"],
  ["write to a.b@shop.example, please", "p(write to <mailto:a.b@shop.example>[a.b@shop.example], please)"],
  ["## Heading", "p(strong[Heading])"],
  ["\\*not italic\\*", "p(*not italic*)"],
  ["2 * 3 * 4 and snake_case_word", "p(2 * 3 * 4 and snake_case_word)"],
  ["braces {} and {READ10}", "p(braces {} and {READ10})"],
  ["unfinished **bold", "p(unfinished **bold)"],
  ["", ""],
];

for (const [text, expected] of CASES) {
  test(`reads ${JSON.stringify(text)}`, () => assert.equal(tree(text), expected));
}

const HOSTILE = [
  "[x](javascript:alert(1))",
  "[x](JaVaScRiPt:alert(1))",
  "[x](data:text/html,<script>alert(1)</script>)",
  "[x](vbscript:msgbox)",
  "[x](//evil.example)",
  "[x](/setup)",
  "[x](file:///etc/passwd)",
  "[x](blob:https://a.example/b)",
  "<img src=x onerror=alert(1)>",
];

for (const text of HOSTILE) {
  test(`makes no link of ${JSON.stringify(text)}`, () =>
    assert.ok(!JSON.stringify(parseMarkdown(text)).includes('"link"')));
}

test("hostile nesting is read in reasonable time", () => {
  const started = performance.now();

  parseMarkdown("*".repeat(2000) + "[".repeat(2000) + "_a".repeat(2000));

  assert.ok(performance.now() - started < 1000);
});

test("plain text has the words and nothing else", () => {
  assert.equal(
    plainText("Open **now**:\n\n- [hours](https://a.example)\n- *daily*"),
    "Open now: hours daily",
  );
});
