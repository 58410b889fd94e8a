import { css } from "../vendor/lit.js";

/** How rendered Markdown looks. */
export const prose = css`
  .prose > * + * {
    margin-block-start: var(--s-2);
  }
  .prose ul,
  .prose ol {
    padding-inline-start: 1.4em;
  }
  .prose li + li {
    margin-block-start: var(--s-1);
  }
  .prose a {
    color: inherit;
    overflow-wrap: anywhere;
  }
  .prose {
    overflow-wrap: anywhere;
  }
`;
