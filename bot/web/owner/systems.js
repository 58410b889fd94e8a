/** @import { Endpoint } from "../shared/protocol.js" */
/** @import { Session } from "../shared/session.js" */

/** An endpoint that stops is shown on every page of the console within this time. */
const REFRESH_MS = 60_000;

/** The events an endpoint can be sent, in people's words. @type {Record<string, string>} */
export const EVENTS = {
  "handoff.requested": "A customer needs a person",
  "handoff.waiting": "Nobody has taken over for a while",
  "handoff.accepted": "An agent took over",
  "handoff.released": "An agent handed back",
  "handoff.resolved": "A conversation was resolved",
  "conversation.rated": "A customer rated",
  "message.out_of_hours": "A customer left word while you were closed",
  "conversation.erased": "A conversation was deleted on request",
  "endpoint.disabled": "Another address was switched off",
  "endpoint.test": "A test",
};

/** @type {Record<Endpoint["kind"], {word: string, label: string, example: string}>} */
export const KINDS = {
  webhook: { word: "Webhook", label: "Address", example: "https://helpdesk.example/frontdesk" },
  slack: {
    word: "Slack",
    label: "Address of the incoming webhook",
    example: "https://hooks.slack.com/services/…",
  },
  email: { word: "E-mail", label: "E-mail address", example: "desk@yourshop.example" },
  amqp: { word: "RabbitMQ", label: "Exchange, as the operator has set it", example: "" },
};

/** What an owner can add; the message bus is there when the operator has set one. */
export const ADDABLE = Object.entries(KINDS).filter(([kind]) => kind !== "amqp");

/** @param {Endpoint} endpoint @returns {string} What kind it is, and where. */
export const nameOf = ({ kind, url }) => `${KINDS[kind].word}, ${url.replace(/^mailto:/, "")}`;

/** Where the desk tells what happens. Fires `change`. */
export class Systems extends EventTarget {
  /** @type {Endpoint[]} */
  endpoints = [];
  /** @type {string[]} */
  eventTypes = [];
  loaded = false;
  #session;

  /** @param {Session} session */
  constructor(session) {
    super();
    this.#session = session;
    setInterval(() => this.loaded && document.visibilityState === "visible" && this.refresh(), REFRESH_MS);
  }

  get session() {
    return this.#session;
  }

  /**
   * Endpoints that are told nothing any more though no owner switched them off; only the reason's words tell the two apart.
   *
   * @returns {number}
   */
  get stopped() {
    return this.endpoints.filter(
      ({ state, disabled_reason: why }) => state === "disabled" && !/ switched it off\.$/.test(why ?? ""),
    ).length;
  }

  /** @throws {import("../shared/problem.js").Problem} */
  async load() {
    const { endpoints, event_types: types } = await this.#session.api.get("/api/owner/endpoints");
    this.endpoints = endpoints;
    this.eventTypes = types;
    this.loaded = true;
    this.dispatchEvent(new Event("change"));
  }

  /** As `load`, but a failure only leaves what is known. */
  refresh() {
    return this.load().catch(() => {});
  }

  /** @param {string} id @returns {Endpoint | undefined} */
  find(id) {
    return this.endpoints.find((endpoint) => endpoint.id === id);
  }
}
