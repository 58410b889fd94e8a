import { css } from "../vendor/lit.js";
import { base } from "../shared/base.js";

export const styles = [
  base,
  css`
    :host {
      display: flex;
      flex-direction: column;
      block-size: 100dvh;
    }
    header {
      position: relative;
      z-index: 2;
      display: flex;
      align-items: center;
      gap: var(--s-2);
      padding: var(--s-1) var(--s-3) var(--s-1) var(--s-4);
      border-block-end: var(--hair) solid var(--line);
      background: var(--paper-raised);
    }
    .line {
      flex: 1;
      color: var(--warn);
      font-size: var(--text-14);
    }
    .toggle {
      padding-inline: var(--s-3);
      color: var(--ink-soft);
    }
    .toggle[aria-checked="true"] {
      color: var(--ink);
    }
    header button:hover,
    summary:hover {
      background: var(--paper-sunk);
    }
    .lamp {
      inline-size: 10px;
      block-size: 10px;
      border-radius: 50%;
      box-shadow: inset 0 0 0 2px var(--ink-faint);
    }
    .lamp.on {
      background: var(--good);
      box-shadow: none;
    }
    .me {
      position: relative;
    }
    summary {
      display: grid;
      place-items: center;
      min-block-size: var(--target);
      padding-inline: var(--s-3);
      border-radius: var(--radius);
      font-size: var(--text-14);
      font-weight: 600;
      cursor: pointer;
      list-style: none;
    }
    .me div {
      position: absolute;
      inset-block-start: 100%;
      inset-inline-end: 0;
      display: grid;
      gap: var(--s-3);
      min-inline-size: 220px;
      padding: var(--s-4);
      border-radius: var(--radius-card);
      background: var(--paper-raised);
      box-shadow: var(--shadow);
      font-size: var(--text-14);
    }
    main {
      --queue: min(20rem, 40vw); /* 320 and 340 px, more with larger text as far as there is room */
      --brief: min(21.25rem, 30vw);
      flex: 1;
      display: grid;
      grid-template: minmax(0, 1fr) / var(--queue) minmax(0, 1fr) var(--brief);
      min-block-size: 0;
      position: relative;
    }
    main:not(.with-open) {
      grid-template-columns: var(--queue) minmax(0, 1fr);
    }
    fd-queue {
      min-inline-size: 0;
      border-inline-end: var(--hair) solid var(--line);
    }
    fd-thread {
      background: var(--paper);
    }
    aside {
      display: flex;
      flex-direction: column;
      min-block-size: 0;
      border-inline-start: var(--hair) solid var(--line);
    }
    fd-brief {
      flex: 1;
      min-block-size: 0;
    }
    .close {
      display: none;
      align-self: flex-end;
      flex: none;
      margin: var(--s-1);
      margin-block-end: calc(-1 * var(--s-4));
      z-index: 1;
    }
    .unreachable {
      display: grid;
      justify-items: center;
      gap: var(--s-3);
      margin: auto;
      padding: var(--s-6);
      text-align: center;
    }
    .unreachable h1 {
      font-size: var(--text-20);
    }
    @media (width < 1200px) {
      main,
      main:not(.with-open) {
        grid-template-columns: var(--queue) minmax(0, 1fr);
      }
      aside {
        display: none;
      }
      .with-brief aside {
        position: absolute;
        inset-block: 0;
        inset-inline-end: 0;
        display: flex;
        inline-size: min(360px, 100%);
        background: var(--paper);
        box-shadow: var(--shadow);
      }
      .close {
        display: inline-flex;
      }
    }
    @media (width < 800px) {
      main,
      main:not(.with-open) {
        grid-template-columns: minmax(0, 1fr);
      }
      main:not(.with-open) fd-thread,
      .with-open fd-queue {
        display: none;
      }
      fd-queue {
        border: 0;
      }
      .with-brief aside {
        inline-size: 100%;
      }
      .wide {
        display: none;
      }
    }
  `,
];
