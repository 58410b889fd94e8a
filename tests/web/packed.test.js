import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { pack, packed } from "../../bot/web/pack.mjs";

const web = fileURLToPath(new URL("../../bot/web/", import.meta.url));
const size = (/** @type {string} */ path) => gzipSync(readFileSync(path), { level: 9 }).length;

test("the packed widget is that of the sources (else: npm run pack)", async () => {
  for (const { name, text } of await pack()) {
    assert.equal(readFileSync(join(packed, name), "utf8"), text, name);
  }
});

test("the launcher stays near 1 KB and the whole widget below 25 KB, gzipped", () => {
  const launcher = size(join(web, "embed.js"));
  const rest = [join(web, "widget/index.html"), ...readdirSync(packed).map((name) => join(packed, name))];
  const whole = launcher + rest.map(size).reduce((sum, bytes) => sum + bytes);

  assert.ok(launcher <= 1200, `launcher: ${launcher} bytes`);
  assert.ok(whole <= 25_000, `whole: ${whole} bytes`);
});

test("the vendored files are those that the README names", () => {
  const readme = readFileSync(join(web, "vendor/README.md"), "utf8");
  const rows = [...readme.matchAll(/^\| `([\w-]+\.js)` .*`([\da-f]{64})` \|$/gm)];

  assert.ok(rows.length > 0);
  for (const [, name, hash] of rows) {
    assert.equal(
      createHash("sha256")
        .update(readFileSync(join(web, "vendor", name)))
        .digest("hex"),
      hash,
      name,
    );
  }
});

test("the sizes in docs/web.md are those of the files, give or take 3%", () => {
  const page = readFileSync(join(web, "../../docs/web.md"), "utf8");
  const rows = [...page.matchAll(/^\|[^|]*\| `([\w./-]+)`[^|]*\| ([\d,]+) \|$/gm)];

  assert.equal(rows.length, 5);
  for (const [, name, said] of rows) {
    const path = name === "/widget" ? "widget/index.html" : name;
    const measured = size(join(web, path));
    const bytes = Number(said.replace(",", ""));
    assert.ok(Math.abs(bytes - measured) <= measured * 0.03, `${name}: says ${bytes}, is ${measured}`);
  }
});
