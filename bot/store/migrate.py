"""Bring a store's tables up to date, by Alembic, inside the caller's transaction."""

import secrets
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from bot.store.errors import StoreTooNew
from bot.store.schema import meta

MIGRATIONS = Path(__file__).with_name("migrations")
_POSTGRESQL_LOCK = 0x46726F6E74  # "Front": several servers may start at once, one of them migrates


def upgrade(tx: sa.Connection) -> None:
    """Apply the migrations that this store has not seen.

    Raises:
        StoreTooNew: The store was written by a version with migrations that this one does not know.
    """
    if tx.dialect.name == "postgresql":
        tx.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _POSTGRESQL_LOCK})
    config = _config(tx)
    script = ScriptDirectory.from_config(config)
    current = MigrationContext.configure(tx).get_current_revision()
    if current == script.get_current_head():
        return
    if current is not None and current not in {revision.revision for revision in script.walk_revisions()}:
        raise StoreTooNew(
            f"This store is at version {current}, which this Frontdesk does not know: a newer version wrote it."
            " Nothing was changed. Install that version again, or restore a backup made by this one."
        )
    command.upgrade(config, "head")


def _config(tx: sa.Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = tx
    return config


def epoch(tx: sa.Connection) -> str:
    """The identity of this store, drawn when it is first asked for."""
    known = tx.execute(sa.select(meta.c.value).where(meta.c.key == "epoch")).scalar_one_or_none()
    return known or new_epoch(tx)


def new_epoch(tx: sa.Connection) -> str:
    """Draw another identity, after a restore: every client then drops what it has and loads anew."""
    drawn = f"epo_{secrets.token_urlsafe(12)}"
    _put(tx, "epoch", drawn)
    return drawn


def touch(tx: sa.Connection) -> None:
    """Write the time of the last health check."""
    _put(tx, "checked_at", datetime.now(UTC).isoformat())


def _put(tx: sa.Connection, key: str, value: str) -> None:
    changed = tx.execute(sa.update(meta).where(meta.c.key == key).values(value=value))
    if changed.rowcount == 0:
        tx.execute(sa.insert(meta).values(key=key, value=value))
