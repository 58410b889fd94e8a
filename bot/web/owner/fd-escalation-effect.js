/** @import { Effect, EffectLine } from "../shared/protocol.js" */
import { LitElement, css, html, nothing } from "../vendor/lit.js";
import { base } from "../shared/base.js";
import { rate } from "./escalation-words.js";
import { page } from "./page.js";

/** @type {[keyof Effect["changed"], string, string][]} */
const CHANGES = [
  ["newly_escalating", "would newly be handed over", "Newly handed over"],
  ["no_longer_escalating", "would no longer be handed over", "No longer handed over"],
  ["moved", "would be handed over at another message", "Handed over at another message"],
  ["newly_offering", "would newly be offered a person", "Newly offered a person"],
  ["no_longer_offering", "would no longer be offered a person", "No longer offered a person"],
];

/**
 * What other thresholds would have changed in past conversations, before anything is saved.
 *
 * @property {Effect | null} effect
 * @property {boolean} busy
 * @property {boolean} changed Whether the dials differ from what is saved.
 */
export class FdEscalationEffect extends LitElement {
  static properties = {
    effect: { attribute: false },
    busy: { type: Boolean },
    changed: { type: Boolean },
  };

  static styles = [
    base,
    page,
    css`
      :host {
        gap: var(--s-4);
      }
      .effect {
        display: grid;
        gap: var(--s-3);
      }
      .figure {
        font-size: var(--text-20);
        font-weight: 700;
        line-height: var(--leading-tight);
      }
      .busy {
        opacity: 0.55;
      }
      details {
        border-block-start: var(--hair) solid var(--line);
      }
      summary {
        display: flex;
        align-items: center;
        min-block-size: var(--target);
        font-size: var(--text-14);
        font-weight: 600;
        cursor: pointer;
      }
      ul {
        display: grid;
        gap: var(--s-3);
        padding: 0 0 var(--s-3);
        list-style: none;
        font-size: var(--text-14);
      }
      q,
      .rule {
        overflow-wrap: anywhere;
      }
      .rule {
        color: var(--ink-soft);
      }
    `,
  ];

  constructor() {
    super();
    /** @type {Effect | null} */
    this.effect = null;
    this.busy = false;
    this.changed = false;
  }

  render() {
    const { effect } = this;
    return html`<h2>${this.changed ? "What this would change" : "As it is now"}</h2>
      <div class="effect ${this.busy ? "busy" : ""}" aria-live="polite" aria-busy=${this.busy}>
        ${effect ? this.#effect(effect) : html`<p class="soft">Trying it on your conversations …</p>`}
      </div>`;
  }

  /** @param {Effect} effect */
  #effect(effect) {
    if (!effect.conversations)
      return html`<p class="soft">
        There are no conversations yet to try this on. Come back when customers have written.
      </p>`;
    const total = Object.values(effect.changed).reduce((sum, count) => sum + count, 0);
    return html`<p class="figure">${this.changed ? rate(effect) : share(effect)}</p>
      <p class="hint">
        Tried on ${effect.is_complete ? "all" : "the newest"} ${effect.conversations} conversations of the
        last ${span(effect.days)}.
      </p>
      ${this.changed && !total ? html`<p>None of them would have gone otherwise.</p>` : nothing}
      ${CHANGES.map(([name, phrase, title]) => this.#change(effect, name, phrase, title))}
      ${this.#marked(effect)}`;
  }

  /** @param {Effect} effect @param {keyof Effect["changed"]} name @param {string} phrase @param {string} title */
  #change(effect, name, phrase, title) {
    const count = effect.changed[name];
    if (!count) return nothing;
    return html`<details ?open=${count <= 3}>
      <summary>${count} ${phrase}</summary>
      <ul aria-label=${title}>
        ${effect[name].map((line) => html`<li>${this.#line(line)}</li>`)}
      </ul>
      ${effect[name].length < count ? html`<p class="hint">The newest ${effect[name].length} are shown.</p>` : nothing}
    </details>`;
  }

  /** @param {EffectLine} line */
  #line({ message_id: id, text, rule, turn, turn_before: before, turns, marks }) {
    const conversation = id.slice(0, id.lastIndexOf(":"));
    const moved = before && before !== turn ? `, before at message ${before}` : "";
    return html`<p><q dir="auto">${text}</q></p>
      <p class="rule">${rule}</p>
      <p class="hint">
        Message ${turn} of ${turns}${moved}.
        ${marks.includes("needless_handoff") ? "An agent called this handoff needless." : ""}
        ${marks.includes("too_late") ? "An agent said it came too late." : ""}
        <a href="/agent#${conversation}">Read it</a>
      </p>`;
  }

  /** @param {Effect} effect */
  #marked({ marked }) {
    const { needless, needless_spared: spared, too_late: late, too_late_earlier: earlier } = marked;
    if (!this.changed || !(needless || late)) return nothing;
    return html`<div class="note">
      ${needless ? html`<p>${spared} of ${needless} handoffs that agents called needless would no longer be made.</p>` : nothing}
      ${late ? html`<p>${earlier} of ${late} that agents found too late would come earlier.</p>` : nothing}
    </div>`;
  }
}

/** @param {Effect} effect */
const share = ({ handoffs_before: handed, conversations }) =>
  `The rules hand over ${handed} of ${conversations} conversation${conversations === 1 ? "" : "s"}`;

/** @param {number | null} days */
const span = (days) => (days === null ? "while" : days < 1.5 ? "day" : `${Math.round(days)} days`);

customElements.define("fd-escalation-effect", FdEscalationEffect);
