/**
 * Packs the widget: one script, one panel, one style sheet under `widget/packed/`, small enough for other people's websites.
 *
 * The sources run in a browser as they are, and the consoles are served that way. The widget alone is packed, because 27 small files cost
 * a shop's visitor twice the bytes of one. The result is committed: nobody needs this to run the desk, and the tests tell when it is stale.
 *
 *     npm run pack
 */
import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
export const packed = join(here, "widget/packed");

/** esbuild leaves template literals alone; in ours white space never means more than one space. */
const templates = {
  name: "templates",
  /** @param {import("esbuild").PluginBuild} build */
  setup: (build) =>
    build.onLoad({ filter: /bot\/web\/(widget|shared)\/.*\.js$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      return { contents: source.replace(/\n\s+(?=[^*\s])/g, "\n "), loader: "js" };
    }),
};

/** @returns {Promise<{name: string, text: string}[]>} What the sources make now. */
export async function pack() {
  /** @type {import("esbuild").BuildOptions & {write: false}} */
  const shared = {
    plugins: [templates],
    bundle: true,
    minify: true,
    write: false,
    legalComments: "inline",
    target: "es2022",
    charset: "utf8",
  };
  const results = await Promise.all([
    build({
      ...shared,
      entryPoints: [join(here, "widget/fd-widget.js")],
      format: "esm",
      outfile: "widget.js",
    }),
    build({ ...shared, entryPoints: [join(here, "widget/panel.js")], format: "iife", outfile: "panel.js" }),
    build({ ...shared, entryPoints: [join(here, "widget/page.css")], outfile: "widget.css" }),
  ]);
  return ["widget.js", "panel.js", "widget.css"].map((name, at) => ({
    name,
    text: results[at].outputFiles[0].text,
  }));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const { name, text } of await pack()) await writeFile(join(packed, name), text);
}
