"""A customer's client that never gives up: resends with the same id until the message is accepted."""

from __future__ import annotations

import asyncio
import json
import random
import uuid
from typing import Any

import httpx
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException
from websockets.typing import Origin

from tests.faults.history import ClientLog

RETRY_S = 0.1


class Customer:
    """One conversation's client, as the widget behaves: same `client_message_id` until there is an answer.

    Attributes:
        log: What it sent, what was promised, what it was shown.
    """

    def __init__(self, http: httpx.AsyncClient, rng: random.Random) -> None:
        self._http, self._rng = http, rng
        self._token = ""
        self.log = ClientLog(conversation_id="")

    async def arrive(self) -> None:
        """Start a conversation, however often it takes."""
        body = await self._until_answered("POST", "/api/conversations", {})
        self.log.conversation_id, self._token = body["conversation_id"], body["token"]

    async def say(self, text: str, *, resends: int = 0) -> int:
        """Send one message until it is accepted, and `resends` more times; its seq."""
        message_id = str(uuid.UUID(int=self._rng.getrandbits(128), version=4))
        self.log.sent[message_id] = text
        body = {"client_message_id": message_id, "text": text}
        path = f"/api/conversations/{self.log.conversation_id}/messages"
        seqs = {(await self._until_answered("POST", path, body))["seq"] for _ in range(1 + resends)}
        if len(seqs) > 1:
            raise AssertionError(f"{message_id} was accepted as {sorted(seqs)}")
        self.log.acked[message_id] = seqs.pop()
        return self.log.acked[message_id]

    async def ask_for_a_person(self) -> None:
        """Press "Talk to a person"."""
        message_id = str(uuid.UUID(int=self._rng.getrandbits(128), version=4))
        path = f"/api/conversations/{self.log.conversation_id}/handoff"
        await self._until_answered("POST", path, {"client_message_id": message_id})

    async def events(self, after: int = 0) -> list[dict[str, Any]]:
        """The events that follow `after`, as this customer may see them."""
        found: list[dict[str, Any]] = []
        while True:
            after = found[-1]["seq"] if found else after
            # Small pages, so that each passes between two cuts of the proxy.
            path = f"/api/conversations/{self.log.conversation_id}/events?after={after}&limit=5"
            page = (await self._until_answered("GET", path, None))["events"]
            if not page:
                return found
            found += page

    async def watch(self, base_url: str, until_seq: asyncio.Future[int]) -> None:
        """Follow the feed, reconnecting after every cut, until everything up to `until_seq` was shown."""
        while not (until_seq.done() and self._last_shown() >= until_seq.result()):
            try:
                await self._follow(base_url, until_seq)
            except (OSError, WebSocketException, TimeoutError, EOFError):
                await asyncio.sleep(RETRY_S * self._rng.random())

    async def _follow(self, base_url: str, until_seq: asyncio.Future[int]) -> None:
        address = base_url.replace("http", "ws", 1) + "/api/feed"
        async with connect(address, origin=Origin(base_url), open_timeout=5, close_timeout=0.2) as socket:
            hello = {"type": "hello", "protocol": 1, "conversation_id": self.log.conversation_id, "token": self._token}
            await socket.send(json.dumps({**hello, "after": self._last_shown()}))
            while not (until_seq.done() and self._last_shown() >= until_seq.result()):
                async with asyncio.timeout(2):
                    frame = json.loads(await socket.recv())
                # As the widget does: an event that was shown already is dropped by its seq, a gap is never accepted.
                if frame["type"] == "event" and frame["event"]["seq"] == self._last_shown() + 1:
                    self.log.shown.append(frame["event"])
                elif frame["type"] == "event" and frame["event"]["seq"] > self._last_shown() + 1:
                    raise AssertionError(f"gap: {frame['event']['seq']} after {self._last_shown()}")

    def _last_shown(self) -> int:
        return int(self.log.shown[-1]["seq"]) if self.log.shown else 0

    async def _until_answered(self, method: str, path: str, body: dict[str, Any] | None) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        result: dict[str, Any] = (await until_answered(self._http, method, path, body, headers)).json()
        return result


async def until_answered(
    http: httpx.AsyncClient,
    method: str,
    path: str,
    body: dict[str, Any] | None,
    headers: dict[str, str],
    *,
    accept: tuple[int, ...] = (),
) -> httpx.Response:
    """Send a request until the server has decided about it; an error other than those accepted is a failure."""
    while True:
        try:
            answer = await http.request(method, path, json=body, headers=headers)
        except httpx.HTTPError:
            await asyncio.sleep(RETRY_S)
            continue
        if answer.status_code in (429, 503):
            await asyncio.sleep(RETRY_S)
            continue
        if answer.is_error and answer.status_code not in accept:
            raise AssertionError(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
        return answer
