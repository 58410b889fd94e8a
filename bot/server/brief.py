"""What an agent needs to know before the first word: why, what was asked, what was answered."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.desk.conversation import Conversation
from bot.desk.events import Event

MAX_CANDIDATES = 3
WORTH_READING = 0.05
"""An article less probable than this helps no agent; the likeliest is shown in any case."""


def brief(now_is: Conversation, events: Sequence[Event], answer_of: Callable[[str], str | None]) -> dict[str, Any]:
    """The brief of a conversation.

    Args:
        now_is: The conversation.
        events: Its events, oldest first.
        answer_of: The text of an article, None when it is gone.
    """
    turns = [event for event in events if event.type == "turn"]
    asked = [event for event in events if event.type == "message" and event.author.kind == "customer"]
    return {
        **_why(now_is.handoff or {}),
        "previous": None if now_is.handoff else _last_handoff(events),
        "last_question": asked[-1].body["text"] if asked else None,
        "candidates": _candidates(turns, answer_of),
        "sentiment_trend": [_mood(event) for event in events if event.type == "sentiment"],
        "answered": [event.seq for event in events if _answers(event)],
    }


def _why(handoff: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "reason": handoff.get("reason"),
        "rule": handoff.get("rule"),
        "evidence": handoff.get("evidence") or [],
    }


def _last_handoff(events: Sequence[Event]) -> dict[str, Any] | None:
    """Why a person was needed before, now that nobody is; for the agent who looks back, and for corrections."""
    found = [event.body for event in events if event.type == "handoff.requested"]
    return _why(found[-1]) if found else None


def _candidates(turns: Sequence[Event], answer_of: Callable[[str], str | None]) -> list[dict[str, Any]]:
    """The likeliest articles of the latest turn that ranked any, with the answers an agent can send on."""
    ranked: list[Any] = next(
        (turn.body["article_ranking"] for turn in reversed(turns) if turn.body.get("article_ranking")), []
    )
    return [
        {
            "article_id": match.get("article_id"),
            "question": match.get("question"),
            "confidence": match.get("confidence"),
            "answer": answer_of(str(match.get("article_id"))),
        }
        for place, match in enumerate(ranked[:MAX_CANDIDATES])
        if isinstance(match, dict) and (place == 0 or (match.get("confidence") or 0) >= WORTH_READING)
    ]


def _mood(event: Event) -> dict[str, Any]:
    body = event.body
    return {"seq": body["message_seq"], "polarity": body.get("polarity"), "label": body.get("label")}


def _answers(event: Event) -> bool:
    return event.type == "message" and event.author.kind == "assistant" and event.body.get("kind") == "answer"
