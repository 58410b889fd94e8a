/** @import { Article, ArticleList, Proposal, Publication } from "../shared/protocol.js" */
/** @import { Session } from "../shared/session.js" */
import { Refused } from "../shared/problem.js";

/** While a publication runs its state is asked for this often; training takes some tens of seconds. */
const WATCH_MS = 1500;
/** Files are edited outside of the console as well. */
const REFRESH_MS = 30_000;
const DONE = new Set(["live", "failed"]);

/** The articles, their problems, and the publications. Elements render it and call it. Fires `change`. */
export class Library extends EventTarget {
  /** @type {"loading" | "ready" | "failed"} */
  state = "loading";
  problem = "";
  /** @type {ArticleList} */
  list = { articles: [], problems: [], live_model: null };
  /** @type {Publication[]} */
  publications = [];
  /** Replies that agents propose as articles. @type {Proposal[]} */
  proposals = [];
  /** The one this console asked for last, while it runs and until the owner has read the result. @type {Publication | null} */
  current = null;
  /** What was not live when Publish was pressed. @type {Article[]} */
  published = [];
  #session;
  #watching = false;

  /** @param {Session} session */
  constructor(session) {
    super();
    this.#session = session;
    setInterval(
      () => this.state === "ready" && document.visibilityState === "visible" && this.load(),
      REFRESH_MS,
    );
  }

  get api() {
    return this.#session.api;
  }

  /** @returns {Article[]} What customers do not get yet. */
  get pending() {
    return this.list.articles.filter(({ state }) => state !== "live");
  }

  /** @returns {boolean} */
  get publishing() {
    return this.current !== null && !DONE.has(this.current.state);
  }

  async load() {
    try {
      const [list, { publications }, { proposals }] = await Promise.all([
        this.api.get("/api/owner/articles"),
        this.api.get("/api/owner/publications?limit=30"),
        this.api.get("/api/owner/proposals"),
      ]);
      this.list = list;
      this.proposals = proposals;
      this.publications = publications;
      this.state = "ready";
      this.#join();
    } catch (problem) {
      this.#failed(problem);
    }
    this.#changed();
  }

  /** @param {string} id @returns {Promise<Article>} @throws {import("../shared/problem.js").Problem} */
  read(id) {
    return this.api.get(`/api/owner/articles/${encodeURIComponent(id)}`);
  }

  /**
   * The words that an article can begin with.
   *
   * @param {string} from A proposal's id, or a conversation and the `seq` of a reply: "cnv_…:12".
   * @returns {Promise<{question: string, answer: string}>}
   * @throws {import("../shared/problem.js").Problem}
   */
  async words(from) {
    const [conversation, seq] = from.split(":");
    if (seq) {
      const path = `/api/agent/conversations/${encodeURIComponent(conversation)}/events`;
      const { events } = await this.api.get(`${path}?after=${Number(seq) - 1}&limit=1`);
      return { question: "", answer: events[0]?.body.text ?? "" };
    }
    const { proposals } = await this.api.get("/api/owner/proposals");
    const proposal = proposals.find((/** @type {Proposal} */ { id }) => id === from);
    return { question: proposal?.question ?? "", answer: proposal?.answer ?? "" };
  }

  /** @param {string} id Of a proposal. @param {"written" | "dismissed"} outcome */
  async settle(id, outcome) {
    await this.api.post(`/api/owner/proposals/${encodeURIComponent(id)}`, { outcome });
    this.proposals = this.proposals.filter((proposal) => proposal.id !== id);
    this.#changed();
  }

  /** @param {Omit<Article, "version" | "state" | "path"> & {version?: string}} article @returns {Promise<Article>} */
  async save(article) {
    const saved = article.version
      ? await this.api.put(`/api/owner/articles/${encodeURIComponent(article.id)}`, article)
      : await this.api.post("/api/owner/articles", article);
    await this.load();
    return saved;
  }

  /** @param {Article} article */
  async remove({ id, version }) {
    await this.api.delete(
      `/api/owner/articles/${encodeURIComponent(id)}?version=${encodeURIComponent(version)}`,
    );
    await this.load();
  }

  async publish() {
    this.published = this.pending;
    await this.#begin(this.api.post("/api/owner/publish"));
  }

  /** @param {string} modelId */
  async rollBack(modelId) {
    this.published = [];
    await this.#begin(this.api.post("/api/owner/rollback", { model_id: modelId }));
  }

  /** The owner has read the result. */
  dismiss() {
    this.current = null;
    this.#changed();
  }

  /** @param {Promise<{publication: Publication}>} asked */
  async #begin(asked) {
    this.problem = "";
    try {
      this.current = (await asked).publication;
    } catch (problem) {
      this.#failed(problem);
    }
    this.#changed();
    this.#watch();
  }

  /** A publication begun elsewhere (another tab, a colleague) is shown as well. */
  #join() {
    const running = this.publications.find(({ state }) => !DONE.has(state));
    if (!running || this.publishing) return;
    this.current = running;
    this.#watch();
  }

  async #watch() {
    if (this.#watching || !this.publishing) return;
    this.#watching = true;
    while (this.current && this.publishing) {
      await new Promise((resolve) => setTimeout(resolve, WATCH_MS));
      const found = await this.api.get(`/api/owner/publications/${this.current.id}`).catch(() => null);
      if (found) this.current = found;
      this.#changed();
    }
    this.#watching = false;
    await this.load();
  }

  /** @param {unknown} problem */
  #failed(problem) {
    if (problem instanceof Refused && problem.status === 401) return this.#session.lost();
    this.problem = /** @type {Error} */ (problem).message;
    if (this.state === "loading") this.state = "failed";
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}
