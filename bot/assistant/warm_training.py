"""Training through the warm launcher where one runs, else in a process of its own.

Takes the arguments of `bot.assistant.training`, prints the same JSON lines and ends with the same exit code. The
launcher's socket is named by `FRONTDESK_TRAINER_SOCKET`.
"""

from __future__ import annotations

import importlib
import json
import os
import socket
import sys
from collections.abc import Sequence

from bot.assistant import stand_ins

COLD_MODULE = "bot.assistant.training"


def relay(connection: socket.socket, arguments: Sequence[str]) -> int:
    """Ask for a training, copy its lines to standard output, answer its exit code (1 when it was cut off)."""
    connection.sendall(json.dumps(list(arguments)).encode() + b"\n")
    code = 1
    with connection.makefile("r", encoding="utf-8", errors="replace") as lines:
        for line in lines:
            exit_code = _exit_code(line)
            if exit_code is None:
                sys.stdout.write(line)
                sys.stdout.flush()
            else:
                code = exit_code
    return code


def _exit_code(line: str) -> int | None:
    if not line.startswith('{"event": "exit"'):
        return None
    return int(json.loads(line)["code"])


def main(argv: Sequence[str] | None = None) -> int:
    """Train warm if a launcher answers, else cold."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    path = os.environ.get("FRONTDESK_TRAINER_SOCKET", "")
    connection = socket.socket(socket.AF_UNIX)
    try:
        if not path:
            raise FileNotFoundError(path)
        connection.connect(path)
    except OSError:
        connection.close()
        stand_ins.put_in_for()  # before Rasa is imported
        return int(importlib.import_module(COLD_MODULE).main(arguments))
    with connection:
        return relay(connection, arguments)


if __name__ == "__main__":
    raise SystemExit(main())
