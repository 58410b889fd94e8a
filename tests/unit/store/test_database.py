import asyncio
import sqlite3
import stat
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.desk.errors import StorageUnavailable
from bot.store import database as module
from bot.store.beside import open_beside
from bot.store.database import Database, Transaction
from bot.store.errors import StoreCorrupt, StoreInUse, StoreMissing, StoreNotWritable
from bot.store.schema import meta


def put(tx: Transaction, key: str, value: str) -> None:
    tx.execute(sa.insert(meta).values(key=key, value=value))


def values(tx: Transaction) -> dict[str, str]:
    return {row.key: row.value for row in tx.execute(sa.select(meta))}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "frontdesk.db"


@pytest.mark.anyio
async def test_what_was_written_is_there_after_opening_again(location: Path | str) -> None:
    opened = Database.open(location)
    await opened.write(put, "color", "green")
    opened.close()

    again = Database.open(location)
    found = await again.read(values)
    again.close()

    assert found["color"] == "green"


@pytest.mark.anyio
async def test_a_command_reads_and_writes_beside_a_running_server(path: Path) -> None:
    server, beside = Database.open(path), open_beside(path)

    await beside.write(put, "color", "green")
    found = [await one.read(values) for one in (server, beside)]
    beside.close()
    server.close()

    assert [one["color"] for one in found] == ["green", "green"]


@pytest.mark.anyio
async def test_a_failing_transaction_leaves_nothing(database: Database) -> None:
    def half(tx: Transaction) -> None:
        put(tx, "half", "done")
        raise KeyError("stop")

    with pytest.raises(KeyError):
        await database.write(half)

    assert "half" not in await database.read(values)


@pytest.mark.anyio
async def test_writes_from_many_tasks_are_all_kept(database: Database) -> None:
    await asyncio.gather(*(database.write(put, f"key{n}", "x") for n in range(50)))

    assert len([key for key in await database.read(values) if key.startswith("key")]) == 50


@pytest.mark.anyio
async def test_sqlite_runs_durably(path: Path) -> None:
    opened = Database.open(path)

    def pragmas(tx: Transaction) -> tuple[str, int, int]:
        names = ("journal_mode", "synchronous", "foreign_keys")
        mode, synchronous, keys = (tx.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in names)
        return mode, synchronous, keys

    assert await opened.write(pragmas) == ("wal", 2, 1)
    opened.close()


@pytest.mark.anyio
@pytest.mark.postgres
async def test_postgresql_commits_durably(postgresql_url: str) -> None:
    opened = Database.open(postgresql_url)

    found = await opened.read(lambda tx: str(tx.exec_driver_sql("SHOW synchronous_commit").scalar_one()))

    assert found == "on"
    opened.close()


def test_the_files_are_private(path: Path) -> None:
    Database.open(path).close()

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_second_server_is_refused_in_words(path: Path) -> None:
    first = Database.open(path)

    with pytest.raises(StoreInUse, match=r"Another Frontdesk server \(process \d+\).*FRONTDESK_DATA_DIR"):
        Database.open(path)

    first.close()


def test_the_lock_is_given_back(path: Path) -> None:
    Database.open(path).close()

    Database.open(path).close()


def test_a_lost_store_is_not_replaced_by_an_empty_one(path: Path) -> None:
    Database.open(path).close()
    path.unlink()

    with pytest.raises(StoreMissing, match="bot restore"):
        Database.open(path)

    assert not path.exists()


@pytest.mark.parametrize("content", [b"", b"this is no database" * 100])
def test_a_file_that_is_no_database_is_refused_and_kept(path: Path, content: bytes) -> None:
    Database.open(path).close()
    path.write_bytes(content)

    with pytest.raises(StoreCorrupt, match="bot restore"):
        Database.open(path)

    assert path.read_bytes() == content


def test_a_damaged_page_is_found_at_the_start(path: Path) -> None:
    Database.open(path).close()
    content = bytearray(path.read_bytes())
    content[4096 * 2 : 4096 * 6] = b"\xff" * (4096 * 4)
    path.write_bytes(content)

    with pytest.raises(StoreCorrupt):
        Database.open(path)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file in the way")

    with pytest.raises(StoreNotWritable, match="FRONTDESK_DATA_DIR"):
        Database.open(tmp_path / "data" / "frontdesk.db")


@pytest.mark.anyio
async def test_a_foreign_lock_becomes_storage_unavailable(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BUSY_TIMEOUT_S", 0.1)
    opened = Database.open(path)
    foreign = sqlite3.connect(path, isolation_level=None)
    foreign.execute("BEGIN EXCLUSIVE")

    with pytest.raises(StorageUnavailable, match="holds its lock"):
        await opened.write(put, "color", "green")

    foreign.close()
    await opened.write(put, "color", "green")
    opened.close()


@pytest.mark.anyio
async def test_a_store_deleted_under_way_takes_no_more_writes(path: Path) -> None:
    opened = Database.open(path)
    path.unlink()

    with pytest.raises(StorageUnavailable, match="moved or deleted"):
        await opened.check()

    opened.close()


def conflict(tx: Transaction, tries: list[str], times: int) -> None:
    """What PostgreSQL does to one of two transactions that are in each other's way."""
    tries.append("tried")
    put(tx, f"try{len(tries)}", "x")
    if len(tries) <= times:
        tx.execute(sa.text("DO $$ BEGIN RAISE EXCEPTION 'conflict' USING ERRCODE = '40001'; END $$"))


@pytest.mark.anyio
@pytest.mark.postgres
async def test_a_transaction_that_postgresql_undid_is_done_again(postgresql_url: str) -> None:
    opened, tries = Database.open(postgresql_url), list[str]()

    await opened.write(conflict, tries, module.CONFLICT_REPEATS)

    kept = [key for key in await opened.read(values) if key.startswith("try")]
    opened.close()
    assert kept == [f"try{module.CONFLICT_REPEATS + 1}"]


@pytest.mark.anyio
@pytest.mark.postgres
async def test_conflicts_without_end_are_storage_unavailable(postgresql_url: str) -> None:
    opened, tries = Database.open(postgresql_url), list[str]()

    with pytest.raises(StorageUnavailable):
        await opened.write(conflict, tries, 99)

    opened.close()
    assert len(tries) == module.CONFLICT_REPEATS + 1


@pytest.mark.anyio
async def test_a_read_sees_one_moment(database: Database) -> None:
    began, written = threading.Event(), threading.Event()

    def read_twice(tx: Transaction) -> list[bool]:
        before = "color" in values(tx)
        began.set()
        assert written.wait(20)
        return [before, "color" in values(tx)]

    reading = asyncio.create_task(database.read(read_twice))
    await asyncio.to_thread(began.wait, 20)
    await database.write(put, "color", "green")
    written.set()

    assert await reading == [False, False]


@pytest.mark.anyio
async def test_only_a_store_on_postgresql_is_shared(database: Database, location: Path | str) -> None:
    assert database.is_shared == isinstance(location, str)
