"""Ports for processes that a test starts."""

from __future__ import annotations

import itertools
import os
import socket

# Below the kernel's own choice (32768 and up): none of these is ever given to somebody's outgoing connection.
_FIRST, _LAST = 20_000, 29_999
_turns = itertools.count(os.getpid() * 97)
_held: list[socket.socket] = []


def free_port() -> int:
    """A port of the loopback that nobody listens on, and that no other call ever answers while this process lives.

    Between this answer and the moment somebody listens, another test run could take it; the port's UDP twin, which
    nobody uses, is held as a sign that it is taken.
    """
    for turn in itertools.islice(_turns, _LAST - _FIRST):
        port = _FIRST + turn % (_LAST - _FIRST)
        sign = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            sign.bind(("127.0.0.1", port))
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(("127.0.0.1", port))
        except OSError:
            sign.close()
        else:
            _held.append(sign)
            return port
    raise OSError(f"no free port from {_FIRST} to {_LAST}")
