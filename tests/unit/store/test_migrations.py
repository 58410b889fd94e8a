from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from bot.store import migrate
from bot.store.database import Database, Transaction
from bot.store.errors import StoreTooNew
from bot.store.schema import metadata


def described(tx: Transaction) -> dict[str, Any]:
    """Everything the database itself says about its tables."""
    inspector = sa.inspect(tx)
    return {
        table: {
            "columns": [(c["name"], str(c["type"]), c["nullable"]) for c in inspector.get_columns(table)],
            "key": inspector.get_pk_constraint(table)["constrained_columns"],
            "foreign": sorted(str(sorted(key.items(), key=str)) for key in inspector.get_foreign_keys(table)),
            "unique": sorted(str(c["column_names"]) for c in inspector.get_unique_constraints(table)),
            "checks": sorted(c["sqltext"] for c in inspector.get_check_constraints(table)),
            "indexes": sorted(
                f"{i['name']} {i['column_names']} {i['unique']} {_options(i)}" for i in inspector.get_indexes(table)
            ),
        }
        for table in inspector.get_table_names()
        if table != "alembic_version"
    }


def _options(index: Any) -> list[str]:
    return sorted(f"{name}={value}" for name, value in index.get("dialect_options", {}).items())


@pytest.mark.anyio
async def test_migrations_arrive_at_the_schema(database: Database) -> None:
    migrated = await database.read(described)

    def rebuilt(tx: Transaction) -> dict[str, Any]:
        tx.execute(sa.text("DROP TABLE alembic_version"))
        metadata.drop_all(tx)
        metadata.create_all(tx)
        return described(tx)

    assert migrated == await database.write(rebuilt)


@pytest.mark.anyio
async def test_alembic_sees_nothing_left_to_do(database: Database) -> None:
    def differences(tx: Transaction) -> list[Any]:
        found: list[Any] = compare_metadata(MigrationContext.configure(tx, opts={"compare_type": True}), metadata)
        return found

    assert await database.read(differences) == []


@pytest.mark.anyio
async def test_opening_again_keeps_the_epoch(location: Path | str) -> None:
    first = Database.open(location)
    first.close()

    second = Database.open(location)
    second.close()

    assert first.epoch == second.epoch
    assert first.epoch.startswith("epo_")


@pytest.mark.anyio
async def test_a_store_of_a_newer_version_is_refused(location: Path | str) -> None:
    opened = Database.open(location)
    await opened.write(lambda tx: tx.execute(sa.text("UPDATE alembic_version SET version_num = '9999'")) and None)
    opened.close()

    with pytest.raises(StoreTooNew, match="newer version"):
        Database.open(location)


@pytest.mark.anyio
async def test_a_restore_draws_a_new_epoch(database: Database) -> None:
    drawn = await database.write(migrate.new_epoch)

    assert drawn != database.epoch
    assert await database.read(migrate.epoch) == drawn


def test_what_waits_to_leave_survives_a_new_kind_of_endpoint(tmp_path: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'frontdesk.db'}")
    sa.event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA foreign_keys=ON") and None)
    with engine.begin() as tx:
        command.upgrade(migrate._config(tx), "0005")
        tx.exec_driver_sql(
            "INSERT INTO endpoints (id, kind, url, event_types, secret_generation, failures, created_at)"
            " VALUES ('end_1', 'webhook', 'https://receiver.example', '[]', 1, 0, '2026-11-22 09:30:00')"
        )
        tx.exec_driver_sql(
            "INSERT INTO outbox (id, endpoint_id, type, payload, state, tries, created_at, expires_at)"
            " VALUES ('msg_1', 'end_1', 'x', '{}', 'pending', 0, '2026-11-22 09:30:00', '2026-11-26 09:30:00')"
        )
        command.upgrade(migrate._config(tx), "0006")
        kept = tx.exec_driver_sql("SELECT outbox.id, endpoints.id FROM outbox JOIN endpoints").all()
        broken = tx.exec_driver_sql("PRAGMA foreign_key_check").all()
    engine.dispose()

    assert [tuple(row) for row in kept] == [("msg_1", "end_1")]
    assert broken == []


def test_corrections_survive_a_new_kind_of_them(tmp_path: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'frontdesk.db'}")
    sa.event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA foreign_keys=ON") and None)
    with engine.begin() as tx:
        command.upgrade(migrate._config(tx), "0007")
        tx.exec_driver_sql(
            "INSERT INTO conversations (id, token_hash, status, priority, owner_version, last_seq, quarantined,"
            " failures, created_at, updated_at)"
            " VALUES ('cnv_1', 'h', 'bot', 'normal', 0, 0, 0, 0, '2026-11-22 09:30:00', '2026-11-22 09:30:00')"
        )
        tx.exec_driver_sql(
            "INSERT INTO corrections"
            " (id, conversation_id, client_message_id, client_digest, staff_id, kind, created_at)"
            " VALUES ('cor_1', 'cnv_1', 'c', 'd', 'stf_1', 'too_late', '2026-11-22 09:30:00')"
        )
        command.upgrade(migrate._config(tx), "0008")
        tx.exec_driver_sql("UPDATE corrections SET kind = 'missing_article'")
        kept = tx.exec_driver_sql("SELECT id, conversation_id FROM corrections").all()
        broken = tx.exec_driver_sql("PRAGMA foreign_key_check").all()
    engine.dispose()

    assert [tuple(row) for row in kept] == [("cor_1", "cnv_1")]
    assert broken == []
