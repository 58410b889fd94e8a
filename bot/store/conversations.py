"""The state of conversations: one row each, read under a lock by whoever is about to change it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_args

import sqlalchemy as sa

from bot.desk.conversation import Conversation, Status
from bot.desk.errors import NotFound
from bot.desk.queue import PRIORITIES, Waiting
from bot.store.database import Transaction
from bot.store.schema import conversations

STATUSES: tuple[Status, ...] = get_args(Status)

_FIELDS = tuple(Conversation.__dataclass_fields__)
_COLUMNS = [conversations.c[name] for name in _FIELDS]
_SELECT = sa.select(*_COLUMNS)
_BY_ID = _SELECT.where(conversations.c.id == sa.bindparam("id"))
_LOCKED = _BY_ID.with_for_update()  # PostgreSQL locks the row; on SQLite the transaction holds the only write lock
_BY_TOKEN = sa.select(conversations.c.id).where(conversations.c.token_hash == sa.bindparam("token_hash"))
_UPDATE = sa.update(conversations).where(conversations.c.id == sa.bindparam("its_id"))


def _read(row: Any) -> Conversation:
    return Conversation(**row._mapping)


def fields(conversation: Conversation) -> dict[str, Any]:
    """The conversation as the values of its row."""
    return {name: getattr(conversation, name) for name in _FIELDS}


def insert(tx: Transaction, conversation: Conversation, token_hash: str) -> None:
    """Add a conversation that only the holder of this token may see."""
    tx.execute(sa.insert(conversations), {**fields(conversation), "token_hash": token_hash})


def save(tx: Transaction, conversation: Conversation) -> None:
    """Write the conversation's state back; the caller holds its lock."""
    values = fields(conversation)
    tx.execute(_UPDATE, {"its_id": values.pop("id"), **values})


def lock(tx: Transaction, conversation_id: str) -> Conversation:
    """The conversation, which nobody else can change until this transaction ends.

    Raises:
        NotFound: There is none with this id.
    """
    row = tx.execute(_LOCKED, {"id": conversation_id}).one_or_none()
    if row is None:
        raise NotFound
    return _read(row)


def get(tx: Transaction, conversation_id: str) -> Conversation:
    """The conversation as it is now.

    Raises:
        NotFound: There is none with this id.
    """
    row = tx.execute(_BY_ID, {"id": conversation_id}).one_or_none()
    if row is None:
        raise NotFound
    return _read(row)


def id_by_token(tx: Transaction, token_hash: str) -> str | None:
    """The id of the conversation that this token opens."""
    return tx.execute(_BY_TOKEN, {"token_hash": token_hash}).scalar_one_or_none()


def waiting(tx: Transaction) -> list[Waiting]:
    """All conversations that wait for a human, in no order."""
    columns = conversations.c
    rows = tx.execute(sa.select(columns.id, columns.priority, columns.waiting_since).where(columns.status == "waiting"))
    return [Waiting(conversation_id=row.id, priority=row.priority, waiting_since=row.waiting_since) for row in rows]


@dataclass(frozen=True, kw_only=True)
class Page:
    """A part of the list of conversations, and how many there are of each status."""

    conversations: Sequence[Conversation]
    counts: Mapping[str, int]


def page(tx: Transaction, statuses: Sequence[str], *, limit: int, before: datetime | None = None) -> Page:
    """Conversations for the console: waiting first by priority and longest wait, then the most recently changed.

    Args:
        tx: A transaction.
        statuses: Statuses to list.
        limit: At most this many.
        before: Only those last changed before this moment, for the next page; those waiting are always on the first.
    """
    columns = conversations.c
    wanted: list[sa.ColumnElement[bool]] = [columns.status.in_(statuses)]
    if before is not None:
        wanted += [columns.updated_at < before, columns.status != "waiting"]
    urgency = sa.case({name: -rank for rank, name in enumerate(PRIORITIES)}, value=columns.priority)
    is_waiting = columns.status == "waiting"
    order = (
        sa.case((is_waiting, 0), else_=1),
        sa.case((is_waiting, urgency), else_=0),
        sa.case((is_waiting, columns.waiting_since)),
        columns.updated_at.desc(),
        columns.id,
    )
    rows = tx.execute(_SELECT.where(*wanted).order_by(*order).limit(limit)).all()
    return Page(conversations=[_read(row) for row in rows], counts=counts(tx))


def snoozed_over(tx: Transaction, *, now: datetime, limit: int) -> list[str]:
    """Conversations whose snooze has ended and that nobody has woken yet, the longest over first."""
    columns = conversations.c
    over = sa.select(columns.id).where(columns.status == "assigned", columns.snoozed_until <= now)
    return list(tx.execute(over.order_by(columns.snoozed_until).limit(limit)).scalars())


def changed_since(tx: Transaction, moment: datetime) -> list[tuple[str, int]]:
    """Conversations changed after a moment, with their last `seq`."""
    columns = conversations.c
    recent = sa.and_(columns.status.in_(STATUSES), columns.updated_at > moment)  # both: what the index has
    return [(row.id, row.last_seq) for row in tx.execute(sa.select(columns.id, columns.last_seq).where(recent))]


def counts(tx: Transaction) -> dict[str, int]:
    """How many conversations there are of each status."""
    counted = tx.execute(sa.select(conversations.c.status, sa.func.count()).group_by(conversations.c.status))
    return {**dict.fromkeys(STATUSES, 0), **{status: number for status, number in counted}}
