import { css } from "../vendor/lit.js";
import { base } from "../shared/base.js";
import { prose } from "../shared/prose.js";
import { page } from "./page.js";

export const styles = [
  base,
  page,
  prose,
  css`
    form {
      display: grid;
      gap: var(--s-6);
    }
    .two {
      display: grid;
      grid-template-columns: repeat(auto-fit, minmax(min(100%, 18rem), 1fr));
      gap: var(--s-4) var(--s-6);
    }
    .three {
      display: grid;
      grid-template-columns: repeat(auto-fit, minmax(min(100%, 12rem), 1fr));
      gap: var(--s-4) var(--s-6);
    }
    .bubble {
      align-self: start;
      padding: var(--s-2) var(--s-3);
      border-radius: var(--radius-bubble);
      border-end-start-radius: var(--radius-tail);
      background: var(--paper-raised);
      font-size: var(--text-16);
      font-weight: 400;
      box-shadow: inset 0 0 0 var(--hair) var(--line);
    }
    textarea {
      min-block-size: 11em;
    }
    .end {
      position: sticky;
      inset-block-end: 0;
      background: var(--paper);
    }
    .foot {
      padding-block: var(--s-3);
      border-block-start: var(--hair) solid var(--line);
    }
    .foot p {
      flex: 1;
    }
  `,
];
