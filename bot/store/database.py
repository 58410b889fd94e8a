"""One door to the event store: transactions on SQLite or PostgreSQL, off the event loop.

Callers pass a function that takes a `Transaction`. `write` runs it in a transaction that holds the write lock from its
first statement, `read` in one that sees a single moment. Whatever `write` returned from was committed durably: SQLite
runs in WAL mode with `synchronous=FULL`, PostgreSQL with its default `synchronous_commit=on`.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from secrets import token_urlsafe
from time import monotonic
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.desk.errors import StorageFull, StorageUnavailable
from bot.store import migrate
from bot.store.errors import StoreUnusable
from bot.store.files import StoreFiles

Transaction = sa.Connection
P = ParamSpec("P")
T = TypeVar("T")

BUSY_TIMEOUT_S = 5
"""How long a write waits for a foreign lock; afterwards the caller hears `storage_unavailable` and may try again."""

ANSWER_S = 8.0
"""How long PostgreSQL may be silent, above its own limits for statements: after that it is stopped or cut off."""

CONFLICT_REPEATS = 2

_WRITES = "frontdesk_writes"
_patience = threading.local()  # of the write that this thread runs
_POSTGRESQL_THREADS = 8
_SQLITE_READERS = 3


class Database:
    """The opened event store.

    SQLite has one writer at a time anyway, so one thread writes and a few read: writers never meet each other's lock.
    """

    def __init__(self, engine: sa.Engine, files: StoreFiles | None) -> None:
        self._engine = engine
        self._writing = engine.execution_options(**{_WRITES: True})
        in_file = engine.dialect.name == "sqlite"  # also beside a running server, whose lock on the files it is
        # PostgreSQL's default would let each statement of a reading see another moment.
        self._reading = engine if in_file else engine.execution_options(isolation_level="REPEATABLE READ")
        self._answer_s = None if in_file else ANSWER_S
        self._files = files
        writers, readers = (1, _SQLITE_READERS) if in_file else (_POSTGRESQL_THREADS, _POSTGRESQL_THREADS)
        self._writers = ThreadPoolExecutor(writers, thread_name_prefix="store-write")
        self._readers = ThreadPoolExecutor(readers, thread_name_prefix="store-read")
        self.epoch = ""
        self.server_id = f"srv_{token_urlsafe(12)}"  # this process among the servers on the store

    @classmethod
    def open(cls, location: Path | str) -> Self:
        """Open the store, make it if the place is fresh, and bring its tables up to date.

        Args:
            location: Path of an SQLite file, or a `postgresql+psycopg://` URL.

        Raises:
            StoreUnusable: The store is in use, gone, damaged, too new or not writable.
        """
        if isinstance(location, str) and "://" in location:
            database = cls(_postgresql(location), None)
        else:
            files = StoreFiles(Path(location)).claim()
            database = cls(_sqlite(files.path), files)
        try:
            database._prepare()
        except BaseException:
            database.close()
            raise
        return database

    def _prepare(self) -> None:
        try:
            with self._writing.begin() as tx:
                migrate.upgrade(tx)
                self.epoch = migrate.epoch(tx)
            if self._files:
                self._check_soundness(self._files)
                self._files.mark()
        except DBAPIError as exc:
            if self._files and not isinstance(exc, OperationalError):
                raise self._files.corrupt(str(exc.orig)) from exc
            raise StoreUnusable(f"The store at {self.place} cannot be opened: {exc.orig}") from exc

    def _check_soundness(self, files: StoreFiles) -> None:
        with self._engine.connect() as tx:
            found = tx.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
        if found != "ok":
            raise files.corrupt(str(found))

    @property
    def is_shared(self) -> bool:
        """Whether other servers may work on this store too; the lock of a file keeps them away."""
        return self._files is None

    @property
    def place(self) -> str:
        """Where the store is, without a password."""
        return str(self._files.path) if self._files else self._engine.url.render_as_string(hide_password=True)

    async def write(self, work: Callable[Concatenate[Transaction, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `work` in a writing transaction on a worker thread; returning means committed.

        Raises:
            StorageFull: The disk is full.
            StorageUnavailable: Locked for too long, gone, read-only, damaged or unreachable.
        """
        asked_at = monotonic()
        return await self._run(self._writers, partial(self._write, lambda tx: work(tx, *args, **kwargs), asked_at))

    async def read(self, work: Callable[Concatenate[Transaction, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `work` on a consistent view of the store, on a worker thread.

        Raises:
            StorageUnavailable: As for `write`.
        """
        return await self._run(self._readers, partial(self._read, lambda tx: work(tx, *args, **kwargs)))

    async def check(self) -> None:
        """Prove that a write can be committed now.

        Raises:
            StorageFull: As for `write`.
            StorageUnavailable: As for `write`.
        """
        await self.write(migrate.touch)

    async def _run(self, threads: ThreadPoolExecutor, work: Callable[[], T]) -> T:
        running = asyncio.get_running_loop().run_in_executor(threads, work)
        try:
            async with asyncio.timeout(self._answer_s):
                return await running
        except TimeoutError:
            raise StorageUnavailable(
                f"The database {self.place} takes connections and does not answer. Check that it is well, then try"
                " again: what was sent may or may not have been kept, and is kept once."
            ) from None

    def _write(self, work: Callable[[Transaction], T], asked_at: float) -> T:
        self._keep_patience(asked_at)
        if self._files and not self._files.still_there():
            raise StorageUnavailable(
                f"The database file {self._files.path} was moved or deleted while the server ran. Stop the server, put"
                " the file back or run `bot restore`, and start again."
            )
        for repeat in range(CONFLICT_REPEATS + 1):
            try:
                with self._writing.begin() as tx:
                    return work(tx)
            except (DBAPIError, PoolTimeout) as exc:
                if repeat == CONFLICT_REPEATS or not _was_rolled_back(exc):
                    raise self._named(exc) from exc
        raise AssertionError("the last repeat returns or raises")

    def _keep_patience(self, asked_at: float) -> None:
        """On SQLite, let a write wait for the lock no longer than is left: it may have waited behind others before.

        Raises:
            StorageUnavailable: It has waited long enough; the writes before it did too.
        """
        _patience.left_s = BUSY_TIMEOUT_S - (monotonic() - asked_at)
        if self._files and _patience.left_s <= 0:
            raise StorageUnavailable(
                f"The database {self.place} takes no writes: those before this one have waited for {BUSY_TIMEOUT_S} s."
                " If another process holds its lock, close tools that have it open. Try again in a moment."
            )

    def _read(self, work: Callable[[Transaction], T]) -> T:
        try:
            with self._reading.begin() as tx:
                return work(tx)
        except (DBAPIError, PoolTimeout) as exc:
            raise self._named(exc) from exc

    def _named(self, exc: DBAPIError | PoolTimeout) -> Exception:
        """The failure in words that name it and its cure; programming errors stay what they are."""
        if isinstance(exc, sa.exc.IntegrityError | sa.exc.ProgrammingError | sa.exc.DataError):
            return exc
        what = str(exc.orig) if isinstance(exc, DBAPIError) else "all connections are busy"
        if (
            "disk is full" in what
            or "No space left" in what
            or getattr(getattr(exc, "orig", None), "sqlstate", "") == "53100"
        ):
            return StorageFull(f"The disk of {self.place} is full. Free some space; nothing that was accepted is lost.")
        return StorageUnavailable(
            f"The database {self.place} cannot be used now ({_cure(what)}). Try again in a moment."
        )

    def close(self) -> None:
        """Finish what runs, close all connections, give the lock back."""
        self._writers.shutdown(wait=True)
        self._readers.shutdown(wait=True)
        self._engine.dispose()
        if self._files:
            self._files.release()


def _was_rolled_back(exc: DBAPIError | PoolTimeout) -> bool:
    """Whether PostgreSQL undid the whole transaction for another's sake, so that doing it again doubles nothing.

    A lost connection is not among these: its commit may have been the last thing that happened.
    """
    return getattr(getattr(exc, "orig", None), "sqlstate", None) in ("40001", "40P01")  # serialization, deadlock


def _cure(what: str) -> str:
    cures = {
        "locked": "another process holds its lock; close tools that have it open",
        "readonly": "the file or its disk is read-only; give the account write access",
        "malformed": "the file is damaged; stop the server and run `bot restore`",
        "not a database": "the file is damaged; stop the server and run `bot restore`",
        "unable to open": "the file cannot be opened; check that its folder is mounted and readable",
        "I/O error": "the disk reports an error; check the disk",
        "connection": "the database server does not answer; check that it runs",
    }
    return next((cure for sign, cure in cures.items() if sign in what), "see the server's log")


def _sqlite(path: Path) -> sa.Engine:
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=str(path)),
        connect_args={"timeout": BUSY_TIMEOUT_S},
        pool_size=_SQLITE_READERS + 1,
        max_overflow=0,
    )
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin)
    return engine


def _set_pragmas(connection: Any, _: object) -> None:
    connection.isolation_level = None  # transactions begin where `_begin` says, not where the driver guesses
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "trusted_schema=OFF"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: sa.Connection) -> None:
    # IMMEDIATE takes the write lock first: a transaction that reads and then writes can never fail half-way on a lock.
    writes = connection.get_execution_options().get(_WRITES, False)
    left_s = getattr(_patience, "left_s", BUSY_TIMEOUT_S) if writes else BUSY_TIMEOUT_S
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {max(1, round(left_s * 1000))}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _postgresql(url: str) -> sa.Engine:
    engine = sa.create_engine(
        url,
        pool_size=_POSTGRESQL_THREADS,
        max_overflow=_POSTGRESQL_THREADS,
        pool_timeout=2,
        pool_pre_ping=True,
        # A machine that vanished is noticed by TCP, and a standby that is not the primary is not spoken to again.
        connect_args={"connect_timeout": 2, "keepalives_idle": 5, "keepalives_interval": 2, "tcp_user_timeout": 2000},
    )
    event.listen(engine, "connect", _set_session)
    event.listen(engine, "handle_error", _leave_standby)
    return engine


def _leave_standby(context: sa.ExceptionContext) -> None:
    """After a failover the pool still holds connections to the old primary: treat "read only" as a lost connection."""
    if getattr(context.original_exception, "sqlstate", None) == "25006":
        context.is_disconnect = True


def _set_session(connection: Any, _: object) -> None:
    connection.autocommit = True
    for setting in (f"lock_timeout = '{BUSY_TIMEOUT_S}s'", f"statement_timeout = '{BUSY_TIMEOUT_S}s'"):
        connection.execute(f"SET {setting}")
    connection.execute("SET synchronous_commit = on")  # accepted means durable, whatever the server's default is
    connection.execute("SET timezone = 'UTC'")
    connection.autocommit = False
