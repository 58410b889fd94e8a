"""Turns: what the assistant still owes an answer to.

    pending ──► started ──► done | failed

A turn is `started` from its acceptance when nothing of its conversation runs, else when the one before it ends: the
scheduler needs no transaction of its own to begin one. At most one per conversation is started, by constraint.

The server that starts a turn holds it under a lease, a number that every claim raises. When that server is dead,
another one claims the turn; should the first one wake up again, what it reports under the old number is refused.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.desk.conversation import Conversation
from bot.desk.turns import Turn
from bot.store import conversations, servers
from bot.store.database import Transaction
from bot.store.schema import events, turns

FIRST_LEASE = 1

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
_HELD = sa.and_(_ONE, _UNFINISHED, turns.c.lease == sa.bindparam("its_lease"))
_FINISH = sa.update(turns).where(_HELD)


@dataclass(frozen=True, kw_only=True)
class Runner:
    """The server that claims turns.

    Attributes:
        server_id: Its id among the servers on the store.
        runs: Whether it is at work on this message id now.
    """

    server_id: str
    runs: Callable[[str], bool] = lambda message_id: False


def add(
    tx: Transaction, conversation: Conversation, seq: int, payload: str | None, *, server_id: str, now: datetime
) -> bool:
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
        "server_id": None if runs else server_id,
        "lease": 0 if runs else FIRST_LEASE,
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
        Whether it was still owed under this lease; False means that its answer was recorded before, or that another
        server has taken it over.
    """
    values = {
        "state": ending.state,
        "error_code": ending.error_code,
        "duration_ms": ending.duration_ms,
        "finished_at": now,
    }
    return tx.execute(_FINISH, {**_its(turn), **values}).rowcount == 1


def _its(turn: Turn) -> dict[str, Any]:
    return {"its_conversation": turn.conversation_id, "its_seq": turn.utterance_seq, "its_lease": turn.lease}


def start_next(tx: Transaction, conversation: Conversation, by: Runner) -> Turn | None:
    """Claim the oldest unfinished turn of a conversation, if there is one that no living server runs."""
    row = tx.execute(_FIRST, {"its_conversation": conversation.id}).one_or_none()
    if row is None or (row.state == "started" and _is_run(tx, row, by)):
        return None
    claim = {"server_id": by.server_id, "lease": row.lease + 1}
    tx.execute(_START, {"its_conversation": conversation.id, "its_seq": row.utterance_seq, **claim})
    return _read(row, conversation, lease=row.lease + 1)


def _is_run(tx: Transaction, row: Any, by: Runner) -> bool:
    """Whether a started turn is at work; one of this server's own that is not was lost on the way to its scheduler."""
    living = frozenset() if row.server_id == by.server_id else servers.living(tx)
    return _is_held(row, by, living)


def _read(row: Any, conversation: Conversation, *, lease: int) -> Turn:
    return Turn(
        conversation_id=row.conversation_id,
        utterance_seq=row.utterance_seq,
        owner_version=row.owner_version,
        text=row.text,
        payload=row.payload,
        engine_deaths=row.engine_deaths,
        accepted_at=row.accepted_at,
        lease=lease,
        conversation=conversation,
    )


def count_death(tx: Transaction, turn: Turn) -> None:
    """Remember that the engine died on this turn, in case this process dies too."""
    tx.execute(sa.update(turns).where(_HELD).values(engine_deaths=turn.engine_deaths + 1), _its(turn))


def skip_stale(tx: Transaction, conversation: Conversation) -> None:
    """End the turns that waited while the conversation changed hands: whoever owns it now has read the utterances."""
    stale = sa.and_(_OF, _UNFINISHED, turns.c.owner_version != conversation.owner_version)
    values = {"state": "done", "error_code": "owner_changed", "finished_at": conversation.updated_at}
    tx.execute(sa.update(turns).where(stale).values(**values), {"its_conversation": conversation.id})


def resume(tx: Transaction, conversation_id: str, by: Runner) -> Turn | None:
    """The turn a conversation is owed, when no living server runs it."""
    conversation = conversations.lock(tx, conversation_id)
    skip_stale(tx, conversation)
    return start_next(tx, conversation, by)


def abandoned(tx: Transaction, by: Runner) -> list[str]:
    """Conversations that are owed an answer and whose turn no living server runs, longest waiting first."""
    columns = (turns.c.conversation_id, turns.c.utterance_seq, turns.c.server_id)
    rows = tx.execute(sa.select(*columns).where(_UNFINISHED).order_by(turns.c.accepted_at, turns.c.utterance_seq)).all()
    living = servers.living(tx) if rows else frozenset()
    held = {row.conversation_id for row in rows if _is_held(row, by, living)}
    return list(dict.fromkeys(row.conversation_id for row in rows if row.conversation_id not in held))


def _is_held(row: Any, by: Runner, living: frozenset[str]) -> bool:
    if row.server_id == by.server_id:
        return by.runs(f"{row.conversation_id}:{row.utterance_seq}")
    return row.server_id in living
