/**
 * What can go wrong when a page talks to the server.
 *
 *     Problem            `message` says what to do, ready to be shown
 *     ├── Refused        the server answered no: `status`, `code`, `errors`
 *     └── Unreachable    no answer at all: trying again is safe, commands carry an id
 */
export class Problem extends Error {
  code = "problem";
}

/** The server answered no. */
export class Refused extends Problem {
  /**
   * @param {number} status
   * @param {{code?: string, title?: string, detail?: string, retry_after_s?: number, errors?: object[], assignee?: {name: string}}} body
   */
  constructor(status, body) {
    super(body.detail || body.title || "The server refused this. Please try again.");
    this.status = status;
    this.code = body.code ?? "unknown";
    this.errors = body.errors ?? [];
    this.assignee = body.assignee ?? null;
    this.retryAfterS = body.retry_after_s ?? 0;
  }

  /** @returns {boolean} The world failed, not the request: the same request may work later. */
  get passing() {
    return this.status === 429 || this.status >= 500;
  }
}

/** No answer came. */
export class Unreachable extends Problem {
  code = "unreachable";

  constructor() {
    super("We could not reach the server. Check the connection and try again.");
  }
}
