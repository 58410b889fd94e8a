import { css } from "../vendor/lit.js";
import { base } from "../shared/base.js";

export const styles = [
  base,
  css`
    :host {
      display: flex;
      flex-direction: column;
      min-block-size: 0;
      min-inline-size: 0;
    }
    header {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: var(--s-2);
      padding: var(--s-2) var(--s-4);
      border-block-end: var(--hair) solid var(--line);
      background: var(--paper-raised);
    }
    .names {
      flex: 1 1 9em;
      min-inline-size: 0;
    }
    h1 {
      overflow: hidden;
      font-size: var(--text-16);
      line-height: var(--leading-tight);
      text-overflow: ellipsis;
      white-space: nowrap;
    }
    .names p {
      color: var(--ink-soft);
      font-size: var(--text-13);
      font-variant-numeric: tabular-nums;
    }
    .back {
      display: none;
    }
    .scroller {
      flex: 1;
      overflow-y: auto;
      overscroll-behavior: contain;
      min-block-size: 0;
      padding: var(--s-4);
    }
    .scroller:focus-visible {
      outline-offset: calc(-1 * var(--focus));
    }
    ol {
      display: grid;
      gap: var(--s-3);
      max-inline-size: 820px;
      margin-inline: auto;
      padding: 0;
      list-style: none;
    }
    .day {
      margin-block: var(--s-2) var(--s-3);
      color: var(--ink-faint);
      font-size: var(--text-13);
      text-align: center;
    }
    .typing {
      max-inline-size: 820px;
      margin: var(--s-3) auto 0;
      color: var(--ink-soft);
      font-size: var(--text-13);
    }
    .snooze {
      position: relative;
    }
    .snooze summary {
      display: inline-flex;
      align-items: center;
      min-block-size: var(--target);
      padding-inline: var(--s-4);
      border: var(--hair) solid var(--line-strong);
      border-radius: var(--radius);
      background: var(--paper-raised);
      font-size: var(--text-14);
      font-weight: 600;
      list-style: none;
      cursor: pointer;
    }
    .snooze summary::-webkit-details-marker {
      display: none;
    }
    .snooze div {
      display: grid;
      position: absolute;
      z-index: 1;
      inset-block-start: 100%;
      inset-inline-end: 0;
      margin-block-start: var(--s-1);
      padding: var(--s-1);
      border-radius: var(--radius-card);
      background: var(--paper-raised);
      box-shadow: var(--shadow);
      inline-size: max-content;
    }
    .snooze div button {
      justify-content: start;
    }
    .beside:not(:empty) {
      display: flex;
      align-items: center;
      gap: var(--s-2);
      padding: var(--s-1) var(--s-4);
      background: var(--warn-soft);
      color: var(--ink);
      font-size: var(--text-14);
    }
    .beside svg {
      flex: none;
      inline-size: 1.2em;
      block-size: 1.2em;
      color: var(--warn);
    }
    .bar,
    .told:not(:empty) {
      padding: var(--s-2) var(--s-4);
      background: var(--paper-sunk);
      color: var(--ink-soft);
      font-size: var(--text-14);
    }
    .told:not(:empty) {
      background: var(--good-soft);
      color: var(--good);
    }
    .problem.bar {
      background: var(--danger-soft);
      color: var(--danger);
    }
    .blank {
      display: grid;
      align-content: center;
      justify-items: center;
      flex: 1;
      gap: var(--s-3);
      padding: var(--s-6);
      color: var(--ink-soft);
      text-align: center;
      text-wrap: balance;
    }
    .blank h2 {
      color: var(--ink);
      font-size: var(--text-20);
    }
    kbd {
      padding: 1px 6px;
      border: var(--hair) solid var(--line-strong);
      border-radius: var(--radius);
      font: inherit;
      font-size: var(--text-13);
    }
    .brief {
      display: none;
    }
    @media (width < 1200px) {
      .brief {
        display: inline-flex;
      }
    }
    @media (width < 800px) {
      header {
        position: relative;
      }
      .snooze {
        position: static;
      }
      .snooze div {
        inset-inline-end: var(--s-2);
      }
      .back {
        display: inline-flex;
        margin-inline-start: calc(-1 * var(--s-3));
      }
      header {
        padding-inline-end: var(--s-2);
      }
      header button {
        padding-inline: var(--s-3);
      }
    }
  `,
];
