/** @import { Session as Signed } from "./protocol.js" */
import { Api } from "./api.js";
import { Refused } from "./problem.js";

/**
 * Who is signed in. One for a page; its `api` carries the CSRF token of the session.
 *
 * Fires `change`.
 */
export class Session extends EventTarget {
  api = new Api();
  /** @type {"unknown" | "out" | "in" | "unreachable"} */
  state = "unknown";
  /** @type {import("./protocol.js").Staff | null} */
  staff = null;

  async load() {
    try {
      this.#take(await this.api.get("/api/session"));
    } catch (problem) {
      this.#set(problem instanceof Refused && !problem.passing ? "out" : "unreachable");
    }
  }

  /** @param {string} email @param {string} password @throws {import("./problem.js").Problem} */
  async signIn(email, password) {
    this.#take(await this.api.post("/api/session", { email, password }));
  }

  /** @throws {import("./problem.js").Problem} */
  async signOut() {
    await this.api.delete("/api/session");
    this.lost();
  }

  /** The session ended on the server: expired, revoked, signed out in another tab. */
  lost() {
    this.staff = this.api.csrf = null;
    this.#set("out");
  }

  /** @param {Signed} session */
  #take({ staff, csrf }) {
    this.staff = staff;
    this.api.csrf = csrf;
    this.#set("in");
  }

  /** @param {Session["state"]} state */
  #set(state) {
    this.state = state;
    this.dispatchEvent(new Event("change"));
  }
}
