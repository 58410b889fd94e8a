"""Copies of an SQLite store, and whether a store keeps its own promises."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from bot.store.errors import StoreCorrupt, StoreMissing

_PROMISES = {
    "conversation {0}: its events are not numbered 1 to {1} without a gap": """
        SELECT c.id, c.last_seq FROM conversations c
        WHERE c.last_seq <> (SELECT COUNT(*) FROM events e WHERE e.conversation_id = c.id)
           OR c.last_seq <> (SELECT COALESCE(MAX(e.seq), 0) FROM events e WHERE e.conversation_id = c.id)
    """,
    "conversation {0}: {1} handoffs are open at once": """
        SELECT conversation_id, COUNT(*) FROM handoffs WHERE closed_at IS NULL
        GROUP BY conversation_id HAVING COUNT(*) > 1
    """,
    "conversation {0}: the customer's message {1} is used twice": """
        SELECT conversation_id, client_message_id FROM events WHERE client_message_id IS NOT NULL
        GROUP BY conversation_id, author_kind, client_message_id HAVING COUNT(*) > 1
    """,
    "conversation {0}: it is {1}, but no handoff is open": """
        SELECT c.id, c.status FROM conversations c WHERE c.status IN ('waiting', 'assigned')
        AND NOT EXISTS (SELECT 1 FROM handoffs h WHERE h.conversation_id = c.id AND h.closed_at IS NULL)
    """,
}
_COUNTED = ("conversations", "events", "turns", "handoffs", "staff")
NAMED_AT_MOST = 20


def snapshot(source: Path, target: Path) -> None:
    """Copy a store as it is at one moment, also while a server writes to it.

    Raises:
        StoreMissing: There is none.
        StoreCorrupt: It cannot be read through.
    """
    with _opened(source) as original, contextlib.closing(sqlite3.connect(target)) as copy:
        target.chmod(0o600)
        try:
            original.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, no write-ahead log beside it
        except sqlite3.DatabaseError as exc:
            raise StoreCorrupt(f"{source} cannot be copied: {exc}. Run `bot verify`.") from exc


def faults(store: Path) -> list[str]:
    """What is wrong with a store: damage of the file first, then broken promises of the record.

    Raises:
        StoreMissing: There is none.
    """
    with _opened(store) as connection:
        try:
            damage = [row[0] for row in connection.execute(f"PRAGMA integrity_check({NAMED_AT_MOST})")]
            if damage != ["ok"]:
                return damage
            lost = connection.execute("PRAGMA foreign_key_check").fetchmany(NAMED_AT_MOST)
            found = [
                f"table {table}: row {row} refers to a row of {parent} that is gone" for table, row, parent, _ in lost
            ]
            for words, query in _PROMISES.items():
                found += [words.format(*row) for row in connection.execute(query).fetchmany(NAMED_AT_MOST)]
        except sqlite3.DatabaseError as exc:
            return [str(exc)]
    return found


def counts(store: Path) -> dict[str, int]:
    """How many rows the tables of the record have."""
    with _opened(store) as connection:
        return {table: connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0] for table in _COUNTED}  # noqa: S608


def erased(store: Path) -> list[str]:
    """The conversations that were deleted in a store lately; none where it is damaged, missing or from before."""
    try:
        with _opened(store) as connection:
            return [row[0] for row in connection.execute("SELECT conversation_id FROM erasures")]
    except (StoreMissing, sqlite3.DatabaseError):
        return []


@contextlib.contextmanager
def _opened(store: Path) -> Iterator[sqlite3.Connection]:
    if not store.is_file():
        raise StoreMissing(f"There is no store at {store}.")
    # Not `immutable`: the write-ahead log of a running server belongs to what is read.
    connection = sqlite3.connect(f"{store.resolve().as_uri()}?mode=ro", uri=True, timeout=10)
    try:
        yield connection
    finally:
        connection.close()
