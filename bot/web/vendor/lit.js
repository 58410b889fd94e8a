/** The parts of Lit that the pages use. Import from here, never from the files beside it. */
export { css } from "./css-tag.js";
export { html, nothing, svg } from "./lit-html.js";
export { LitElement } from "./lit-element.js";
export { repeat } from "./repeat.js";
