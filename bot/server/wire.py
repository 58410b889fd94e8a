"""The wire below the feed: what a client sends in frames that never become a message.

uvicorn holds a socket's reading back as soon as a message waits for the application, so messages cannot flood. Pings,
empty fragments and other pieces of no message pass below that, cost the event loop time and, in fragments, memory.
They are counted here, and a socket that sends too many is closed.
"""

from time import monotonic

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import CloseCode

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
        self.frames = []
        self.conn.events.clear()
        self.conn.fail(code)
        self.handle_parser_exception()
