/**
 * The Markdown that articles and agents may use, read into plain objects: paragraphs, lists, bold, italic, links, line breaks.
 * Everything else stays the text it is, so no input can become markup.
 *
 * @typedef {{type: "text" | "break", text: string} | {type: "strong" | "em", children: Inline[]} |
 *     {type: "link", href: string, children: Inline[]}} Inline
 * @typedef {{type: "paragraph", children: Inline[]} | {type: "list", ordered: boolean, start: number, items: Inline[][]}} Block
 */

const BULLET = /^\s{0,3}[-*+]\s+(.*)$/;
const NUMBER = /^\s{0,3}(\d{1,9})[.)]\s+(.*)$/;
const HEADING = /^#{1,6}\s+(.*?)\s*#*$/;
const SAFE = new Set(["http:", "https:", "mailto:", "tel:"]);

const ESCAPE = /\\([\\`*_{}[\]()#+\-.!>~|])/y;
const LINK = /\[((?:[^[\]\\]|\\.)+)\]\(([^()\s]+(?:\([^()\s]*\)[^()\s]*)*)\)/y;
const STRONG = /\*\*(\S|\S.*?\S)\*\*(?!\*)|__(\S|\S.*?\S)__(?!\w)/y;
const EM = /\*(?=[^\s*])(.*?[^\s*]|[^\s*])\*(?!\*)|_(?=[^\s_])(.*?[^\s_]|[^\s_])_(?![\w])/y;
const URL_OR_MAIL = /https?:\/\/[^\s<>"']*[^\s<>"'.,;:!?)\]]|[\w.+-]+@[\w-]+(?:\.[\w-]+)+/y;

/** @param {string} text @returns {Block[]} */
export function parseMarkdown(text) {
  /** @type {Block[]} */
  const blocks = [];
  for (const chunk of text.replace(/\r\n?/g, "\n").split(/\n[^\S\n]*\n/)) {
    readChunk(chunk.split("\n"), blocks);
  }
  return blocks;
}

/** @param {string[]} lines Without blank ones between. @param {Block[]} blocks */
function readChunk(lines, blocks) {
  /** @type {string[]} */
  let paragraph = [];
  const flush = () => {
    const text = paragraph.join("\n").trim();
    if (text) blocks.push({ type: "paragraph", children: parseInline(text) });
    paragraph = [];
  };
  for (const line of lines) {
    const heading = HEADING.exec(line);
    if (heading) {
      flush();
      blocks.push({ type: "paragraph", children: [{ type: "strong", children: parseInline(heading[1]) }] });
    } else if (isItem(line)) {
      flush();
      addItem(line, blocks);
    } else paragraph.push(line);
  }
  flush();
}

/** @param {string} line */
const isItem = (line) => BULLET.test(line) || NUMBER.test(line);

/** @param {string} line @param {Block[]} blocks */
function addItem(line, blocks) {
  const number = NUMBER.exec(line);
  const text = number ? number[2] : (BULLET.exec(line)?.[1] ?? "");
  const last = blocks.at(-1);
  const item = parseInline(text);
  if (last?.type === "list" && last.ordered === Boolean(number)) last.items.push(item);
  else
    blocks.push({
      type: "list",
      ordered: Boolean(number),
      start: number ? Number(number[1]) : 1,
      items: [item],
    });
}

/** @param {string} text @returns {Inline[]} */
export function parseInline(text) {
  /** @type {Inline[]} */
  const parts = [];
  let plain = "";
  let at = 0;
  while (at < text.length) {
    const found = special(text, at);
    if (!found) {
      plain += text[at++];
      continue;
    }
    if (found.node?.type === "text") plain += found.node.text;
    else {
      if (plain) parts.push({ type: "text", text: plain });
      plain = "";
      parts.push(found.node);
    }
    at = found.end;
  }
  if (plain) parts.push({ type: "text", text: plain });
  return parts;
}

/**
 * @param {string} text
 * @param {number} at
 * @returns {{node: Inline, end: number} | null} What begins exactly here, if anything does.
 */
function special(text, at) {
  const inWord = at > 0 && /\w/.test(text[at - 1]);
  switch (text[at]) {
    case "\n":
      return { node: { type: "break", text: "\n" }, end: at + 1 };
    case "\\":
      return match(ESCAPE, text, at, (m) => ({ type: "text", text: m[1] }));
    case "[":
      return match(LINK, text, at, (m) => link(m[2], parseInline(m[1])) ?? { type: "text", text: m[0] });
    case "*":
      return emphasis(text, at);
  }
  if (inWord) return null;
  if (text[at] === "_") return emphasis(text, at);
  return match(URL_OR_MAIL, text, at, (m) => {
    const href = m[0].startsWith("http") ? m[0] : `mailto:${m[0]}`;
    return link(href, [{ type: "text", text: m[0] }]) ?? { type: "text", text: m[0] };
  });
}

/** @param {string} text @param {number} at */
function emphasis(text, at) {
  return (
    match(STRONG, text, at, (m) => ({ type: "strong", children: parseInline(m[1] ?? m[2]) })) ??
    match(EM, text, at, (m) => ({ type: "em", children: parseInline(m[1] ?? m[2]) }))
  );
}

/**
 * @param {RegExp} pattern Sticky.
 * @param {string} text
 * @param {number} at
 * @param {(match: RegExpExecArray) => Inline} build
 */
function match(pattern, text, at, build) {
  pattern.lastIndex = at;
  const found = pattern.exec(text);
  return found && { end: at + found[0].length, node: build(found) };
}

/** @param {string} href @param {Inline[]} children @returns {Inline | null} Null when the scheme is not on the list. */
function link(href, children) {
  try {
    return SAFE.has(new URL(href).protocol) ? { type: "link", href, children } : null;
  } catch {
    return null;
  }
}

/** @param {string} text @returns {string} The words alone, for previews and screen readers. */
export function plainText(text) {
  return parseMarkdown(text)
    .flatMap((block) => (block.type === "list" ? block.items : [block.children]))
    .map(words)
    .join(" ");
}

/** @param {Inline[]} inlines @returns {string} */
const words = (inlines) =>
  inlines.map((part) => ("children" in part ? words(part.children) : part.text.replace("\n", " "))).join("");
