"""Reads from the event log what the assistant could not answer."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.desk.events import Event
from bot.desk.feedback import MAX_CANDIDATES, Kind, Miss, Offer, Question, press_of, replied_after
from bot.store import log
from bot.store.database import Transaction
from bot.store.schema import events

MAX_MISSES = 10_000
"""So many of the newest are looked at; more than that nobody reads, and the answer must come at once."""

LOOKED_INTO = 3
"""Conversations with the same question in which an agent's answer to it is looked for, the newest first."""
READ_ON = 60
"""Events after a question among which the answer is."""

_OUTCOMES = ("answer", "clarify", "fallback")
_UNHELPFUL = "did_not_help"
# What the customer typed; buttons carry intents of their own (`none_of_these`, `choose_article`).
_TYPED = {"clarify": "clarify", "fallback": "nlu_fallback"}
_ANSWERED = "faq"


@dataclass(frozen=True, kw_only=True)
class Record:
    """What happened in a time.

    `outcomes` counts the turns by outcome, buttons and small talk left out; `is_complete` is false when there were more
    misses than are looked at.
    """

    misses: tuple[Miss, ...]
    offers: tuple[Offer, ...]
    pressed: tuple[str, ...]
    outcomes: dict[str, int]
    is_complete: bool


def read(tx: Transaction, *, since: datetime, kinds: Iterable[Kind], most: int = MAX_MISSES) -> Record:
    """Everything the owner's feedback is made of.

    Args:
        tx: A reading transaction.
        since: Only what happened from then on.
        kinds: Kinds of misses to read.
        most: Misses to read at most, the newest.
    """
    rows = tx.execute(_misses(since, tuple(kinds)).limit(most + 1)).all()
    misses = tuple(_miss(tx, row) for row in rows[:most])
    return Record(
        misses=tuple(miss for miss in misses if miss is not None),
        offers=_offers(tx, since),
        pressed=_pressed(tx, since),
        outcomes=_outcomes(tx, since),
        is_complete=len(rows) <= most,
    )


_BODY = events.c.body
_INTENT, _OUTCOME = _BODY["intent"].as_string(), _BODY["outcome"].as_string()
_TURN = events.c.type == "turn"


def _misses(since: datetime, kinds: tuple[Kind, ...]) -> sa.Select[Any]:
    """Turns that were not simply answered, the newest first; a flow that asks again is no question unanswered.

    An answer that left a part of the message open carries a reply of another kind, and counts as that.
    """
    said, seq = events.alias("said"), _BODY["utterance_seq"].as_integer()
    left_open = [(_replied(seq, kind), kind) for kind in _TYPED]
    kind = sa.case(
        *(
            (sa.and_(_OUTCOME == kind, _INTENT == intent, sa.not_(_replied(seq, "flow"))), kind)
            for kind, intent in _TYPED.items()
        ),
        (_INTENT == _UNHELPFUL, "unhelpful"),
        (_INTENT == _ANSWERED, sa.case(*left_open, else_=None)),
        else_=None,
    )
    return (
        sa.select(
            events.c.conversation_id,
            seq.label("seq"),
            events.c.at,
            _BODY.label("body"),
            said.c.body.label("said"),
            kind.label("kind"),
        )
        .join(said, sa.and_(said.c.conversation_id == events.c.conversation_id, said.c.seq == seq))
        .where(_TURN, events.c.at >= since, kind.in_(kinds))
        .order_by(events.c.at.desc(), events.c.conversation_id, events.c.seq.desc())
    )


def _replied(seq: sa.ColumnElement[int], kind: str) -> sa.ColumnElement[bool]:
    """Whether the turn said something of this kind; its replies stand between the utterance and its own event."""
    reply = events.alias()
    return sa.exists().where(
        reply.c.conversation_id == events.c.conversation_id,
        reply.c.seq > seq,
        reply.c.seq < events.c.seq,
        reply.c.body["replies_to"].as_integer() == seq,
        reply.c.body["kind"].as_string() == kind,
    )


def _miss(tx: Transaction, row: Any) -> Miss | None:
    body, text, seq = row.body, row.said["text"], row.seq
    if row.kind == "unhelpful":
        answered = _answered_before(tx, row.conversation_id, row.seq)
        if answered is None:
            return None
        body, text, seq = answered.body, answered.said["text"], answered.seq
    return Miss(
        conversation_id=row.conversation_id,
        seq=seq,
        at=row.at,
        kind=row.kind,
        text=text,
        language=body.get("language"),
        candidates=tuple(body.get("article_ranking") or ())[:MAX_CANDIDATES],
    )


def _answered_before(tx: Transaction, conversation_id: str, seq: int) -> Any:
    """The last turn before `seq` that was answered with an article."""
    said, its_seq = events.alias("said"), _BODY["utterance_seq"].as_integer()
    return tx.execute(
        sa.select(its_seq.label("seq"), _BODY.label("body"), said.c.body.label("said"))
        .join(said, sa.and_(said.c.conversation_id == events.c.conversation_id, said.c.seq == its_seq))
        .where(events.c.conversation_id == conversation_id, _TURN, events.c.seq < seq, _OUTCOME == "answer")
        .order_by(events.c.seq.desc())
        .limit(1)
    ).first()


def _offers(tx: Transaction, since: datetime) -> tuple[Offer, ...]:
    rows = tx.execute(
        sa.select(events.c.conversation_id, _BODY.label("body")).where(
            events.c.type == "message",
            events.c.author_kind == "assistant",
            events.c.at >= since,
            _BODY["kind"].as_string() == "clarify",
        )
    )
    return tuple(
        Offer(conversation_id=row.conversation_id, seq=row.body["replies_to"], buttons=row.body["buttons"])
        for row in rows
    )


def _pressed(tx: Transaction, since: datetime) -> tuple[str, ...]:
    button = _BODY["button_id"].as_string()
    rows = tx.execute(
        sa.select(events.c.conversation_id, button.label("button_id")).where(
            events.c.type == "message",
            events.c.author_kind == "customer",
            events.c.at >= since,
            button.is_not(None),
        )
    )
    return tuple(press_of(row.conversation_id, row.button_id) for row in rows)


def _outcomes(tx: Transaction, since: datetime) -> dict[str, int]:
    """How many typed questions were answered, asked back and not understood."""
    counted = tx.execute(
        sa.select(_OUTCOME.label("outcome"), sa.func.count())
        .where(
            _TURN,
            events.c.at >= since,
            _OUTCOME.in_(_OUTCOMES),
            _INTENT.in_((_ANSWERED, *_TYPED.values())),
        )
        .group_by(_OUTCOME)
    )
    return {**dict.fromkeys(_OUTCOMES, 0), **{outcome: number for outcome, number in counted}}


def replies(tx: Transaction, *, questions: Sequence[Question]) -> list[Event | None]:
    """How an agent answered each of these questions; None where none did."""
    return [_reply(tx, question) for question in questions]


def _reply(tx: Transaction, question: Question) -> Event | None:
    for miss in question.misses[:LOOKED_INTO]:
        events = log.after(tx, miss.conversation_id, miss.seq, limit=READ_ON)
        found = replied_after(events, miss.seq)
        if found is not None:
            return found
    return None
