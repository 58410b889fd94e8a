"""HTTP to the engine over kept connections of the loopback; docs/decisions/0073 says why not httpx's own.

It is a transport of httpx, so requests, answers and errors are httpx's and tests put others in its place.
"""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from time import monotonic
from typing import cast

import httptools
import httpx


@dataclass
class _Received:
    """An answer as far as it has come."""

    status: int = 0
    body: bytearray = field(default_factory=bytearray)
    ends_with_connection: bool = True  # until a header says where it ends


class _Connection(asyncio.Protocol):
    """One connection, one exchange at a time."""

    def __init__(self, max_bytes: int) -> None:
        self.idle_since = 0.0
        self._max_bytes = max_bytes
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._received = _Received()
        self._answer: asyncio.Future[_Received] | None = None

    @property
    def is_open(self) -> bool:
        """Whether another request may be sent."""
        return self._transport is not None and not self._transport.is_closing()

    async def exchange(self, request: bytes) -> _Received:
        """Send a request and wait for the answer; whoever stops waiting loses the connection."""
        if self._transport is None or not self.is_open:
            raise httpx.ReadError("The connection was closed before the request left.")
        self._received = _Received()
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        try:
            return await self._answer
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close it now."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the loop."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by inheritance

    def data_received(self, data: bytes) -> None:
        """Called by the loop."""
        if self._answer is None or self._answer.done():
            self.close()  # nobody asked
            return
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as exc:
            self._fail(f"This is no HTTP: {exc}")

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by the loop."""
        self._transport = None
        if self._received.status and self._received.ends_with_connection and exc is None:
            self._finish()
        else:
            self._fail("The connection broke.")

    def on_header(self, name: bytes, value: bytes) -> None:
        """Called by the parser."""
        if name.lower() in (b"content-length", b"transfer-encoding"):
            self._received.ends_with_connection = False

    def on_headers_complete(self) -> None:
        """Called by the parser."""
        self._received.status = self._parser.get_status_code()

    def on_body(self, body: bytes) -> None:
        """Called by the parser."""
        self._received.body += body
        if len(self._received.body) > self._max_bytes:
            self._finish()  # the rest is not read; the caller sees by the size that it is too large
            self.close()

    def on_message_complete(self) -> None:
        """Called by the parser."""
        if not self._parser.should_keep_alive():
            self.close()
        self._finish()

    def _finish(self) -> None:
        received, self._received = self._received, _Received()  # whatever else is sent belongs to no answer
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(received)

    def _fail(self, why: str) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(httpx.ReadError(why))
        self.close()


class Loopback(httpx.AsyncBaseTransport):
    """Keeps connections to one address.

    Args:
        max_bytes: Of an answer's body; what is larger is cut after more than this many.
        connect_timeout_s: How long a connection may take.
        keepalive_s: How long an idle connection is trusted; below the other end's own limit.
    """

    def __init__(self, *, max_bytes: int, connect_timeout_s: float, keepalive_s: float) -> None:
        self._max_bytes = max_bytes
        self._connect_timeout_s = connect_timeout_s
        self._keepalive_s = keepalive_s
        self._idle: deque[_Connection] = deque()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request.

        Raises:
            httpx.ConnectError: Nothing listens.
            httpx.ConnectTimeout: No connection in time.
            httpx.ReadError: The connection broke, or what came is no HTTP.
        """
        connection = self._kept() or await self._connect(request.url)
        received = await connection.exchange(_encoded(request))
        if connection.is_open:
            connection.idle_since = monotonic()
            self._idle.append(connection)
        while self._idle and not self._is_trusted(self._idle[0]):
            self._idle.popleft().close()
        return httpx.Response(received.status, content=bytes(received.body))

    def _kept(self) -> _Connection | None:
        """The connection used last, if there is one to trust."""
        while self._idle:
            connection = self._idle.pop()
            if self._is_trusted(connection):
                return connection
            connection.close()
        return None

    def _is_trusted(self, connection: _Connection) -> bool:
        return connection.is_open and monotonic() - connection.idle_since < self._keepalive_s

    async def _connect(self, url: httpx.URL) -> _Connection:
        try:
            async with asyncio.timeout(self._connect_timeout_s):
                _, connection = await asyncio.get_running_loop().create_connection(
                    lambda: _Connection(self._max_bytes), url.host, url.port or 80
                )
        except TimeoutError as exc:
            raise httpx.ConnectTimeout("no connection in time") from exc
        except OSError as exc:
            raise httpx.ConnectError(str(exc)) from exc
        return connection

    async def aclose(self) -> None:
        """Close the idle connections; those at work end with their request."""
        while self._idle:
            self._idle.pop().close()


def _encoded(request: httpx.Request) -> bytes:
    head = [b"%s %s HTTP/1.1" % (request.method.encode("ascii"), request.url.raw_path)]
    head += [b"%s: %s" % header for header in request.headers.raw]
    return b"\r\n".join(head) + b"\r\n\r\n" + request.content
