"""The server as a real process that can be killed and started again on the same data."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import time
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[2]
ENGINE_SECRET = "e" * 43
WEBHOOK_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # the specification's example; this desk is never public

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


class DeskProcess:
    """One server process on its own data folder.

    Attributes:
        port: Where it listens.
        data: Its data folder.
        starts: How often it was started.
    """

    def __init__(self, *, port: int, engine_port: int, data: Path, settings: dict[str, str] | None = None) -> None:
        self.port, self.data = port, data
        self.starts = 0
        self._env = (
            os.environ
            | GENEROUS
            | (settings or {})
            | {
                "PORT": str(port),
                "FRONTDESK_DATA_DIR": str(data),
                "FRONTDESK_ENGINE_PORT": str(engine_port),
                "FRONTDESK_ENGINE_SECRET": ENGINE_SECRET,
                "FRONTDESK_WEBHOOK_SECRET": WEBHOOK_SECRET,
            }
        )
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Base address."""
        return f"http://127.0.0.1:{self.port}"

    def start(self, *, wait: bool = True) -> None:
        """Start it; by default wait until it answers."""
        command = [str(ROOT / ".venv" / "bin" / "python"), "-m", "bot.cli", "server"]
        with (self.data.parent / f"{self.data.name}.log").open("ab") as log:
            self._process = subprocess.Popen(command, cwd=ROOT, env=self._env, stdout=log, stderr=log)
        self.starts += 1
        if wait:
            self.wait_until_alive()

    def wait_until_alive(self, timeout_s: float = 30.0) -> None:
        """Wait for `/healthz`."""
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            if self._process is not None and self._process.poll() is not None:
                raise AssertionError(f"the server ended with {self._process.returncode}: {self.log()[-2000:]}")
            try:
                if httpx.get(f"{self.url}/healthz", timeout=2).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.03)
        raise AssertionError(f"the server did not come up: {self.log()[-2000:]}")

    def kill(self) -> None:
        """SIGKILL, as a power cut for this process."""
        self._stop(signal.SIGKILL)

    def stop(self) -> int:
        """SIGTERM; the exit code after the drain."""
        return self._stop(signal.SIGTERM)

    def log(self) -> str:
        """Everything it printed so far."""
        return (self.data.parent / f"{self.data.name}.log").read_text(errors="replace")

    def record(self) -> dict[str, list[dict[str, object]]]:
        """Every conversation's events, read from the database itself, as staff would see them."""
        import json

        database = sqlite3.connect(f"file:{self.data / 'frontdesk.db'}?mode=ro", uri=True)
        try:
            rows = database.execute(
                "SELECT conversation_id, seq, type, author_kind, client_message_id, body FROM events"
                " ORDER BY conversation_id, seq"
            ).fetchall()
        finally:
            database.close()
        found: dict[str, list[dict[str, object]]] = {}
        for conversation_id, seq, kind, author, client_message_id, body in rows:
            fields = json.loads(body)
            fields["client_message_id"] = client_message_id
            event = {"seq": seq, "type": kind, "author": {"kind": author}, "body": fields}
            found.setdefault(conversation_id, []).append(event)
        return found

    def _stop(self, number: signal.Signals) -> int:
        if self._process is None:
            return 0
        self._process.send_signal(number)
        code = self._process.wait(timeout=30)
        self._process = None
        return code
