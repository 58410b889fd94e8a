import { html } from "../vendor/lit.js";

/** Line drawings on a 24-unit grid, decorative always: the words beside them or the button's label speak. */

/** @param {string} path */
const icon = (path) => html`<svg viewBox="0 0 24 24" aria-hidden="true"><path d=${path} /></svg>`;

export const send = () => icon("M5 12h13M12 5.5l6.5 6.5-6.5 6.5");
export const close = () => icon("M6 6l12 12M18 6L6 18");
export const person = () => icon("M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5a7.5 7.5 0 0 1 15 0");
export const check = () => icon("M5 12.5l4.5 4.5L19 7.5");
export const clock = () => icon("M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3.5 2");
export const alert = () => icon("M12 4L2.8 20h18.4L12 4zM12 10v4.5M12 17.4v.1");
export const down = () => icon("M6 9.5l6 6 6-6");
export const back = () => icon("M14.5 6l-6 6 6 6");
export const more = () => icon("M5 7h14M5 12h14M5 17h14");
export const star = () => icon("M12 4l2.4 5.1 5.6.7-4.1 3.9 1 5.6-4.9-2.7-4.9 2.7 1-5.6L4 9.8l5.6-.7z");
