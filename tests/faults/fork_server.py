"""Starts the desk's processes by forking one that has imported their code: a start takes 0.1 s instead of two.

The campaigns start the server hundreds of times, and most of each start would be Python reading modules. What is forked
is a process like any other: its own memory, files and sockets, and SIGKILL ends it as it would end any.

Requests and answers are lines of JSON:

    {"start": "server", "env": {…}, "log": "…"}  →  {"pid": 17}
    {"ended": 17}                                →  {"code": null | -9 | 0}
"""

from __future__ import annotations

import atexit
import functools
import gc
import importlib
import json
import os
import pkgutil
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
POLL_S = 0.005


class Child:
    """A process that was started here."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._code: int | None = None

    def poll(self) -> int | None:
        """The exit code; negative for a signal, None while it runs."""
        if self._code is None:
            self._code = fork_server().ask({"ended": self.pid})["code"]
        return self._code

    def wait(self, timeout_s: float) -> int:
        """The exit code, once there is one."""
        deadline = time.monotonic() + timeout_s
        while (code := self.poll()) is None:
            if time.monotonic() > deadline:
                raise AssertionError(f"process {self.pid} did not end within {timeout_s:.0f} s")
            time.sleep(POLL_S)
        return code

    def send(self, number: signal.Signals) -> None:
        """Send a signal; a process that has ended takes none."""
        if self.poll() is None:
            os.kill(self.pid, number)


class ForkServer:
    """The test's end."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.fork_server"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self, what: str, *, env: dict[str, str], log: Path) -> Child:
        """Start `server` or `engine` in this environment; what it prints is appended to `log`."""
        return Child(self.ask({"start": what, "env": env, "log": str(log)})["pid"])

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """Send one request and wait for its answer."""
        with self._lock:
            assert self._process.stdin is not None
            assert self._process.stdout is not None
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError("the fork server has ended; its words are above")
        found: dict[str, Any] = json.loads(answer)
        return found

    def close(self) -> None:
        """End it, and with it whatever it started."""
        self._process.communicate()


@functools.cache
def fork_server() -> ForkServer:
    """The one of this test run, started at the first need."""
    made = ForkServer()
    atexit.register(made.close)
    return made


def _serve() -> None:
    """Answer requests until the test run ends."""
    _import_all()
    requests, answers = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w")
    running: set[int] = set()
    for line in requests:
        request = json.loads(line)
        if "start" in request:
            pid = os.fork()
            if pid == 0:
                requests.detach()
                answers.detach()
                _become(request)
            running.add(pid)
            answer = {"pid": pid}
        else:
            pid, status = os.waitpid(request["ended"], os.WNOHANG)
            running.discard(pid)
            answer = {"code": os.waitstatus_to_exitcode(status) if pid else None}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()
    for pid in running:
        os.kill(pid, signal.SIGKILL)


def _import_all() -> None:
    import bot.server
    import bot.store

    for package in (bot.server, bot.store):
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    for name in ("bot.operate", "bot.cli", "tests.faults.scripted_engine"):
        importlib.import_module(name)
    gc.freeze()  # shared pages stay shared


def _become(request: dict[str, Any]) -> None:
    """Turn this fork into the process that was asked for; never returns."""
    code = 1
    try:
        os.closerange(3, 64)  # the fork server's own ends
        null, log = os.open(os.devnull, os.O_RDONLY), os.open(request["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        for source, target in ((null, 0), (log, 1), (log, 2)):
            os.dup2(source, target)
        os.environ.clear()
        os.environ.update(request["env"])
        random.seed()  # forks would else all roll the same dice
        code = _main(request["start"])
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _main(what: str) -> int:
    if what == "server":
        from bot import cli

        return cli.main(["server"])
    from tests.faults import scripted_engine

    return scripted_engine.main()


if __name__ == "__main__":
    _serve()
