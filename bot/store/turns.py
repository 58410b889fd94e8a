"""Turns: what the assistant still owes an answer to.

    pending ──► started ──► done | failed

A turn is `started` from its acceptance when nothing of its conversation runs, else when the one before it ends: the
scheduler needs no transaction of its own to begin one. At most one per conversation is started, by constraint.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.desk.conversation import Conversation
from bot.desk.turns import Turn
from bot.store import conversations
from bot.store.database import Transaction
from bot.store.schema import events, turns

_OF = turns.c.conversation_id == sa.bindparam("its_conversation")
_UNFINISHED = turns.c.finished_at.is_(None)
_ANY = sa.select(turns.c.utterance_seq).where(_OF, _UNFINISHED).limit(1)
_FIRST = (
    sa.select(turns, events.c.body["text"].as_string().label("text"))
    .join(events, sa.and_(events.c.conversation_id == turns.c.conversation_id, events.c.seq == turns.c.utterance_seq))
    .where(_OF, _UNFINISHED)
    .order_by(turns.c.utterance_seq)
    .limit(1)
)
_ONE = sa.and_(_OF, turns.c.utterance_seq == sa.bindparam("its_seq"))
_START = sa.update(turns).where(_ONE).values(state="started")
_FINISH = sa.update(turns).where(_ONE, _UNFINISHED)


def add(tx: Transaction, conversation: Conversation, seq: int, payload: str | None, *, now: datetime) -> bool:
    """Owe an answer to the utterance at `seq`.

    Returns:
        Whether the turn starts now; otherwise it waits for the one that runs.
    """
    runs = tx.execute(_ANY, {"its_conversation": conversation.id}).first() is not None
    row = {
        "conversation_id": conversation.id,
        "utterance_seq": seq,
        "state": "pending" if runs else "started",
        "owner_version": conversation.owner_version,
        "payload": payload,
        "engine_deaths": 0,
        "accepted_at": now,
    }
    tx.execute(sa.insert(turns), row)
    return not runs


@dataclass(frozen=True, kw_only=True)
class Ending:
    """How a turn ended."""

    state: str
    error_code: str | None
    duration_ms: int


def finish(tx: Transaction, turn: Turn, ending: Ending, *, now: datetime) -> bool:
    """End a turn.

    Returns:
        Whether it was still unfinished; False means that its answer was recorded before.
    """
    values = {
        "state": ending.state,
        "error_code": ending.error_code,
        "duration_ms": ending.duration_ms,
        "finished_at": now,
    }
    found = tx.execute(_FINISH, {"its_conversation": turn.conversation_id, "its_seq": turn.utterance_seq, **values})
    return found.rowcount == 1


def start_next(tx: Transaction, conversation: Conversation) -> Turn | None:
    """Start the oldest unfinished turn of a conversation, if there is one."""
    row = tx.execute(_FIRST, {"its_conversation": conversation.id}).one_or_none()
    if row is None:
        return None
    if row.state == "pending":
        tx.execute(_START, {"its_conversation": conversation.id, "its_seq": row.utterance_seq})
    return _read(row, conversation)


def _read(row: Any, conversation: Conversation) -> Turn:
    return Turn(
        conversation_id=row.conversation_id,
        utterance_seq=row.utterance_seq,
        owner_version=row.owner_version,
        text=row.text,
        payload=row.payload,
        engine_deaths=row.engine_deaths,
        accepted_at=row.accepted_at,
        conversation=conversation,
    )


def count_death(tx: Transaction, turn: Turn) -> None:
    """Remember that the engine died on this turn, in case this process dies too."""
    tx.execute(
        sa.update(turns).where(_ONE).values(engine_deaths=turn.engine_deaths + 1),
        {"its_conversation": turn.conversation_id, "its_seq": turn.utterance_seq},
    )


def skip_stale(tx: Transaction, conversation: Conversation) -> None:
    """End the turns that waited while the conversation changed hands: whoever owns it now has read the utterances."""
    stale = sa.and_(_OF, _UNFINISHED, turns.c.owner_version != conversation.owner_version)
    values = {"state": "done", "error_code": "owner_changed", "finished_at": conversation.updated_at}
    tx.execute(sa.update(turns).where(stale).values(**values), {"its_conversation": conversation.id})


def unfinished_conversations(tx: Transaction) -> list[str]:
    """Conversations that are owed an answer, longest first; what a start resumes."""
    oldest = sa.func.min(turns.c.accepted_at)
    rows = tx.execute(
        sa.select(turns.c.conversation_id).where(_UNFINISHED).group_by(turns.c.conversation_id).order_by(oldest)
    )
    return list(rows.scalars())


def resume(tx: Transaction, conversation_id: str) -> Turn | None:
    """The turn a conversation is owed, after a restart."""
    conversation = conversations.lock(tx, conversation_id)
    skip_stale(tx, conversation)
    return start_next(tx, conversation)
