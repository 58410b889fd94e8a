"""What readiness asks of the store besides a write."""

from datetime import datetime

import sqlalchemy as sa

from bot.store.schema import outbox, turns


def oldest_undelivered(tx: sa.Connection, *, now: datetime) -> datetime | None:
    """When the oldest delivery fell due that nobody has made; None while nothing waits."""
    overdue = sa.select(sa.func.min(outbox.c.next_at)).where(outbox.c.finished_at.is_(None), outbox.c.next_at <= now)
    return _time(tx, overdue)


def oldest_unanswered(tx: sa.Connection) -> datetime | None:
    """When the oldest utterance was accepted whose turn has not ended; None while nobody waits."""
    return _time(tx, sa.select(sa.func.min(turns.c.accepted_at)).where(turns.c.finished_at.is_(None)))


def _time(tx: sa.Connection, query: sa.Select[datetime | None]) -> datetime | None:
    found: datetime | None = tx.execute(query).scalar_one()
    return found
