import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const web = fileURLToPath(new URL("../../bot/web/", import.meta.url));
const files = readdirSync(web, { recursive: true, encoding: "utf8" })
  .filter((path) => !/^vendor\/|\/packed\//.test(path))
  .map((path) => ({
    path,
    text: /\.(js|css|html)$/.test(path) ? readFileSync(join(web, path), "utf8") : "",
  }));

test("no page makes markup of text", () => {
  for (const { path, text } of files) {
    assert.doesNotMatch(
      text,
      /\.(innerHTML|outerHTML)\b|insertAdjacentHTML|document\.write|unsafeHTML|\beval\(/,
      path,
    );
  }
});

test("no page has inline scripts, inline styles or handlers, which the content policy forbids", () => {
  for (const { path, text } of files.filter(({ path }) => path.endsWith(".html"))) {
    assert.doesNotMatch(text, /<style\b|\sstyle=|\son\w+=|javascript:/i, path);
    for (const [, attributes] of text.matchAll(/<script([^>]*)>/g)) assert.match(attributes, /\bsrc=/, path);
  }
});

test("nothing is loaded from elsewhere", () => {
  for (const { path, text } of files) {
    assert.doesNotMatch(text, /(?:src|href|url|import)\s*[=(]?\s*["'(]https?:\/\//, path);
  }
});

test("elements use tokens, never raw colours", () => {
  for (const { path, text } of files.filter(({ path }) =>
    /^(agent|owner|setup|shared|widget)\/.*\.js$/.test(path),
  )) {
    const styles = [...text.matchAll(/css`([\s\S]*?)`/g)].map(([, css]) => css).join("\n");
    assert.doesNotMatch(styles, /#[\da-f]{3,8}\b|rgb\(|hsl\(/i, path);
  }
});
