export { LitElement, css, html, nothing, svg } from "lit";
export type { CSSResultGroup, PropertyValues, TemplateResult } from "lit";
export { repeat } from "lit/directives/repeat.js";
