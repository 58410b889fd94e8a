"""Pipeline component: the sentiment of the message, under the key `sentiment`."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.constants import INTENT_MESSAGE_PREFIX
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.assistant import libraries
from sentiment.scorer import Scorer, Sentiment

SENTIMENT = "sentiment"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class SentimentScorer(GraphComponent):  # type: ignore[misc]  # Rasa's class is untyped
    """Scores every message once; a button press has no sentiment."""

    def __init__(self, scorer: Scorer) -> None:
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
        return cls(libraries.scorer())

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets `sentiment` on each message, as JSON."""
        for message in messages:
            text = message.get(TEXT) or ""
            pressed = text.startswith(INTENT_MESSAGE_PREFIX)
            message.set(SENTIMENT, BUTTON_SENTIMENT if pressed else as_json(self._scorer.score(text)), True)
        return messages


def as_json(sentiment: Sentiment) -> dict[str, Any]:
    """A sentiment as the protocol writes it."""
    return {
        "polarity": _rounded(sentiment.polarity),
        "label": sentiment.label,
        "confidence": _rounded(sentiment.confidence),
        "frustration": _rounded(sentiment.frustration),
        "words": [{"word": word, "weight": round(weight, 4)} for word, weight in sentiment.words],
        "reason": sentiment.reason,
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
}
