import { Refused, Unreachable } from "./problem.js";

/** Longer than the server's own limits, so that its answer wins over our patience. */
const TIMEOUT_MS = 15_000;

/** HTTP with the server: JSON in, JSON out, every failure a `Problem`. */
export class Api {
  /** Bearer token of a conversation (widget). @type {string | null} */
  token = null;
  /** CSRF token of a session (staff). @type {string | null} */
  csrf = null;

  /** @template T @param {string} path @returns {Promise<T>} */
  get(path) {
    return this.#call("GET", path);
  }

  /** @template T @param {string} path @param {object} [body] @returns {Promise<T>} */
  post(path, body = {}) {
    return this.#call("POST", path, body);
  }

  /** @template T @param {string} path @param {object} body @returns {Promise<T>} */
  put(path, body) {
    return this.#call("PUT", path, body);
  }

  /** @template T @param {string} path @returns {Promise<T>} */
  delete(path) {
    return this.#call("DELETE", path);
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {object} [body]
   * @returns {Promise<any>}
   */
  async #call(method, path, body) {
    const response = await this.#fetch(method, path, body);
    const text = await response.text().catch(() => "");
    const data = parse(text);
    if (response.ok) return data;
    throw new Refused(
      response.status,
      data ?? { title: `The server answered ${response.status}. Please try again.` },
    );
  }

  /** @param {string} method @param {string} path @param {object} [body] */
  async #fetch(method, path, body) {
    /** @type {Record<string, string>} */
    const headers = { Accept: "application/json" };
    if (body) headers["Content-Type"] = "application/json";
    if (this.token) headers.Authorization = `Bearer ${this.token}`;
    if (this.csrf && method !== "GET") headers["X-CSRF-Token"] = this.csrf;
    try {
      return await fetch(path, {
        method,
        headers,
        body: body && JSON.stringify(body),
        credentials: this.token ? "omit" : "same-origin",
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
    } catch {
      throw new Unreachable();
    }
  }
}

/** @param {string} text @returns {any} Null for what is not JSON: a proxy's error page, nothing at all. */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
