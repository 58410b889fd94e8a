"""The server, and a scripted engine, as real processes that can be killed and started again on the same data."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from tests.faults.fork_server import Child, fork_server

ENGINE_SECRET = "e" * 43
WEBHOOK_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # the specification's example; this desk is never public
START_TIMEOUT_S = 120.0
STOP_TIMEOUT_S = 90.0

# One client plays hundreds of customers; the limits for real ones would refuse it.
GENEROUS = {
    "FRONTDESK_MESSAGES_PER_MINUTE": "100000",
    "FRONTDESK_MESSAGES_BURST": "100000",
    "FRONTDESK_CONVERSATIONS_PER_HOUR": "100000",
    "FRONTDESK_REQUESTS_PER_MINUTE": "1000000",
    "FRONTDESK_SOCKETS_PER_ADDRESS": "5000",
    "FRONTDESK_SOCKETS_PER_SECOND": "100000",
    "FRONTDESK_FRAMES_PER_MINUTE": "100000",
}


class RealProcess:
    """One process that is killed and started again, always on the same port.

    Attributes:
        port: Where it listens.
        starts: How often it was started.
    """

    def __init__(self, what: str, *, port: int, alive: str, env: dict[str, str], log: Path) -> None:
        self.port = port
        self.starts = 0
        self._what, self._alive, self._log = what, alive, log
        self._env = os.environ | env
        self._child: Child | None = None

    @property
    def url(self) -> str:
        """Base address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def kills(self) -> int:
        """How often it had to be started again."""
        return max(0, self.starts - 1)

    def start(self, *, wait: bool = True, **changed: str) -> None:
        """Start it, with these changes of its environment; by default wait until it answers."""
        self._child = fork_server().start(self._what, env=self._env | changed, log=self._log)
        self.starts += 1
        if wait:
            self.wait_until(lambda: self.status(self._alive) == 200, "came up")

    def status(self, path: str) -> int:
        """The status with which it answers a GET; 0 when it does not answer."""
        try:
            return httpx.get(f"{self.url}{path}", timeout=5, trust_env=False).status_code
        except httpx.HTTPError:
            return 0

    def wait_until(self, wanted: Callable[[], bool], words: str) -> None:
        """Wait for something that this process is to do; fail at once when it ends instead."""
        deadline = time.monotonic() + START_TIMEOUT_S
        while not wanted():
            code = self._child.poll() if self._child else 0
            assert code is None, f"the {self._what} ended with {code} before it {words}: {self.log()[-2000:]}"
            assert time.monotonic() < deadline, f"the {self._what} never {words}: {self.log()[-2000:]}"
            time.sleep(0.02)

    def kill(self) -> None:
        """SIGKILL, as a power cut for this process."""
        self.signal(signal.SIGKILL)
        self.wait()

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        if self._child is not None:
            self._child.send(number)

    def wait(self, timeout_s: float = STOP_TIMEOUT_S) -> int:
        """Wait for its end; the exit code."""
        if self._child is None:
            return 0
        code = self._child.wait(timeout_s)
        self._child = None
        return code

    def log(self) -> str:
        """Everything it printed so far."""
        return self._log.read_text(errors="replace")


class DeskProcess(RealProcess):
    """One server process on its own folders.

    Attributes:
        data: Its data folder.
    """

    def __init__(self, *, port: int, engine_port: int, data: Path, settings: dict[str, str] | None = None) -> None:
        self.data = data
        env = GENEROUS | {
            "PORT": str(port),
            "FRONTDESK_DATA_DIR": str(data),
            "FRONTDESK_MODELS_DIR": str(data.parent / "models"),
            "FRONTDESK_ENGINE_PORT": str(engine_port),
            "FRONTDESK_ENGINE_SECRET": ENGINE_SECRET,
            "FRONTDESK_WEBHOOK_SECRET": WEBHOOK_SECRET,
        }
        log = data.parent / f"{data.name}.log"
        super().__init__("server", port=port, alive="/healthz", env=env | (settings or {}), log=log)

    def start_to_die(self, failpoints: str) -> None:
        """Start it so that it is killed, or held, where these failpoints say."""
        self.start(FRONTDESK_ENVIRONMENT="test", FRONTDESK_FAILPOINTS=failpoints)

    def record(self) -> dict[str, list[dict[str, object]]]:
        """Every conversation's events, as staff would see them."""
        return record_of(self.data)


class EngineProcess(RealProcess):
    """A scripted engine that answers every question, until it is killed."""

    def __init__(self, *, port: int, folder: Path, delay_s: float = 0.0) -> None:
        env = {"SCRIPTED_ENGINE_PORT": str(port), "SCRIPTED_ENGINE_DELAY_S": str(delay_s)}
        super().__init__("engine", port=port, alive="/", env=env, log=folder / "engine.log")


def record_of(data: Path) -> dict[str, list[dict[str, object]]]:
    """Every conversation's events, read from the database itself, as staff would see them."""
    with contextlib.closing(sqlite3.connect(f"file:{data / 'frontdesk.db'}?mode=ro", uri=True)) as database:
        rows = database.execute(
            "SELECT conversation_id, seq, type, author_kind, client_message_id, body FROM events"
            " ORDER BY conversation_id, seq"
        ).fetchall()
    found: dict[str, list[dict[str, object]]] = {}
    for conversation_id, seq, kind, author, client_message_id, body in rows:
        fields = json.loads(body)
        fields["client_message_id"] = client_message_id
        event = {"seq": seq, "type": kind, "author": {"kind": author}, "body": fields}
        found.setdefault(conversation_id, []).append(event)
    return found
