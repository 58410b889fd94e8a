import { css } from "../vendor/lit.js";

/** What the pages of the owner console share: the title line, tables, fields, notes. */
export const page = css`
  :host {
    display: grid;
    gap: var(--s-6);
    align-content: start;
  }
  .title {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: var(--s-3);
  }
  h1 {
    font-size: var(--text-26);
    letter-spacing: -0.01em;
    line-height: var(--leading-tight);
  }
  h2 {
    font-size: var(--text-16);
  }
  .soft {
    max-inline-size: var(--measure);
    color: var(--ink-soft);
  }
  .hint {
    color: var(--ink-faint);
    font-size: var(--text-13);
    font-weight: 400;
  }
  table {
    inline-size: 100%;
    border-collapse: collapse;
    font-size: var(--text-14);
    font-variant-numeric: tabular-nums;
  }
  th,
  td {
    padding: var(--s-3) var(--s-3) var(--s-3) 0;
    border-block-end: var(--hair) solid var(--line);
    text-align: start;
    vertical-align: baseline;
  }
  th {
    color: var(--ink-faint);
    font-size: var(--text-13);
    font-weight: 600;
  }
  @media (width < 640px) {
    .stacks thead {
      display: none;
    }
    .stacks tr {
      display: grid;
      padding-block: var(--s-3);
      border-block-end: var(--hair) solid var(--line);
    }
    .stacks td {
      padding: 2px 0;
      border: 0;
      text-align: start;
    }
  }
  .field {
    display: grid;
    align-content: start;
    gap: var(--s-1);
    font-size: var(--text-14);
    font-weight: 600;
  }
  .note {
    display: grid;
    gap: var(--s-2);
    padding: var(--s-4);
    border-radius: var(--radius-card);
    background: var(--paper-sunk);
  }
  .note.warn {
    background: var(--warn-soft);
  }
  .note.warn h2 {
    color: var(--warn);
  }
  .note.bad {
    background: var(--danger-soft);
  }
  .note.bad h2 {
    color: var(--danger);
  }
  .note.good {
    background: var(--good-soft);
  }
  .note.good h2 {
    color: var(--good);
  }
  .note ul {
    padding-inline-start: 1.2em;
  }
  .state {
    font-size: var(--text-13);
    font-weight: 600;
    white-space: nowrap;
  }
  .state.live {
    color: var(--good);
  }
  .state.changed,
  .state.new,
  .state.queued,
  .state.training,
  .state.checking,
  .state.swapping {
    color: var(--warn);
  }
  .state.removed,
  .state.failed {
    color: var(--danger);
  }
  .actions {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--s-2);
  }
  button.danger {
    color: var(--danger);
  }
  code {
    font-family: var(--mono);
    font-size: 0.92em;
    overflow-wrap: anywhere;
  }
  .filters {
    display: flex;
    flex-wrap: wrap;
    align-items: end;
    gap: var(--s-3);
  }
  .filters label {
    flex: 0 1 18rem;
    min-inline-size: 0;
  }
`;
