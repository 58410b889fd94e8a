"""Conversations to judge and to answer, made of the events that Rasa would have kept."""

from __future__ import annotations

from typing import Any

from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.assistant.understanding import Article


def article(article_id: str = "hours", answer: str = "Nine to five.", **fields: Any) -> Article:
    """An article as a model keeps it."""
    question = f"What about {article_id}?"
    return {"id": article_id, "question": question, "answer": answer, "buttons": [], "escalate": "auto", **fields}


def said(
    text: str,
    *,
    seq: int = 1,
    intent: str = "nlu_fallback",
    outcome: str = "fallback",
    polarity: float | None = 0.0,
    needs: dict[str, float] | None = None,
    metadata: dict[str, Any] | None = None,
    **meaning: Any,
) -> UserUttered:
    """A customer's message."""
    found = {"name": intent, "confidence": 0.9}
    return UserUttered(
        text,
        found,
        [],
        {
            "intent": found,
            "entities": [],
            "text": text,
            "understanding": {"outcome": outcome, "language": "en", **meaning},
            "sentiment": {
                "polarity": polarity,
                "label": None,
                "confidence": None,
                "frustration": None,
                "words": [],
                "reason": None,
                "needs": needs,
            },
        },
        message_id=f"cnv_1:{seq}",
        metadata=metadata,
    )


def replied(text: str, action: str, **about: Any) -> list[Event]:
    """What the assistant said, and the action that said it."""
    return [ActionExecuted(action), BotUttered(text, {}, {"utter_action": action, "metadata": about})]


def decided(kind: str = "continue", **fields: Any) -> SlotSet:
    """What was decided about a message."""
    decision = {"decision": kind, "reason": None, "rule": None, "evidence": [], "priority": "normal"}
    return SlotSet("decision", {**decision, **fields})


def tracker_of(domain: Domain, *events: Event) -> DialogueStateTracker:
    """A conversation; it listens before every message."""
    listening: list[Event] = []
    for event in events:
        if isinstance(event, UserUttered):
            listening.append(ActionExecuted("action_listen"))
        listening.append(event)
    return DialogueStateTracker.from_events("cnv_1", listening, domain.slots, domain=domain)
