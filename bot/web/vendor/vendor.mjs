/**
 * Copies the parts of Lit that the pages use out of `node_modules` into this folder.
 *
 * Browsers cannot resolve `import "lit-html"`, so the only change made to a file is that bare imports become
 * relative ones and the pointer to the source map goes. Run it after changing the version in `package.json`:
 *
 *     npm install && node bot/web/vendor/vendor.mjs
 */
import { createHash } from "node:crypto";
import { copyFile, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, "../../../node_modules");

/** Package, file in the package, name here. The names here are unique, so the folder can stay flat. */
const FILES = [
  ["@lit/reactive-element", "reactive-element.js", "reactive-element.js"],
  ["@lit/reactive-element", "css-tag.js", "css-tag.js"],
  ["lit-html", "lit-html.js", "lit-html.js"],
  ["lit-html", "directive.js", "directive.js"],
  ["lit-html", "directive-helpers.js", "directive-helpers.js"],
  ["lit-html", "directives/repeat.js", "repeat.js"],
  ["lit-element", "lit-element.js", "lit-element.js"],
];

/** @type {Record<string, string>} */
const RELATIVE = {
  "@lit/reactive-element": "./reactive-element.js",
  "lit-html": "./lit-html.js",
  "../lit-html.js": "./lit-html.js",
  "../directive.js": "./directive.js",
  "../directive-helpers.js": "./directive-helpers.js",
};

/** @param {string} text */
const sha256 = (text) => createHash("sha256").update(text).digest("hex");

const rows = [];
for (const [name, source, target] of FILES) {
  const original = await readFile(join(modules, name, source), "utf8");
  const { version } = JSON.parse(await readFile(join(modules, name, "package.json"), "utf8"));
  const text = original
    .replace(/(from|import)"([^"]+)"/g, (_, word, path) => `${word}"${RELATIVE[path] ?? path}"`)
    .replace(/\/\/# sourceMappingURL=.*\n?/g, "");
  await writeFile(join(here, target), text);
  rows.push(`| \`${target}\` | ${name} ${version}, \`${source}\` | \`${sha256(original)}\` | \`${sha256(text)}\` |`);
}
await copyFile(join(modules, "lit/LICENSE"), join(here, "LICENSE"));
await writeFile(
  join(here, "README.md"),
  `# Vendored from npm

[Lit](https://lit.dev) by Google LLC, BSD-3-Clause (\`LICENSE\`), copied by \`vendor.mjs\`: bare imports became relative ones and the
pointers to source maps are gone; nothing else changed. \`lit.js\` gathers what the pages import and \`lit.d.ts\` its types (both ours).
Made by \`npm install && node bot/web/vendor/vendor.mjs\`; do not edit by hand.

| file | from | SHA-256 in the package | SHA-256 here |
| --- | --- | --- | --- |
${rows.join("\n")}
`,
);
