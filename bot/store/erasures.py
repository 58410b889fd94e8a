"""Deletes conversations, whole: what is left is that there was one, and how often what happened on which day.

With the conversation go its events, turns, handoffs, corrections and wishes (the tables say so), and what of it stands
in the outbox. What stays is a line without content: its id, the hash of its token so that the customer's browser hears
what happened, when, why, and which owner did it.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from bot.desk.errors import NotFound
from bot.desk.outgoing import erased
from bot.desk.retention import Reason, counts
from bot.store import endpoints, log
from bot.store import outbox as out
from bot.store.database import Transaction
from bot.store.schema import conversations, daily_counts, erasures, events, outbox

REMEMBERED = timedelta(days=90)
"""How long the line about an erased conversation is kept: engines that were away hear of it when they are back."""


@dataclass(frozen=True, kw_only=True)
class By:
    """Who erases and why."""

    reason: Reason
    staff_id: str | None = None
    staff_name: str | None = None


@dataclass(frozen=True, kw_only=True)
class Erasure:
    """What is known of a conversation that is gone."""

    conversation_id: str
    token_hash: str
    reason: Reason
    staff_id: str | None
    staff_name: str | None
    erased_at: datetime


_TOLD = ("owner", "customer")
"""Reasons that receivers are told of: who has the right to be forgotten has it there, too."""


def erase(tx: Transaction, conversation_ids: Sequence[str], by: By, *, now: datetime) -> list[str]:
    """Delete conversations with all that hangs on them; those that are gone already are left out.

    Returns:
        The ids of those that were there.
    """
    _overwrite_what_is_freed(tx)
    found = tx.execute(
        sa.select(conversations.c.id, conversations.c.token_hash)
        .where(conversations.c.id.in_(conversation_ids))
        .order_by(conversations.c.id)  # all in one order, so that no two wait for each other
        .with_for_update()
    ).all()
    ids = [row.id for row in found]
    if not ids:
        return []
    _count(tx, ids)
    tx.execute(sa.delete(outbox).where(outbox.c.conversation_id.in_(ids)))
    tx.execute(sa.delete(conversations).where(conversations.c.id.in_(ids)))
    line = {"reason": by.reason, "staff_id": by.staff_id, "staff_name": by.staff_name, "erased_at": now}
    tx.execute(
        sa.insert(erasures), [{"conversation_id": row.id, "token_hash": row.token_hash, **line} for row in found]
    )
    if by.reason in _TOLD:
        out.put(tx, [erased(each, at=now) for each in ids], endpoints.active(tx), now=now)
    return ids


def _overwrite_what_is_freed(tx: Transaction) -> None:
    """On SQLite deleted rows stay readable in the file until something else is written there, unless told not to."""
    if tx.dialect.name == "sqlite":
        tx.exec_driver_sql("PRAGMA secure_delete=ON")


def _count(tx: Transaction, ids: Sequence[str]) -> None:
    rows = tx.execute(
        sa.select(*log.COLUMNS)
        .where(events.c.conversation_id.in_(ids))
        .order_by(events.c.conversation_id, events.c.seq)
    )
    _add(tx, counts(map(log.read, rows)))


def _add(tx: Transaction, counted: Counter[tuple[date, str]]) -> None:
    insert = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
    for (day, name), number in sorted(counted.items()):  # in one order, as above
        row = insert(daily_counts).values(day=day, name=name, number=number)
        more = {"number": daily_counts.c.number + row.excluded.number}
        tx.execute(row.on_conflict_do_update(index_elements=["day", "name"], set_=more))


def daily(tx: Transaction, *, since: date | None = None) -> list[tuple[date, str, int]]:
    """The numbers of conversations that are gone, by day."""
    wanted = sa.select(daily_counts.c.day, daily_counts.c.name, daily_counts.c.number)
    if since is not None:
        wanted = wanted.where(daily_counts.c.day >= since)
    return [(row.day, row.name, row.number) for row in tx.execute(wanted.order_by("day", "name"))]


def of(tx: Transaction, conversation_id: str) -> Erasure:
    """What is known of an erased conversation.

    Raises:
        NotFound: None with this id was erased.
    """
    row = tx.execute(sa.select(erasures).where(erasures.c.conversation_id == conversation_id)).one_or_none()
    if row is None:
        raise NotFound
    return Erasure(**row._mapping)


def id_by_token(tx: Transaction, token_hash: str) -> str | None:
    """The id of the erased conversation that this token opened."""
    wanted = sa.select(erasures.c.conversation_id).where(erasures.c.token_hash == token_hash)
    return tx.execute(wanted).scalar_one_or_none()


def since(tx: Transaction, moment: datetime | None, *, until: datetime, limit: int) -> list[Erasure]:
    """What was erased from a moment (None: ever) to another, the oldest first."""
    wanted = sa.select(erasures).where(erasures.c.erased_at <= until)
    if moment is not None:
        wanted = wanted.where(erasures.c.erased_at >= moment)
    rows = tx.execute(wanted.order_by(erasures.c.erased_at, erasures.c.conversation_id).limit(limit))
    return [Erasure(**row._mapping) for row in rows]


def recent(tx: Transaction, *, limit: int) -> list[Erasure]:
    """What was erased, the newest first."""
    rows = tx.execute(sa.select(erasures).order_by(erasures.c.erased_at.desc()).limit(limit))
    return [Erasure(**row._mapping) for row in rows]


def forget(tx: Transaction, *, now: datetime) -> int:
    """Drop the lines about what was erased long ago.

    Returns:
        How many were dropped.
    """
    return tx.execute(sa.delete(erasures).where(erasures.c.erased_at < now - REMEMBERED)).rowcount
