"""How long the owner keeps conversations, who changed that when, and which conversations have had their time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.desk.conversation import Status
from bot.desk.errors import RetentionChanged
from bot.desk.retention import AFTER_THE_PERSON, cutoff
from bot.store.database import Transaction
from bot.store.schema import conversations, erasure_wishes, retention_settings

ENDED: tuple[Status, ...] = ("bot", "resolved")
"""Nobody waits for a person here, and no person is at work."""

_NEWEST = sa.select(retention_settings).order_by(retention_settings.c.version.desc())
_ENDED = conversations.c.status.in_(ENDED)


@dataclass(frozen=True, kw_only=True)
class Saved:
    """A time as it was saved; version 0 is that of the server's settings, which nobody saved."""

    version: int = 0
    days: int
    staff_id: str | None = None
    staff_name: str | None = None
    saved_at: datetime | None = None


def current(tx: Transaction, *, default: int) -> Saved:
    """What counts now."""
    row = tx.execute(_NEWEST.limit(1)).one_or_none()
    return Saved(**row._mapping) if row else Saved(days=default)


def history(tx: Transaction, *, limit: int) -> list[Saved]:
    """What was saved, the newest first."""
    return [Saved(**row._mapping) for row in tx.execute(_NEWEST.limit(limit))]


def save(tx: Transaction, days: int, *, version: int, staff_id: str, staff_name: str, now: datetime) -> Saved:
    """Keep conversations for so many days from now on.

    Raises:
        RetentionChanged: Somebody saved another time since `version`.
    """
    if tx.dialect.name == "postgresql":  # on SQLite the transaction holds the only write lock
        tx.execute(sa.text("LOCK TABLE retention_settings IN SHARE ROW EXCLUSIVE MODE"))
    if current(tx, default=0).version != version:
        raise RetentionChanged
    saved = Saved(version=version + 1, days=days, staff_id=staff_id, staff_name=staff_name, saved_at=now)
    tx.execute(sa.insert(retention_settings), dict(saved.__dict__))
    return saved


def due(tx: Transaction, days: int, *, now: datetime, limit: int) -> list[str]:
    """Conversations whose last event is older than that, the oldest first, locked; open ones never.

    What another server has locked is left to it.
    """
    before = cutoff(days, now=now)
    return [] if before is None else _locked(tx, sa.select(conversations.c.id).where(_old(before)), limit)


def wished(tx: Transaction, *, now: datetime, limit: int) -> list[str]:
    """Conversations whose customers asked for deletion while a person was busy, who is done for a while; locked."""
    quiet = conversations.c.updated_at <= now - AFTER_THE_PERSON
    asked = conversations.c.id.in_(sa.select(erasure_wishes.c.conversation_id))
    return _locked(tx, sa.select(conversations.c.id).where(_ENDED, quiet, asked), limit)


def wish(tx: Transaction, conversation_id: str, *, now: datetime) -> bool:
    """Note that a customer wants a conversation gone; the caller holds its lock.

    Returns:
        Whether that is new.
    """
    known = sa.select(erasure_wishes.c.asked_at).where(erasure_wishes.c.conversation_id == conversation_id)
    if tx.execute(known).first():
        return False
    tx.execute(sa.insert(erasure_wishes), {"conversation_id": conversation_id, "asked_at": now})
    return True


@dataclass(frozen=True, kw_only=True)
class Stock:
    """What there is.

    Attributes:
        conversations: All that are kept.
        oldest_at: When the one that has been quiet for the longest time changed last; None without any.
        due: How many have had their time.
    """

    conversations: int
    oldest_at: datetime | None
    due: int


def stock(tx: Transaction, days: int, *, now: datetime) -> Stock:
    """What there is, and what of it would go with such a time."""
    found = tx.execute(sa.select(sa.func.count(), sa.func.min(conversations.c.updated_at))).one()
    before = cutoff(days, now=now)
    old = 0 if before is None else tx.execute(sa.select(sa.func.count()).where(_old(before))).scalar_one()
    return Stock(conversations=found[0], oldest_at=found[1], due=old)


def _old(before: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(_ENDED, conversations.c.updated_at < before)


def _locked(tx: Transaction, wanted: sa.Select[Any], limit: int) -> list[str]:
    found = wanted.order_by(conversations.c.updated_at).limit(limit).with_for_update(skip_locked=True)
    return [row.id for row in tx.execute(found)]
