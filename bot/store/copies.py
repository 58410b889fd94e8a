"""Everything that is kept of a conversation, for the person whose it is; and whose it is, by an e-mail address."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bot.desk.conversation import Conversation
from bot.desk.errors import ConversationErased, NotFound
from bot.desk.events import timestamp
from bot.store import conversations as state
from bot.store import log
from bot.store.database import Transaction
from bot.store.schema import conversations, corrections, erasures, events, handoffs

MOST_FOUND = 200
MOST_EVENTS = 100_000


@dataclass(frozen=True, kw_only=True)
class Found:
    """A conversation in which an address occurs.

    Attributes:
        gave: Whether the customer gave it as their own; else they only wrote it in a message.
    """

    conversation: Conversation
    gave: bool


def by_email(tx: Transaction, email: str) -> list[Found]:
    """The conversations of an address, the newest first, and those in which it was written; at most `MOST_FOUND`."""
    wanted = email.strip().lower()
    gave = sa.func.lower(conversations.c.contact["email"].as_string()) == wanted
    given = sa.select(events.c.conversation_id).where(
        events.c.type == "contact", sa.func.lower(events.c.body["email"].as_string()) == wanted
    )
    written = sa.select(events.c.conversation_id).where(
        events.c.type == "message",
        events.c.author_kind == "customer",
        sa.func.lower(events.c.body["text"].as_string()).contains(wanted, autoescape=True),
    )
    own = _ids(tx, sa.or_(gave, conversations.c.id.in_(given)))
    mentioned = _ids(tx, conversations.c.id.in_(written))
    ids = [*own, *(each for each in mentioned if each not in own)][:MOST_FOUND]
    return [Found(conversation=state.get(tx, each), gave=each in own) for each in ids]


def _ids(tx: Transaction, condition: sa.ColumnElement[bool]) -> list[str]:
    newest = sa.select(conversations.c.id).where(condition).order_by(conversations.c.updated_at.desc())
    return [row.id for row in tx.execute(newest.limit(MOST_FOUND))]


def whole(tx: Transaction, conversation_id: str, *, notes: bool = False) -> dict[str, Any]:
    """All that is kept of a conversation.

    Args:
        tx: A transaction.
        conversation_id: Whose.
        notes: Also what staff wrote for each other.

    Raises:
        ConversationErased: It was deleted.
        NotFound: There is none.
    """
    now_is = find(tx, conversation_id)
    kept = log.after(tx, conversation_id, 0, limit=MOST_EVENTS)
    return {
        "id": now_is.id,
        "status": now_is.status,
        "created_at": timestamp(now_is.created_at),
        "updated_at": timestamp(now_is.updated_at),
        "page_url": now_is.page_url,
        "locale": now_is.locale,
        "contact": now_is.contact,
        "events": [each.for_staff() for each in kept if notes or each.type != "note"],
        "handoffs": _rows(tx, handoffs, conversation_id, _HANDOFF),
        "corrections": _rows(tx, corrections, conversation_id, _CORRECTION),
    }


_HANDOFF = ("reference", "state", "reason", "rule", "evidence", "priority", "requested_at", "accepted_at", "closed_at")
_CORRECTION = ("kind", "label", "message_seq", "created_at")


def _rows(tx: Transaction, table: sa.Table, conversation_id: str, names: Sequence[str]) -> list[dict[str, Any]]:
    """Rows of a conversation, the oldest first; their first time of day is what they are sorted by."""
    since = next(name for name in names if name.endswith("_at"))
    wanted = sa.select(*(table.c[name] for name in names)).where(table.c.conversation_id == conversation_id)
    rows = tx.execute(wanted.order_by(table.c[since]))
    return [{name: _plain(name, value) for name, value in row._mapping.items()} for row in rows]


def _plain(name: str, value: Any) -> Any:
    return timestamp(value) if name.endswith("_at") and value is not None else value


def find(tx: Transaction, conversation_id: str) -> Conversation:
    """The conversation as it is now.

    Raises:
        ConversationErased: It was deleted.
        NotFound: There never was one.
    """
    try:
        return state.get(tx, conversation_id)
    except NotFound:
        gone = sa.select(erasures.c.erased_at).where(erasures.c.conversation_id == conversation_id)
        if tx.execute(gone).first():
            raise ConversationErased from None
        raise
