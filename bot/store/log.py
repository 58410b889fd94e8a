"""The event log: steps go in, whole and in order; events come out by `seq`."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.desk.conversation import Conversation, Step
from bot.desk.errors import Conflict, NotFound
from bot.desk.events import Author, AuthorKind, Command, Draft, Event, timestamp
from bot.store import conversations, handoffs
from bot.store.database import Transaction
from bot.store.schema import events

COLUMNS = (
    events.c.conversation_id,
    events.c.seq,
    events.c.type,
    events.c.author_kind,
    events.c.author_id,
    events.c.author_name,
    events.c.at,
    events.c.body,
)
_OF = events.c.conversation_id == sa.bindparam("conversation_id")
_AFTER = (
    sa.select(*COLUMNS)
    .where(_OF, events.c.seq > sa.bindparam("after"))
    .order_by(events.c.seq)
    .limit(sa.bindparam("limit"))
)
_ONE = sa.select(*COLUMNS).where(_OF, events.c.seq == sa.bindparam("seq"))
_BY_COMMAND = sa.select(*COLUMNS, events.c.client_digest).where(
    _OF,
    events.c.author_kind == sa.bindparam("author_kind"),
    events.c.client_message_id == sa.bindparam("client_message_id"),
)
_INSERT = sa.insert(events)

LAST_MESSAGE_CHARS = 200  # of the newest message, shown in lists


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """What a transaction added to a conversation, and the conversation after it."""

    conversation: Conversation
    events: tuple[Event, ...] = ()


def create(tx: Transaction, step: Step, token_hash: str, *, now: datetime) -> Recorded:
    """Begin a conversation with its first events."""
    conversations.insert(tx, step.conversation, token_hash)
    return record(tx, step, now=now)


def record(tx: Transaction, step: Step, *, now: datetime) -> Recorded:
    """Append the step's events and save the state it leads to; the caller holds the conversation's lock.

    `seq` continues where the locked row stands, so it has no gap and no double whatever else runs.
    """
    first = step.conversation.last_seq + 1
    added = tuple(_event(step.conversation.id, first + n, draft, now) for n, draft in enumerate(step.drafts))
    if added:
        tx.execute(_INSERT, [_row(event, draft) for event, draft in zip(added, step.drafts, strict=True)])
    conversation = _advanced(step.conversation, added, now)
    if step.handoff_state:
        handoffs.save(tx, conversation.id, step, now=now)
    conversations.save(tx, conversation)
    return Recorded(conversation=conversation, events=added)


def _event(conversation_id: str, seq: int, draft: Draft, now: datetime) -> Event:
    return Event(
        conversation_id=conversation_id, seq=seq, type=draft.type, author=draft.author, at=now, body=draft.body
    )


def _row(event: Event, draft: Draft) -> dict[str, Any]:
    return {
        "conversation_id": event.conversation_id,
        "seq": event.seq,
        "type": event.type,
        "author_kind": event.author.kind,
        "author_id": event.author.id,
        "author_name": event.author.name,
        "at": event.at,
        "body": event.body,
        "client_message_id": draft.command.key if draft.command else None,
        "client_digest": draft.command.digest if draft.command else None,
    }


def _advanced(conversation: Conversation, added: Sequence[Event], now: datetime) -> Conversation:
    said = [
        event
        for event in added
        if event.type == "message" and event.author.kind != "system" and not event.body.get("suppressed")
    ]
    last = conversation.last_message
    if said:
        text = str(said[-1].body["text"])[:LAST_MESSAGE_CHARS]
        last = {"text": text, "author_kind": said[-1].author.kind, "at": timestamp(now)}
    return replace(conversation, last_seq=conversation.last_seq + len(added), last_message=last, updated_at=now)


def read(row: Any) -> Event:
    """The event of a row of `COLUMNS`."""
    return Event(
        conversation_id=row.conversation_id,
        seq=row.seq,
        type=row.type,
        author=Author(kind=row.author_kind, id=row.author_id, name=row.author_name),
        at=row.at,
        body=row.body,
    )


def after(tx: Transaction, conversation_id: str, seq: int, *, limit: int) -> list[Event]:
    """The events that follow `seq`, at most `limit`."""
    rows = tx.execute(_AFTER, {"conversation_id": conversation_id, "after": seq, "limit": limit})
    return [read(row) for row in rows]


def one(tx: Transaction, conversation_id: str, seq: int) -> Event:
    """The event at `seq`.

    Raises:
        NotFound: There is none.
    """
    row = tx.execute(_ONE, {"conversation_id": conversation_id, "seq": seq}).one_or_none()
    if row is None:
        raise NotFound
    return read(row)


def has_said(tx: Transaction, conversation_id: str, kind: str) -> bool:
    """Whether a message of this kind stands in the conversation."""
    its = (events.c.conversation_id == conversation_id, events.c.type == "message")
    said = sa.select(events.c.seq).where(*its, events.c.body["kind"].as_string() == kind)
    return tx.execute(said.limit(1)).first() is not None


def earlier(tx: Transaction, conversation_id: str, author_kind: AuthorKind, command: Command) -> Event | None:
    """The event that this command made before, or None if it is new.

    Raises:
        Conflict: Its id was used for something else.
    """
    row = tx.execute(
        _BY_COMMAND,
        {
            "conversation_id": conversation_id,
            "author_kind": author_kind,
            "client_message_id": command.key,
        },
    ).one_or_none()
    if row is None:
        return None
    if row.client_digest != command.digest:
        raise Conflict
    return read(row)
