// The launcher. What it promises and why it is written this way: docs/web.md, "On a hostile page".
(() => {
  /** @param {string} name @returns {any} */
  const get = (name) => Object.getOwnPropertyDescriptor(Document.prototype, name)?.get?.call(document);
  /** @param {string} tag @returns {any} */
  const make = (tag) => Document.prototype.createElement.call(document, tag);
  const script = get("currentScript");
  const { brand, label = "Chat with us", side } = script.dataset;
  const host = make("frontdesk-launcher");
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`:host{all:initial!important;position:fixed!important;z-index:2147483000!important;inset-block-end:16px!important;
inset-inline-${side == "start" ? side : "end"}:16px!important;display:block!important;--brand:#4b3fb8;--on-brand:#fff}
button{all:unset;position:relative;display:block;inline-size:56px;block-size:56px;border-radius:50%;background:var(--brand);
color:var(--on-brand);cursor:pointer;box-shadow:0 8px 24px #0004;transition:transform .12s ease-out}
button:hover{transform:scale(1.05)}
button:focus-visible{outline:3px solid var(--brand);outline-offset:3px;box-shadow:0 0 0 3px #fff}
i{position:absolute;inset:14px;background:currentColor;clip-path:path(evenodd,"M6 3h16a4 4 0 0 1 4 4v9a4 4 0 0 1-4 4h-8l-6 5v-5H6a4 4 0 0 1-4-4V7a4 4 0 0 1 4-4zM8 8.5v2h12v-2zM8 13v2h8v-2z")}
@media(prefers-reduced-motion){*{transition:none!important}}
@media print{:host{display:none!important}}`);
  root.adoptedStyleSheets = [sheet];
  if (/^#[\da-f]{6}$/i.test(brand)) host.style.setProperty("--brand", brand);
  const button = make("button");
  button.type = "button";
  button.ariaLabel = label;
  button.ariaExpanded = "false";
  const load = () => {
    const panel = make("script");
    panel.launcher = { host, root, button, label, side };
    panel.onerror = () => (button.onclick = load);
    button.onclick = null;
    panel.src = new URL("web/widget/packed/panel.js", script.src);
    get("head").append(panel);
  };
  button.onclick = load;
  button.append(make("i"));
  root.append(button);
  get("body").append(host);
})();
