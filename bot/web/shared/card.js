import { css } from "../vendor/lit.js";

/** A form alone on its page: sign in, set up. */
export const card = css`
  .card {
    display: grid;
    gap: var(--s-4);
    max-inline-size: 400px;
    margin: max(var(--s-6), 12vh) auto var(--s-6);
    padding: var(--s-8);
    border-radius: var(--radius-card);
    background: var(--paper-raised);
    box-shadow: var(--shadow);
  }
  .card h1 {
    font-size: var(--text-20);
    line-height: var(--leading-tight);
  }
  .card form {
    display: grid;
    gap: var(--s-4);
  }
  .card label {
    display: grid;
    gap: var(--s-1);
    font-size: var(--text-14);
    font-weight: 600;
  }
  .card .problem:empty {
    display: none;
  }
  .hint {
    color: var(--ink-faint);
    font-size: var(--text-14);
    font-weight: 400;
  }
  @media (width < 480px) {
    .card {
      margin-block-start: 0;
      min-block-size: 100dvh;
      align-content: center;
      border-radius: 0;
      box-shadow: none;
    }
  }
`;
