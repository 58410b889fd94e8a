"""Replies that agents propose as articles: kept among the corrections, because the assistant had no answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

import sqlalchemy as sa

from bot.desk.errors import NotFound
from bot.desk.feedback import asked_before
from bot.store import log
from bot.store.database import Transaction
from bot.store.schema import corrections, events, staff

MISSING_ARTICLE = "missing_article"
MOST = 100
"""Nobody reads more at once; those behind come up as the first are settled."""
LOOKED_BACK = 40
"""Events before a reply among which its question is looked for."""

Outcome = Literal["written", "dismissed"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)

_OPEN = (corrections.c.kind == MISSING_ARTICLE, corrections.c.label.is_(None))


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """An agent's reply that would be an article; `question` is None where the customer had typed nothing."""

    id: str
    conversation_id: str
    message_seq: int
    question: str | None
    answer: str
    staff_id: str
    staff_name: str | None  # None once the account is gone
    created_at: datetime


def known(tx: Transaction, conversation_id: str, message_seq: int) -> str | None:
    """The id of the proposal of a reply, whoever made it and whatever became of it."""
    mine = (corrections.c.conversation_id == conversation_id, corrections.c.message_seq == message_seq)
    found = sa.select(corrections.c.id).where(corrections.c.kind == MISSING_ARTICLE, *mine)
    return tx.execute(found.limit(1)).scalar_one_or_none()


def unsettled(tx: Transaction) -> Sequence[Proposal]:
    """Those that no owner has settled, the newest first."""
    columns = [corrections.c[name] for name in ("id", "conversation_id", "message_seq", "staff_id", "created_at")]
    reply = sa.and_(
        events.c.conversation_id == corrections.c.conversation_id, events.c.seq == corrections.c.message_seq
    )
    rows = tx.execute(
        sa.select(*columns, events.c.body["text"].as_string().label("answer"), staff.c.name.label("staff_name"))
        .select_from(corrections)
        .join(events, reply)
        .outerjoin(staff, staff.c.id == corrections.c.staff_id)
        .where(*_OPEN)
        .order_by(corrections.c.created_at.desc(), corrections.c.id.desc())
        .limit(MOST)
    ).all()
    return [
        Proposal(question=_question(tx, row.conversation_id, row.message_seq), **dict(row._mapping)) for row in rows
    ]


def _question(tx: Transaction, conversation_id: str, seq: int) -> str | None:
    before = log.after(tx, conversation_id, max(0, seq - 1 - LOOKED_BACK), limit=LOOKED_BACK)
    return asked_before(before, seq)


def settle(tx: Transaction, proposal_id: str, outcome: Outcome) -> None:
    """Note what the owner made of a proposal; it is not shown again.

    Raises:
        NotFound: There is no such proposal.
    """
    its = sa.update(corrections).where(corrections.c.id == proposal_id, corrections.c.kind == MISSING_ARTICLE)
    if tx.execute(its.values(label=outcome)).rowcount == 0:
        raise NotFound
