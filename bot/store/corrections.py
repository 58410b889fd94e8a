"""What agents say was wrong, kept as labelled data."""

import secrets
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.desk.errors import Conflict
from bot.desk.events import Command
from bot.store.database import Transaction
from bot.store.schema import corrections


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
