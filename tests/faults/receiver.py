"""A helpdesk that takes webhooks, fails as often as it is told, and checks every signature by the specification."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import random
import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread

from bot.desk.endpoint_secrets import secret
from bot.store import endpoints
from bot.store.database import Database
from tests.faults.desk_process import ENGINE_SECRET, DeskProcess


class Receiver:
    """Fails some requests: an error, a torn answer, or silence after it took the request.

    Attributes:
        how: What happens to the next requests: `some` fail, all are `ok`, an `error`, `torn`, `silent`, or `hang`.
        taken: (conversation, seq) → ids under which it was answered 2xx.
        tries: id → timestamps of the tries.
        wrong: What was not signed as the specification says.
    """

    def __init__(self, rng: random.Random, *, failures: float) -> None:
        self.how = "some"
        self._rng, self._failures = rng, failures
        self._lock = Lock()
        self._ending = Event()
        self.secret = ""
        self.taken: dict[tuple[str, int], set[str]] = defaultdict(set)
        self.tries: dict[str, list[int]] = defaultdict(list)
        self.wrong: list[str] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                receiver.receive(self)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self._thread = Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Receiver:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)

    def receive(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers["Content-Length"]))
        webhook_id = request.headers["webhook-id"]
        event = json.loads(body)["data"]
        with self._lock:
            self._check(request, webhook_id, body)
            self.tries[webhook_id].append(int(request.headers["webhook-timestamp"]))
            how = self._fate() if self.how == "some" else self.how
            if how == "ok":
                self.taken[(event["conversation_id"], event["seq"])].add(webhook_id)
        request.close_connection = True
        if how == "hang":
            self._ending.wait()
        if how in ("silent", "hang"):
            return
        request.send_response(200 if how != "error" else 503)
        request.send_header("Content-Length", "100" if how == "torn" else "0")
        request.end_headers()

    def _fate(self) -> str:
        return self._rng.choice(("error", "torn", "silent")) if self._rng.random() < self._failures else "ok"

    def _check(self, request: BaseHTTPRequestHandler, webhook_id: str, body: bytes) -> None:
        """By the words of the specification, with none of our own code."""
        key = base64.b64decode(self.secret.removeprefix("whsec_"))
        signed = f"{webhook_id}.{request.headers['webhook-timestamp']}.".encode() + body
        expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        if request.headers["webhook-signature"] != expected:
            self.wrong.append(webhook_id)
        if abs(time.time() - int(request.headers["webhook-timestamp"])) > 10:
            self.wrong.append(f"{webhook_id} is stale")


def add_endpoint(desk: DeskProcess, url: str, event_types: Sequence[str]) -> str:
    """Make the store with an endpoint in it, before the desk starts on it; answers the endpoint's secret."""
    database = Database.open(desk.data / "frontdesk.db")
    adding = database.write(
        endpoints.add, kind="webhook", url=url, event_types=list(event_types), now=datetime.now(timezone.utc)
    )
    made = asyncio.run(adding)
    database.close()
    return secret(ENGINE_SECRET, made.id, made.secret_generation)
