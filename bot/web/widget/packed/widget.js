/**
 * @license
 * Copyright 2019 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 */var J=globalThis,F=J.ShadowRoot&&(J.ShadyCSS===void 0||J.ShadyCSS.nativeShadow)&&"adoptedStyleSheets"in Document.prototype&&"replace"in CSSStyleSheet.prototype,vt=Symbol(),Dt=new WeakMap,H=class{constructor(t,e,s){if(this._$cssResult$=!0,s!==vt)throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");this.cssText=t,this.t=e}get styleSheet(){let t=this.o,e=this.t;if(F&&t===void 0){let s=e!==void 0&&e.length===1;s&&(t=Dt.get(e)),t===void 0&&((this.o=t=new CSSStyleSheet).replaceSync(this.cssText),s&&Dt.set(e,t))}return t}toString(){return this.cssText}},Ht=i=>new H(typeof i=="string"?i:i+"",void 0,vt),b=(i,...t)=>{let e=i.length===1?i[0]:t.reduce((s,r,n)=>s+(o=>{if(o._$cssResult$===!0)return o.cssText;if(typeof o=="number")return o;throw Error("Value passed to 'css' function must be a 'css' function result: "+o+". Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.")})(r)+i[n+1],i[0]);return new H(e,i,vt)},It=(i,t)=>{if(F)i.adoptedStyleSheets=t.map(e=>e instanceof CSSStyleSheet?e:e.styleSheet);else for(let e of t){let s=document.createElement("style"),r=J.litNonce;r!==void 0&&s.setAttribute("nonce",r),s.textContent=e.cssText,i.appendChild(s)}},bt=F?i=>i:i=>i instanceof CSSStyleSheet?(t=>{let e="";for(let s of t.cssRules)e+=s.cssText;return Ht(e)})(i):i;/**
 * @license
 * Copyright 2017 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 */var $t=globalThis,jt=i=>i,X=$t.trustedTypes,Bt=X?X.createPolicy("lit-html",{createHTML:i=>i}):void 0,_t="$lit$",_=`lit$${Math.random().toFixed(9).slice(2)}$`,wt="?"+_,Be=`<${wt}>`,T=document,j=()=>T.createComment(""),B=i=>i===null||typeof i!="object"&&typeof i!="function",xt=Array.isArray,Gt=i=>xt(i)||typeof i?.[Symbol.iterator]=="function",yt=`[ 	
\f\r]`,I=/<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g,qt=/-->/g,Wt=/>/g,E=RegExp(`>|${yt}(?:([^\\s"'>=/]+)(${yt}*=${yt}*(?:[^ 	
\f\r"'\`<>=]|("|')|))|$)`,"g"),Yt=/'/g,Vt=/"/g,Jt=/^(?:script|style|textarea|title)$/i,At=i=>(t,...e)=>({_$litType$:i,strings:t,values:e}),l=At(1),qe=At(2),Vs=At(3),w=Symbol.for("lit-noChange"),d=Symbol.for("lit-nothing"),Kt=new WeakMap,S=T.createTreeWalker(T,129);function Ft(i,t){if(!xt(i)||!i.hasOwnProperty("raw"))throw Error("invalid template strings array");return Bt!==void 0?Bt.createHTML(t):t}var Xt=(i,t)=>{let e=i.length-1,s=[],r,n=t===2?"<svg>":t===3?"<math>":"",o=I;for(let c=0;c<e;c++){let a=i[c],p,u,h=-1,m=0;for(;m<a.length&&(o.lastIndex=m,u=o.exec(a),u!==null);)m=o.lastIndex,o===I?u[1]==="!--"?o=qt:u[1]!==void 0?o=Wt:u[2]!==void 0?(Jt.test(u[2])&&(r=RegExp("</"+u[2],"g")),o=E):u[3]!==void 0&&(o=E):o===E?u[0]===">"?(o=r??I,h=-1):u[1]===void 0?h=-2:(h=o.lastIndex-u[2].length,p=u[1],o=u[3]===void 0?E:u[3]==='"'?Vt:Yt):o===Vt||o===Yt?o=E:o===qt||o===Wt?o=I:(o=E,r=void 0);let f=o===E&&i[c+1].startsWith("/>")?" ":"";n+=o===I?a+Be:h>=0?(s.push(p),a.slice(0,h)+_t+a.slice(h)+_+f):a+_+(h===-2?c:f)}return[Ft(i,n+(i[e]||"<?>")+(t===2?"</svg>":t===3?"</math>":"")),s]},q=class i{constructor({strings:t,_$litType$:e},s){let r;this.parts=[];let n=0,o=0,c=t.length-1,a=this.parts,[p,u]=Xt(t,e);if(this.el=i.createElement(p,s),S.currentNode=this.el.content,e===2||e===3){let h=this.el.content.firstChild;h.replaceWith(...h.childNodes)}for(;(r=S.nextNode())!==null&&a.length<c;){if(r.nodeType===1){if(r.hasAttributes())for(let h of r.getAttributeNames())if(h.endsWith(_t)){let m=u[o++],f=r.getAttribute(h).split(_),v=/([.?@])?(.*)/.exec(m);a.push({type:1,index:n,name:v[2],strings:f,ctor:v[1]==="."?Z:v[1]==="?"?tt:v[1]==="@"?et:C}),r.removeAttribute(h)}else h.startsWith(_)&&(a.push({type:6,index:n}),r.removeAttribute(h));if(Jt.test(r.tagName)){let h=r.textContent.split(_),m=h.length-1;if(m>0){r.textContent=X?X.emptyScript:"";for(let f=0;f<m;f++)r.append(h[f],j()),S.nextNode(),a.push({type:2,index:++n});r.append(h[m],j())}}}else if(r.nodeType===8)if(r.data===wt)a.push({type:2,index:n});else{let h=-1;for(;(h=r.data.indexOf(_,h+1))!==-1;)a.push({type:7,index:n}),h+=_.length-1}n++}}static createElement(t,e){let s=T.createElement("template");return s.innerHTML=t,s}};function M(i,t,e=i,s){if(t===w)return t;let r=s!==void 0?e._$Co?.[s]:e._$Cl,n=B(t)?void 0:t._$litDirective$;return r?.constructor!==n&&(r?._$AO?.(!1),n===void 0?r=void 0:(r=new n(i),r._$AT(i,e,s)),s!==void 0?(e._$Co??=[])[s]=r:e._$Cl=r),r!==void 0&&(t=M(i,r._$AS(i,t.values),r,s)),t}var Q=class{constructor(t,e){this._$AV=[],this._$AN=void 0,this._$AD=t,this._$AM=e}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}u(t){let{el:{content:e},parts:s}=this._$AD,r=(t?.creationScope??T).importNode(e,!0);S.currentNode=r;let n=S.nextNode(),o=0,c=0,a=s[0];for(;a!==void 0;){if(o===a.index){let p;a.type===2?p=new U(n,n.nextSibling,this,t):a.type===1?p=new a.ctor(n,a.name,a.strings,this,t):a.type===6&&(p=new st(n,this,t)),this._$AV.push(p),a=s[++c]}o!==a?.index&&(n=S.nextNode(),o++)}return S.currentNode=T,r}p(t){let e=0;for(let s of this._$AV)s!==void 0&&(s.strings!==void 0?(s._$AI(t,s,e),e+=s.strings.length-2):s._$AI(t[e])),e++}},U=class i{get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(t,e,s,r){this.type=2,this._$AH=d,this._$AN=void 0,this._$AA=t,this._$AB=e,this._$AM=s,this.options=r,this._$Cv=r?.isConnected??!0}get parentNode(){let t=this._$AA.parentNode,e=this._$AM;return e!==void 0&&t?.nodeType===11&&(t=e.parentNode),t}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(t,e=this){t=M(this,t,e),B(t)?t===d||t==null||t===""?(this._$AH!==d&&this._$AR(),this._$AH=d):t!==this._$AH&&t!==w&&this._(t):t._$litType$!==void 0?this.$(t):t.nodeType!==void 0?this.T(t):Gt(t)?this.k(t):this._(t)}O(t){return this._$AA.parentNode.insertBefore(t,this._$AB)}T(t){this._$AH!==t&&(this._$AR(),this._$AH=this.O(t))}_(t){this._$AH!==d&&B(this._$AH)?this._$AA.nextSibling.data=t:this.T(T.createTextNode(t)),this._$AH=t}$(t){let{values:e,_$litType$:s}=t,r=typeof s=="number"?this._$AC(t):(s.el===void 0&&(s.el=q.createElement(Ft(s.h,s.h[0]),this.options)),s);if(this._$AH?._$AD===r)this._$AH.p(e);else{let n=new Q(r,this),o=n.u(this.options);n.p(e),this.T(o),this._$AH=n}}_$AC(t){let e=Kt.get(t.strings);return e===void 0&&Kt.set(t.strings,e=new q(t)),e}k(t){xt(this._$AH)||(this._$AH=[],this._$AR());let e=this._$AH,s,r=0;for(let n of t)r===e.length?e.push(s=new i(this.O(j()),this.O(j()),this,this.options)):s=e[r],s._$AI(n),r++;r<e.length&&(this._$AR(s&&s._$AB.nextSibling,r),e.length=r)}_$AR(t=this._$AA.nextSibling,e){for(this._$AP?.(!1,!0,e);t!==this._$AB;){let s=jt(t).nextSibling;jt(t).remove(),t=s}}setConnected(t){this._$AM===void 0&&(this._$Cv=t,this._$AP?.(t))}},C=class{get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(t,e,s,r,n){this.type=1,this._$AH=d,this._$AN=void 0,this.element=t,this.name=e,this._$AM=r,this.options=n,s.length>2||s[0]!==""||s[1]!==""?(this._$AH=Array(s.length-1).fill(new String),this.strings=s):this._$AH=d}_$AI(t,e=this,s,r){let n=this.strings,o=!1;if(n===void 0)t=M(this,t,e,0),o=!B(t)||t!==this._$AH&&t!==w,o&&(this._$AH=t);else{let c=t,a,p;for(t=n[0],a=0;a<n.length-1;a++)p=M(this,c[s+a],e,a),p===w&&(p=this._$AH[a]),o||=!B(p)||p!==this._$AH[a],p===d?t=d:t!==d&&(t+=(p??"")+n[a+1]),this._$AH[a]=p}o&&!r&&this.j(t)}j(t){t===d?this.element.removeAttribute(this.name):this.element.setAttribute(this.name,t??"")}},Z=class extends C{constructor(){super(...arguments),this.type=3}j(t){this.element[this.name]=t===d?void 0:t}},tt=class extends C{constructor(){super(...arguments),this.type=4}j(t){this.element.toggleAttribute(this.name,!!t&&t!==d)}},et=class extends C{constructor(t,e,s,r,n){super(t,e,s,r,n),this.type=5}_$AI(t,e=this){if((t=M(this,t,e,0)??d)===w)return;let s=this._$AH,r=t===d&&s!==d||t.capture!==s.capture||t.once!==s.once||t.passive!==s.passive,n=t!==d&&(s===d||r);r&&this.element.removeEventListener(this.name,this,s),n&&this.element.addEventListener(this.name,this,t),this._$AH=t}handleEvent(t){typeof this._$AH=="function"?this._$AH.call(this.options?.host??this.element,t):this._$AH.handleEvent(t)}},st=class{constructor(t,e,s){this.element=t,this.type=6,this._$AN=void 0,this._$AM=e,this.options=s}get _$AU(){return this._$AM._$AU}_$AI(t){M(this,t)}},Qt={M:_t,P:_,A:wt,C:1,L:Xt,R:Q,D:Gt,V:M,I:U,H:C,N:tt,U:et,B:Z,F:st},We=$t.litHtmlPolyfillSupport;We?.(q,U),($t.litHtmlVersions??=[]).push("3.3.3");var Zt=(i,t,e)=>{let s=e?.renderBefore??t,r=s._$litPart$;if(r===void 0){let n=e?.renderBefore??null;s._$litPart$=r=new U(t.insertBefore(j(),n),n,void 0,e??{})}return r._$AI(i),r};/**
 * @license
 * Copyright 2017 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 */var{is:Ye,defineProperty:Ve,getOwnPropertyDescriptor:Ke,getOwnPropertyNames:Ge,getOwnPropertySymbols:Je,getPrototypeOf:Fe}=Object,it=globalThis,te=it.trustedTypes,Xe=te?te.emptyScript:"",Qe=it.reactiveElementPolyfillSupport,W=(i,t)=>i,kt={toAttribute(i,t){switch(t){case Boolean:i=i?Xe:null;break;case Object:case Array:i=i==null?i:JSON.stringify(i)}return i},fromAttribute(i,t){let e=i;switch(t){case Boolean:e=i!==null;break;case Number:e=i===null?null:Number(i);break;case Object:case Array:try{e=JSON.parse(i)}catch{e=null}}return e}},se=(i,t)=>!Ye(i,t),ee={attribute:!0,type:String,converter:kt,reflect:!1,useDefault:!1,hasChanged:se};Symbol.metadata??=Symbol("metadata"),it.litPropertyMetadata??=new WeakMap;var x=class extends HTMLElement{static addInitializer(t){this._$Ei(),(this.l??=[]).push(t)}static get observedAttributes(){return this.finalize(),this._$Eh&&[...this._$Eh.keys()]}static createProperty(t,e=ee){if(e.state&&(e.attribute=!1),this._$Ei(),this.prototype.hasOwnProperty(t)&&((e=Object.create(e)).wrapped=!0),this.elementProperties.set(t,e),!e.noAccessor){let s=Symbol(),r=this.getPropertyDescriptor(t,s,e);r!==void 0&&Ve(this.prototype,t,r)}}static getPropertyDescriptor(t,e,s){let{get:r,set:n}=Ke(this.prototype,t)??{get(){return this[e]},set(o){this[e]=o}};return{get:r,set(o){let c=r?.call(this);n?.call(this,o),this.requestUpdate(t,c,s)},configurable:!0,enumerable:!0}}static getPropertyOptions(t){return this.elementProperties.get(t)??ee}static _$Ei(){if(this.hasOwnProperty(W("elementProperties")))return;let t=Fe(this);t.finalize(),t.l!==void 0&&(this.l=[...t.l]),this.elementProperties=new Map(t.elementProperties)}static finalize(){if(this.hasOwnProperty(W("finalized")))return;if(this.finalized=!0,this._$Ei(),this.hasOwnProperty(W("properties"))){let e=this.properties,s=[...Ge(e),...Je(e)];for(let r of s)this.createProperty(r,e[r])}let t=this[Symbol.metadata];if(t!==null){let e=litPropertyMetadata.get(t);if(e!==void 0)for(let[s,r]of e)this.elementProperties.set(s,r)}this._$Eh=new Map;for(let[e,s]of this.elementProperties){let r=this._$Eu(e,s);r!==void 0&&this._$Eh.set(r,e)}this.elementStyles=this.finalizeStyles(this.styles)}static finalizeStyles(t){let e=[];if(Array.isArray(t)){let s=new Set(t.flat(1/0).reverse());for(let r of s)e.unshift(bt(r))}else t!==void 0&&e.push(bt(t));return e}static _$Eu(t,e){let s=e.attribute;return s===!1?void 0:typeof s=="string"?s:typeof t=="string"?t.toLowerCase():void 0}constructor(){super(),this._$Ep=void 0,this.isUpdatePending=!1,this.hasUpdated=!1,this._$Em=null,this._$Ev()}_$Ev(){this._$ES=new Promise(t=>this.enableUpdating=t),this._$AL=new Map,this._$E_(),this.requestUpdate(),this.constructor.l?.forEach(t=>t(this))}addController(t){(this._$EO??=new Set).add(t),this.renderRoot!==void 0&&this.isConnected&&t.hostConnected?.()}removeController(t){this._$EO?.delete(t)}_$E_(){let t=new Map,e=this.constructor.elementProperties;for(let s of e.keys())this.hasOwnProperty(s)&&(t.set(s,this[s]),delete this[s]);t.size>0&&(this._$Ep=t)}createRenderRoot(){let t=this.shadowRoot??this.attachShadow(this.constructor.shadowRootOptions);return It(t,this.constructor.elementStyles),t}connectedCallback(){this.renderRoot??=this.createRenderRoot(),this.enableUpdating(!0),this._$EO?.forEach(t=>t.hostConnected?.())}enableUpdating(t){}disconnectedCallback(){this._$EO?.forEach(t=>t.hostDisconnected?.())}attributeChangedCallback(t,e,s){this._$AK(t,s)}_$ET(t,e){let s=this.constructor.elementProperties.get(t),r=this.constructor._$Eu(t,s);if(r!==void 0&&s.reflect===!0){let n=(s.converter?.toAttribute!==void 0?s.converter:kt).toAttribute(e,s.type);this._$Em=t,n==null?this.removeAttribute(r):this.setAttribute(r,n),this._$Em=null}}_$AK(t,e){let s=this.constructor,r=s._$Eh.get(t);if(r!==void 0&&this._$Em!==r){let n=s.getPropertyOptions(r),o=typeof n.converter=="function"?{fromAttribute:n.converter}:n.converter?.fromAttribute!==void 0?n.converter:kt;this._$Em=r;let c=o.fromAttribute(e,n.type);this[r]=c??this._$Ej?.get(r)??c,this._$Em=null}}requestUpdate(t,e,s,r=!1,n){if(t!==void 0){let o=this.constructor;if(r===!1&&(n=this[t]),s??=o.getPropertyOptions(t),!((s.hasChanged??se)(n,e)||s.useDefault&&s.reflect&&n===this._$Ej?.get(t)&&!this.hasAttribute(o._$Eu(t,s))))return;this.C(t,e,s)}this.isUpdatePending===!1&&(this._$ES=this._$EP())}C(t,e,{useDefault:s,reflect:r,wrapped:n},o){s&&!(this._$Ej??=new Map).has(t)&&(this._$Ej.set(t,o??e??this[t]),n!==!0||o!==void 0)||(this._$AL.has(t)||(this.hasUpdated||s||(e=void 0),this._$AL.set(t,e)),r===!0&&this._$Em!==t&&(this._$Eq??=new Set).add(t))}async _$EP(){this.isUpdatePending=!0;try{await this._$ES}catch(e){Promise.reject(e)}let t=this.scheduleUpdate();return t!=null&&await t,!this.isUpdatePending}scheduleUpdate(){return this.performUpdate()}performUpdate(){if(!this.isUpdatePending)return;if(!this.hasUpdated){if(this.renderRoot??=this.createRenderRoot(),this._$Ep){for(let[r,n]of this._$Ep)this[r]=n;this._$Ep=void 0}let s=this.constructor.elementProperties;if(s.size>0)for(let[r,n]of s){let{wrapped:o}=n,c=this[r];o!==!0||this._$AL.has(r)||c===void 0||this.C(r,void 0,n,c)}}let t=!1,e=this._$AL;try{t=this.shouldUpdate(e),t?(this.willUpdate(e),this._$EO?.forEach(s=>s.hostUpdate?.()),this.update(e)):this._$EM()}catch(s){throw t=!1,this._$EM(),s}t&&this._$AE(e)}willUpdate(t){}_$AE(t){this._$EO?.forEach(e=>e.hostUpdated?.()),this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(t)),this.updated(t)}_$EM(){this._$AL=new Map,this.isUpdatePending=!1}get updateComplete(){return this.getUpdateComplete()}getUpdateComplete(){return this._$ES}shouldUpdate(t){return!0}update(t){this._$Eq&&=this._$Eq.forEach(e=>this._$ET(e,this[e])),this._$EM()}updated(t){}firstUpdated(t){}};x.elementStyles=[],x.shadowRootOptions={mode:"open"},x[W("elementProperties")]=new Map,x[W("finalized")]=new Map,Qe?.({ReactiveElement:x}),(it.reactiveElementVersions??=[]).push("2.1.2");/**
 * @license
 * Copyright 2017 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 */var Et=globalThis,g=class extends x{constructor(){super(...arguments),this.renderOptions={host:this},this._$Do=void 0}createRenderRoot(){let t=super.createRenderRoot();return this.renderOptions.renderBefore??=t.firstChild,t}update(t){let e=this.render();this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),super.update(t),this._$Do=Zt(e,this.renderRoot,this.renderOptions)}connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}render(){return w}};g._$litElement$=!0,g.finalized=!0,Et.litElementHydrateSupport?.({LitElement:g});var Ze=Et.litElementPolyfillSupport;Ze?.({LitElement:g});(Et.litElementVersions??=[]).push("4.2.2");/**
 * @license
 * Copyright 2017 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 */var ie={ATTRIBUTE:1,CHILD:2,PROPERTY:3,BOOLEAN_ATTRIBUTE:4,EVENT:5,ELEMENT:6},re=i=>(...t)=>({_$litDirective$:i,values:t}),rt=class{constructor(t){}get _$AU(){return this._$AM._$AU}_$AT(t,e,s){this._$Ct=t,this._$AM=e,this._$Ci=s}_$AS(t,e){return this.update(t,e)}update(t,e){return this.render(...e)}};/**
 * @license
 * Copyright 2020 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 */var{I:ts}=Qt,ne=i=>i;var oe=()=>document.createComment(""),R=(i,t,e)=>{let s=i._$AA.parentNode,r=t===void 0?i._$AB:t._$AA;if(e===void 0){let n=s.insertBefore(oe(),r),o=s.insertBefore(oe(),r);e=new ts(n,o,i,i.options)}else{let n=e._$AB.nextSibling,o=e._$AM,c=o!==i;if(c){let a;e._$AQ?.(i),e._$AM=i,e._$AP!==void 0&&(a=i._$AU)!==o._$AU&&e._$AP(a)}if(n!==r||c){let a=e._$AA;for(;a!==n;){let p=ne(a).nextSibling;ne(s).insertBefore(a,r),a=p}}}return e},A=(i,t,e=i)=>(i._$AI(t,e),i),es={},ae=(i,t=es)=>i._$AH=t,le=i=>i._$AH,nt=i=>{i._$AR(),i._$AA.remove()};/**
 * @license
 * Copyright 2017 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 */var ce=(i,t,e)=>{let s=new Map;for(let r=t;r<=e;r++)s.set(i[r],r);return s},ss=re(class extends rt{constructor(i){if(super(i),i.type!==ie.CHILD)throw Error("repeat() can only be used in text expressions")}dt(i,t,e){let s;e===void 0?e=t:t!==void 0&&(s=t);let r=[],n=[],o=0;for(let c of i)r[o]=s?s(c,o):o,n[o]=e(c,o),o++;return{values:n,keys:r}}render(i,t,e){return this.dt(i,t,e).values}update(i,[t,e,s]){let r=le(i),{values:n,keys:o}=this.dt(t,e,s);if(!Array.isArray(r))return this.ut=o,n;let c=this.ut??=[],a=[],p,u,h=0,m=r.length-1,f=0,v=n.length-1;for(;h<=m&&f<=v;)if(r[h]===null)h++;else if(r[m]===null)m--;else if(c[h]===o[f])a[f]=A(r[h],n[f]),h++,f++;else if(c[m]===o[v])a[v]=A(r[m],n[v]),m--,v--;else if(c[h]===o[v])a[v]=A(r[h],n[v]),R(i,a[v+1],r[h]),h++,v--;else if(c[m]===o[f])a[f]=A(r[m],n[f]),R(i,r[h],r[m]),m--,f++;else if(p===void 0&&(p=ce(o,f,v),u=ce(c,h,m)),p.has(c[h]))if(p.has(c[m])){let $=u.get(o[f]),gt=$!==void 0?r[$]:null;if(gt===null){let Ot=R(i,r[h]);A(Ot,n[f]),a[f]=Ot}else a[f]=A(gt,n[f]),R(i,r[h],gt),r[$]=null;f++}else nt(r[m]),m--;else nt(r[h]),h++;for(;f<=v;){let $=R(i,a[v+1]);A($,n[f]),a[f++]=$}for(;h<=m;){let $=r[h++];$!==null&&nt($)}return this.ut=o,ae(i,a),w}});var is={light:"#fbfaf7",dark:"#1c1f27"},pe={light:"#ffffff",dark:"#14161c"},rs={light:.94,dark:.27},ns=.73,os=.7;function ue(i,t){let e=fe(i);if(!e)return null;let s=t==="light",[r,...n]=ls(e),[o,c]=s?n:n.map(u=>u*os),a=s?-.01:.01,p=s?r:Math.max(r,ns);for(;!as(St([p,o,c]),t)&&p>0&&p<1;)p+=a;return{brand:St([p,o,c]),brandSoft:St([rs[t],o*.2,c*.2]),onBrand:pe[t]}}function as(i,t){return he(i,is[t])>=4.5&&he(i,pe[t])>=4.5}function he(i,t){let[e,s]=[de(i),de(t)].sort((r,n)=>r-n);return(s+.05)/(e+.05)}function de(i){let[t,e,s]=fe(i)??[0,0,0];return .2126*t+.7152*e+.0722*s}function fe(i){let t=/^#([\da-f]{3}|[\da-f]{6})$/i.exec(i.trim());if(!t)return null;let e=t[1].length===3?t[1].replace(/./g,"$&$&"):t[1];return[0,2,4].map(s=>{let r=parseInt(e.slice(s,s+2),16)/255;return r<=.04045?r/12.92:((r+.055)/1.055)**2.4})}function ls([i,t,e]){let s=Math.cbrt(.4122214708*i+.5363325363*t+.0514459929*e),r=Math.cbrt(.2119034982*i+.6806995451*t+.1073969566*e),n=Math.cbrt(.0883024619*i+.2817188376*t+.6299787005*e);return[.2104542553*s+.793617785*r-.0040720468*n,1.9779984951*s-2.428592205*r+.4505937099*n,.0259040371*s+.7827717662*r-.808675766*n]}function St([i,t,e]){let s=(i+.3963377774*t+.2158037573*e)**3,r=(i-.1055613458*t-.0638541728*e)**3,n=(i-.0894841775*t-1.291485548*e)**3;return`#${[4.0767416621*s-3.3077115913*r+.2309699292*n,-1.2684380046*s+2.6097574011*r-.3413193965*n,-.0041960863*s-.7034186147*r+1.707614701*n].map(cs).join("")}`}function cs(i){let t=Math.min(1,Math.max(0,i)),e=t<=.0031308?12.92*t:1.055*t**(1/2.4)-.055;return Math.round(e*255).toString(16).padStart(2,"0")}var k=i=>l`<svg viewBox="0 0 24 24" aria-hidden="true"><path d=${i} /></svg>`,me=()=>k("M5 12h13M12 5.5l6.5 6.5-6.5 6.5"),ge=()=>k("M6 6l12 12M18 6L6 18"),ve=()=>k("M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5a7.5 7.5 0 0 1 15 0"),N=()=>k("M5 12.5l4.5 4.5L19 7.5"),be=()=>k("M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3.5 2"),ot=()=>k("M12 4L2.8 20h18.4L12 4zM12 10v4.5M12 17.4v.1"),ye=()=>k("M6 9.5l6 6 6-6");var $e=()=>k("M5 7h14M5 12h14M5 17h14");var xe=/^\s{0,3}[-*+]\s+(.*)$/,Ae=/^\s{0,3}(\d{1,9})[.)]\s+(.*)$/,hs=/^#{1,6}\s+(.*?)\s*#*$/,ds=new Set(["http:","https:","mailto:","tel:"]),ps=/\\([\\`*_{}[\]()#+\-.!>~|])/y,us=/\[((?:[^[\]\\]|\\.)+)\]\(([^()\s]+(?:\([^()\s]*\)[^()\s]*)*)\)/y,fs=/\*\*(\S|\S.*?\S)\*\*(?!\*)|__(\S|\S.*?\S)__(?!\w)/y,ms=/\*(?=[^\s*])(.*?[^\s*]|[^\s*])\*(?!\*)|_(?=[^\s_])(.*?[^\s_]|[^\s_])_(?![\w])/y,gs=/https?:\/\/[^\s<>"']*[^\s<>"'.,;:!?)\]]|[\w.+-]+@[\w-]+(?:\.[\w-]+)+/y;function Tt(i){let t=[];for(let e of i.replace(/\r\n?/g,`
`).split(/\n[^\S\n]*\n/))vs(e.split(`
`),t);return t}function vs(i,t){let e=[],s=()=>{let r=e.join(`
`).trim();r&&t.push({type:"paragraph",children:z(r)}),e=[]};for(let r of i){let n=hs.exec(r);n?(s(),t.push({type:"paragraph",children:[{type:"strong",children:z(n[1])}]})):bs(r)?(s(),ys(r,t)):e.push(r)}s()}var bs=i=>xe.test(i)||Ae.test(i);function ys(i,t){let e=Ae.exec(i),s=e?e[2]:xe.exec(i)?.[1]??"",r=t.at(-1),n=z(s);r?.type==="list"&&r.ordered===!!e?r.items.push(n):t.push({type:"list",ordered:!!e,start:e?Number(e[1]):1,items:[n]})}function z(i){let t=[],e="",s=0;for(;s<i.length;){let r=$s(i,s);if(!r){e+=i[s++];continue}r.node?.type==="text"?e+=r.node.text:(e&&t.push({type:"text",text:e}),e="",t.push(r.node)),s=r.end}return e&&t.push({type:"text",text:e}),t}function $s(i,t){let e=t>0&&/\w/.test(i[t-1]);switch(i[t]){case`
`:return{node:{type:"break",text:`
`},end:t+1};case"\\":return Y(ps,i,t,s=>({type:"text",text:s[1]}));case"[":return Y(us,i,t,s=>we(s[2],z(s[1]))??{type:"text",text:s[0]});case"*":return _e(i,t)}return e?null:i[t]==="_"?_e(i,t):Y(gs,i,t,s=>{let r=s[0].startsWith("http")?s[0]:`mailto:${s[0]}`;return we(r,[{type:"text",text:s[0]}])??{type:"text",text:s[0]}})}function _e(i,t){return Y(fs,i,t,e=>({type:"strong",children:z(e[1]??e[2])}))??Y(ms,i,t,e=>({type:"em",children:z(e[1]??e[2])}))}function Y(i,t,e,s){i.lastIndex=e;let r=i.exec(t);return r&&{end:e+r[0].length,node:s(r)}}function we(i,t){try{return ds.has(new URL(i).protocol)?{type:"link",href:i,children:t}:null}catch{return null}}function ke(i){return Tt(i).flatMap(t=>t.type==="list"?t.items:[t.children]).map(Ee).join(" ")}var Ee=i=>i.map(t=>"children"in t?Ee(t.children):t.text.replace(`
`," ")).join("");function Te(i){return i<=90?"about a minute":i<3e3?`about ${Math.ceil(i/60)} minutes`:i<6e3?"about an hour":`about ${Math.ceil(i/3600)} hours`}function Me(i){return new Date(i).toLocaleTimeString(void 0,{hour:"2-digit",minute:"2-digit"})}function O(i){return new Date(i).toLocaleString(void 0,{dateStyle:"full",timeStyle:"short"})}function Mt(i,t=Date.now()){let e=Math.round((Se(t)-Se(Date.parse(i)))/864e5);return e===0?"Today":e===1?"Yesterday":new Date(i).toLocaleDateString(void 0,{weekday:"long",day:"numeric",month:"long"})}var Se=i=>new Date(i).setHours(0,0,0,0);var at=class extends Error{code="problem"},P=class extends at{constructor(t,e){super(e.detail||e.title||"The server refused this. Please try again."),this.status=t,this.code=e.code??"unknown",this.errors=e.errors??[],this.assignee=e.assignee??null,this.retryAfterS=e.retry_after_s??0}get passing(){return this.status===429||this.status>=500}},lt=class extends at{code="unreachable";constructor(){super("We could not reach the server. Check the connection and try again.")}};var _s=15e3,ct=class{token=null;csrf=null;get(t){return this.#t("GET",t)}post(t,e={}){return this.#t("POST",t,e)}put(t,e){return this.#t("PUT",t,e)}delete(t){return this.#t("DELETE",t)}async#t(t,e,s){let r=await this.#e(t,e,s),n=await r.text().catch(()=>""),o=ws(n);if(r.ok)return o;throw new P(r.status,o??{title:`The server answered ${r.status}. Please try again.`})}async#e(t,e,s){let r={Accept:"application/json"};s&&(r["Content-Type"]="application/json"),this.token&&(r.Authorization=`Bearer ${this.token}`),this.csrf&&t!=="GET"&&(r["X-CSRF-Token"]=this.csrf);try{return await fetch(e,{method:t,headers:r,body:s&&JSON.stringify(s),credentials:this.token?"omit":"same-origin",signal:AbortSignal.timeout(_s)})}catch{throw new lt}}};function ws(i){try{return JSON.parse(i)}catch{return null}}var D=class{#t=0;#e;#s;#i;constructor({floorMs:t=1e3,ceilingMs:e=6e4,random:s=Math.random}={}){this.#e=t,this.#s=e,this.#i=s}next(t=0){let e=Math.min(this.#s,this.#e*2**this.#t);return this.#t+=1,t+Math.round(this.#i()*e)}reset(){this.#t=0}};var xs=6e4,As=3e4,ks=1008,ht=class extends EventTarget{state="idle";lost=!1;#t;#e;#s;#i=null;#r;#o;#n;#u=0;constructor(t,e,s=new D){super(),this.#t=t,this.#e=e,this.#s=s}open(){this.state==="idle"&&(addEventListener("online",this.#a),this.#f())}close(){removeEventListener("online",this.#a),this.#h(),this.#d("idle")}send(t){this.#i?.readyState===WebSocket.OPEN&&this.#i.send(JSON.stringify(t))}#a=()=>{this.state==="waiting"&&this.#f()};#f(){this.#h(),this.#d("connecting");let t=new WebSocket(new URL(this.#t,location.href.replace(/^http/,"ws")));this.#i=t,t.onopen=()=>t.send(JSON.stringify({type:"hello",protocol:1,...this.#e()})),t.onmessage=e=>this.#y(e.data),t.onclose=e=>this.#m(e.code),this.#c()}#y(t){this.#c();let e=JSON.parse(t);if(e.type==="ping")return this.send({type:"pong"});e.type==="goodbye"&&(this.#u=(e.retry_after_s??0)*1e3),e.type==="welcome"&&(this.lost=!1,this.#d("live"),this.#n=setTimeout(()=>this.#s.reset(),As)),this.dispatchEvent(new CustomEvent("frame",{detail:e}))}#m(t){this.#h(),t===ks&&this.dispatchEvent(new Event("refused")),this.state!=="idle"&&(this.lost=!0,this.#d("waiting"),this.#r=setTimeout(()=>this.#f(),this.#s.next(this.#u)),this.#u=0)}#c(){clearTimeout(this.#o),this.#o=setTimeout(()=>this.#m(0),xs)}#h(){for(let t of[this.#r,this.#o,this.#n])clearTimeout(t);this.#i&&(this.#i.onopen=this.#i.onmessage=this.#i.onclose=null,this.#i.close(),this.#i=null)}#d(t){this.state!==t&&(this.state=t,this.dispatchEvent(new Event("state")))}};function V(){let i=crypto.getRandomValues(new Uint8Array(16));return Array.from(i,t=>t.toString(16).padStart(2,"0")).join("")}var Ce={"handoff.requested":"waiting","handoff.accepted":"assigned","handoff.released":"bot","handoff.resolved":"resolved","conversation.reopened":"bot"};function Pe(i){for(let t of i.toReversed())if(Ce[t.type])return Ce[t.type];return"bot"}var L=class{#t=new Map;#e;constructor(t){this.#e=t}read(t){try{return JSON.parse(window[this.#e].getItem(t)??this.#t.get(t)??"null")}catch{return JSON.parse(this.#t.get(t)??"null")}}write(t,e){let s=JSON.stringify(e),r=e===null||e==="";r?this.#t.delete(t):this.#t.set(t,s);try{r?window[this.#e].removeItem(t):window[this.#e].setItem(t,s)}catch{}}};var dt=class{#t=[];get events(){return this.#t}get lastSeq(){return this.#t.length}apply(t){let e=[],s=!1;for(let r of[...t].sort((n,o)=>n.seq-o.seq)){let n=this.lastSeq+e.length+1;r.seq===n&&e.push(r),s||=r.seq>n}return e.length&&(this.#t=[...this.#t,...e]),{added:e,gap:s}}clear(){this.#t=[]}};var pt=class{#t;#e;#s;constructor(t,e){this.#t=t,this.#e=e,this.#s=t.read(e)??[]}get letters(){return this.#s}get next(){return this.#s.find(t=>t.state==="sending")}add(t,e){let s={client_message_id:V(),text:t,state:"sending"};e&&(s.button_id=e),this.#r([...this.#s,s])}fail(t,e,s){this.#i(r=>r.client_message_id===t,{state:"failed",problem:e,final:s})}retry(t){this.#i(e=>t?e.client_message_id===t:!e.final,{state:"sending"})}#i(t,e){this.#r(this.#s.map(s=>t(s)?{...s,...e}:s))}accepted(t){this.#s.some(e=>t.has(e.client_message_id))&&this.#r(this.#s.filter(e=>!t.has(e.client_message_id)))}#r(t){this.#s=t,this.#t.write(this.#e,t.length?t:null)}};var K="frontdesk.conversation",Es=4,Le=12e3,Ss=4e3,Ts="Your earlier conversation has ended. This is a new one.",Ue="That chat was deleted. You can begin a new one.",ut=class extends EventTarget{api=new ct;typing=null;pageUrl;notice="";#t=new dt;#e=new L("localStorage");#s=new pt(new L("sessionStorage"),"frontdesk.outbox");#i=null;#r=null;#o=!1;#n=null;#u=!1;#a=!1;#f;#y;get events(){return this.#t.events}get letters(){return this.#s.letters}get status(){return Pe(this.events)}get answering(){return this.#u&&this.status==="bot"}get line(){return navigator.onLine?this.#r?.lost?"reconnecting":"ok":"offline"}async open(){addEventListener("storage",t=>t.key===K&&this.#h()),addEventListener("online",()=>this.#S()),addEventListener("offline",()=>this.#p()),setInterval(()=>this.#C(),Ss),await this.#h(),this.#g()}send(t){this.notice="",this.#s.add(t),this.#g()}press(t){this.#s.add(t.title,t.id),this.#g()}withdraw(t){let e=this.letters.find(s=>s.client_message_id===t)?.text??"";return this.#s.accepted(new Set([t])),this.#p(),e}resend(t){this.#s.retry(t),this.#g()}async handoff(){await this.#m("handoff",{})}async giveContact(t){await this.#m("contact",t)}async rate(t){await this.#m("rating",t)}async erase(){let{erased:t}=await this.api.post(this.#c("erase"),{client_message_id:V()});if(!t)return this.#l();this.#s.accepted(new Set(this.letters.map(e=>e.client_message_id))),this.#E(Ue)}sayTyping(t){this.#r?.send({type:"typing",on:t})}async#m(t,e){await this.#d(),await this.api.post(this.#c(t),{client_message_id:V(),...e}),await this.#l()}#c(t){return`/api/conversations/${this.#i?.id}/${t}`}async#h(){let t=this.#e.read(K);!t||t.id===this.#i?.id||(this.#x(t),await this.#l(),this.#i&&this.#A())}async#d(){if(this.#i||await this.#h(),this.#i)return;let t=await this.api.post("/api/conversations",{page_url:this.pageUrl,locale:navigator.language}),e={id:t.conversation_id,token:t.token,epoch:t.epoch};this.#e.write(K,e),this.#x(e),this.#v(t.events),this.#a=!0,this.#A()}#x(t){this.#r?.close(),this.#i=t,this.api.token=t.token,this.#t.clear(),this.#a=!1}#A(){let{id:t,token:e}=this.#i??{};this.#r=new ht("/api/feed",()=>({conversation_id:t,token:e,after:this.#t.lastSeq})),this.#r.addEventListener("frame",s=>this.#k(s.detail)),this.#r.addEventListener("state",()=>this.#r?.state==="live"?this.#S():this.#p()),this.#r.addEventListener("refused",()=>this.#l()),this.#r.open()}#k(t){t.type==="welcome"&&t.epoch!==this.#i?.epoch&&this.#l(),t.type==="event"&&t.event&&this.#v([t.event]),t.type==="typing"&&t.author?.kind!=="customer"&&this.#$(t.on?t.author:null)}#$(t){this.typing=t??null,clearTimeout(this.#y),t&&(this.#y=setTimeout(()=>this.#$(null),Le)),this.#p()}#v(t){let{added:e,gap:s}=this.#t.apply(t);this.#s.accepted(new Set(e.map(r=>r.body.client_message_id)));for(let r of e){let n=r.author.kind==="customer";n&&r.type==="message"?this.#_(!0):(r.type==="message"||r.type==="handoff.requested")&&this.#M(),!n&&this.#a&&this.dispatchEvent(new CustomEvent("incoming",{detail:r}))}this.#p(),s&&this.#l()}#M(){this.typing=null,this.#_(!1)}#_(t){this.#u=t&&this.#a,clearTimeout(this.#f),t?this.#f=setTimeout(()=>this.#_(!1),Le):this.#p()}#l(){return this.#n??=this.#w().finally(()=>this.#n=null),this.#n}async#w(){for(let t=!0;t&&this.#i;){let e;try{e=await this.api.get(`${this.#c("events")}?after=${this.#t.lastSeq}&limit=200`)}catch(n){n instanceof P&&!n.passing&&this.#E(n.status===410?Ue:Ts);return}let s=this.#t.lastSeq,r=e.epoch!==this.#i.epoch;r?this.#b(e.epoch):this.#v(e.events),t=this.#t.lastSeq<e.last_seq&&(r||this.#t.lastSeq>s)}this.#a=!0}#b(t){this.#i&&(this.#i={...this.#i,epoch:t},this.#e.write(K,this.#i),this.#t.clear())}#E(t){this.#r?.close(),this.#r=this.#i=this.api.token=null,this.#e.write(K,null),this.#t.clear(),this.notice=t,this.#p()}#S(){this.#s.retry(),this.#g()}#C(){this.#i&&this.line==="reconnecting"&&document.visibilityState==="visible"&&this.#l()}async#g(){if(this.#p(),!this.#o){this.#o=!0;for(let t=this.#s.next;t;t=this.#s.next)await this.#T(t),this.#p();this.#o=!1}}async#T({client_message_id:t,text:e,button_id:s}){let r=new D({floorMs:1500});for(let n=1;;n+=1)try{await this.#d();let o=s?{client_message_id:t,button_id:s}:{client_message_id:t,text:e},{event:c}=await this.api.post(this.#c("messages"),o);return this.#v([c]),await this.#n,this.#s.accepted(new Set([t]))}catch(o){let c=o instanceof P,{message:a}=o;if(c&&n===1&&[401,404,410].includes(o.status)){if(await this.#l(),this.#i)return this.#s.fail(t,a,!0)}else{if(c&&!o.passing)return this.#s.fail(t,a,!0);if(n===Es)return this.#s.fail(t,a,!1);await Ms(r.next(c?o.retryAfterS*1e3:0))}}}#p(){this.dispatchEvent(new Event("change"))}},Ms=i=>new Promise(t=>setTimeout(t,i));function Ne(i,t){let e=[],s=i.filter(r=>r.type!=="hidden"&&!r.body.suppressed);return s.forEach((r,n)=>{let o=Cs(r,s[n-1],s[n+1]);if(!o)return;let c=Mt(r.at);c!==(e.length?Mt(s[n-1].at):"Today")&&e.push({key:`day-${r.seq}`,kind:"day",text:c}),e.push(o)}),e.push(...t.map(Us)),zs(e),Ds(e),Hs(e,i),e}function Cs(i,t,e){if(i.type!=="message")return Re(e)&&i.type.startsWith("handoff.")?null:Rs(i);let s=Ls(i);return Re(i)&&t&&Ps.has(t.type)&&(s.kind="notice"),s}var Ps=new Set(["handoff.accepted","handoff.released","handoff.resolved"]),Re=i=>i?.type==="message"&&i.body.kind==="handoff";function Ls({seq:i,author:t,at:e,body:s}){return{key:s.client_message_id??String(i),kind:"message",text:s.text??"",at:e,author:t.kind,name:t.kind==="agent"?t.name??"A colleague":"",buttons:s.buttons??[],contact:s.wants_contact,state:t.kind==="customer"?"sent":void 0}}function Us(i){let{client_message_id:t,text:e,state:s}=i;return{key:t,kind:"message",text:e,author:"customer",state:s,letter:i}}function Rs({seq:i,type:t,at:e,body:s}){let r=s.agent?.name??"A colleague",o={"handoff.requested":()=>Ns(s.position,s.expected_wait_s),"handoff.accepted":()=>`${r} has joined`,"handoff.released":()=>`${r} has left; the assistant answers again`,"handoff.resolved":()=>`${r} marked this as solved. Write again at any time`,contact:()=>`We will write to ${s.email}`,rating:()=>"Thank you for rating us"}[t]?.();return o?{key:String(i),kind:"notice",text:o,at:e,reference:s.reference}:null}function Ns(i,t){let e=["Waiting for a person"];return i&&e.push(i===1?"you are next":`you are number ${i}`),t&&e.push(Te(t)),e.join(", ")}function zs(i){i.forEach((t,e)=>{if(t.kind!=="message")return;let[s,r]=[i[e-1],i[e+1]],n=o=>o?.author===t.author&&t.author!==void 0;t.last=!n(r),n(s)&&s?.name===t.name&&(t.name="")})}var Os=({kind:i,author:t})=>i==="notice"||t==="system"||t==="agent";function Ds(i){i.forEach((t,e)=>{if(!t.buttons?.length)return;let s=i.slice(e+1).find(r=>r.author==="customer");t.spent=!!s||i.slice(e+1).some(Os),t.chosen=t.buttons.find(r=>r.title===s?.text)?.title})}function Hs(i,t){let e=i.findLast(n=>n.contact),s=i.slice(i.findLastIndex(n=>n.contact)+1),r=t.some(n=>n.type==="contact")||s.some(({kind:n,author:o})=>n==="notice"||o==="agent");for(let n of i)n.contact=n===e&&!r}var ft=class extends EventTarget{page;#t="";constructor(){super(),addEventListener("message",t=>this.#e(t)),this.embedded&&parent.postMessage({frontdesk:1,type:"ready"},"*")}get embedded(){return parent!==window}tell(t,e){this.#t&&parent.postMessage({frontdesk:1,type:t,...e},this.#t)}#e({source:t,origin:e,data:s}){!this.embedded||t!==parent||s?.frontdesk!==1||this.#t&&e!==this.#t||s.type!=="open"&&s.type!=="close"||(this.#t=e,typeof s.page=="string"&&s.page.startsWith(e)&&(this.page=s.page.slice(0,1e3)),this.dispatchEvent(new Event(s.type)))}};var y=b`
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
`;var ze=[y,b`
 :host {
 display: grid;
 grid-template-columns: minmax(0, 1fr); /* long words and chips wrap; they never widen the panel */
 grid-template-rows: auto auto 1fr auto auto;
 position: fixed; /* whatever is inside, the page itself never scrolls: the header stays */
 inset: 0;
 background: var(--paper);
 }
 header {
 grid-row: 1;
 padding: var(--s-3) var(--s-2) var(--s-2) var(--s-4);
 border-block-end: var(--hair) solid var(--line);
 background: var(--paper-raised);
 }
 .title,
 .status {
 display: flex;
 align-items: center;
 gap: var(--s-3);
 }
 .avatar {
 display: grid;
 place-items: center;
 inline-size: 2.5rem;
 block-size: 2.5rem;
 border-radius: 50%;
 background: var(--brand);
 color: var(--on-brand);
 font-size: var(--text-14);
 font-weight: 700;
 letter-spacing: 0.02em;
 }
 .names {
 flex: 1;
 min-inline-size: 0;
 }
 h1 {
 font-size: var(--text-16);
 line-height: var(--leading-tight);
 }
 #more {
 inset: 3.25rem var(--s-2) auto auto;
 margin: 0;
 padding: var(--s-1);
 border: var(--hair) solid var(--line);
 border-radius: var(--radius-card);
 background: var(--paper-raised);
 color: var(--ink);
 box-shadow: var(--shadow);
 }
 #more button {
 display: flex;
 inline-size: 100%;
 justify-content: start;
 }
 #more .bad {
 color: var(--danger);
 }
 .names p {
 overflow: hidden;
 color: var(--ink-faint);
 font-size: var(--text-13);
 text-overflow: ellipsis;
 white-space: nowrap;
 }
 .status {
 justify-content: space-between;
 flex-wrap: wrap;
 column-gap: var(--s-2);
 row-gap: 0;
 padding-inline-end: var(--s-2);
 font-size: var(--text-13);
 }
 .status p {
 flex: 1 1 8em;
 color: var(--ink-soft);
 }
 .lamp {
 display: inline-block;
 inline-size: 8px;
 block-size: 8px;
 margin-inline-end: var(--s-2);
 border-radius: 50%;
 box-shadow: inset 0 0 0 2px var(--ink-faint);
 }
 .lamp.on {
 background: var(--good);
 box-shadow: none;
 }
 .person,
 .with {
 font-size: var(--text-13);
 }
 .person {
 padding-inline: var(--s-2);
 color: var(--brand);
 }
 .person:not([aria-disabled="true"]):hover {
 background: var(--brand-soft);
 }
 .person[aria-disabled="true"] {
 opacity: 1;
 color: var(--good);
 }
 .with {
 display: inline-flex;
 align-items: center;
 gap: var(--s-2);
 min-block-size: var(--target);
 padding-inline: var(--s-2);
 color: var(--good);
 font-weight: 600;
 }
 .banner {
 grid-row: 2;
 display: flex;
 align-items: center;
 gap: var(--s-2);
 padding: var(--s-2) var(--s-4);
 background: var(--warn-soft);
 color: var(--warn);
 font-size: var(--text-14);
 }
 fd-transcript,
 .wait {
 grid-row: 3;
 min-block-size: 0;
 }
 .wait {
 display: grid;
 align-content: center;
 justify-items: center;
 gap: var(--s-3);
 padding: var(--s-6);
 }
 .wait[aria-busy] {
 align-content: start;
 justify-items: start;
 }
 .bone {
 display: block;
 inline-size: 60%;
 block-size: 1.1em;
 border-radius: var(--radius);
 background: var(--line);
 }
 .bone + .bone {
 inline-size: 40%;
 }
 .suggestions {
 display: flex;
 flex-direction: column;
 align-items: flex-end;
 gap: var(--s-2);
 margin-block-start: var(--s-4);
 }
 .suggestions button {
 border-color: var(--brand);
 border-radius: var(--radius-bubble);
 background: var(--paper-raised);
 color: var(--brand);
 text-align: start;
 }
 .suggestions button:hover {
 background: var(--brand-soft);
 }
 fd-composer {
 grid-row: 4;
 }
 footer {
 grid-row: 5;
 padding: 0 var(--s-4) var(--s-2);
 padding-block-end: max(var(--s-2), env(safe-area-inset-bottom));
 background: var(--paper-raised);
 color: var(--ink-faint);
 font-size: var(--text-13);
 text-align: center;
 }
 @media (forced-colors: active) {
 .lamp.on {
 background: LinkText;
 }
 }
 `];var Oe=2e3,Is=1800,De="frontdesk.draft",He=3e3,Ct=class extends g{static properties={_length:{state:!0}};static styles=[y,b`
 form {
 display: flex;
 align-items: flex-end;
 gap: var(--s-2);
 padding: var(--s-2) var(--s-3);
 border-block-start: var(--hair) solid var(--line);
 background: var(--paper-raised);
 }
 textarea {
 display: block;
 min-block-size: max(var(--target), calc(1lh + 2 * var(--s-2) + 2 * var(--hair)));
 max-block-size: calc(6lh + 2 * var(--s-2) + 2 * var(--hair));
 border-radius: calc(var(--target) / 2);
 padding-inline: var(--s-4);
 resize: none;
 overflow-y: auto;
 }
 .field {
 flex: 1;
 min-inline-size: 0;
 }
 .count {
 padding: var(--s-1) var(--s-4) 0;
 color: var(--ink-soft);
 font-size: var(--text-13);
 font-variant-numeric: tabular-nums;
 }
 .problem.count {
 color: var(--danger);
 }
 button {
 border-radius: 50%;
 }
 button svg:dir(rtl) {
 transform: scaleX(-1);
 }
 `];#t=new L("sessionStorage");#e=0;constructor(){super(),this._length=0}get#s(){return this.renderRoot.querySelector("textarea")}get value(){return this.#s.value}set value(t){this.#s.value=t,this.#r()}focus(){this.#s.focus()}firstUpdated(){this.value=this.#t.read(De)??""}render(){let t=this._length-Oe;return l`<form aria-label="Write" @submit=${this.#n}>
 <div class="field">
 <textarea
 rows="1"
 dir="auto"
 aria-label="Your message"
 placeholder="Write a message"
 enterkeyhint="send"
 aria-describedby="count"
 aria-invalid=${t>0}
 @input=${this.#i}
 @keydown=${this.#o}
 ></textarea>
 <div
 id="count"
 class=${t>0?"problem count":"count"}
 ?hidden=${this._length<Is}
 role="status"
 >
 ${t>0?`${t} too many: please send it in two parts`:`${-t} characters left`}
 </div>
 </div>
 <button class="primary icon" aria-label="Send" ?disabled=${!this._length||t>0}>${me()}</button>
 </form>`}#i(){this.#r();let t=performance.now();t-this.#e<He||(this.#e=t,this.dispatchEvent(new CustomEvent("typing",{detail:!0})))}#r(){let t=this.#s;this._length=[...t.value.trim()].length,this.#t.write(De,t.value),t.style.blockSize="auto",t.style.blockSize=`${t.scrollHeight+2}px`}#o(t){t.key!=="Enter"||t.shiftKey||t.isComposing||(t.preventDefault(),this.#n(t))}#n(t){t.preventDefault();let e=this.value.trim();!e||this._length>Oe||(this.value="",this.#e=-He,this.dispatchEvent(new CustomEvent("typing",{detail:!1})),this.dispatchEvent(new CustomEvent("send",{detail:e})),this.focus())}};customElements.define("fd-composer",Ct);var mt=class{atEnd=!0;#t;#e=0;constructor(t,e=()=>{}){this.#t=t;let s=new ResizeObserver(()=>this.follow());for(let r of[t,...t.children])s.observe(r);t.addEventListener("scroll",()=>{this.#s(),this.atEnd&&e()})}follow(){this.atEnd&&(this.#t.scrollTop=this.#t.scrollHeight)}toEnd(){this.atEnd=!0,this.follow()}#s(){let{scrollTop:t,scrollHeight:e,clientHeight:s}=this.#t;e-t-s<64?this.atEnd=!0:t<this.#e&&(this.atEnd=!1),this.#e=t}};var Pt=class extends g{static properties={give:{attribute:!1},_busy:{state:!0},_problem:{state:!0}};static styles=[y,b`
 form {
 display: grid;
 gap: var(--s-3);
 padding: var(--s-4);
 border-radius: var(--radius-card);
 background: var(--paper-raised);
 box-shadow: inset 0 0 0 var(--hair) var(--line);
 }
 label {
 display: grid;
 gap: var(--s-1);
 font-size: var(--text-14);
 font-weight: 600;
 }
 small {
 color: var(--ink-faint);
 font-size: var(--text-13);
 font-weight: 400;
 }
 `];constructor(){super(),this.give=async()=>{},this._busy=!1,this._problem=""}render(){return l`<form @submit=${this.#t} novalidate>
 <label>
 Your e-mail address
 <input
 name="email"
 type="email"
 autocomplete="email"
 required
 aria-invalid=${!!this._problem}
 aria-describedby="problem"
 />
 </label>
 <label>
 <span>Your name <small>(if you like)</small></span>
 <input name="name" autocomplete="name" maxlength="100" />
 </label>
 <p id="problem" class="problem" role="alert">${this._problem||d}</p>
 <button class="primary" ?disabled=${this._busy}>${this._busy?"Saving…":"Write to me"}</button>
 </form>`}async#t(t){t.preventDefault();let e=new FormData(t.target),s=String(e.get("email")).trim(),r=String(e.get("name")).trim();if(!/^\S+@\S+\.\S+$/.test(s)){this._problem="Please give an e-mail address like name@example.com.";return}this._busy=!0,this._problem="";try{await this.give(r?{email:s,name:r}:{email:s})}catch(n){this._problem=n.message}this._busy=!1}};customElements.define("fd-contact",Pt);function Ie(i){return Tt(i).map(js)}function js(i){if(i.type==="paragraph")return l`<p dir="auto">${i.children.map(G)}</p>`;let t=i.items.map(e=>l`<li dir="auto">${e.map(G)}</li>`);return i.ordered?l`<ol start=${i.start}>
 ${t}
 </ol>`:l`<ul>
 ${t}
 </ul>`}function G(i){switch(i.type){case"strong":return l`<strong>${i.children.map(G)}</strong>`;case"em":return l`<em>${i.children.map(G)}</em>`;case"link":return l`<a href=${i.href} target="_blank" rel="noopener noreferrer nofollow"
 >${i.children.map(G)}</a
 >`;case"break":return l`<br />`;default:return i.text}}var je=b`
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
`;var Lt=class extends g{static properties={entry:{attribute:!1}};static styles=[y,je,b`
 :host {
 display: flex;
 flex-direction: column;
 align-items: flex-start;
 gap: var(--s-1);
 }
 :host([own]) {
 align-items: flex-end;
 }
 .name {
 margin-inline-start: var(--s-3);
 margin-block-start: var(--s-2);
 color: var(--ink-soft);
 font-weight: 600;
 font-size: var(--text-13);
 }
 .bubble {
 max-inline-size: 88%;
 padding: var(--s-2) var(--s-3);
 border-radius: var(--radius-bubble);
 background: var(--paper-raised);
 box-shadow: inset 0 0 0 var(--hair) var(--line);
 }
 .tail {
 border-end-start-radius: var(--radius-tail);
 }
 :host([own]) .bubble {
 background: var(--brand);
 color: var(--on-brand);
 box-shadow: none;
 }
 .own {
 white-space: pre-wrap;
 overflow-wrap: anywhere;
 }
 :host([own]) .tail {
 border-end-start-radius: var(--radius-bubble);
 border-end-end-radius: var(--radius-tail);
 }
 .failed {
 opacity: 0.7;
 }
 .buttons {
 display: flex;
 flex-wrap: wrap;
 gap: var(--s-2);
 padding-block: var(--s-1);
 }
 .buttons button {
 border-color: var(--brand);
 border-radius: var(--radius-pill);
 color: var(--brand);
 text-align: start;
 }
 .buttons button:not(:disabled):hover {
 background: var(--brand-soft);
 }
 .buttons button:disabled {
 border-color: var(--line);
 color: var(--ink-faint);
 opacity: 1;
 }
 .buttons .chosen:disabled {
 border-color: var(--brand);
 color: var(--brand);
 }
 .state {
 display: flex;
 align-items: center;
 gap: var(--s-1);
 color: var(--ink-faint);
 font-size: var(--text-13);
 }
 .problem {
 max-inline-size: 88%;
 text-align: end;
 }
 .problem button {
 min-block-size: 32px;
 padding: 0 var(--s-1);
 text-decoration: underline;
 }
 @media (pointer: coarse) {
 .problem button {
 min-block-size: var(--target);
 }
 }
 `];constructor(){super(),this.entry={key:"",kind:"message",text:""}}render(){let{author:t,text:e,name:s,last:r,at:n}=this.entry,o=t==="customer";return this.toggleAttribute("own",o),l`
 ${s&&!o?l`<span class="name">${s}</span>`:d}
 <div class="bubble ${r?"tail":""} ${this.entry.state}" title=${n?O(n):d}>
 <span class="sr">${o?"You":s||t}: </span>
 ${o?l`<span class="own" dir="auto">${e}</span>`:l`<div class="prose">${Ie(e)}</div>`}
 </div>
 ${this.#t()} ${o?this.#e():d}
 `}#t(){let{buttons:t,spent:e,chosen:s}=this.entry;return!t?.length||e&&!s?d:l`<div class="buttons" role="group" aria-label="Answers to choose from">
 ${t.map(r=>l`<button
 class=${r.title===s?"chosen":""}
 ?disabled=${e}
 @click=${()=>this.#i("press",r)}
 >
 ${r.title===s?N():d} ${r.title}
 </button>`)}
 </div>`}#e(){let{state:t,last:e,at:s,letter:r}=this.entry;return t==="failed"&&r?this.#s(r):e?t==="sending"?l`<span class="state">Sending…</span>`:l`<span class="state">${N()} Sent ${s?Me(s):""}</span>`:d}#s({client_message_id:t,problem:e,final:s}){let[r,n]=s?["Edit","mend"]:["Try again","resend"];return l`<span class="problem">
 ${ot()} Not sent. ${e}
 <button @click=${()=>this.#i(n,t)}>${r}</button>
 </span>`}#i(t,e){this.dispatchEvent(new CustomEvent(t,{detail:e,bubbles:!0,composed:!0}))}};customElements.define("fd-message",Lt);var Ut=["Very poor","Poor","All right","Good","Very good"],Rt=class extends g{static properties={rate:{attribute:!1},_score:{state:!0},_busy:{state:!0},_problem:{state:!0}};static styles=[y,b`
 form {
 display: grid;
 gap: var(--s-3);
 padding: var(--s-4);
 border-radius: var(--radius-card);
 background: var(--paper-raised);
 box-shadow: inset 0 0 0 var(--hair) var(--line);
 }
 fieldset {
 margin: 0;
 padding: 0;
 border: 0;
 }
 legend {
 padding: 0;
 font-weight: 600;
 }
 .scores {
 display: flex;
 gap: var(--s-2);
 margin-block-start: var(--s-2);
 }
 .scores label {
 position: relative;
 flex: 1;
 display: grid;
 place-items: center;
 min-block-size: var(--target);
 border: var(--hair) solid var(--line-strong);
 border-radius: var(--radius);
 font-weight: 600;
 cursor: pointer;
 }
 .scores label:has(:checked) {
 border-color: var(--brand);
 background: var(--brand);
 color: var(--on-brand);
 }
 .scores label:has(:focus-visible) {
 outline: var(--focus) solid var(--brand);
 outline-offset: var(--focus);
 }
 .ends {
 display: flex;
 justify-content: space-between;
 color: var(--ink-faint);
 font-size: var(--text-13);
 }
 `];constructor(){super(),this.rate=async()=>{},this._score=0,this._busy=!1,this._problem=""}render(){return l`<form @submit=${this.#e}>
 <fieldset>
 <legend>How did we do?</legend>
 <div class="scores">
 ${Ut.map((t,e)=>l`<label title=${t}>
 <input
 class="sr"
 type="radio"
 name="score"
 aria-label="${e+1}: ${t}"
 @change=${()=>this._score=e+1}
 />
 ${e+1}
 </label>`)}
 </div>
 <div class="ends" aria-hidden="true"><span>${Ut[0]}</span><span>${Ut[4]}</span></div>
 </fieldset>
 ${this._score?this.#t():d}
 </form>`}#t(){return l`<textarea
 name="comment"
 rows="2"
 maxlength="1000"
 aria-label="Anything to add?"
 placeholder="Anything to add? (if you like)"
 ></textarea>
 <p class="problem" role="alert" ?hidden=${!this._problem}>${this._problem}</p>
 <button class="primary" ?disabled=${this._busy}>Send rating</button>`}async#e(t){t.preventDefault();let e=t.target,s=String(new FormData(e).get("comment")??"").trim();this._busy=!0,this._problem="";try{await this.rate(s?{score:this._score,comment:s}:{score:this._score})}catch(r){this._problem=r.message}this._busy=!1}};customElements.define("fd-rating",Rt);var Nt=class extends g{static properties={entries:{attribute:!1},conversation:{attribute:!1},typing:{},rating:{type:Boolean},_missed:{state:!0}};static styles=[y,b`
 :host {
 position: relative;
 display: block;
 min-block-size: 0;
 }
 .scroller {
 block-size: 100%;
 overflow-y: auto;
 overscroll-behavior: contain;
 padding: var(--s-4) var(--s-3);
 }
 .scroller:focus-visible {
 outline-offset: calc(-1 * var(--focus));
 }
 ol {
 display: flex;
 flex-direction: column;
 gap: var(--s-1);
 padding: 0;
 list-style: none;
 }
 .day,
 .notice {
 margin-block: var(--s-3) var(--s-2);
 color: var(--ink-soft);
 font-size: var(--text-13);
 text-align: center;
 text-wrap: balance;
 }
 .notice svg {
 vertical-align: -0.3em;
 }
 .notice b {
 display: block;
 font-variant-numeric: tabular-nums;
 }
 fd-contact,
 fd-rating {
 display: block;
 margin-block: var(--s-2);
 }
 .new {
 position: absolute;
 inset-block-end: var(--s-3);
 inset-inline: 0;
 display: grid;
 justify-items: center;
 pointer-events: none;
 }
 .new button {
 border-radius: var(--radius-pill);
 box-shadow: var(--shadow);
 pointer-events: auto;
 }
 .dots {
 display: inline-flex;
 gap: var(--s-1);
 padding: var(--s-3) var(--s-4);
 border-radius: var(--radius-bubble);
 border-end-start-radius: var(--radius-tail);
 background: var(--paper-raised);
 box-shadow: inset 0 0 0 var(--hair) var(--line);
 }
 .dots i {
 inline-size: 7px;
 block-size: 7px;
 border-radius: 50%;
 background: var(--ink-faint);
 animation: breathe 1.2s ease-in-out infinite;
 }
 .dots i:nth-child(2) {
 animation-delay: 0.15s;
 }
 .dots i:nth-child(3) {
 animation-delay: 0.3s;
 }
 @keyframes breathe {
 30% {
 opacity: 0.3;
 transform: translateY(-2px);
 }
 }
 @media (prefers-reduced-motion: reduce) {
 .dots i {
 animation: none;
 }
 }
 `];#t;#e=0;constructor(){super(),this.entries=[],this.conversation=void 0,this.typing="",this.rating=!1,this._missed=0}firstUpdated(){let t=this.renderRoot.querySelector(".scroller");this.#t=new mt(t,()=>this._missed=0)}toEnd(){this._missed=0,this.#t?.toEnd()}willUpdate(t){if(!t.has("entries"))return;let e=this.entries.slice(this.#e);this.#e=this.entries.length,e.some(s=>s.letter)?this.toEnd():this.#t&&!this.#t.atEnd&&(this._missed+=e.filter(s=>s.kind==="message").length)}render(){return l`
 <div class="scroller" tabindex="0" role="region" aria-label="Conversation">
 <div>
 <ol role="list">
 ${this.entries.map(t=>l`<li>${this.#s(t)}</li>`)}
 ${this.typing?this.#r():d}
 </ol>
 ${this.rating?l`<fd-rating .rate=${this.conversation?.rate.bind(this.conversation)}></fd-rating>`:d}
 <slot></slot>
 </div>
 </div>
 <div class="new" ?hidden=${!this._missed}>
 <button class="primary" @click=${this.toEnd}>
 ${ye()} ${this._missed===1?"1 new message":`${this._missed} new messages`}
 </button>
 </div>
 `}#s(t){return t.kind==="day"?l`<p class="day">${t.text}</p>`:t.kind==="notice"?this.#i(t):l`<fd-message .entry=${t}></fd-message>
 ${t.contact?l`<fd-contact .give=${this.conversation?.giveContact.bind(this.conversation)}></fd-contact>`:d}`}#i({text:t,at:e,reference:s}){return l`<p class="notice" title=${e?O(e):d}>
 ${s?be():d} ${t}
 ${s?l`<b>Your reference: ${s}</b>`:d}
 </p>`}#r(){return l`<li>
 <span class="dots"><span class="sr">${this.typing}</span><i></i><i></i><i></i></span>
 </li>`}};customElements.define("fd-transcript",Nt);var Bs=6e4,zt=class extends g{static properties={_config:{state:!0},_problem:{state:!0},_calling:{state:!0},_heard:{state:!0},_sure:{state:!0}};static styles=ze;#t=new ft;#e=new ut;#s=matchMedia("(prefers-color-scheme: dark)");#i=!1;#r=!1;#o=0;#n=0;constructor(){super(),this._config=null,this._problem="",this._calling=!1,this._heard="",this._sure=!1,this.#t.addEventListener("open",()=>this.#k()),this.#t.addEventListener("close",()=>this.#i=!1),this.#e.addEventListener("change",()=>this.requestUpdate()),this.#e.addEventListener("incoming",t=>this.#C(t.detail)),this.#s.addEventListener("change",()=>this.#v()),addEventListener("keydown",t=>t.key==="Escape"&&!t.defaultPrevented&&!this.renderRoot.querySelector(":popover-open")&&this.#T()),this.#t.embedded||this.#k()}render(){return l`
 <header>${this.#u()} ${this.#f()}</header>
 ${this.#c()} ${this._config?this.#h(this._config):this.#x()}
 <fd-composer
 ?inert=${!this._config}
 @send=${({detail:t})=>this.#e.send(t)}
 @typing=${({detail:t})=>this.#e.sayTyping(t)}
 ></fd-composer>
 ${this.#A()}
 <div class="sr" role="status" aria-live="polite">${this._heard}</div>
 `}#u(){let{name:t,tagline:e}=this._config?.business??{name:"",tagline:""};return l`<div class="title">
 <span class="avatar" aria-hidden="true">${qs(t)}</span>
 <div class="names">
 <h1>${t||l`<span class="bone"></span>`}</h1>
 <p>${e}</p>
 </div>
 ${this.#e.events.length?this.#a():d}
 ${this.#t.embedded?l`<button class="icon" aria-label="Close" @click=${this.#T}>${ge()}</button>`:d}
 </div>`}#a(){let t=this._sure;return l`<button class="icon" aria-label="More" popovertarget="more">${$e()}</button>
 <div id="more" popover @toggle=${()=>this._sure=!1}>
 <button popovertarget="more" class=${t?"bad":""} @click=${t?this.#_:this.#M}>
 ${t?"Delete for good":"Save a copy"}
 </button>
 <button @click=${()=>this._sure=!t}>${t?"Keep this chat":"Delete this chat"}</button>
 </div>`}#f(){let{agents_online:t,text:e}=this._config?.availability??{agents_online:0,text:""};return l`<div class="status">
 <p><span class=${t?"lamp on":"lamp"} aria-hidden="true"></span>${e}</p>
 ${this.#y()}
 </div>`}#y(){let{status:t}=this.#e;if(t==="assigned")return l`<span class="with">${N()} ${this.#m()} is here</span>`;let e=t==="waiting";return l`<button class="person" aria-disabled=${e||this._calling} @click=${this.#l}>
 ${e?N():ve()}
 ${e?"Request received":this._calling?"Asking…":"Talk to a person"}
 </button>`}#m(){let t=this.#e.events.findLast(e=>e.type==="handoff.accepted");return t?.body.agent?.name??t?.author.name??"A colleague"}#c(){let e={ok:this._problem||this.#e.notice,reconnecting:"The connection is lost. Trying again…",offline:"You are offline. What you write is kept and sent when you are back."}[this.#e.line];return l`<div class="banner" role="status" ?hidden=${!e}>${ot()} ${e}</div>`}#h(t){let{events:e,letters:s,status:r,answering:n,typing:o}=this.#e,c=Ne(e,s),a=e.length<2&&!s.length;e.length||c.unshift(Ws(t));let p=e.findLast(u=>u.type==="rating"||u.type==="handoff.resolved")?.type==="rating";return l`<fd-transcript
 .entries=${c}
 .conversation=${this.#e}
 .typing=${o||n?`${o?.name??"The assistant"} is writing`:""}
 .rating=${r==="resolved"&&!p}
 @press=${({detail:u})=>this.#e.press(u)}
 @resend=${({detail:u})=>this.#e.resend(u)}
 @mend=${({detail:u})=>this.#S(u)}
 >
 ${a&&t.suggestions.length?this.#d(t.suggestions):d}
 </fd-transcript>`}#d(t){return l`<div class="suggestions" role="group" aria-label="Often asked">
 ${t.map(e=>l`<button @click=${()=>this.#E(e)}>${e}</button>`)}
 </div>`}#x(){return this._problem?l`<div class="wait"><button class="primary" @click=${this.#$}>Try again</button></div>`:l`<div class="wait" aria-busy="true">
 <span class="bone"></span><span class="bone"></span>
 </div>`}#A(){let{status:t}=this.#e,e=this._config?.privacy_url;return l`<footer>
 ${t==="assigned"?"You are writing with a person.":"An automatic assistant answers first."}
 ${e?l`<a href=${e} target="_blank" rel="noopener">Privacy</a>`:d}
 </footer>`}async#k(){this.#i=!0,this.#g(0),this.#e.pageUrl=this.#t.page,Date.now()-this.#n>Bs&&await this.#$(),await this.updateComplete,this.#b.focus()}async#$(){await this.#w(async()=>{this._config=await this.#e.api.get("/api/widget/config"),this.#n=Date.now(),this.#v()}),!(!this._config||this.#r)&&(this.#r=!0,await this.#e.open())}#v(){let t=ue(this._config?.brand??"",this.#s.matches?"dark":"light");if(!t)return;let{style:e}=document.documentElement;e.setProperty("--brand",t.brand),e.setProperty("--brand-soft",t.brandSoft),e.setProperty("--on-brand",t.onBrand),this.#t.tell("brand",t)}#M(){let e=this.#e.events.filter(r=>r.type==="message").map(({at:r,author:n,body:o})=>{let c=n.kind==="customer"?"You":n.name||this._config?.business.name;return`${O(r)}, ${c}:
${o.text}`}),s=document.createElement("a");s.href=URL.createObjectURL(new Blob([e.join(`

`)],{type:"text/plain;charset=utf-8"})),s.download="chat.txt",s.click()}#_(){return this.#w(()=>this.#e.erase())}async#l(){this._calling||this.#e.status==="waiting"||(this._calling=!0,await this.#w(()=>this.#e.handoff()),this._calling=!1)}async#w(t){this._problem="";try{await t()}catch(e){this._problem=e.message}}get#b(){return this.renderRoot.querySelector("fd-composer")}#E(t){this.#e.send(t),this.#b.focus()}#S(t){let e=this.#e.withdraw(t);this.#b.value=[e,this.#b.value].filter(Boolean).join(`
`),this.#b.focus()}#C(t){t.type.startsWith("handoff.")&&this.#$(),t.type==="message"&&(this._heard=`${t.author.name??"New message"}: ${ke(t.body.text??"")}`,(!this.#i||document.hidden)&&this.#g(this.#o+1))}#g(t){this.#o=t,this.#t.tell("unread",{count:t})}#T(){this.#t.tell("close")}};function qs(i){return i.split(/\s+/).filter(Boolean).slice(0,2).map(e=>[...e][0])}function Ws({greeting:i}){return{key:"1",kind:"message",text:i,author:"assistant",last:!0}}customElements.define("fd-widget",zt);export{zt as FdWidget};
