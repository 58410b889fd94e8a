"""What the assistant could not answer, in the customers' own words, for the owner to write or mend articles.

Read from the record of conversations, so nothing is kept twice and what is erased there is gone here. The same words
asked by several customers are one question with a count.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, get_args

from bot.desk.events import Event

Kind = Literal["fallback", "clarify", "unhelpful"]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""Not understood; asked back “Did you mean …?”; answered, and the customer said that it did not help."""

MAX_CANDIDATES = 3

_WORD = re.compile(r"\w+")
_NONE_OF_THESE = "none_of_these"
_NO_QUESTIONS = frozenset({"talk_to_person", "affirm", "deny", "did_not_help", "none_of_these"})
_ENDS = frozenset({"handoff.released", "handoff.resolved"})
_FIRST_REPLIES = 3


@dataclass(frozen=True, kw_only=True)
class Miss:
    """One utterance that was not simply answered; `candidates` are the articles it may have meant, likeliest first."""

    conversation_id: str
    seq: int
    at: datetime
    kind: Kind
    text: str = field(repr=False)
    language: str | None = None
    candidates: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, kw_only=True)
class Offer:
    """The buttons of one “Did you mean …?”, as they are stored with the message that answered the utterance `seq`."""

    conversation_id: str
    seq: int
    buttons: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Something that was offered for a question; an article or an intent of the assistant's own."""

    title: str
    article_id: str | None
    intent: str | None
    offered: int
    chosen: int


@dataclass(frozen=True, kw_only=True)
class Question:
    """The same words of one or several customers, and what became of them.

    `refused` counts “None of these”, `passed_over` the offers to which the customer pressed nothing. `latest` is the
    newest miss.
    """

    kind: Kind
    count: int
    first_at: datetime
    latest: Miss
    misses: tuple[Miss, ...] = ()  # the newest first
    choices: tuple[Choice, ...] = ()
    refused: int = 0
    passed_over: int = 0


def gather(misses: Iterable[Miss], offers: Iterable[Offer], pressed: Iterable[str]) -> tuple[Question, ...]:
    """Put the same questions together, the most frequent first, then the newest.

    Args:
        misses: In any order.
        offers: What was offered for them.
        pressed: Conversation and id of each button that a customer pressed, as `press_of` writes it.
    """
    groups: dict[tuple[Kind, str], list[Miss]] = {}
    for miss in misses:
        groups.setdefault((miss.kind, _same(miss.text)), []).append(miss)
    beside = {(offer.conversation_id, offer.seq): offer for offer in offers}
    known = frozenset(pressed)
    questions = (_question(group, beside, known) for group in groups.values())
    return tuple(sorted(questions, key=lambda each: (-each.count, -each.latest.at.timestamp(), each.latest.text)))


def asked_before(events: Iterable[Event], seq: int) -> str | None:
    """What the customer had asked when an agent replied at `seq`: their last typed words that are a question.

    Buttons, small talk, and the wish for a person are passed over; where nothing else was typed, None.
    """
    before = [event for event in events if event.seq < seq]
    turns = {event.body.get("utterance_seq"): event.body for event in before if event.type == "turn"}
    for event in reversed(before):
        if event.type != "message" or event.author.kind != "customer" or event.body.get("button_id"):
            continue
        turn = turns.get(event.seq, {})
        if turn.get("outcome") != "small_talk" and turn.get("intent") not in _NO_QUESTIONS:
            return str(event.body["text"])
    return None


def replied_after(events: Iterable[Event], seq: int) -> Event | None:
    """How an agent answered what was asked at `seq`; None when no agent did.

    The longest of their first replies, since the first is often a greeting; the owner reads it before it is used.
    """
    replies: list[Event] = []
    for event in events:
        if event.seq <= seq:
            continue
        if event.type in _ENDS:
            break
        if event.type == "message" and event.author.kind == "agent":
            replies.append(event)
    return max(replies[:_FIRST_REPLIES], key=lambda event: len(event.body["text"]), default=None)


def press_of(conversation_id: str, button_id: str) -> str:
    """One name for a press; a button's id is unique in its conversation only."""
    return f"{conversation_id}/{button_id}"


def _question(group: Sequence[Miss], offers: Mapping[tuple[str, int], Offer], pressed: frozenset[str]) -> Question:
    offered: dict[tuple[str | None, str | None], list[Any]] = {}
    refused = passed_over = 0
    for miss in group:
        offer = offers.get((miss.conversation_id, miss.seq))
        if offer is None:
            continue
        answered = False
        for button in offer.buttons:
            is_pressed = press_of(miss.conversation_id, str(button["id"])) in pressed
            answered |= is_pressed
            intent, article_id = _meaning(str(button.get("payload") or ""))
            if intent == _NONE_OF_THESE:
                refused += is_pressed
                continue
            seen = offered.setdefault((article_id, intent), [button["title"], 0, 0])
            seen[1] += 1
            seen[2] += is_pressed
        passed_over += not answered
    newest = tuple(sorted(group, key=lambda miss: (miss.at, miss.conversation_id, miss.seq), reverse=True))
    choices = (
        Choice(title=title, article_id=article_id, intent=None if article_id else intent, offered=shown, chosen=chosen)
        for (article_id, intent), (title, shown, chosen) in offered.items()
    )
    return Question(
        kind=group[0].kind,
        count=len(group),
        first_at=min(miss.at for miss in group),
        latest=newest[0],
        misses=newest,
        choices=tuple(sorted(choices, key=lambda choice: (-choice.chosen, -choice.offered, choice.title))),
        refused=refused,
        passed_over=passed_over,
    )


def _meaning(payload: str) -> tuple[str | None, str | None]:
    """Intent and article of a button's payload, which is `/intent` or `/intent{"article_id": "…"}`."""
    name, brace, rest = payload.removeprefix("/").partition("{")
    try:
        fields = json.loads(brace + rest) if brace else {}
    except ValueError:
        fields = {}
    return name or None, fields.get("article_id")


def _same(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold())) or text
