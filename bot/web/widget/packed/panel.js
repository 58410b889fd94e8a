"use strict";(()=>{(()=>{let c=(e=>Object.getOwnPropertyDescriptor(Document.prototype,e)?.get?.call(document))("currentScript"),{host:l,root:p,button:i,label:s,side:g}=c.launcher,a=new URL(c.src).origin,h=g==="start"?"start":"end",d=new CSSStyleSheet;d.replaceSync(`
 iframe { position: absolute; inset-block-end: 72px; inset-inline-${h}: 0; inline-size: min(384px, 100vw - 32px);
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
 @media (prefers-reduced-motion) { iframe { animation: none } }`),p.adoptedStyleSheets=[...p.adoptedStyleSheets,d];let f=e=>Document.prototype.createElement.call(document,e),o=f("iframe"),m=f("b"),n=!1,b=!1,u=()=>{if(!b)return;let e={frontdesk:1,type:n?"open":"close",page:location.origin+location.pathname};o.contentWindow?.postMessage(e,a)},y=e=>{m.textContent=e?String(Math.min(e,99)):"",i.ariaLabel=n?`Close: ${s}`:e?`${s}: ${e} new`:s},r=e=>{e!==n&&(n=e,o.classList.toggle("open",n),i.ariaExpanded=String(n),y(0),u(),(n?o:i).focus())},x=e=>typeof e=="string"&&/^#[\da-f]{6}$/i.test(e);addEventListener("message",({source:e,origin:k,data:t})=>{e!==o.contentWindow||k!==a||t?.frontdesk!==1||(t.type==="ready"&&(b=!0,u()),t.type==="close"&&r(!1),t.type==="unread"&&Number.isInteger(t.count)&&t.count>=0&&!n&&y(t.count),t.type==="brand"&&x(t.brand)&&x(t.onBrand)&&(l.style.setProperty("--brand",t.brand),l.style.setProperty("--on-brand",t.onBrand)))}),addEventListener("keydown",e=>{e.key==="Escape"&&n&&!e.defaultPrevented&&r(!1)}),o.title=s,o.src=`${a}/widget`,p.prepend(o),i.append(m),i.onclick=()=>r(!n),r(!0)})();})();
