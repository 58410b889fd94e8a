"""A rich session in which everything private is a canary: no log has seen one of them."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.store import setup_links
from bot.store.beside import open_beside
from tests.faults.desk_process import DeskProcess
from tests.faults.raw_socket import RawSocket, frame
from tests.faults.scripted_engine import ScriptedEngine
from tests.ports import free_port

WORDS = "CanaryWords"
EMAIL = "canary.customer@private.example"
STAFF_EMAIL = "canary.staff@private.example"
PASSWORD = "canary password with words"
IN_THE_URL = "CanaryInTheUrl"
CARD = "4111 1111 1111 1111"


class Session:
    """Does everything once, and remembers what must stay private."""

    def __init__(self, desk: DeskProcess, engine: ScriptedEngine) -> None:
        self.desk, self.engine = desk, engine
        self.http = httpx.Client(base_url=desk.url, timeout=20)
        self.private = {WORDS, EMAIL, STAFF_EMAIL, PASSWORD, IN_THE_URL, CARD, "private.example"}
        self._ids = iter(range(10**6))

    def post(self, path: str, body: dict[str, Any] | None = None, **kwargs: Any) -> httpx.Response:
        return self.http.post(path, json={"client_message_id": f"c{next(self._ids)}", **(body or {})}, **kwargs)

    def customer(self) -> None:
        page = f"https://shop.example/?token={IN_THE_URL}"
        begun = self.http.post("/api/conversations", json={"page_url": page}).raise_for_status().json()
        self.path, token = f"/api/conversations/{begun['conversation_id']}", begun["token"]
        self.private.add(token)
        self.token = {"Authorization": f"Bearer {token}"}
        self.post(f"{self.path}/messages", {"text": f"{WORDS} my card is {CARD}"}, headers=self.token)
        self.engine.behaviour = "garbage"
        self.post(f"{self.path}/messages", {"text": f"{WORDS} again, {EMAIL}"}, headers=self.token)
        self._until("honest_failure")
        self.engine.behaviour = "answer"
        self.post(f"{self.path}/contact", {"email": EMAIL, "name": WORDS}, headers=self.token)
        self.post(f"{self.path}/rating", {"score": 1, "comment": WORDS}, headers=self.token)
        self.post(f"{self.path}/handoff", headers=self.token)
        self._socket(begun["conversation_id"], token)

    def _until(self, kind: str) -> None:
        for _ in range(400):
            events = self.http.get(f"{self.path}/events", headers=self.token).json()["events"]
            if any(event["body"].get("kind") == kind for event in events):
                return
            asyncio.run(asyncio.sleep(0.05))
        raise AssertionError(f"no {kind}")

    def _socket(self, conversation_id: str, token: str) -> None:
        hello = {"type": "hello", "protocol": 1, "conversation_id": conversation_id, "token": token, "after": 0}
        for text in (json.dumps(hello), json.dumps({**hello, "token": WORDS}), f'{{"{WORDS}', WORDS):
            with RawSocket(self.desk.port, f"/api/feed?token={token}&x={IN_THE_URL}") as socket:
                socket.send(frame(text.encode()))
                socket.next()

    def refused(self) -> None:
        for path in (f"/{IN_THE_URL}", f"/api/{EMAIL}?token={IN_THE_URL}", f"/api/conversations/{WORDS}/events"):
            self.http.get(path, headers=self.token)
        raw = {**self.token, "Content-Type": "application/json"}
        for body in (f'{{"text": "{WORDS}"', f'{{"text": ["{WORDS}"]}}', WORDS * 2000, f'"{WORDS}\xff"'):
            self.http.post(f"{self.path}/messages", content=body.encode("latin-1"), headers=raw)
        self.http.post("/webhooks/handoff", content=WORDS, headers={"webhook-id": WORDS, "webhook-signature": WORDS})
        self.http.get("/api/session", headers={"Cookie": f"frontdesk_session={IN_THE_URL}", "User-Agent": WORDS})

    def staff(self) -> None:
        origin = {"Origin": self.desk.url}
        made = {"token": self._link(), "name": WORDS, "email": STAFF_EMAIL, "password": PASSWORD}
        signed_in = self.http.post("/api/setup", json=made, headers=origin).raise_for_status()
        self.private |= {made["token"], signed_in.json()["csrf"], *signed_in.cookies.values()}
        wrong = {"email": STAFF_EMAIL, "password": f"{PASSWORD} wrong"}
        self.http.post("/api/session", json=wrong, headers=origin)
        csrf = {**origin, "X-CSRF-Token": signed_in.json()["csrf"]}
        of_agent = self.path.replace("/api/", "/api/agent/")
        for what in ("claim", "messages", "notes", "resolve"):
            body = {"text": WORDS} if what in ("messages", "notes") else {}
            self.post(f"{of_agent}/{what}", body, headers=csrf).raise_for_status()
        article = {"id": "canary", "question": f"{WORDS}?", "answer": WORDS}
        self.http.post("/api/owner/articles", json=article, headers=csrf)
        hook = {"kind": "webhook", "url": f"http://127.0.0.1:9/{IN_THE_URL}"}
        self.http.post("/api/owner/endpoints", json=hook, headers=csrf)
        slack = {"kind": "slack", "url": f"https://canary.invalid/{IN_THE_URL}"}
        added = self.http.post("/api/owner/endpoints", json=slack, headers=csrf)
        if added.is_success:
            self.http.post(f"/api/owner/endpoints/{added.json()['endpoint']['id']}/test", headers=csrf)

    def _link(self) -> str:
        async def made() -> str:
            with contextlib.closing(open_beside(self.desk.data / "frontdesk.db")) as database:
                return await database.write(setup_links.first_owner, now=datetime.now(UTC))

        return asyncio.run(made())


@pytest.mark.timeout(240)
def test_no_log_knows_what_was_said_by_whom_or_with_which_key(tmp_path: Path) -> None:
    with ScriptedEngine(free_port()) as engine:
        folders = {"FRONTDESK_ARTICLES_DIR": str(tmp_path / "articles"), "FRONTDESK_MODELS_DIR": str(tmp_path)}
        (tmp_path / "articles").mkdir()
        desk = DeskProcess(port=free_port(), engine_port=engine.port, data=tmp_path / "data", settings=folders)
        desk.start()
        try:
            session = Session(desk, engine)
            with session.http:
                session.customer()
                session.refused()
                session.staff()
                refused = session.http.get("/nothing").status_code
        finally:
            desk.signal(signal.SIGTERM)
            desk.wait()
        logs = [desk.log(), *(file.read_text() for file in tmp_path.glob("data/logs/*"))]

    lines = [json.loads(line) for log in logs for line in log.splitlines()]
    assert refused == 404
    assert len(lines) > 20
    assert {line["event"] for line in lines} >= {"request", "no answer"}
    assert [canary for canary in session.private for log in logs if canary in log] == []
