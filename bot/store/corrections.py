"""What agents say was wrong, kept as labelled data."""

import secrets
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.desk.errors import Conflict, NotFound
from bot.desk.events import Command
from bot.store.database import Transaction
from bot.store.schema import corrections, events, staff

KINDS = ("wrong_mood", "needless_handoff", "too_late")
"""What the assistant judged wrongly. That it lacks an article is kept beside them (`store/proposals.py`)."""


@dataclass(frozen=True, kw_only=True)
class Correction:
    """One judgement on a message or a handoff."""

    conversation_id: str
    staff_id: str
    kind: str
    message_seq: int | None
    label: str | None


def add(tx: Transaction, correction: Correction, command: Command, *, now: datetime) -> str:
    """Keep a correction, once; the caller holds the conversation's lock.

    Returns:
        Its id, new or from before.

    Raises:
        Conflict: The command's id was used for something else.
    """
    known = tx.execute(
        sa.select(corrections.c.id, corrections.c.client_digest).where(
            corrections.c.conversation_id == correction.conversation_id,
            corrections.c.client_message_id == command.key,
        )
    ).one_or_none()
    if known is not None:
        if known.client_digest != command.digest:
            raise Conflict
        return str(known.id)
    correction_id = f"cor_{secrets.token_urlsafe(12)}"
    row = {
        "id": correction_id,
        "conversation_id": correction.conversation_id,
        "client_message_id": command.key,
        "client_digest": command.digest,
        "staff_id": correction.staff_id,
        "kind": correction.kind,
        "message_seq": correction.message_seq,
        "label": correction.label,
        "created_at": now,
    }
    tx.execute(sa.insert(corrections), row)
    return correction_id


@dataclass(frozen=True, kw_only=True)
class Given:
    """A correction as it was kept, with the words it is about and who gave it."""

    id: str
    kind: str
    label: str | None
    text: str | None  # of the message; None where the correction is about a handoff
    conversation_id: str
    message_seq: int | None
    staff_id: str
    staff_name: str | None  # None once the account is gone
    created_at: datetime


_GIVEN = (
    sa.select(
        *(corrections.c[name] for name in ("id", "kind", "label", "conversation_id", "message_seq", "staff_id")),
        corrections.c.created_at,
        events.c.body["text"].as_string().label("text"),
        staff.c.name.label("staff_name"),
    )
    .select_from(corrections)
    .outerjoin(
        events,
        sa.and_(events.c.conversation_id == corrections.c.conversation_id, events.c.seq == corrections.c.message_seq),
    )
    .outerjoin(staff, staff.c.id == corrections.c.staff_id)
    .order_by(corrections.c.created_at.desc(), corrections.c.id.desc())
)


def page(tx: Transaction, *, kind: str | None = None, before: str | None = None, limit: int) -> list[Given]:
    """Corrections, the newest first.

    Args:
        tx: A transaction.
        kind: One of `KINDS`; None: all.
        before: Id of the last one of the page before.
        limit: At most this many.

    Raises:
        NotFound: There is no correction `before`.
    """
    wanted = _GIVEN.limit(limit).where(corrections.c.kind.in_((kind,) if kind else KINDS))
    if before is not None:
        at = tx.execute(sa.select(corrections.c.created_at).where(corrections.c.id == before)).scalar_one_or_none()
        if at is None:
            raise NotFound
        wanted = wanted.where(
            sa.tuple_(corrections.c.created_at, corrections.c.id)
            < sa.tuple_(sa.literal(at, corrections.c.created_at.type), sa.literal(before))
        )
    return [Given(**row._mapping) for row in tx.execute(wanted)]


def counts(tx: Transaction) -> dict[str, int]:
    """How many there are of each kind."""
    of_these = sa.select(corrections.c.kind, sa.func.count()).where(corrections.c.kind.in_(KINDS))
    rows = tx.execute(of_these.group_by(corrections.c.kind))
    return {**dict.fromkeys(KINDS, 0), **{kind: number for kind, number in rows}}
