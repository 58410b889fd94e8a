/** This close to the end counts as "reading the end". */
const NEAR_PX = 64;

/** Keeps a scroller at its end while its content grows, until the reader scrolls away; and again once they are back. */
export class StickToEnd {
  /** @type {boolean} */
  atEnd = true;
  #scroller;
  #top = 0;

  /** @param {HTMLElement} scroller Its first child is the content. @param {() => void} onReturn The reader came back to the end. */
  constructor(scroller, onReturn = () => {}) {
    this.#scroller = scroller;
    const observer = new ResizeObserver(() => this.follow());
    for (const element of [scroller, ...scroller.children]) observer.observe(element);
    scroller.addEventListener("scroll", () => {
      this.#scrolled();
      if (this.atEnd) onReturn();
    });
  }

  follow() {
    if (this.atEnd) this.#scroller.scrollTop = this.#scroller.scrollHeight;
  }

  toEnd() {
    this.atEnd = true;
    this.follow();
  }

  /** A scroll event tells of a moment ago, before content that came since: only moving up means leaving. */
  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
    if (scrollHeight - scrollTop - clientHeight < NEAR_PX) this.atEnd = true;
    else if (scrollTop < this.#top) this.atEnd = false;
    this.#top = scrollTop;
  }
}
