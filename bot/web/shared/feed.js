/** @import { Frame } from "./protocol.js" */
import { Backoff } from "./backoff.js";

/** The server pings every 25 s; two missed pings and the line is dead, whatever the browser thinks. */
const SILENCE_MS = 60_000;
/** A socket that stayed up this long starts the next series of tries from the shortest wait. */
const STEADY_MS = 30_000;
/** Refused for good: a bad token or session, or we flooded. Asking again at once would not help. */
const REFUSED = 1008;

/**
 * The push channel: one WebSocket that comes back by itself. It only makes things faster; the events API is the truth.
 *
 * Fires `frame` (`CustomEvent<Frame>`), `state` (when `state` changed) and `refused`.
 */
export class Feed extends EventTarget {
  /** @type {"idle" | "connecting" | "live" | "waiting"} */
  state = "idle";
  /** The line was lost and is not back yet, though a try may just be under way. */
  lost = false;
  #path;
  #hello;
  #backoff;
  /** @type {WebSocket | null} */
  #socket = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #retry;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #silence;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #steady;
  #askedWaitMs = 0;

  /**
   * @param {string} path
   * @param {() => object} hello The first frame, made anew for each connection.
   * @param {Backoff} [backoff]
   */
  constructor(path, hello, backoff = new Backoff()) {
    super();
    this.#path = path;
    this.#hello = hello;
    this.#backoff = backoff;
  }

  open() {
    if (this.state !== "idle") return;
    addEventListener("online", this.#now);
    this.#connect();
  }

  close() {
    removeEventListener("online", this.#now);
    this.#drop();
    this.#set("idle");
  }

  /** @param {object} frame Lost when there is no connection: only ephemeral things are sent here. */
  send(frame) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
  }

  #now = () => {
    if (this.state === "waiting") this.#connect();
  };

  #connect() {
    this.#drop();
    this.#set("connecting");
    const socket = new WebSocket(new URL(this.#path, location.href.replace(/^http/, "ws")));
    this.#socket = socket;
    socket.onopen = () => socket.send(JSON.stringify({ type: "hello", protocol: 1, ...this.#hello() }));
    socket.onmessage = (message) => this.#receive(message.data);
    socket.onclose = (event) => this.#lost(event.code);
    this.#listen();
  }

  /** @param {string} data */
  #receive(data) {
    this.#listen();
    /** @type {Frame} */
    const frame = JSON.parse(data);
    if (frame.type === "ping") return this.send({ type: "pong" });
    if (frame.type === "goodbye") this.#askedWaitMs = (frame.retry_after_s ?? 0) * 1000;
    if (frame.type === "welcome") {
      this.lost = false;
      this.#set("live");
      this.#steady = setTimeout(() => this.#backoff.reset(), STEADY_MS);
    }
    this.dispatchEvent(new CustomEvent("frame", { detail: frame }));
  }

  /** @param {number} code */
  #lost(code) {
    this.#drop();
    if (code === REFUSED) this.dispatchEvent(new Event("refused"));
    if (this.state === "idle") return;
    this.lost = true;
    this.#set("waiting");
    this.#retry = setTimeout(() => this.#connect(), this.#backoff.next(this.#askedWaitMs));
    this.#askedWaitMs = 0;
  }

  #listen() {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#lost(0), SILENCE_MS);
  }

  #drop() {
    for (const timer of [this.#retry, this.#silence, this.#steady]) clearTimeout(timer);
    if (!this.#socket) return;
    this.#socket.onopen = this.#socket.onmessage = this.#socket.onclose = null;
    this.#socket.close();
    this.#socket = null;
  }

  /** @param {Feed["state"]} state */
  #set(state) {
    if (this.state === state) return;
    this.state = state;
    this.dispatchEvent(new Event("state"));
  }
}
