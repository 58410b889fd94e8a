/** @import { Article } from "../shared/protocol.js" */
/** @import { Draft } from "./article-form.js" */
import { html } from "../vendor/lit.js";

/**
 * The small fields of an article's form.
 *
 * @param {Draft} draft
 * @param {Article[]} articles Whose topics are offered.
 */
export function details({ topic, tags, review_by: review, escalate, locale }, articles) {
  const topics = [...new Set(articles.map((article) => article.topic))].sort();
  return html`<label class="field">
      Topic
      <input name="topic" list="topics" required maxlength="64" .value=${topic} />
      <datalist id="topics">${topics.map((known) => html`<option value=${known}></option>`)}</datalist>
    </label>
    <label class="field">
      Tags, with commas between
      <input name="tags" .value=${tags.join(", ")} />
    </label>
    <label class="field">
      Check again by
      <input name="review_by" type="date" .value=${review ?? ""} />
    </label>
    <label class="field">
      A person
      <select name="escalate" .value=${escalate}>
        <option value="auto" ?selected=${escalate === "auto"}>joins when needed</option>
        <option value="always" ?selected=${escalate === "always"}>is always called</option>
        <option value="never" ?selected=${escalate === "never"}>is not called by this answer</option>
      </select>
    </label>
    <label class="field">
      Language
      <input
        name="locale"
        maxlength="10"
        pattern="[a-z]{2,3}(-[A-Z]{2})?"
        title="Two letters as in en, with a country as in en-GB"
        .value=${locale}
      />
    </label>`;
}
