"""Recent conversations from the record, for the escalation simulator."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from bot.desk.past import EVENT_TYPES, Judgement, past_conversations
from bot.desk.simulator import NEEDLESS, TOO_LATE, PastConversation
from bot.store import log
from bot.store.conversations import STATUSES
from bot.store.database import Transaction
from bot.store.schema import conversations, corrections, events

_AT_ONCE = 50  # conversations read by one statement


@dataclass(frozen=True, kw_only=True)
class Recent:
    """Conversations of the last days, the newest first."""

    past: Sequence[PastConversation]
    since: datetime | None  # the last change of the oldest among them; None without any
    is_complete: bool  # False where there are more than were read


def recent(tx: Transaction, *, since: datetime | None, limit: int, most_turns: int) -> Recent:
    """The conversations that changed last.

    Args:
        tx: A transaction.
        since: Only those that changed after this moment.
        limit: At most this many.
        most_turns: Stop once so many turns were read.
    """
    found = _ids(tx, since, limit + 1)
    past: list[PastConversation] = []
    oldest, done = None, 0
    for start in range(0, min(len(found), limit), _AT_ONCE):
        rows = found[start : min(start + _AT_ONCE, limit)]
        for read in _read(tx, [row.id for row in rows]):
            past += read
        oldest, done = rows[-1].updated_at, start + len(rows)
        if sum(len(one.turns) for one in past) >= most_turns:
            break
    return Recent(past=past, since=oldest, is_complete=done == len(found))


def _ids(tx: Transaction, since: datetime | None, limit: int) -> list[Any]:
    """One look by status, since that is what the index is sorted by."""
    columns = conversations.c
    recently = [columns.updated_at >= since] if since else []
    rows = [
        row
        for status in STATUSES
        for row in tx.execute(
            sa.select(columns.id, columns.updated_at)
            .where(columns.status == status, *recently)
            .order_by(columns.updated_at.desc())
            .limit(limit)
        )
    ]
    return sorted(rows, key=lambda row: row.updated_at, reverse=True)[:limit]


def _read(tx: Transaction, ids: Sequence[str]) -> Iterator[list[PastConversation]]:
    found = tx.execute(
        sa.select(*log.COLUMNS)
        .where(events.c.conversation_id.in_(ids), events.c.type.in_(EVENT_TYPES))
        .order_by(events.c.conversation_id, events.c.seq)
    )
    by_id = {name: list(each) for name, each in groupby(map(log.read, found), key=lambda one: one.conversation_id)}
    judged = tx.execute(
        sa.select(corrections.c.conversation_id, corrections.c.kind, corrections.c.created_at).where(
            corrections.c.conversation_id.in_(ids), corrections.c.kind.in_((NEEDLESS, TOO_LATE))
        )
    ).all()
    for name in ids:
        judgements = [Judgement(kind=one.kind, at=one.created_at) for one in judged if one.conversation_id == name]
        yield past_conversations(by_id.get(name, []), judgements)
