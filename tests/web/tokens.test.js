import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { contrast } from "../../bot/web/shared/colour.js";

const css = readFileSync(new URL("../../bot/web/shared/tokens.css", import.meta.url), "utf8");
const [light, dark] = css.split("@media (prefers-color-scheme: dark)");

/** @param {string} part @returns {Record<string, string>} */
const tokens = (part) =>
  Object.fromEntries([...part.matchAll(/--([\w-]+): (#[\da-f]{6});/g)].map(([, name, hex]) => [name, hex]));

const TEXT = ["ink", "ink-soft", "ink-faint", "brand", "warn", "danger", "good"];
const PAPERS = ["paper", "paper-raised", "paper-sunk"];

for (const [scheme, part] of Object.entries({ light, dark })) {
  const colour = tokens(part);

  for (const text of TEXT) {
    for (const paper of PAPERS) {
      test(`${scheme}: --${text} is readable on --${paper}`, () => {
        assert.ok(
          contrast(colour[text], colour[paper]) >= 4.5,
          contrast(colour[text], colour[paper]).toFixed(2),
        );
      });
    }
  }

  for (const [text, paper] of [
    ["on-brand", "brand"],
    ["warn", "warn-soft"],
    ["danger", "danger-soft"],
    ["good", "good-soft"],
    ["ink", "brand-soft"],
    ["ink-soft", "brand-soft"],
  ]) {
    test(`${scheme}: --${text} is readable on --${paper}`, () => {
      assert.ok(
        contrast(colour[text], colour[paper]) >= 4.5,
        contrast(colour[text], colour[paper]).toFixed(2),
      );
    });
  }

  test(`${scheme}: edges of fields are visible`, () => {
    for (const paper of PAPERS) assert.ok(contrast(colour["line-strong"], colour[paper]) >= 3);
  });
}
