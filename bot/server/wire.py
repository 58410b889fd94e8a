"""The wire below requests and feeds: what uvicorn would take from a client without asking how much more there is.

*Requests.* The body is counted where it is read (`bodies.py`); the head is uvicorn's, which keeps any number of bytes
for any time. Here it has a size and a time, and a connection that says nothing has an end.

*Sockets.* uvicorn holds a socket's reading back as soon as a message waits for the application, so messages cannot
flood. Pings, empty fragments and other pieces of no message pass below that, cost the event loop time and, in
fragments, memory. They are counted here, and a socket that sends too many is closed.
"""

import asyncio
import json
from http import HTTPStatus
from time import monotonic

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import CloseCode

from bot.server import metrics

HEAD_MAX_BYTES = 65_536
"""Browsers send a few kB; what proxies add fits as well."""
HEAD_TIMEOUT_S = 30.0
PIECES_PER_FRAME = 5
"""Frames on the wire that one allowed frame may take: browsers send one, proxies may split it."""


class Wire(WebSocketsSansIOProtocol):
    """One socket, as uvicorn serves it, with an end to patience."""

    _allowed = float("inf")
    _counted_at = 0.0

    def handle_connect(self, event: object) -> None:
        """Begin to count."""
        self._counted_at = monotonic()
        self._allowed = self._burst
        super().handle_connect(event)  # type: ignore[arg-type]

    @property
    def _burst(self) -> float:
        per_minute: int = self.config.app.state.parts.settings.frames_per_minute  # type: ignore[union-attr]
        return PIECES_PER_FRAME * per_minute

    def handle_events(self) -> None:
        """Pass on what came, unless it was too much: then the socket is closed as for any flood."""
        now = monotonic()
        self._allowed = min(self._burst, self._allowed + (now - self._counted_at) * self._burst / 60)
        self._counted_at = now
        self._allowed -= len(self.conn.events)
        if self._allowed < 0 and not self.close_sent:
            self._refuse(CloseCode.POLICY_VIOLATION)
            return
        super().handle_events()

    def send_receive_event_to_app(self) -> None:
        """Pass on a whole message; text that is no UTF-8 is the client's fault and no error of ours."""
        if self.curr_msg_data_type == "text" and not self.close_sent:
            try:
                b"".join(self.frames).decode()
            except UnicodeDecodeError:
                self._refuse(CloseCode.INVALID_DATA)
                return
        super().send_receive_event_to_app()

    def _refuse(self, code: CloseCode) -> None:
        metrics.CLOSED.labels(int(code)).inc()
        self.frames = []
        self.conn.events.clear()
        self.conn.fail(code)
        self.handle_parser_exception()


class Http(HttpToolsProtocol):
    """One connection, as uvicorn serves it, whose request heads have a size and a time."""

    _head_bytes = 0
    _in_head = False
    _patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request, but not for ever; between requests uvicorn itself counts the time."""
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is waited for any more."""
        self._stop_waiting()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """A head begins."""
        super().on_message_begin()
        self._in_head, self._head_bytes = True, 0
        self._wait()

    def on_headers_complete(self) -> None:
        """A head is whole."""
        self._in_head = False
        self._stop_waiting()
        super().on_headers_complete()

    def data_received(self, data: bytes) -> None:
        """Pass on what came; a head that goes on and on is refused."""
        super().data_received(data)
        if self._in_head and not self.transport.is_closing():
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_MAX_BYTES:
                self._refuse(431, "head_too_large", "The request's headers are too large. Send fewer cookies and less.")

    def _wait(self) -> None:
        self._stop_waiting()
        self._patience = self.loop.call_later(HEAD_TIMEOUT_S, self._give_up)

    def _stop_waiting(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _give_up(self) -> None:
        if self.transport.is_closing():
            return
        if self._in_head:
            self._refuse(408, "too_slow", f"The request took over {HEAD_TIMEOUT_S:.0f} s to arrive. Send it again.")
        else:
            self.transport.close()

    def _refuse(self, status: int, code: str, detail: str) -> None:
        metrics.REFUSED.labels(code).inc()
        phrase = HTTPStatus(status).phrase
        problem = {"type": "about:blank", "title": phrase, "status": status, "code": code, "detail": detail}
        body = json.dumps(problem)
        head = (
            f"HTTP/1.1 {status} {phrase}\r\nContent-Type: application/problem+json\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        self.transport.write((head + body).encode())
        self.transport.close()
