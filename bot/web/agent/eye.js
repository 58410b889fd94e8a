import { html } from "../vendor/lit.js";

/** As those of shared/icons.js, which the widget packs; decorative, the words beside it speak. */
export const eye = () =>
  html`<svg viewBox="0 0 24 24" aria-hidden="true">
    <path d="M2.5 12c4-8 15-8 19 0-4 8-15 8-19 0zM12 15.2a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4z" />
  </svg>`;
