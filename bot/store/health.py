"""What readiness asks of the store besides a write."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.store.schema import outbox, turns


@dataclass(frozen=True, kw_only=True)
class Backlog:
    """What is due in the outbox.

    Attributes:
        due: How many deliveries.
        oldest: When the oldest of them fell due; None while nothing is due.
        is_moving: Whether some are on their way, or ended lately: a large backlog may just take its time.
    """

    due: int
    oldest: datetime | None
    is_moving: bool


def backlog(tx: sa.Connection, *, now: datetime, lately: timedelta) -> Backlog:
    """What is due and whether anybody works on it.

    Args:
        tx: A transaction.
        now: The time.
        lately: How long ago a delivery may have ended to count as movement.
    """
    is_due = sa.and_(outbox.c.finished_at.is_(None), outbox.c.next_at <= now)
    due, oldest = tx.execute(sa.select(sa.func.count(), sa.func.min(outbox.c.next_at)).where(is_due)).one()
    moved = sa.or_(outbox.c.leased_until > now, outbox.c.finished_at > now - lately)
    is_moving = bool(due) and tx.execute(sa.select(sa.exists().where(moved))).scalar_one()
    return Backlog(due=due, oldest=oldest, is_moving=bool(is_moving))


def oldest_unanswered(tx: sa.Connection) -> datetime | None:
    """When the oldest utterance was accepted whose turn has not ended; None while nobody waits."""
    return _time(tx, sa.select(sa.func.min(turns.c.accepted_at)).where(turns.c.finished_at.is_(None)))


def _time(tx: sa.Connection, query: sa.Select[datetime | None]) -> datetime | None:
    found: datetime | None = tx.execute(query).scalar_one()
    return found
