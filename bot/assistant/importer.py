"""Articles become training data: Rasa's importer for the knowledge base.

No article is written into YAML and none becomes a response template, where braces would be filled in and blank lines
would split an answer. Every phrase of an article is one example of the intent `faq`, with the article's id under its
own key; the example of the owner's own question carries the whole article, so the model keeps a snapshot of what it
was trained on.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from rasa.shared.core.domain import Domain
from rasa.shared.core.training_data.structures import StoryGraph
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.assistant import stand_ins
from bot.assistant.read_once import FileImporter, once
from bot.assistant.settings import EngineSettings
from knowledge_base.article import Article, ArticleError, load_articles
from knowledge_base.errors import ArticleProblem

FAQ_INTENT = "faq"
ARTICLE_ID = "article_id"  # message key: which article an example belongs to
ARTICLE = "article"  # message key: the article itself, on the example of its question
DEFAULT_ARTICLES = "knowledge_base/articles"
# What customers ask and no article answers; beside the folder of the articles, as the golden questions are.
UNANSWERED_FILE = "unanswered.yml"
UNANSWERED_INTENT = "nlu_fallback"

# What Rasa's commands pass when nobody gave a flag; `data/` is the folder of the running system, never training data.
_RASA_DEFAULTS = {"domain.yml", "data"}


class ArticleImporter(TrainingDataImporter):  # type: ignore[misc]  # Rasa's class is untyped
    """Reads the articles of a folder besides Rasa's own files.

    The folders are named in config.yml, so `rasa train`, `rasa data validate` and `rasa test` need no flags; a flag
    that is given wins.
    """

    def __init__(
        self,
        config_file: str | None = None,
        domain_path: str | None = None,
        training_data_paths: list[str] | str | None = None,
        articles: str = DEFAULT_ARTICLES,
        domain: str = "bot/assistant/domain",
        nlu_data: str = "nlu_data",
    ) -> None:
        """Takes the paths of the command line, then those of config.yml.

        Args:
            config_file: The config.yml in use.
            domain_path: `--domain`, or Rasa's default.
            training_data_paths: `--data`, or Rasa's default.
            articles: Folder of the articles, unless FRONTDESK_ARTICLES_DIR names another.
            domain: Domain file or folder to use without `--domain`.
            nlu_data: Folder of small talk, flows and rules to use without `--data`.
        """
        given = [training_data_paths] if isinstance(training_data_paths, str) else training_data_paths or []
        paths = [path for path in given if path and path not in _RASA_DEFAULTS]
        domain_given = domain_path is not None and domain_path not in _RASA_DEFAULTS
        self._data: TrainingData | None = None
        self._articles = EngineSettings.read().articles_dir or Path(articles)
        self._files = FileImporter(config_file, domain_path if domain_given else domain, paths or [nlu_data])
        stand_ins.put_in(self.get_config())  # of Rasa's commands, this is the first that we hear

    def get_config(self) -> dict[str, Any]:
        """Reads config.yml."""
        config: dict[str, Any] = self._files.get_config()
        return config

    def get_config_file_for_auto_config(self) -> str | None:
        """Names the config.yml that Rasa may complete."""
        path: str | None = self._files.get_config_file_for_auto_config()
        return path

    def get_domain(self) -> Domain:
        """Reads the domain; articles add nothing to it."""
        return self._files.get_domain()

    def get_stories(self, exclusion_percentage: int | None = None) -> StoryGraph:
        """Reads rules and stories."""
        return self._files.get_stories(exclusion_percentage)

    def get_conversation_tests(self) -> StoryGraph:
        """Reads test stories."""
        return self._files.get_conversation_tests()

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """Reads the examples of intents and adds those of the articles.

        Raises:
            ArticleError: Articles that cannot be used; names file and line of every fault.
        """
        if self._data is None:  # Rasa asks several times in one training
            small_talk_and_flows = self._files.get_nlu_data(language)
            unanswered = unanswered_examples(self._articles.parent / UNANSWERED_FILE)
            articles = once("articles", [self._articles], lambda: article_examples(self._articles))
            self._data = small_talk_and_flows.merge(TrainingData([*articles, *unanswered]))
        return self._data


def article_examples(folder: Path) -> list[Message]:
    """Build the training examples of all articles.

    Args:
        folder: Where the articles are.

    Raises:
        ArticleError: Articles that cannot be used; names file and line of every fault.
    """
    found = load_articles(folder)
    if found.errors:
        raise ArticleError(*found.errors)
    return [example for article in found.articles for example in _examples(article)]


def unanswered_examples(file: Path) -> list[Message]:
    """Build the examples of what nothing answers, from a YAML list of phrases; none when there is no such file.

    Raises:
        ArticleError: The file is no list of phrases.
    """
    if not file.exists():
        return []
    try:
        phrases = yaml.safe_load(file.read_text(encoding="utf-8")) or []
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as exc:
        line = getattr(getattr(exc, "problem_mark", None), "line", 0) + 1
        raise ArticleError(ArticleProblem(file=file.name, line=line, message=f"cannot be read: {exc}")) from exc
    if not isinstance(phrases, list) or not all(isinstance(phrase, str) and phrase.strip() for phrase in phrases):
        message = "must be a list of phrases, one a line: `- do you rent bicycles`"
        raise ArticleError(ArticleProblem(file=file.name, line=1, message=message))
    return [Message({TEXT: phrase.strip(), INTENT: UNANSWERED_INTENT}) for phrase in dict.fromkeys(phrases)]


def _examples(article: Article) -> list[Message]:
    messages = [
        Message({TEXT: phrase, INTENT: FAQ_INTENT, ARTICLE_ID: article.id}) for phrase in dict.fromkeys(article.phrases)
    ]
    messages[0].set(ARTICLE, snapshot(article))
    return messages


def snapshot(article: Article) -> dict[str, Any]:
    """What the assistant needs to answer with an article, as JSON.

    Args:
        article: One that can be used.
    """
    return {
        "id": article.id,
        "question": article.question,
        "answer": article.answer,
        "escalate": article.escalate,
        "buttons": [
            {"title": button.title, "article": button.article, "url": button.url} for button in article.buttons
        ],
    }
