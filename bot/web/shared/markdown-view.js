/** @import { Block, Inline } from "./markdown.js" */
import { html } from "../vendor/lit.js";
import { parseMarkdown } from "./markdown.js";

/** @param {string} text @returns {unknown[]} Templates: every word passes through an escaping text binding. */
export function markdown(text) {
  return parseMarkdown(text).map(block);
}

/** @param {Block} node */
function block(node) {
  if (node.type === "paragraph") return html`<p dir="auto">${node.children.map(inline)}</p>`;
  const items = node.items.map((item) => html`<li dir="auto">${item.map(inline)}</li>`);
  return node.ordered
    ? html`<ol start=${node.start}>
        ${items}
      </ol>`
    : html`<ul>
        ${items}
      </ul>`;
}

/** @param {Inline} node @returns {unknown} */
function inline(node) {
  switch (node.type) {
    case "strong":
      return html`<strong>${node.children.map(inline)}</strong>`;
    case "em":
      return html`<em>${node.children.map(inline)}</em>`;
    case "link":
      // A new tab: the widget lives in a frame, the consoles hold unsent words.
      return html`<a href=${node.href} target="_blank" rel="noopener noreferrer nofollow"
        >${node.children.map(inline)}</a
      >`;
    case "break":
      return html`<br />`;
    default:
      return node.text;
  }
}
