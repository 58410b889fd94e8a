import { css } from "../vendor/lit.js";

/** What every element starts from: sizes, focus, buttons, fields, words for screen readers only. Tokens only. */
export const base = css`
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  :host([hidden]),
  [hidden] {
    display: none !important;
  }
  h1,
  h2,
  h3,
  p,
  ul,
  ol,
  dl,
  dd,
  figure {
    margin: 0;
  }
  button,
  input,
  textarea,
  select {
    font: inherit;
    color: inherit;
  }
  button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: var(--s-2);
    min-block-size: var(--target);
    min-inline-size: var(--target);
    padding: var(--s-1) var(--s-4);
    border: var(--hair) solid transparent;
    border-radius: var(--radius);
    background: none;
    font-weight: 600;
    font-size: var(--text-14);
    line-height: var(--leading-tight);
    cursor: pointer;
    transition:
      background-color var(--quick),
      opacity var(--quick);
  }
  button.primary {
    background: var(--brand);
    color: var(--on-brand);
  }
  button.primary:hover {
    opacity: 0.9;
  }
  button.secondary {
    border-color: var(--line-strong);
    background: var(--paper-raised);
  }
  button.quiet {
    color: var(--brand);
  }
  button.secondary:hover,
  button.quiet:hover {
    background: var(--brand-soft);
  }
  button:disabled,
  button[aria-disabled="true"] {
    opacity: 0.55;
    cursor: default;
  }
  button.icon {
    padding: 0;
  }
  input:not([type="checkbox"], [type="radio"]),
  select,
  textarea {
    inline-size: 100%;
    min-block-size: var(--target);
    padding: var(--s-2) var(--s-3);
    border: var(--hair) solid var(--line-strong);
    border-radius: var(--radius);
    background: var(--paper-raised);
    font-size: var(--text-16);
    font-weight: 400;
    line-height: var(--leading);
  }
  ::placeholder {
    color: var(--ink-faint);
    opacity: 1;
  }
  :focus-visible {
    outline: var(--focus) solid var(--brand);
    outline-offset: var(--focus);
  }
  input:focus-visible,
  select:focus-visible,
  textarea:focus-visible {
    border-color: var(--brand);
    outline-offset: -1px;
  }
  a {
    color: var(--brand);
    text-underline-offset: 0.15em;
  }
  svg {
    flex: none;
    inline-size: 1.25em;
    block-size: 1.25em;
    fill: none;
    stroke: currentColor;
    stroke-width: 1.75;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  .sr {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  .problem {
    color: var(--danger);
    font-size: var(--text-14);
  }
`;
