"""The app under test, served on the loopback, with real SQLite and an engine that does what a test says."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

import httpx
import websockets
from fastapi import FastAPI

from bot.desk.webhooks import Signer, new_secret
from bot.server.parts import Parts
from bot.server.serving import Serving, config_of
from bot.store import sessions, staff
from bot.store.database import Transaction

ENGINE_SECRET = "engine-secret-of-the-tests"
WEBHOOK_SECRET = new_secret()
PASSWORD_HASH = "$argon2id$not-used-here"
PORTS = range(18100, 18200)

Reaction = Callable[[dict[str, Any]], Awaitable[httpx.Response]]


def turn_answer(asked: dict[str, Any], text: str = "We open at nine.", **turn: Any) -> dict[str, Any]:
    """What the channel answers to an ordinary question."""
    explanation = {
        "intent": "faq/opening-hours",
        "confidence": 0.93,
        "outcome": "answer",
        "article_ranking": [
            {"article_id": "opening-hours", "question": "When are you open?", "confidence": 0.93, "score": 0.8}
        ],
        "entities": [],
        "sentiment": {"polarity": 0.1, "label": "neutral", "confidence": 0.8, "words": [], "reason": None},
        "decision": "continue",
        "reason": None,
        "rule": None,
        "evidence": [],
        "priority": None,
        "handoff_requested": False,
        "model_id": "mdl_test",
        **turn,
    }
    message = {"text": text, "kind": "answer", "article_id": "opening-hours", "buttons": []}
    return {"message_id": asked["message_id"], "messages": [message] if text else [], "turn": explanation}


async def _sung(_: dict[str, Any]) -> httpx.Response:
    return httpx.Response(200, json={"model_id": "mdl_test", "messages": 1})


@dataclass
class ScriptedEngine(httpx.AsyncBaseTransport):
    """The engine's end of the wire: remembers what it was asked and reacts as a test says."""

    turns: list[dict[str, Any]] = field(default_factory=list)
    parsed: list[str] = field(default_factory=list)
    forgotten: list[list[str]] = field(default_factory=list)
    reaction: Reaction | None = None
    ready: bool = True
    canary: Reaction | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        assert request.headers["X-Frontdesk-Secret"] == ENGINE_SECRET
        body = json.loads(await request.aread() or b"{}")
        if request.url.path.endswith("/health"):
            return httpx.Response(200 if self.ready else 503, json={"status": "ready", "model_id": "mdl_test"})
        if request.url.path.endswith("/canary"):
            return await (self.canary or _sung)(body)
        if request.url.path.endswith("/forget"):
            self.forgotten.append(body["senders"])
            return httpx.Response(200, json={"forgotten": len(body["senders"])})
        if request.url.path.endswith("/parse"):
            self.parsed.append(body["text"])
            return httpx.Response(200, json={"sentiment": {"polarity": -0.6, "label": "negative"}, "language": "en"})
        self.turns.append(body)
        return await (self.reaction or self.answer)(body)

    async def answer(self, asked: dict[str, Any]) -> httpx.Response:
        return httpx.Response(200, json=turn_answer(asked))

    def answers(self, **turn: Any) -> None:
        """Answer every question like this from now on."""

        async def reaction(asked: dict[str, Any]) -> httpx.Response:
            return httpx.Response(200, json=turn_answer(asked, **turn))

        self.reaction = reaction

    def responds(self, response: Callable[[], httpx.Response]) -> None:
        """Answer every question with this response from now on."""

        async def reaction(asked: dict[str, Any]) -> httpx.Response:
            return response()

        self.reaction = reaction

    def holds(self, seconds: float) -> None:
        """Think for this long from now on."""

        async def reaction(asked: dict[str, Any]) -> httpx.Response:
            await asyncio.sleep(seconds)
            return await self.answer(asked)

        self.reaction = reaction

    def holds_until(self) -> asyncio.Event:
        """Think until the event is set, which is answered."""
        let_go = asyncio.Event()

        async def reaction(asked: dict[str, Any]) -> httpx.Response:
            await let_go.wait()
            return await self.answer(asked)

        self.reaction = reaction
        return let_go

    def raises(self, error: type[httpx.HTTPError], times: int = 10**9) -> None:
        """Break the connection this many times, then answer."""
        left = count(1)

        async def reaction(asked: dict[str, Any]) -> httpx.Response:
            if next(left) <= times:
                raise error("scripted")
            return await self.answer(asked)

        self.reaction = reaction


class Customer:
    """One browser with one conversation."""

    def __init__(self, desk: "Desk", begun: dict[str, Any]) -> None:
        self.desk = desk
        self.id: str = begun["conversation_id"]
        self.token: str = begun["token"]
        self.begun = begun
        self.headers = {"Authorization": f"Bearer {self.token}"}
        self._ids = count(1)

    @property
    def path(self) -> str:
        return f"/api/conversations/{self.id}"

    async def post(self, what: str, body: dict[str, Any], client_message_id: str | None = None) -> httpx.Response:
        identified = {"client_message_id": client_message_id or f"c-{next(self._ids)}", **body}
        return await self.desk.http.post(f"{self.path}/{what}", json=identified, headers=self.headers)

    async def say(self, text: str, client_message_id: str | None = None) -> httpx.Response:
        return await self.post("messages", {"text": text}, client_message_id)

    async def events(self, after: int = 0) -> list[dict[str, Any]]:
        found = await self.desk.http.get(f"{self.path}/events", params={"after": after}, headers=self.headers)
        events: list[dict[str, Any]] = found.raise_for_status().json()["events"]
        return events

    async def until(self, wanted: Callable[[dict[str, Any]], bool], timeout_s: float = 20.0) -> list[dict[str, Any]]:
        """The events, as soon as one of them is wanted."""
        async with asyncio.timeout(timeout_s):
            while True:
                events = await self.events()
                if any(wanted(event) for event in events):
                    return events
                await asyncio.sleep(0.02)

    async def messages(self, kind: str, number: int = 1, timeout_s: float = 20.0) -> list[dict[str, Any]]:
        """The messages of this kind, as soon as there are so many."""
        async with asyncio.timeout(timeout_s):
            while True:
                found = [event for event in await self.events() if event["body"].get("kind") == kind]
                if len(found) >= number:
                    return found
                await asyncio.sleep(0.02)

    @asynccontextmanager
    async def feed(self, after: int = 0) -> AsyncIterator[websockets.ClientConnection]:
        async with websockets.connect(f"{self.desk.ws}/api/feed") as socket:
            hello = {"type": "hello", "protocol": 1, "conversation_id": self.id, "token": self.token, "after": after}
            await socket.send(json.dumps(hello))
            yield socket


class Agent:
    """One signed-in browser of staff."""

    def __init__(self, desk: "Desk", staff_id: str, cookie: str, csrf: str) -> None:
        self.desk = desk
        self.id = staff_id
        self.csrf = csrf
        self.headers = {"Cookie": f"frontdesk_session={cookie}", "X-CSRF-Token": csrf, "Origin": desk.url}
        self._ids = count(1)

    async def post(
        self,
        conversation: Customer,
        what: str,
        body: dict[str, Any] | None = None,
        client_message_id: str | None = None,
    ) -> httpx.Response:
        identified = {"client_message_id": client_message_id or f"a-{next(self._ids)}", **(body or {})}
        path = f"/api/agent/conversations/{conversation.id}/{what}"
        return await self.desk.http.post(path, json=identified, headers=self.headers)

    async def get(self, path: str, **params: Any) -> dict[str, Any]:
        found = await self.desk.http.get(f"/api/agent{path}", params=params, headers=self.headers)
        content: dict[str, Any] = found.raise_for_status().json()
        return content

    async def events(self, conversation: Customer) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.get(f"/conversations/{conversation.id}/events"))["events"]
        return found

    @asynccontextmanager
    async def feed(self) -> AsyncIterator[websockets.ClientConnection]:
        headers = {"Cookie": self.headers["Cookie"]}
        address = f"{self.desk.ws}/api/agent/feed"
        async with websockets.connect(address, additional_headers=headers, origin=self.desk.origin) as socket:
            await socket.send(json.dumps({"type": "hello", "protocol": 1, "csrf": self.csrf}))
            yield socket


class Desk:
    """A running server."""

    def __init__(self, app: FastAPI, engine: ScriptedEngine, http: httpx.AsyncClient, port: int) -> None:
        self.app = app
        self.parts: Parts = app.state.parts
        self.engine = engine
        self.http = http
        self.url = f"http://127.0.0.1:{port}"
        self.origin: Any = self.url
        self.ws = f"ws://127.0.0.1:{port}"
        self._webhooks = count(1)

    async def customer(self) -> Customer:
        begun = await self.http.post("/api/conversations", json={})
        return Customer(self, begun.raise_for_status().json())

    async def agent(self, name: str = "Mara", role: staff.Role = "agent") -> Agent:
        def sign_in(tx: Transaction) -> tuple[str, str, str]:
            now = datetime.now(UTC)
            email = f"{name.lower()}@larkspurbooks.example"
            person = staff.add(tx, email=email, name=name, role=role, password_hash=PASSWORD_HASH, now=now)
            return person.id, *sessions.start(tx, staff_id=person.id, now=now)

        return Agent(self, *await self.parts.database.write(sign_in))

    async def webhook(
        self, data: dict[str, Any], *, type_: str = "handoff.requested", webhook_id: str | None = None
    ) -> httpx.Response:
        """A webhook as the actions send it."""
        now = datetime.now(UTC)
        body = json.dumps({"type": type_, "timestamp": now.isoformat(), "data": data}).encode()
        headers = Signer([WEBHOOK_SECRET]).sign(webhook_id or f"msg_{next(self._webhooks)}", now, body)
        headers["Content-Type"] = "application/json"
        return await self.http.post("/webhooks/handoff", content=body, headers=headers)


def _free_socket() -> socket.socket:
    for port in PORTS:
        listening = socket.socket(proto=socket.IPPROTO_TCP)  # with it asyncio turns Nagle off
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65_536)  # the kernel's 4 MB would hide slow readers
        try:
            listening.bind(("127.0.0.1", port))
            listening.listen()  # at once: only this tells a port that another test process has just taken
        except OSError:
            listening.close()
        else:
            return listening
    raise OSError(f"no free port in {PORTS}")


@asynccontextmanager
async def served(app: FastAPI) -> AsyncIterator[int]:
    listening = _free_socket()
    port = listening.getsockname()[1]
    server = Serving(config_of(app, app.state.parts.settings))
    task = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started:
        await asyncio.sleep(0.005)
        if task.done():
            await task
    try:
        yield port
    finally:
        server.should_exit = True
        await task
        listening.close()
