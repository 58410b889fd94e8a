"""Signed-in sessions of staff. Only a hash of the token is stored: a copy of the database opens no session."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.store.schema import staff, staff_sessions
from bot.store.staff import Staff, by_id
from bot.store.tokens import hash_of, new_token

IDLE = timedelta(minutes=60)
ABSOLUTE = timedelta(hours=12)
SEEN_EVERY = timedelta(seconds=60)
"""Activity is written at most this often: not every request should cost a write."""


@dataclass(frozen=True, kw_only=True)
class Session:
    """One browser that signed in."""

    token_hash: str
    csrf: str
    staff: Staff
    seen_at: datetime

    def needs_touch(self, now: datetime) -> bool:
        """Whether the last stored sign of life is old enough to be renewed."""
        return now - self.seen_at >= SEEN_EVERY


def start(tx: sa.Connection, *, staff_id: str, now: datetime) -> tuple[str, str]:
    """Store a new session and drop those that have ended by time.

    Returns:
        Its token, which is nowhere stored, and its CSRF token.
    """
    tx.execute(sa.delete(staff_sessions).where(_ended(now)))
    token, csrf = new_token(), new_token()
    row = {
        "token_hash": hash_of(token),
        "staff_id": staff_id,
        "csrf": csrf,
        "created_at": now,
        "last_seen_at": now,
        "expires_at": now + ABSOLUTE,
    }
    tx.execute(sa.insert(staff_sessions).values(row))
    return token, csrf


def find(tx: sa.Connection, token: str, *, now: datetime) -> Session | None:
    """The session of a token, unless it ended: signed out, idle too long, too old, or the account closed."""
    row = tx.execute(_live(now).where(staff_sessions.c.token_hash == hash_of(token))).mappings().one_or_none()
    if row is None:
        return None
    return Session(
        token_hash=row["token_hash"],
        csrf=row["csrf"],
        staff=by_id(tx, row["staff_id"]),
        seen_at=row["last_seen_at"],
    )


def touch(tx: sa.Connection, token_hash: str, *, now: datetime) -> None:
    """Note a sign of life."""
    tx.execute(sa.update(staff_sessions).where(staff_sessions.c.token_hash == token_hash).values(last_seen_at=now))


def end(tx: sa.Connection, token_hash: str) -> None:
    """Sign out."""
    tx.execute(sa.delete(staff_sessions).where(staff_sessions.c.token_hash == token_hash))


def still_live(tx: sa.Connection, token_hashes: Collection[str], *, now: datetime) -> set[str]:
    """Which of these sessions have not ended; for the sockets that hang on them."""
    if not token_hashes:
        return set()
    rows = tx.execute(_live(now).where(staff_sessions.c.token_hash.in_(token_hashes))).mappings()
    return {row["token_hash"] for row in rows}


def _live(now: datetime) -> sa.Select[tuple[object, ...]]:
    return (
        sa.select(staff_sessions)
        .join(staff, staff.c.id == staff_sessions.c.staff_id)
        .where(sa.not_(_ended(now)), staff.c.disabled_at.is_(None))
    )


def _ended(now: datetime) -> sa.ColumnElement[bool]:
    return sa.or_(staff_sessions.c.expires_at <= now, staff_sessions.c.last_seen_at <= now - IDLE)
