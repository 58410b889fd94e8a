import { css } from "../vendor/lit.js";
import { base } from "../shared/base.js";

export const styles = [
  base,
  css`
    :host {
      display: grid;
      grid-template-columns: minmax(0, 1fr); /* long words and chips wrap; they never widen the panel */
      grid-template-rows: auto auto 1fr auto auto;
      position: fixed; /* whatever is inside, the page itself never scrolls: the header stays */
      inset: 0;
      background: var(--paper);
    }
    header {
      grid-row: 1;
      padding: var(--s-3) var(--s-2) var(--s-2) var(--s-4);
      border-block-end: var(--hair) solid var(--line);
      background: var(--paper-raised);
    }
    .title,
    .status {
      display: flex;
      align-items: center;
      gap: var(--s-3);
    }
    .avatar {
      display: grid;
      place-items: center;
      inline-size: 2.5rem;
      block-size: 2.5rem;
      border-radius: 50%;
      background: var(--brand);
      color: var(--on-brand);
      font-size: var(--text-14);
      font-weight: 700;
      letter-spacing: 0.02em;
    }
    .names {
      flex: 1;
      min-inline-size: 0;
    }
    h1 {
      font-size: var(--text-16);
      line-height: var(--leading-tight);
    }
    #more {
      inset: 3.25rem var(--s-2) auto auto;
      margin: 0;
      padding: var(--s-1);
      border: var(--hair) solid var(--line);
      border-radius: var(--radius-card);
      background: var(--paper-raised);
      color: var(--ink);
      box-shadow: var(--shadow);
    }
    #more button {
      display: flex;
      inline-size: 100%;
      justify-content: start;
    }
    #more .bad {
      color: var(--danger);
    }
    .names p {
      overflow: hidden;
      color: var(--ink-faint);
      font-size: var(--text-13);
      text-overflow: ellipsis;
      white-space: nowrap;
    }
    .status {
      justify-content: space-between;
      flex-wrap: wrap;
      column-gap: var(--s-2);
      row-gap: 0;
      padding-inline-end: var(--s-2);
      font-size: var(--text-13);
    }
    .status p {
      flex: 1 1 8em;
      color: var(--ink-soft);
    }
    .lamp {
      display: inline-block;
      inline-size: 8px;
      block-size: 8px;
      margin-inline-end: var(--s-2);
      border-radius: 50%;
      box-shadow: inset 0 0 0 2px var(--ink-faint);
    }
    .lamp.on {
      background: var(--good);
      box-shadow: none;
    }
    .person,
    .with {
      font-size: var(--text-13);
    }
    .person {
      padding-inline: var(--s-2);
      color: var(--brand);
    }
    .person:not([aria-disabled="true"]):hover {
      background: var(--brand-soft);
    }
    .person[aria-disabled="true"] {
      opacity: 1;
      color: var(--good);
    }
    .with {
      display: inline-flex;
      align-items: center;
      gap: var(--s-2);
      min-block-size: var(--target);
      padding-inline: var(--s-2);
      color: var(--good);
      font-weight: 600;
    }
    .banner {
      grid-row: 2;
      display: flex;
      align-items: center;
      gap: var(--s-2);
      padding: var(--s-2) var(--s-4);
      background: var(--warn-soft);
      color: var(--warn);
      font-size: var(--text-14);
    }
    fd-transcript,
    .wait {
      grid-row: 3;
      min-block-size: 0;
    }
    .wait {
      display: grid;
      align-content: center;
      justify-items: center;
      gap: var(--s-3);
      padding: var(--s-6);
    }
    .wait[aria-busy] {
      align-content: start;
      justify-items: start;
    }
    .bone {
      display: block;
      inline-size: 60%;
      block-size: 1.1em;
      border-radius: var(--radius);
      background: var(--line);
    }
    .bone + .bone {
      inline-size: 40%;
    }
    .suggestions {
      display: flex;
      flex-direction: column;
      align-items: flex-end;
      gap: var(--s-2);
      margin-block-start: var(--s-4);
    }
    .suggestions button {
      border-color: var(--brand);
      border-radius: var(--radius-bubble);
      background: var(--paper-raised);
      color: var(--brand);
      text-align: start;
    }
    .suggestions button:hover {
      background: var(--brand-soft);
    }
    fd-composer {
      grid-row: 4;
    }
    footer {
      grid-row: 5;
      padding: 0 var(--s-4) var(--s-2);
      padding-block-end: max(var(--s-2), env(safe-area-inset-bottom));
      background: var(--paper-raised);
      color: var(--ink-faint);
      font-size: var(--text-13);
      text-align: center;
    }
    @media (forced-colors: active) {
      .lamp.on {
        background: LinkText;
      }
    }
  `,
];
