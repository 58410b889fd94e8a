"""Pipeline component: the sentiment of the message, under the key `sentiment`."""

from __future__ import annotations

import os
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.constants import INTENT_MESSAGE_PREFIX
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.assistant import libraries
from bot.assistant.understanding import CHOOSE
from sentiment.scorer import Scorer, Sentiment

SENTIMENT = "sentiment"


class Ahead:
    """Scores a message on a second core while the first one ranks the articles.

    Both models leave Python's lock while they compute, so a message takes as long as the slower of the two.
    """

    def __init__(self, scorer: Scorer, *, cores: int | None = None) -> None:
        self._scorer = scorer
        several = (cores or os.cpu_count() or 1) > 1
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sentiment") if several else None
        self._begun: tuple[str, Future[Sentiment]] | None = None

    def begin(self, text: str) -> None:
        """Starts to score `text`, which `score` will be asked for next; what was begun before it is forgotten."""
        if self._thread is not None:
            self._begun = text, self._thread.submit(self._scorer.score, text)

    def score(self, text: str) -> Sentiment:
        """The sentiment of a text, begun or not.

        Raises:
            ModelUnavailable: The model failed.
        """
        begun, self._begun = self._begun, None
        if begun is not None and begun[0] == text:
            return begun[1].result()
        return self._scorer.score(text)


@lru_cache(maxsize=1)
def ahead() -> Ahead:
    """The scorer that all models of this process share.

    Raises:
        ModelUnavailable: Its files are missing or damaged.
    """
    return Ahead(libraries.scorer())


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class SentimentScorer(GraphComponent):  # type: ignore[misc]  # Rasa's class is untyped
    """Scores every message once; a button press has no sentiment."""

    def __init__(self, scorer: Ahead) -> None:
        self._scorer = scorer

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentimentScorer:
        """Takes the scorer that all models of this process share."""
        return cls(ahead())

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets `sentiment` on each message, as JSON."""
        for message in messages:
            sentiment = (
                BUTTON_SENTIMENT if _is_button(message) else as_json(self._scorer.score(message.get(TEXT) or ""))
            )
            message.set(SENTIMENT, sentiment, add_to_output=True)
        return messages


def _is_button(message: Message) -> bool:
    """Whether a button was pressed; of one that chooses an article the ranker has taken the slash away."""
    text: str = message.get(TEXT) or ""
    return text.startswith(INTENT_MESSAGE_PREFIX) or (message.get(INTENT) or {}).get("name") == CHOOSE


def as_json(sentiment: Sentiment) -> dict[str, Any]:
    """A sentiment as the protocol writes it."""
    return {
        "polarity": _rounded(sentiment.polarity),
        "label": sentiment.label,
        "confidence": _rounded(sentiment.confidence),
        "frustration": _rounded(sentiment.frustration),
        "words": [{"word": word, "weight": round(weight, 4)} for word, weight in sentiment.words],
        "reason": sentiment.reason,
        "needs": None if sentiment.needs is None else {name: round(p, 4) for name, p in sentiment.needs.items()},
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


BUTTON_SENTIMENT: dict[str, Any] = {
    "polarity": None,
    "label": None,
    "confidence": None,
    "frustration": None,
    "words": [],
    "reason": "button",
    "needs": None,
}
