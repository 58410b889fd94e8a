/** @import { Article } from "../shared/protocol.js" */

/** @typedef {Omit<Article, "version" | "state" | "path"> & {version?: string}} Draft An article as it is being written. */

/** @type {Draft} */
export const BLANK = {
  id: "",
  topic: "general",
  question: "",
  also_asked: [],
  tags: [],
  locale: "en",
  review_by: null,
  escalate: "auto",
  buttons: [],
  answer: "",
};

/** A file's name has at most 64 letters; there has to be room for a number. */
const ID_LENGTH = 60;

/** @param {string} text @returns {string} "When are you open?" as "when-are-you-open"; empty where no letter is Latin. */
export function slug(text) {
  const plain = text.normalize("NFKD").replace(/[\u0300-\u036f'’]/g, "");
  const words = plain.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return words.join("-").slice(0, ID_LENGTH).replace(/-$/, "");
}

/**
 * The id of a new article, which names its file and never changes.
 *
 * @param {Draft} draft
 * @param {Iterable<string>} taken
 * @returns {string} Made from its question, or from its topic where no letter of the question is Latin.
 */
export function idOf({ question, topic }, taken) {
  const wanted = slug(question) || slug(topic) || "article";
  const known = new Set(taken);
  for (let number = 1; ; number += 1) {
    const id = number === 1 ? wanted : `${wanted}-${number}`;
    if (!known.has(id)) return id;
  }
}

/**
 * What the server takes: it refuses fields it does not know.
 *
 * @param {Draft} draft
 * @param {Iterable<string>} taken Ids of all articles.
 * @returns {Draft}
 */
export function tidy(draft, taken) {
  const { id, version, locale, review_by, escalate, buttons } = draft;
  return {
    id: version ? id : idOf(draft, taken),
    topic: slug(draft.topic) || "general",
    question: draft.question.trim(),
    also_asked: trimmed(draft.also_asked),
    answer: draft.answer?.trim() ?? "",
    tags: trimmed(draft.tags),
    locale: locale.trim() || "en",
    review_by,
    escalate,
    buttons: buttons.filter(({ title, article, url }) => title.trim() || article || url?.trim()).map(whole),
    ...(version ? { version } : {}),
  };
}

/**
 * An article with what a customer asked in it: as the question of a new one, as one more phrase of another.
 *
 * @param {Draft} draft
 * @param {string} asked
 * @returns {Draft}
 */
export function withAsked(draft, asked) {
  const words = asked.replace(/\s+/g, " ").trim().slice(0, 300);
  if (!draft.version) return { ...draft, question: words };
  const same = (/** @type {string} */ phrase) => phrase.trim().toLowerCase() === words.toLowerCase();
  if ([draft.question, ...draft.also_asked].some(same)) return draft;
  return { ...draft, also_asked: [...trimmed(draft.also_asked), words] };
}

/** A button leads to one place only. @param {Draft["buttons"][number]} button */
const whole = ({ title, article, url }) => ({
  title: title.trim(),
  article: article || null,
  url: article ? null : url?.trim() || null,
});

/** @param {string[]} words */
const trimmed = (words) => words.map((word) => word.trim()).filter(Boolean);
