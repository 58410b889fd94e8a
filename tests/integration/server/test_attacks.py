"""Attacks of docs/attacks.md that have no better place: on the wire, by flood, by forgery."""

import asyncio
import inspect
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import websockets

from bot.desk import webhooks
from bot.desk.webhooks import Signer
from bot.server import bodies, wire
from bot.server.metrics import REGISTRY
from tests.faults.raw_socket import RawSocket
from tests.integration.server.conftest import Serve
from tests.integration.server.desk_under_test import WEBHOOK_SECRET, Desk

pytestmark = pytest.mark.anyio


class Wire:
    """A connection that sends what it likes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def sends(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def hears(self) -> tuple[int, dict[str, Any]]:
        """Status and problem of the answer; (0, {}) when the connection was closed without one."""
        try:
            async with asyncio.timeout(20):
                answer = await self._reader.read()
        except ConnectionError:
            return 0, {}
        if not answer:
            return 0, {}
        head, _, body = answer.partition(b"\r\n\r\n")
        return int(head.split()[1]), json.loads(body)


@asynccontextmanager
async def connected(desk: Desk) -> AsyncIterator[Wire]:
    reader, writer = await asyncio.open_connection("127.0.0.1", int(desk.url.rsplit(":", 1)[1]))
    try:
        yield Wire(reader, writer)
    finally:
        writer.transport.abort()


async def still_answers(desk: Desk) -> bool:
    customer = await desk.customer()
    return (await customer.say("When do you open?")).status_code == 202


@pytest.mark.parametrize("times", [1, 1000], ids=["one header", "a thousand headers"])
async def test_a_megabyte_of_headers_is_refused(desk: Desk, times: int) -> None:
    async with connected(desk) as wire_:
        await wire_.sends(b"POST /webhooks/handoff HTTP/1.1\r\nHost: x\r\n")
        try:
            for n in range(times):
                await wire_.sends(b"webhook-signature-%d: " % n + b"v1,A" * (250_000 // times) + b"\r\n")
        except ConnectionError:
            pass  # it was refused while we were still sending
        else:
            assert (await wire_.hears())[0] in (0, 431)

    assert await still_answers(desk)


async def test_a_head_just_too_large_is_told_so(desk: Desk) -> None:
    async with connected(desk) as wire_:
        # Not a byte more than it takes: a connection that is closed with bytes unread is reset, its answer lost.
        await wire_.sends(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX: ".ljust(wire.HEAD_MAX_BYTES + 1, b"x"))

        status, problem = await wire_.hears()

    assert (status, problem["code"]) == (431, "head_too_large")


async def test_a_head_that_never_ends_ends(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "HEAD_TIMEOUT_S", 0.3)
    async with connected(desk) as wire_, connected(desk) as silent:
        await wire_.sends(b"GET /healthz HTTP/1.1\r\nHost: ")

        status, problem = await wire_.hears()
        nothing = await silent.hears()

    assert (status, problem["code"]) == (408, "too_slow")
    assert nothing == (0, {})


async def test_a_body_that_never_comes_is_not_waited_for(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "BODY_TIMEOUT_S", 0.3)
    head = b"POST /api/conversations HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n"
    async with connected(desk) as wire_:
        await wire_.sends(head + b"Connection: close\r\n\r\n{")

        status, problem = await wire_.hears()

    assert (status, problem["code"]) == (408, "too_slow")


async def test_compression_is_declined(desk: Desk) -> None:
    offer = {"Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits"}

    def handshake() -> tuple[int, str]:
        with RawSocket(int(desk.url.rsplit(":", 1)[1]), "/api/feed", offer) as raw:
            return raw.status, raw.head.lower()

    status, head = await asyncio.to_thread(handshake)

    assert status == 101
    assert "extensions" not in head
    assert "deflate" not in head


async def test_a_thousand_messages_in_a_row_are_limited_and_neighbours_are_not(serve: Serve) -> None:
    async with serve(messages_per_minute=20, messages_burst=5) as desk:
        flooding, neighbour = await desk.customer(), await desk.customer()
        flood = asyncio.gather(*(flooding.say(f"message {n}") for n in range(200)))
        beside = await neighbour.say("When do you open?")
        await neighbour.messages("answer")
        statuses = [answer.status_code for answer in await flood]
        said = [event for event in await flooding.events() if event["author"]["kind"] == "customer"]

    assert beside.status_code == 202
    assert set(statuses) == {202, 429}
    assert len(said) == statuses.count(202) <= 10


@pytest.mark.parametrize("literal", ["1e999999", "9" * 5000, "-Infinity", "1" + "0" * 400 + ".5"])
async def test_numbers_that_are_none_are_refused(desk: Desk, literal: str) -> None:
    headers = {"Content-Type": "application/json"}

    answer = await desk.http.post("/api/conversations", content=f'{{"page_url": {literal}}}', headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_json")


@pytest.mark.parametrize("path", ["/api/conversations", "/api/session", "/api/setup", "/webhooks/handoff"])
@pytest.mark.parametrize("fields", [1, 100_000])
async def test_forms_are_not_read(desk: Desk, path: str, fields: int) -> None:
    part = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
    headers = {"Content-Type": "multipart/form-data; boundary=b"}

    try:
        answer = await desk.http.post(path, content=part * fields + b"--b--", headers=headers)
    except httpx.TransportError:  # refused by its declared length, while we were still sending
        assert fields > 1
        assert await still_answers(desk)
        return

    assert answer.json()["code"] in ("invalid_json", "body_too_large", "signature_invalid")
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_household_of_ipv6_addresses_is_one_client(serve: Serve) -> None:
    async with serve(conversations_per_hour=4, trusted_proxies="127.0.0.1") as desk:

        async def begins(address: str) -> int:
            return (
                await desk.http.post("/api/conversations", json={}, headers={"X-Forwarded-For": address})
            ).status_code

        one_household = [await begins(f"2001:db8:7:7:{n:x}::{n:x}") for n in range(1, 60)]
        another = await begins("2001:db8:7:8::1")

    assert one_household == [201] * 4 + [429] * 55
    assert another == 201


async def test_the_same_webhook_a_hundred_times_at_once_is_one(desk: Desk) -> None:
    customer = await desk.customer()
    data = {"conversation_id": customer.id, "reason": "customer_request"}
    body = json.dumps({"type": "handoff.requested", "timestamp": "2026-11-22T09:00:00Z", "data": data}).encode()
    headers = {"Content-Type": "application/json", **Signer([WEBHOOK_SECRET]).sign("msg_same", datetime.now(UTC), body)}

    answers = await asyncio.gather(
        *(desk.http.post("/webhooks/handoff", content=body, headers=headers) for _ in range(100))
    )
    requested = [event for event in await customer.events() if event["type"] == "handoff.requested"]

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert len(requested) == 1


def test_signatures_are_compared_in_constant_time() -> None:
    code = inspect.getsource(webhooks)

    assert "hmac.compare_digest(" in code
    assert "signature ==" not in code


async def test_five_hundred_cries_for_a_human_are_one_handoff(desk: Desk) -> None:
    customer = await desk.customer()
    desk.engine.answers(decision="escalate", reason="customer_request", rule="asked", priority="high")

    for n in range(60):
        await customer.say("HUMAN!!!" if n % 2 else "you are wonderful")
    await customer.until(lambda event: event["type"] == "handoff.requested")
    events = await customer.events()

    assert [event["type"] for event in events].count("handoff.requested") == 1
    assert len(desk.engine.turns) <= 2


@pytest.mark.parametrize("path", ["/openapi.json", "/docs", "/redoc", "/version", "/status", "/domain", "/model"])
async def test_what_is_no_page_of_ours_is_none(desk: Desk, path: str) -> None:
    answer: httpx.Response = await desk.http.get(path)

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert "server" not in answer.headers


def counted(name: str, code: str) -> float:
    return REGISTRY.get_sample_value(name, {"code": code}) or 0.0


async def test_every_refusal_is_counted_by_its_code(desk: Desk) -> None:
    codes = ["invalid_request", "invalid_json", "not_found", "method_not_allowed", "not_authenticated"]
    before = [counted("frontdesk_refused_total", code) for code in codes]
    closed = counted("frontdesk_feeds_closed_total", "1008")

    await desk.http.post("/api/conversations", json={"unknown": 1})
    await desk.http.post("/api/conversations", content=b"{", headers={"Content-Type": "application/json"})
    await desk.http.get("/api/nothing")
    await desk.http.put("/api/conversations")
    await desk.http.get("/api/session")
    async with websockets.connect(f"{desk.ws}/api/feed") as feed:
        await feed.send("{}")
        await feed.wait_closed()

    assert [counted("frontdesk_refused_total", code) for code in codes] == [count + 1 for count in before]
    assert counted("frontdesk_feeds_closed_total", "1008") == closed + 1
