"""The record of handoffs; that a conversation has at most one open is a constraint of the table."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.desk.conversation import Step
from bot.desk.handoff import AGENT_JOINED, new_reference
from bot.desk.queue import RECENT, Claim
from bot.store.database import Transaction
from bot.store.schema import handoffs

_OPEN = handoffs.c.closed_at.is_(None)
_NOT_REMINDED = (handoffs.c.state == "waiting", handoffs.c.reminded_at.is_(None))


def save(tx: Transaction, conversation_id: str, step: Step, *, now: datetime) -> None:
    """Record the handoff that a step opens, or what it makes of the open one."""
    if step.handoff is not None:
        tx.execute(sa.insert(handoffs), _opened(conversation_id, step))
    elif step.handoff_state:
        changed = _changed(step, now)
        tx.execute(sa.update(handoffs).where(handoffs.c.conversation_id == conversation_id, _OPEN).values(**changed))


def _opened(conversation_id: str, step: Step) -> dict[str, Any]:
    assert step.handoff is not None  # noqa: S101 -- `save` asked already
    opened = step.handoff
    claimed = _changed(step, opened.requested_at) if step.handoff_state == "assigned" else {}
    return {
        "id": opened.id,
        "conversation_id": conversation_id,
        "reference": opened.reference,
        "state": opened.state,
        "reason": opened.reason,
        "rule": opened.rule,
        "evidence": [dict(each) for each in opened.evidence],
        "priority": opened.priority,
        "message_id": opened.message_id,
        "requested_at": opened.requested_at,
        **claimed,
    }


def _changed(step: Step, now: datetime) -> dict[str, Any]:
    if step.handoff_state == "assigned":
        after = step.conversation
        return {
            "state": "assigned",
            "accepted_at": now,
            "assignee_id": after.assignee_id,
            "assignee_name": after.assignee_name,
        }
    return {"state": step.handoff_state, "closed_at": now}


@dataclass(frozen=True, kw_only=True)
class Unclaimed:
    """A handoff that waits and whose customer was not reminded."""

    id: str
    conversation_id: str
    requested_at: datetime


def unclaimed(tx: Transaction, *, before: datetime, limit: int) -> list[Unclaimed]:
    """Handoffs requested by then that nobody claimed, the longest wait first; those reminded of are left out."""
    rows = tx.execute(
        sa.select(handoffs.c.id, handoffs.c.conversation_id, handoffs.c.requested_at)
        .where(_OPEN, *_NOT_REMINDED, handoffs.c.requested_at <= before)
        .order_by(handoffs.c.requested_at)
        .limit(limit)
    )
    return [Unclaimed(**row._mapping) for row in rows]


def mark_reminded(tx: Transaction, handoff_id: str, *, now: datetime) -> bool:
    """Note the reminder; the caller holds the conversation's lock.

    Returns:
        Whether it was due still: waiting, and not reminded of by another server meanwhile.
    """
    due = sa.update(handoffs).where(handoffs.c.id == handoff_id, *_NOT_REMINDED)
    return tx.execute(due.values(reminded_at=now)).rowcount == 1


def for_message(tx: Transaction, conversation_id: str, message_id: str) -> tuple[str, str] | None:
    """Id and reference of the handoff that an utterance led to, whatever became of it."""
    row = tx.execute(
        sa.select(handoffs.c.id, handoffs.c.reference).where(
            handoffs.c.conversation_id == conversation_id, handoffs.c.message_id == message_id
        )
    ).one_or_none()
    return (row.id, row.reference) if row else None


def unused_reference(tx: Transaction, business: str) -> str:
    """Draw a reference that no handoff has."""
    while True:
        drawn = new_reference(secrets.token_bytes(8), business=business)
        if not tx.execute(sa.select(handoffs.c.id).where(handoffs.c.reference == drawn)).first():
            return drawn


def recent_claims(tx: Transaction, *, now: datetime) -> list[Claim]:
    """What the expected wait is reckoned from; whoever was joined unasked has not waited."""
    rows = tx.execute(
        sa.select(handoffs.c.requested_at, handoffs.c.accepted_at)
        .where(handoffs.c.accepted_at >= now - RECENT, handoffs.c.reason != AGENT_JOINED)
        .order_by(handoffs.c.accepted_at.desc())
        .limit(200)
    )
    return [Claim(requested_at=row.requested_at, claimed_at=row.accepted_at) for row in rows]
