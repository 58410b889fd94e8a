"""The owner's escalation thresholds and who changed them when; the newest version counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.desk.errors import ThresholdsChanged
from bot.desk.escalation_settings import EscalationSettings
from bot.store.database import Transaction
from bot.store.schema import escalation_settings

_NEWEST = sa.select(escalation_settings).order_by(escalation_settings.c.version.desc())
_CURRENT = _NEWEST.limit(1)


@dataclass(frozen=True, kw_only=True)
class Saved:
    """Thresholds as they were saved; version 0 are the defaults, which nobody saved."""

    version: int = 0
    thresholds: Mapping[str, Any]
    staff_id: str | None = None
    staff_name: str | None = None
    saved_at: datetime | None = None


def current(tx: Transaction) -> Saved:
    """What counts now."""
    row = tx.execute(_CURRENT).one_or_none()
    return Saved(**row._mapping) if row else Saved(thresholds={})


def history(tx: Transaction, *, limit: int) -> list[Saved]:
    """What was saved, the newest first."""
    return [Saved(**row._mapping) for row in tx.execute(_NEWEST.limit(limit))]


def save(
    tx: Transaction,
    settings: EscalationSettings,
    *,
    version: int,
    staff_id: str,
    staff_name: str,
    now: datetime,
) -> Saved:
    """Make these thresholds count from the next message on.

    Only what differs from the defaults is kept, so that a better default of a later version reaches everybody who left
    it alone.

    Args:
        tx: A writing transaction.
        settings: The thresholds.
        version: The version they were made from; 0 where nobody has saved any.
        staff_id: Who saves.
        staff_name: Their name, for the history.
        now: The time of the record.

    Raises:
        ThresholdsChanged: Somebody saved others since.
    """
    if tx.dialect.name == "postgresql":  # on SQLite the transaction holds the only write lock
        tx.execute(sa.text("LOCK TABLE escalation_settings IN SHARE ROW EXCLUSIVE MODE"))
    if current(tx).version != version:
        raise ThresholdsChanged
    saved = Saved(
        version=version + 1,
        thresholds=settings.changes(),
        staff_id=staff_id,
        staff_name=staff_name,
        saved_at=now,
    )
    tx.execute(sa.insert(escalation_settings), dict(saved.__dict__))
    return saved
