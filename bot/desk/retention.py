"""How long conversations are kept, who may delete one when, and which numbers stay when it is gone."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from typing import Any, Literal

from bot.desk.conversation import Conversation, Step
from bot.desk.errors import InvalidRequest
from bot.desk.events import SYSTEM, Command, Draft, Event

Reason = Literal["retention", "owner", "customer"]

DEFAULT_DAYS = 365
MOST_DAYS = 3_650
"""Ten years: the longest that commercial law asks for anywhere; who needs longer keeps them for ever, knowingly."""

AFTER_THE_PERSON = timedelta(hours=1)
"""A customer who asked for deletion while a person was at work can read the last answer for so long."""

MASKED, DELETION = "masked", "deletion"
"""Kinds of the messages that tell a customer what becomes of what they wrote."""

_MASKED = (
    "For your safety we have blacked out part of your message: card numbers, bank accounts and passwords are not kept"
    " here. We never need them in this chat."
)
_LATER = (
    "You asked us to delete this chat. It stays until a person has seen to your request, and is deleted an hour later."
)

_OUTCOMES = {"answer": "answered", "clarify": "asked_back", "fallback": "not_understood"}
_HANDED = {
    "handoff.requested": "handoffs",
    "handoff.accepted": "handoffs_claimed",
    "handoff.resolved": "handoffs_resolved",
}

COUNTED = (
    "conversations",
    "conversations_handed_over",
    "customer_messages",
    "agent_messages",
    *_OUTCOMES.values(),
    *_HANDED.values(),
    *(f"rated_{score}" for score in range(1, 6)),
)
"""What is counted per day (UTC) of the conversations that are gone. No names, no words, no ids."""


def read_days(days: Any) -> int:
    """How long conversations are kept, as an owner says it; 0 is for ever.

    Raises:
        InvalidRequest: It is no such number.
    """
    if isinstance(days, bool) or not isinstance(days, int) or not 0 <= days <= MOST_DAYS:
        message = f"Give a whole number of days from 1 to {MOST_DAYS:,}, or 0 to keep conversations for ever."
        raise InvalidRequest([{"field": "days", "message": message}])
    return days


def cutoff(days: int, *, now: datetime) -> datetime | None:
    """The moment before which a conversation's last event lies when its time is over; None when nothing ends."""
    return now - timedelta(days=days) if days else None


def notice_masked() -> Draft:
    """What a customer is told, once, when something was blacked out."""
    return _told(MASKED, _MASKED)


def ask_for_deletion(now_is: Conversation, command: Command) -> Step:
    """Note that the customer wants the conversation gone, while a person is busy with it; both can read so."""
    return Step(conversation=now_is, drafts=(replace(_told(DELETION, _LATER), command=command),))


def _told(kind: str, text: str) -> Draft:
    body = {"text": text, "buttons": [], "kind": kind, "wants_contact": False}
    return Draft(type="message", author=SYSTEM, body=body)


def counts(events: Iterable[Event]) -> Counter[tuple[date, str]]:
    """What stays of conversations: how often something happened on a day.

    Args:
        events: All events of some conversations, those of each in order.
    """
    counted: Counter[tuple[date, str]] = Counter()
    began: dict[str, date] = {}
    handed_over: set[str] = set()
    for event in events:
        day = event.at.astimezone(timezone.utc).date()
        began.setdefault(event.conversation_id, day)
        if event.type == "handoff.requested":
            handed_over.add(event.conversation_id)
        name = _name(event)
        if name:
            counted[day, name] += 1
    for conversation_id, day in began.items():
        counted[day, "conversations"] += 1
        counted[day, "conversations_handed_over"] += conversation_id in handed_over
    return +counted


def _name(event: Event) -> str | None:
    if event.type == "message" and event.author.kind in ("customer", "agent"):
        return f"{event.author.kind}_messages"
    if event.type == "turn":
        return _OUTCOMES.get(str(event.body.get("outcome")))
    if event.type == "rating" and event.body.get("score") in range(1, 6):
        return f"rated_{event.body['score']}"
    return _HANDED.get(event.type)
