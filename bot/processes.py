"""The supervisor: starts the processes of Frontdesk, restarts one that dies, stops all of them together.

Only the standard library, because this process must outlive every other. Each child leads its own session (Ctrl-C
reaches the supervisor alone, which then stops them in order) and dies with the supervisor, even if that is killed.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import logging.handlers
import signal
import socket
import time
import urllib.request
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.children import bound, kill_group

BACK_OFF_S = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
STEADY_S = 60.0
"""A child that ran this long has recovered: the next death counts as the first."""
PROBE_EVERY_S = 10.0
PROBES_MISSED = 9
"""Missed probes in a row after which a child counts as hung: 90 s, longer than any pause it survives by itself."""
EARLY_DEATHS = 3
LOG_BYTES = 10_000_000
LOG_FILES = 5

Say = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Program:
    """One process to keep running.

    Attributes:
        name: What people call it: `server`, `engine`, `actions`.
        command: Called at each start, so that a restart picks up the live model of that moment.
        env: Its whole environment.
        cwd: Its working folder.
        probe_url: Answers 200 while the process is alive and not hung.
        stop_s: Time to stop by itself after SIGTERM.
        essential: Frontdesk gives up when it dies at every start.
    """

    name: str
    command: Callable[[], Sequence[str]]
    env: Mapping[str, str]
    cwd: Path
    probe_url: str
    stop_s: float
    essential: bool = False


class Supervisor:
    """Keeps a set of programs running until it is told to stop."""

    def __init__(self, programs: Sequence[Program], *, logs: Path, say: Say) -> None:
        self._children = [_Child(program, logs=logs, say=say, give_up=self._give_up) for program in programs]
        self._say = say
        self._stop = asyncio.Event()
        self._failed = False

    def request_stop(self) -> None:
        """Stop everything in order; a second call stops at once."""
        if self._stop.is_set():
            for child in self._children:
                child.kill()
        self._stop.set()

    async def run(self, once_started: Callable[[], Awaitable[None]]) -> int:
        """Start everything and wait for a stop.

        Args:
            once_started: Runs beside the children: waits until they are ready and says so.

        Returns:
            Exit code: 0 after a requested stop, 1 when an essential program could not be kept running.
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self.request_stop)
        keepers = [asyncio.create_task(child.keep_running()) for child in self._children]
        greeter = asyncio.ensure_future(once_started())
        await self._stop.wait()
        self._say("Stopping …")
        greeter.cancel()
        for keeper in keepers:
            keeper.cancel()
        await asyncio.gather(greeter, *keepers, return_exceptions=True)
        await self._stop_in_order()
        return 1 if self._failed else 0

    async def _stop_in_order(self) -> None:
        """The server drains first, while what it depends on still answers."""
        first, *others = self._children
        await first.stop()
        await asyncio.gather(*(child.stop() for child in others))
        for child in self._children:
            child.close()

    def _give_up(self) -> None:
        self._failed = True
        self._stop.set()


class _Child:
    """One program and the process that runs it now."""

    def __init__(self, program: Program, *, logs: Path, say: Say, give_up: Callable[[], None]) -> None:
        self._program = program
        self._say = say
        self._give_up = give_up
        self._process: asyncio.subprocess.Process | None = None
        self._log = _log(program.name, logs)
        self._log_file = logs / f"{program.name}.log"
        self._last_lines: deque[str] = deque(maxlen=3)
        self._deaths = 0
        self._ever_alive = False

    async def keep_running(self) -> None:
        """Start, wait for the end, wait a little, start again; for ever."""
        while True:
            started = time.monotonic()
            reason = await self._run_once()
            self._deaths = 1 if time.monotonic() - started > STEADY_S else self._deaths + 1
            if self._program.essential and not self._ever_alive and self._deaths >= EARLY_DEATHS:
                self._say(f"The {self._program.name} does not start: {reason}. Its log: {self._log_file}")
                self._give_up()
                return
            pause_s = BACK_OFF_S[min(self._deaths, len(BACK_OFF_S)) - 1]
            self._say(
                f"The {self._program.name} stopped ({reason}); starting it again in {pause_s:.0f} s. "
                f"Its log: {self._log_file}"
            )
            await asyncio.sleep(pause_s)

    async def stop(self) -> None:
        """Ask the process to end, and end it when it has not after `stop_s`."""
        process = self._process
        if process is None or process.returncode is not None:
            return
        kill_group(process.pid, signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), self._program.stop_s)
        except TimeoutError:
            self._say(f"The {self._program.name} did not stop by itself in {self._program.stop_s:.0f} s; ending it.")
        kill_group(process.pid)  # and whatever it started
        await process.wait()

    def close(self) -> None:
        """Close the log."""
        for handler in self._log.handlers:
            handler.close()

    def kill(self) -> None:
        """End the process now."""
        if self._process is not None and self._process.returncode is None:
            kill_group(self._process.pid)

    async def _run_once(self) -> str:
        """Run the program once.

        Returns:
            Why it ended, in words.
        """
        death_signal = signal.SIGTERM if self._program.essential else signal.SIGKILL
        try:
            self._process = process = await asyncio.create_subprocess_exec(
                *bound(self._program.command(), death_signal=death_signal),
                cwd=self._program.cwd,
                env=dict(self._program.env),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,
            )
        except Exception as exc:  # a missing interpreter, a damaged model: try again later, say why
            return str(exc)
        reader = asyncio.create_task(self._copy_output(process))
        prober = asyncio.create_task(self._probe(process))
        code = await process.wait()
        hung = prober.done() and not prober.cancelled()
        prober.cancel()
        kill_group(process.pid)  # nothing it started stays behind
        await asyncio.wait([reader], timeout=1)
        return _reason(code, hung=hung, last_lines=self._last_lines)

    async def _copy_output(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None  # noqa: S101 - it was asked for with PIPE
        while chunk := await process.stdout.read(65_536):
            text = chunk.decode("utf-8", "replace").rstrip("\n")
            self._last_lines.extend(line for line in text.splitlines() if line.strip())
            self._log.info(text)

    async def _probe(self, process: asyncio.subprocess.Process) -> None:
        """Returns when the process is hung, after having ended it."""
        missed = 0
        while missed < PROBES_MISSED:
            await asyncio.sleep(PROBE_EVERY_S if self._ever_alive else 0.5)
            if await answers(self._program.probe_url):
                missed, self._ever_alive = 0, True
            elif self._ever_alive:
                missed += 1
        kill_group(process.pid)


def _reason(code: int, *, hung: bool, last_lines: Sequence[str]) -> str:
    if hung:
        return f"it did not answer for {PROBE_EVERY_S * PROBES_MISSED:.0f} s"
    if code < 0:
        return f"ended by {signal.Signals(-code).name}"
    last = f": {last_lines[-1].strip()[:300]}" if last_lines else ""
    return f"exit code {code}{last}"


class _Log(logging.handlers.RotatingFileHandler):
    """A log that may fail: a full disk must not stop what is being logged."""

    def handleError(self, record: logging.LogRecord) -> None:
        """Drop the line."""

    def close(self) -> None:
        """Close the file, whatever it still cannot take."""
        with contextlib.suppress(OSError):
            super().close()


def _log(name: str, logs: Path) -> logging.Logger:
    logger = logging.Logger(f"frontdesk.{name}", logging.INFO)
    logger.addHandler(_Log(logs / f"{name}.log", maxBytes=LOG_BYTES, backupCount=LOG_FILES, delay=True))
    return logger


def port_is_free(host: str, port: int) -> bool:
    """Whether this process could listen there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as exc:
            if exc.errno == errno.EADDRINUSE:
                return False
            raise
    return True


_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # loopback never goes through a proxy


async def answers(url: str, *, timeout_s: float = 5.0) -> bool:
    """Whether a URL on this machine answers 200."""
    return await asyncio.to_thread(_get_ok, url, timeout_s)


def _get_ok(url: str, timeout_s: float) -> bool:
    try:
        with _direct.open(url, timeout=timeout_s) as answer:
            return bool(answer.status == 200)
    except (OSError, ValueError):
        return False
