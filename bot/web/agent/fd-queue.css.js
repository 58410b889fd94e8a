import { css } from "../vendor/lit.js";
import { base } from "../shared/base.js";

export const styles = [
  base,
  css`
    :host {
      display: grid;
      grid-template: auto minmax(0, 1fr) / minmax(0, 1fr);
      min-block-size: 0;
    }
    nav {
      display: flex;
      flex-wrap: wrap;
      gap: var(--s-1);
      padding: var(--s-2) var(--s-3);
      border-block-end: var(--hair) solid var(--line);
    }
    nav button {
      flex: 1;
      padding-inline: var(--s-2);
      color: var(--ink-soft);
    }
    nav button[aria-pressed="true"] {
      background: var(--brand-soft);
      color: var(--ink);
    }
    nav b {
      min-inline-size: 1.6em;
      padding-inline: var(--s-1);
      border-radius: var(--radius-pill);
      background: var(--danger);
      color: var(--paper);
      font-size: var(--text-13);
      font-variant-numeric: tabular-nums;
      text-align: center;
    }
    .list {
      overflow-y: auto;
      padding-block-end: var(--s-6);
    }
    ul {
      padding: 0;
      list-style: none;
    }
    h2 {
      padding: var(--s-4) var(--s-4) var(--s-2);
      font-size: var(--text-14);
    }
    h2 span {
      color: var(--ink-faint);
      font-weight: 400;
    }
    .row {
      display: grid;
      grid-template-columns: minmax(0, 1fr);
      gap: var(--s-1);
      inline-size: 100%;
      padding: var(--s-3) var(--s-4);
      border: 0;
      border-block-end: var(--hair) solid var(--line);
      border-inline-start: 3px solid transparent;
      border-radius: 0;
      font-weight: 400;
      line-height: var(--leading);
      text-align: start;
    }
    .row:hover {
      background: var(--paper-sunk);
    }
    .row[aria-current="true"] {
      border-inline-start-color: var(--brand);
      background: var(--brand-soft);
    }
    .row:focus-visible {
      outline-offset: calc(-1 * var(--focus));
    }
    .top,
    .end {
      display: flex;
      flex-wrap: wrap;
      align-items: baseline;
      gap: 0 var(--s-2);
      min-inline-size: 0;
    }
    .end {
      justify-content: space-between;
      color: var(--ink-faint);
      font-size: var(--text-13);
    }
    .wait {
      display: inline-flex;
      align-items: center;
      gap: var(--s-1);
      font-size: var(--text-20);
      font-weight: 700;
      font-variant-numeric: tabular-nums;
      white-space: nowrap;
    }
    .wait svg {
      inline-size: 0.9em;
      block-size: 0.9em;
    }
    .long {
      color: var(--warn);
    }
    .late {
      color: var(--danger);
    }
    .when {
      color: var(--ink-faint);
      font-size: var(--text-13);
      white-space: nowrap;
    }
    .reason {
      flex: 1;
      font-size: var(--text-16);
      line-height: var(--leading-tight);
    }
    .priority {
      padding-inline: var(--s-2);
      border-radius: var(--radius-pill);
      background: var(--danger-soft);
      color: var(--danger);
      font-size: var(--text-13);
      font-weight: 600;
    }
    .words {
      display: -webkit-box;
      -webkit-line-clamp: 2;
      -webkit-box-orient: vertical;
      overflow: hidden;
      color: var(--ink-soft);
      overflow-wrap: anywhere;
    }
    .who {
      overflow: hidden;
      text-overflow: ellipsis;
      white-space: nowrap;
    }
    .beside {
      display: flex;
      align-items: center;
      gap: var(--s-1);
      color: var(--warn);
      font-size: var(--text-13);
    }
    .beside svg {
      inline-size: 1.2em;
      block-size: 1.2em;
    }
    .bone {
      block-size: 96px;
      background: linear-gradient(var(--line), var(--line)) var(--s-4) var(--s-4) / 55% 16px no-repeat;
    }
    .older {
      display: grid;
      gap: var(--s-2);
      padding: var(--s-4);
    }
    .empty {
      display: grid;
      gap: var(--s-2);
      padding: var(--s-12) var(--s-6);
      color: var(--ink-soft);
      text-align: center;
      text-wrap: balance;
    }
    .empty h2 {
      padding: 0;
      color: var(--ink);
      font-size: var(--text-16);
    }
  `,
];
