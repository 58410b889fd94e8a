"""The connections to the engine against sockets that answer, break off and talk rubbish."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx
import pytest
import uvloop

from bot.server.loopback import Loopback

MAX_BYTES = 100_000

Reaction = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]


class Peer:
    """A server of raw bytes: hands each request to `reaction`, and counts connections."""

    def __init__(self) -> None:
        self.connections = 0
        self.requests: list[bytes] = []
        self.reaction: Reaction = _ok
        self.url = ""
        self._writers: list[asyncio.StreamWriter] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.append(writer)
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = re.search(rb"(?i)content-length: (\d+)", head)
                self.requests.append(head + await reader.readexactly(int(length[1]) if length else 0))
                await self.reaction(self.requests[-1], writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def hang_up(self) -> None:
        for writer in self._writers:
            writer.close()
        self._writers.clear()
        await asyncio.sleep(0)


async def _ok(request: bytes, writer: asyncio.StreamWriter) -> None:
    body = json.dumps({"length": len(request)}).encode()
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))


def _raw(answer: bytes, *, then_close: bool = False) -> Reaction:
    async def react(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        await writer.drain()
        if then_close:
            writer.close()

    return react


@asynccontextmanager
async def _served(peer: Peer, keepalive_s: float) -> AsyncIterator[Loopback]:
    server = await asyncio.start_server(peer.serve, "127.0.0.1", 0)
    peer.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    transport = Loopback(max_bytes=MAX_BYTES, connect_timeout_s=5, keepalive_s=keepalive_s)
    try:
        yield transport
    finally:
        await transport.aclose()
        await peer.hang_up()
        server.close()


async def _ask(transport: Loopback, peer: Peer, text: str = "hi") -> httpx.Response:
    request = httpx.Request("POST", f"{peer.url}/turn", headers={"X-Secret": "s"}, json={"text": text})
    async with asyncio.timeout(20):
        return await transport.handle_async_request(request)


def _run(reaction: Reaction | None, work: Callable[[Loopback, Peer], Awaitable[None]], keepalive_s: float = 60) -> None:
    async def main() -> None:
        peer = Peer()
        peer.reaction = reaction or _ok
        async with _served(peer, keepalive_s) as transport:
            await work(transport, peer)

    for loop in (asyncio.new_event_loop, uvloop.new_event_loop):  # the server runs on the second
        with asyncio.Runner(loop_factory=loop) as runner:
            runner.run(main())


def test_questions_share_a_connection_and_arrive_whole() -> None:
    async def work(transport: Loopback, peer: Peer) -> None:
        for text in ("one", "zwei ü", "x" * 5000):
            response = await _ask(transport, peer, text)
            assert (response.status_code, response.json()) == (200, {"length": len(peer.requests[-1])})
            head, _, body = peer.requests[-1].partition(b"\r\n\r\n")
            assert head.startswith(b"POST /turn HTTP/1.1\r\nHost: 127.0.0.1")
            assert json.loads(body) == {"text": text}
        assert peer.connections == 1

    _run(None, work)


def test_questions_at_the_same_time_have_connections_of_their_own() -> None:
    async def work(transport: Loopback, peer: Peer) -> None:
        for _ in range(2):
            answers = await asyncio.gather(*(_ask(transport, peer, "x" * n) for n in range(5)))
            assert len({answer.json()["length"] for answer in answers}) == 5
        assert peer.connections == 5

    _run(None, work)


def test_a_connection_that_was_idle_too_long_is_not_trusted() -> None:
    async def work(transport: Loopback, peer: Peer) -> None:
        await _ask(transport, peer)
        await _ask(transport, peer)
        assert peer.connections == 2

    _run(None, work, keepalive_s=0)


def test_a_connection_that_the_engine_closed_is_not_used_again() -> None:
    async def work(transport: Loopback, peer: Peer) -> None:
        await _ask(transport, peer)
        kept = transport._idle[0]
        await peer.hang_up()
        async with asyncio.timeout(20):
            while kept.is_open:
                await asyncio.sleep(0.01)
        assert (await _ask(transport, peer)).status_code == 200

    _run(None, work)


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", b"abcde"),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", b"ok"),
        (b"HTTP/1.0 200 OK\r\n\r\nuntil the end", b"until the end"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 500 No\r\nContent-Length: 3\r\n\r\nbad", b"ok"),
    ],
)
def test_every_way_in_which_an_answer_may_end(answer: bytes, body: bytes) -> None:
    async def work(transport: Loopback, peer: Peer) -> None:
        response = await _ask(transport, peer)
        assert (response.status_code, response.content) == (200, body)

    _run(_raw(answer, then_close=True), work)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Len",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
        b"\x16\x03\x01 this is no HTTP\r\n\r\n",
    ],
)
def test_an_answer_that_breaks_off_is_a_death(answer: bytes) -> None:
    async def work(transport: Loopback, peer: Peer) -> None:
        with pytest.raises(httpx.ReadError):
            await _ask(transport, peer)
        peer.reaction = _ok
        assert (await _ask(transport, peer)).status_code == 200

    _run(_raw(answer, then_close=True), work)


def test_an_answer_that_never_ends_is_cut() -> None:
    async def endless(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"x" * 10_000)
            await writer.drain()

    async def work(transport: Loopback, peer: Peer) -> None:
        response = await _ask(transport, peer)
        assert MAX_BYTES < len(response.content) < 2 * MAX_BYTES + 1_000_000

    _run(endless, work)


def test_nobody_there_is_said_at_once() -> None:
    async def work(transport: Loopback, peer: Peer) -> None:
        peer.url = "http://127.0.0.1:1"
        with pytest.raises(httpx.ConnectError):
            await _ask(transport, peer)

    _run(None, work)


def test_whoever_stops_waiting_leaves_no_answer_to_the_next() -> None:
    async def slow_then_ok(request: bytes, writer: asyncio.StreamWriter) -> None:
        if b"slow" not in request:
            await _ok(request, writer)

    async def work(transport: Loopback, peer: Peer) -> None:
        slow = asyncio.create_task(_ask(transport, peer, "slow"))
        async with asyncio.timeout(20):
            while not peer.requests:
                await asyncio.sleep(0.01)
        slow.cancel()
        await asyncio.gather(slow, return_exceptions=True)
        assert (await _ask(transport, peer)).status_code == 200
        assert peer.connections == 2

    _run(slow_then_ok, work)
