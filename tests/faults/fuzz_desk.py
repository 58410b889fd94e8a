"""The whole server on a thread of its own, for fuzzers that write to it from outside as fast as they can."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from fastapi import FastAPI

from bot.desk.webhooks import new_secret
from bot.server import owners
from bot.server.app import create_app
from bot.server.egress import Egress
from bot.server.parts import Parts
from bot.server.settings import Settings
from bot.server.training import Publisher
from bot.store import sessions, staff
from bot.store.database import Transaction
from bot.trainer import TrainingFailed
from tests.integration.server.desk_under_test import ENGINE_SECRET, ScriptedEngine, served

T = TypeVar("T")

# One client asks as often as a thousand; the limits have tests of their own.
GENEROUS: dict[str, Any] = {
    "messages_per_minute": 10**9,
    "messages_burst": 10**9,
    "conversations_per_hour": 10**9,
    "requests_per_minute": 10**9,
    "sockets_per_address": 10**6,
    "sockets_per_second": 10**6,
}


class Complaints(logging.Handler):
    """Keeps what the server logs as a fault of its own: whatever a client sends, there is none."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        trace = logging.Formatter().formatException(record.exc_info) if record.exc_info else ""
        self.found.append(f"{record.name}: {record.getMessage()} {trace}")


class FuzzDesk:
    """A running server.

    Attributes:
        app: The application.
        complaints: What it logged as errors.
    """

    def __init__(self, app: FastAPI) -> None:
        self.app = app
        self.parts: Parts = app.state.parts
        self.complaints = Complaints()
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._end = asyncio.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def url(self) -> str:
        """Base address."""
        return f"http://127.0.0.1:{self.port}"

    def _serve(self) -> None:
        async def until_the_end() -> None:
            async with served(self.app) as self.port:
                self._ready.set()
                await self._end.wait()

        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(until_the_end())

    def start(self) -> None:
        """Serve from now on."""
        logging.getLogger().addHandler(self.complaints)
        self._thread.start()
        if not self._ready.wait(30):
            raise AssertionError("the server did not start")

    def stop(self) -> None:
        """Serve no longer."""
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(30)
        logging.getLogger().removeHandler(self.complaints)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run something on the server's own loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    def write(self, work: Callable[[Transaction], T]) -> T:
        """Run a transaction."""
        return self.run(self.parts.database.write(work))

    def sign_in(self, role: staff.Role, name: str) -> tuple[str, dict[str, str]]:
        """A new account that is signed in: its id, and the headers of its browser."""

        def account(tx: Transaction) -> tuple[str, str, str]:
            now = datetime.now(UTC)
            person = staff.add(
                tx, email=f"{name}@larkspur.example", name=name, role=role, password_hash="$argon2id$none", now=now
            )
            return person.id, *sessions.start(tx, staff_id=person.id, now=now)

        staff_id, token, csrf = self.write(account)
        return staff_id, {"Cookie": f"frontdesk_session={token}", "X-CSRF-Token": csrf, "Origin": self.url}


@contextmanager
def fuzz_desk(folder: Path, **changed: Any) -> Iterator[FuzzDesk]:
    """A server on an empty store, with an engine that answers, a trainer that fails and names that lead nowhere."""
    for name in ("articles", "models"):
        (folder / name).mkdir()
    settings = Settings(
        data_dir=folder / "data",
        articles_dir=folder / "articles",
        models_dir=folder / "models",
        engine_secret=ENGINE_SECRET,  # type: ignore[arg-type]
        webhook_secret=new_secret(),  # type: ignore[arg-type]
        **{**GENEROUS, "drain_s": 0.2, **changed},
    )
    app = create_app(settings, engine_transport=ScriptedEngine())
    parts: Parts = app.state.parts

    async def trains(work: str, on_state: Any) -> Any:
        raise TrainingFailed("the fuzzer trains nothing")

    async def nowhere(host: str, port: int) -> list[str]:
        return []

    app.state.publisher = Publisher(
        places=owners._places(parts), database=parts.database, engine=parts.engine, feed=parts.feed, make=trains
    )
    app.state.outbox.couriers._egress = Egress(resolve=nowhere)
    desk = FuzzDesk(app)
    desk.start()
    try:
        yield desk
    finally:
        desk.stop()
