"""Pipeline component: which article or intent a message means. Trains the ranker and keeps it with the articles."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.constants import INTENT_MESSAGE_PREFIX
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

import knowledge_base
from bot.assistant import libraries
from bot.assistant.importer import ARTICLE, ARTICLE_ID, UNANSWERED_INTENT
from bot.assistant.payloads import read_payload
from bot.assistant.understanding import CHOOSE, FAQ_PREFIX, Article, Understanding, Waiting, chosen, understand
from knowledge_base.ranker import Example, Ranker

UNDERSTANDING = "understanding"
_ARTICLES_FILE = "articles.json"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class ArticleRanker(GraphComponent):  # type: ignore[misc]  # Rasa's class is untyped
    """Sets intent, ranking and understanding of each message."""

    def __init__(
        self,
        model_storage: ModelStorage,
        resource: Resource,
        ranker: Ranker | None = None,
        articles: Mapping[str, Article] | None = None,
    ) -> None:
        self._model_storage = model_storage
        self._resource = resource
        self._ranker = ranker
        self._articles = articles or {}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ArticleRanker:
        """Makes an untrained component."""
        return cls(model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> ArticleRanker:
        """Reads what training kept.

        Raises:
            RankerUnreadable: The model was trained with another encoder or version.
        """
        with model_storage.read_from(resource) as folder:
            ranker = Ranker.load(folder, encoder=libraries.encoder())
            articles = json.loads((folder / _ARTICLES_FILE).read_text(encoding="utf-8"))
        return cls(model_storage, resource, ranker, articles)

    @staticmethod
    def fingerprint_addon(config: dict[str, Any]) -> str | None:
        """What training depends on besides its data: the encoder's weights, and how the ranker learns."""
        code = b"".join(path.read_bytes() for path in sorted(Path(knowledge_base.__file__).parent.glob("*.py")))
        return f"{libraries.encoder().fingerprint} {hashlib.sha256(code).hexdigest()}"

    def train(self, training_data: TrainingData) -> Resource:
        """Learns from every example with an intent.

        Raises:
            NoExamples: There is none.
        """
        articles = {message.get(ARTICLE)["id"]: message.get(ARTICLE) for message in _with(training_data, ARTICLE)}
        with libraries.encoder().remembering(libraries.vectors_file()) as encoder:
            self._ranker = Ranker.train(
                [Example(text=message.get(TEXT), label=_label(message)) for message in _with(training_data, INTENT)],
                evidence={f"{FAQ_PREFIX}{article_id}": article["answer"] for article_id, article in articles.items()},
                encoder=encoder,
                oos_label=UNANSWERED_INTENT,
            )
        with self._model_storage.write_to(self._resource) as folder:
            self._ranker.save(folder)
            (folder / _ARTICLES_FILE).write_text(json.dumps(articles, ensure_ascii=False), encoding="utf-8")
        return self._resource

    def process(self, messages: list[Message], tracker: DialogueStateTracker) -> list[Message]:
        """Sets `intent`, `intent_ranking` and `understanding`.

        A button that chooses an article is read here, because only the model knows its articles; all other buttons are
        left to Rasa, which reads them after the pipeline.
        """
        for message in messages:
            text = message.get(TEXT) or ""
            if not text.startswith(INTENT_MESSAGE_PREFIX):
                _write(message, self._understand(text, message.get(ENTITIES, []), tracker))
                continue
            payload = read_payload(text)
            if payload is not None and payload.intent == CHOOSE:
                message.set(TEXT, CHOOSE)  # without the slash, Rasa would not replace what is set here
                _write(message, chosen(str(payload.entities.get(ARTICLE_ID)), self._articles))
        return messages

    def _understand(self, text: str, entities: list[dict[str, Any]], tracker: DialogueStateTracker) -> Understanding:
        if self._ranker is None:
            raise RuntimeError("The ranker was asked before it was trained or loaded.")
        return understand(
            text,
            self._ranker.rank(text, context=_answered_before(tracker)),
            articles=self._articles,
            entities={entity["entity"] for entity in entities},
            waiting=Waiting(
                flow=tracker.active_loop_name,
                slot=tracker.get_slot("requested_slot") if tracker.active_loop_name else None,
            ),
        )


def _write(message: Message, understanding: Understanding) -> None:
    intent = {"name": understanding.intent, "confidence": round(understanding.confidence, 4)}
    message.set(INTENT, intent, add_to_output=True)
    message.set(INTENT_RANKING_KEY, [intent], add_to_output=True)
    message.set(UNDERSTANDING, understanding.as_json(), add_to_output=True)


def _with(training_data: TrainingData, key: str) -> list[Message]:
    return [message for message in training_data.intent_examples if message.get(key) is not None]


def _label(message: Message) -> str:
    article_id = message.get(ARTICLE_ID)
    return f"{FAQ_PREFIX}{article_id}" if article_id else str(message.get(INTENT))


def _answered_before(tracker: DialogueStateTracker) -> list[str]:
    """The labels of the articles the latest message was answered with, for follow-ups."""
    latest = tracker.latest_message
    answers = (latest.parse_data or {}).get(UNDERSTANDING, {}).get("answers") if latest else None
    return [f"{FAQ_PREFIX}{answer['id']}" for answer in answers or ()]
