"""A WebSocket client without manners: it sends the bytes a test wants, whether or not a protocol allows them."""

from __future__ import annotations

import base64
import socket
import struct
from types import TracebackType

TEXT, BINARY, CONTINUATION, CLOSE, PING, PONG = 1, 2, 0, 8, 9, 10
ENDED = 0
"""In place of a close code: the connection ended without one, because we were still sending."""


def frame(
    payload: bytes,
    opcode: int = TEXT,
    *,
    fin: bool = True,
    rsv: int = 0,
    masked: bool = True,
    length: int | None = None,
) -> bytes:
    """One frame; `length` may lie about the payload."""
    size = len(payload) if length is None else length
    first, mask = (0x80 if fin else 0) | rsv << 4 | opcode, 0x80 if masked else 0
    if size < 126:
        head = struct.pack("!BB", first, mask | size)
    elif size < 65_536:
        head = struct.pack("!BBH", first, mask | 126, size)
    else:
        head = struct.pack("!BBQ", first, mask | 127, size)
    # A mask of zeros is a mask, and leaves the payload readable in a failure's bytes.
    return head + (b"\0\0\0\0" if masked else b"") + payload


class RawSocket:
    """One connection.

    Attributes:
        status: Of the answer to the handshake.
        head: That answer's headers.
    """

    def __init__(
        self, port: int, path: str, headers: dict[str, str] | None = None, *, receive_bytes: int | None = None
    ) -> None:
        self._socket = socket.socket()
        if receive_bytes:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        self._socket.settimeout(20)
        self._socket.connect(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        asked = {
            "Host": f"127.0.0.1:{port}",
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": base64.b64encode(b"sixteen bytes ok").decode(),
            **(headers or {}),
        }
        lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in asked.items()), "", ""]
        self._socket.sendall("\r\n".join(lines).encode("latin-1"))
        self._buffer = b""
        while b"\r\n\r\n" not in self._buffer:
            self._more()
        head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
        self.head = head.decode("latin-1")
        self.status = int(self.head.split()[1])

    def __enter__(self) -> RawSocket:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()

    def send(self, data: bytes) -> bool:
        """Send; whether the other side still took it."""
        try:
            self._socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            return False
        return True

    def reset(self) -> None:
        """End the connection as a pulled plug does."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._socket.close()

    def next(self) -> tuple[int, bytes]:
        """The next frame: opcode and payload; a lost connection is a close with code `ENDED`."""
        try:
            head = self._take(2)
            size = head[1] & 0x7F
            if size > 125:
                size = int.from_bytes(self._take(2 if size == 126 else 8), "big")
            return head[0] & 0x0F, self._take(size)
        except (EOFError, ConnectionResetError):
            return CLOSE, b"\0\0"

    def close_code(self) -> int:
        """Read on until the server closes; with which code."""
        while True:
            opcode, payload = self.next()
            if opcode == CLOSE:
                return int.from_bytes(payload[:2], "big")

    def code_or_alive(self) -> int | None:
        """Ask for a pong: None if it comes, otherwise the code of the close that comes instead."""
        self.send(frame(b"alive?", PING))
        while True:
            opcode, payload = self.next()
            if opcode == CLOSE:
                return int.from_bytes(payload[:2], "big")
            if (opcode, payload) == (PONG, b"alive?"):
                return None

    def _take(self, size: int) -> bytes:
        while len(self._buffer) < size:
            self._more()
        taken, self._buffer = self._buffer[:size], self._buffer[size:]
        return taken

    def _more(self) -> None:
        received = self._socket.recv(65_536)
        if not received:
            raise EOFError
        self._buffer += received
