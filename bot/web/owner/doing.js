/** @import { Api } from "../shared/api.js" */
/** @import { Session } from "../shared/session.js" */
import { Refused } from "../shared/problem.js";

/** What a page asks of the server, one thing at a time: whether it is busy, and what went wrong in words. */
export class Doing {
  busy = false;
  problem = "";
  /** What exactly did not fit, when the server said so. @type {{field?: string, message: string}[]} */
  errors = [];
  #host;
  #session;

  /** @param {{requestUpdate: () => void}} host @param {() => Session | undefined} session */
  constructor(host, session) {
    this.#host = host;
    this.#session = session;
  }

  /**
   * @param {(api: Api) => Promise<void>} action
   * @returns {Promise<boolean>} Whether it worked; if not, `problem` says why.
   */
  async run(action) {
    const session = this.#session();
    if (!session) return false;
    this.#set(true, "");
    try {
      await action(session.api);
      this.#set(false, "");
      return true;
    } catch (problem) {
      if (problem instanceof Refused && problem.status === 401) session.lost();
      this.errors = problem instanceof Refused ? /** @type {any} */ (problem.errors) : [];
      this.#set(false, /** @type {Error} */ (problem).message);
      return false;
    }
  }

  /** @returns {string} The problem and what exactly did not fit, each once. */
  get words() {
    return [...new Set([this.problem, ...this.errors.map(({ message }) => message)])].join(" ");
  }

  /** @param {boolean} busy @param {string} problem */
  #set(busy, problem) {
    this.busy = busy;
    this.problem = problem;
    if (busy) this.errors = [];
    this.#host.requestUpdate();
  }
}
