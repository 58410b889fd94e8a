/** @import { Escalation } from "../shared/protocol.js" */
import { LitElement, css, html } from "../vendor/lit.js";
import { base } from "../shared/base.js";
import { ago, exact } from "../shared/time.js";
import { page } from "./page.js";

/**
 * Who saved which thresholds when.
 *
 * @property {Escalation["history"]} history The newest first.
 */
export class FdEscalationHistory extends LitElement {
  static properties = { history: { attribute: false } };

  static styles = [
    base,
    page,
    css`
      :host {
        gap: var(--s-2);
      }
      .history {
        padding: 0;
        list-style: none;
        font-size: var(--text-14);
      }
      .history li {
        padding-block: var(--s-2);
        border-block-end: var(--hair) solid var(--line);
        overflow-wrap: anywhere;
      }
    `,
  ];

  constructor() {
    super();
    /** @type {Escalation["history"]} */
    this.history = [];
  }

  render() {
    if (!this.history.length)
      return html`<p class="hint">Nobody has changed these settings yet: they are the defaults.</p>`;
    return html`<h2>Who changed what</h2>
      <ol class="history" role="list">
        ${this.history.map(
          ({ saved_at: at, saved_by: by, thresholds }) =>
            html`<li><span title=${exact(at)}>${ago(at)}</span>, ${by.name}: ${summary(thresholds)}</li>`,
        )}
      </ol>`;
  }
}

/** @param {Record<string, any>} thresholds Those that differ from the defaults. */
function summary(thresholds) {
  const set = Object.entries(thresholds).map(
    ([name, value]) => `${name.replaceAll("_", " ")} ${shown(value)}`,
  );
  return set.length ? set.join(", ") : "all defaults";
}

/** @param {unknown} value */
const shown = (value) =>
  Array.isArray(value) ? `“${value.join("”, “")}”` : value === true ? "on" : value === false ? "off" : value;

customElements.define("fd-escalation-history", FdEscalationHistory);
