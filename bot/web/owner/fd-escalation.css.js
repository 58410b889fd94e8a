import { css } from "../vendor/lit.js";

/** The dials of “When to bring in a person”, and their effect beside them. */
export const dials = css`
  .sides {
    display: grid;
    gap: var(--s-6) var(--s-8);
  }
  form {
    display: grid;
    gap: var(--s-6);
    align-content: start;
  }
  fieldset {
    display: grid;
    gap: var(--s-3);
    margin: 0;
    padding: 0;
    border: 0;
  }
  legend {
    padding: 0 0 var(--s-2);
    font-weight: 600;
  }
  .dial {
    max-inline-size: var(--measure);
    line-height: 3.25;
  }
  .dial input {
    inline-size: 4.5rem;
    text-align: center;
  }
  .dial .problem {
    display: block;
    line-height: var(--leading);
  }
  input[type="range"] {
    inline-size: 100%;
    min-block-size: var(--target);
    margin: 0;
    accent-color: var(--brand);
  }
  .ends {
    display: flex;
    justify-content: space-between;
  }
  .switch {
    display: flex;
    align-items: center;
    gap: var(--s-2);
    min-block-size: var(--target);
  }
  input[type="checkbox"] {
    inline-size: 20px;
    block-size: 20px;
    accent-color: var(--brand);
  }
  textarea {
    min-block-size: 5.5rem;
  }
  aside {
    align-self: start;
    padding: var(--s-4);
    border-radius: var(--radius-card);
    background: var(--paper-raised);
  }
  .save {
    position: sticky;
    inset-block-end: 0;
    padding-block: var(--s-3);
    border-block-start: var(--hair) solid var(--line);
    background: var(--paper);
  }
  @media (width >= 1100px) {
    .sides {
      grid-template-columns: minmax(0, 1fr) 360px;
    }
    aside {
      position: sticky;
      inset-block-start: var(--s-4);
      max-block-size: calc(100dvh - var(--s-8));
      overflow-y: auto;
    }
  }
`;
