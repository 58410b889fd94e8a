"""The event store for a command beside the running server.

The server's lock keeps a second *server* away, because that would answer customers too. A command that makes one small
transaction is welcome: SQLite in WAL mode and PostgreSQL both take it.
"""

from pathlib import Path

from bot.store.database import Database, _sqlite
from bot.store.errors import StoreInUse


def open_beside(location: Path | str) -> Database:
    """Open the store, whether a server runs on it or not.

    Raises:
        StoreUnusable: It is gone, damaged, too new or not writable.
    """
    try:
        return Database.open(location)
    except StoreInUse:
        return Database(_sqlite(Path(location)), None)  # that server has checked and migrated it
