"""Webhooks that were received, so that the same one has its effect once."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.desk.errors import Conflict
from bot.store.database import Transaction
from bot.store.schema import received_webhooks


def earlier(tx: Transaction, webhook_id: str, digest: str) -> Mapping[str, Any] | None:
    """What was answered to this webhook before, or None if it is new.

    Raises:
        Conflict: Its id came with another content.
    """
    row = tx.execute(sa.select(received_webhooks).where(received_webhooks.c.id == webhook_id)).one_or_none()
    if row is None:
        return None
    if row.digest != digest:
        raise Conflict
    answer: Mapping[str, Any] = row.answer
    return answer


def remember(tx: Transaction, webhook_id: str, digest: str, answer: Mapping[str, Any], *, now: datetime) -> None:
    """Keep what is answered.

    Raises:
        Conflict: Another transaction used the id for another conversation at the same moment.
    """
    row = {"id": webhook_id, "digest": digest, "answer": dict(answer), "received_at": now}
    try:
        tx.execute(sa.insert(received_webhooks), row)
    except sa.exc.IntegrityError as exc:
        raise Conflict from exc


def forget(tx: Transaction, *, before: datetime) -> int:
    """Drop what was received before this moment; senders stop repeating long before.

    Returns:
        How many were dropped.
    """
    return tx.execute(sa.delete(received_webhooks).where(received_webhooks.c.received_at < before)).rowcount
