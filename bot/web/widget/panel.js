/*
 * The panel: the frame with the widget, and what it may say to the page around it. Loaded by the launcher at its first press, into the
 * host page, so it treats that page as `embed.js` does: nothing is looked up by name on `document`, and every rule has the last word.
 */
(() => {
  /** @param {string} name @returns {any} */
  const get = (name) => Object.getOwnPropertyDescriptor(Document.prototype, name)?.get?.call(document);
  const script = get("currentScript");
  /** @type {{host: HTMLElement, root: ShadowRoot, button: HTMLButtonElement, label: string, side?: string}} */
  const { host, root, button, label, side } = script.launcher;
  const desk = new URL(script.src).origin;
  const edge = side === "start" ? "start" : "end";

  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    iframe { position: absolute; inset-block-end: 72px; inset-inline-${edge}: 0; inline-size: min(384px, 100vw - 32px);
      block-size: min(640px, 100vh - 96px); border: 0; border-radius: 12px; background: Canvas; color-scheme: light dark;
      box-shadow: 0 1px 2px #0002, 0 12px 32px #0004; animation: rise 180ms ease-out }
    iframe:not(.open), b:empty { display: none }
    b { position: absolute; inset: -4px -4px auto auto; min-inline-size: 12px; padding: 0 5px; border: 2px solid #fff; border-radius: 99px;
      background: #a8322a; color: #fff; font: 700 12px/18px system-ui, sans-serif; text-align: center }
    .open ~ button i { inset: 19px; clip-path: polygon(8% 0, 50% 42%, 92% 0, 100% 8%, 58% 50%, 100% 92%, 92% 100%, 50% 58%, 8% 100%, 0 92%, 42% 50%, 0 8%) }
    @keyframes rise { from { opacity: 0; transform: translateY(8px) } }
    @media (width < 480px) {
      iframe { position: fixed; inset: 0; inline-size: 100%; block-size: 100%; block-size: 100dvh; border-radius: 0 }
      .open ~ button { visibility: hidden }
    }
    @media (prefers-reduced-motion) { iframe { animation: none } }`);
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];

  /** @param {string} tag @returns {any} */
  const make = (tag) => Document.prototype.createElement.call(document, tag);
  /** @type {HTMLIFrameElement} */
  const frame = make("iframe");
  const badge = make("b");
  let open = false;
  let ready = false;

  const tell = () => {
    if (!ready) return;
    const message = {
      frontdesk: 1,
      type: open ? "open" : "close",
      page: location.origin + location.pathname,
    };
    frame.contentWindow?.postMessage(message, desk);
  };

  /** @param {number} unread */
  const count = (unread) => {
    badge.textContent = unread ? String(Math.min(unread, 99)) : "";
    button.ariaLabel = open ? `Close: ${label}` : unread ? `${label}: ${unread} new` : label;
  };

  /** @param {boolean} to */
  const show = (to) => {
    if (to === open) return;
    open = to;
    frame.classList.toggle("open", open);
    button.ariaExpanded = String(open);
    count(0);
    tell();
    (open ? frame : button).focus();
  };

  /** @param {unknown} colour @returns {colour is string} */
  const isColour = (colour) => typeof colour === "string" && /^#[\da-f]{6}$/i.test(colour);

  addEventListener("message", ({ source, origin, data }) => {
    if (source !== frame.contentWindow || origin !== desk || data?.frontdesk !== 1) return;
    if (data.type === "ready") {
      ready = true;
      tell();
    }
    if (data.type === "close") show(false);
    if (data.type === "unread" && Number.isInteger(data.count) && data.count >= 0 && !open) count(data.count);
    if (data.type === "brand" && isColour(data.brand) && isColour(data.onBrand)) {
      host.style.setProperty("--brand", data.brand);
      host.style.setProperty("--on-brand", data.onBrand);
    }
  });
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && open && !event.defaultPrevented) show(false);
  });

  frame.title = label;
  frame.src = `${desk}/widget`;
  root.prepend(frame);
  button.append(badge);
  button.onclick = () => show(!open);
  show(true);
})();
