"""The warm parent of the engine: imports Rasa once, then forks.

Importing Rasa costs seconds and 200 MB, or 450 MB where the configuration needs TensorFlow. This process pays once
and forks (a) the engine and (b) one trainer per publication; both begin at once and share its memory pages until they
write to them. An engine that dies is forked again, so a crash costs a second instead of ten. Nothing here starts a
thread or runs a TensorFlow operation before the fork, which is what makes forking safe.

    python -m bot.assistant.launcher --trainer-socket data/trainer.sock -- run -i 127.0.0.1 -p 5005 …
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.assistant import stand_ins

REQUEST_BYTES = 65_536
TRAINER_NICENESS = 10
# An engine that lives shorter than this is failing: wait longer each time before the next try.
HEALTHY_AFTER_S = 10.0
LONGEST_PAUSE_S = 15.0
STOP_WITHIN_S = 10.0
PR_SET_PDEATHSIG = 1

WARM_MODULES = (
    "rasa.__main__",
    "rasa.core.run",
    "rasa.core.agent",
    "rasa.core.training",
    "rasa.model_training",
    "rasa.server",
    "rasa.engine.recipes.default_recipe",
    "rasa.graph_components.validators.default_recipe_validator",
    "rasa.core.channels.console",
    "spacy.lang.en",
    "spacy.matcher",
    "bot.assistant.channel",
    "bot.assistant.importer",
    "bot.assistant.nlg",
    "bot.assistant.policy",
    "bot.assistant.training",
)


def warm_up(modules: Sequence[str] = WARM_MODULES) -> None:
    """Import everything the engine and the trainer need, and keep it out of garbage collection's way."""
    for name in modules:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()  # collections in the children would otherwise touch, and so copy, every shared page


def run_rasa(arguments: Sequence[str]) -> int:
    """What the `rasa` command does with `arguments`."""
    sys.argv = ["rasa", *arguments]
    main = importlib.import_module("rasa.__main__").main
    main()
    return 0


def run_training(arguments: Sequence[str]) -> int:
    """What `python -m bot.assistant.training` does with `arguments`."""
    return int(importlib.import_module("bot.assistant.training").main(list(arguments)))


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


@dataclass
class Launcher:
    """Forks and watches the engine; forks a trainer for each request.

    Attributes:
        engine: Runs the engine until it ends; its return value becomes the exit code.
        trainer: Runs one training with the arguments of a request; JSON lines on its standard output go to the
            requester.
        socket_path: Where training requests arrive: one JSON list of arguments and a line feed.
    """

    engine: Callable[[], int]
    trainer: Callable[[Sequence[str]], int]
    socket_path: Path
    _engine_pid: int = 0
    _started_at: float = 0.0
    _pause_s: float = 0.0
    _retry_at: float = 0.0
    _trainers: set[int] = field(default_factory=set)
    _stopping: bool = False

    def run(self) -> int:
        """Serve until SIGTERM or SIGINT; then stop every child.

        Returns:
            0 after a requested stop.
        """
        listener = self._listen()
        wake_read, wake_write = os.pipe()
        for end in (wake_read, wake_write):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(wake_write)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_stop)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._fork_engine()
        while not self._stopping:
            ready, _, _ = select.select([listener.fileno(), wake_read], [], [], 0.5)
            if wake_read in ready:
                os.read(wake_read, 1024)
            self._reap()
            self._revive()
            if listener.fileno() in ready:
                self._accept(listener)
        self._stop_children()
        self.socket_path.unlink(missing_ok=True)
        return 0

    def _on_stop(self, *_: object) -> None:
        self._stopping = True

    def _listen(self) -> socket.socket:
        self.socket_path.unlink(missing_ok=True)
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(self.socket_path))
        self.socket_path.chmod(0o600)  # only our own account may start a training
        listener.listen(4)
        return listener

    def _fork_engine(self) -> None:
        self._started_at = time.monotonic()
        self._engine_pid = self._fork(self.engine)

    def _fork(self, work: Callable[[], int]) -> int:
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid:
            return pid
        code = 1
        try:
            _die_with_parent()
            signal.set_wakeup_fd(-1)
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD):
                signal.signal(number, signal.SIG_DFL)
            code = work()
        except SystemExit as exc:
            code = exc.code if isinstance(exc.code, int) else 1
        except BaseException:  # the child must end here, whatever happened, and never run the parent's loop
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)

    def _reap(self) -> None:
        with contextlib.suppress(ChildProcessError):
            while (found := os.waitpid(-1, os.WNOHANG))[0]:
                pid, status = found
                self._trainers.discard(pid)
                if pid == self._engine_pid:
                    self._engine_ended(os.waitstatus_to_exitcode(status))

    def _engine_ended(self, code: int) -> None:
        lived_s = time.monotonic() - self._started_at
        self._pause_s = 0.0 if lived_s > HEALTHY_AFTER_S else min(LONGEST_PAUSE_S, max(0.5, 2 * self._pause_s))
        self._engine_pid, self._retry_at = 0, time.monotonic() + self._pause_s
        sys.stderr.write(f"The engine ended with code {code}; it starts again in {self._pause_s:.1f} s.\n")

    def _revive(self) -> None:
        if not self._engine_pid and not self._stopping and time.monotonic() >= self._retry_at:
            self._fork_engine()

    def _accept(self, listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            connection.settimeout(2.0)
            try:
                with connection.makefile("rb") as stream:
                    arguments = json.loads(stream.readline(REQUEST_BYTES))
            except (OSError, ValueError):
                return  # whoever asked has gone or speaks something else
            if not isinstance(arguments, list) or not all(isinstance(item, str) for item in arguments):
                return
            connection.settimeout(None)
            self._trainers.add(self._fork(lambda: self._train(connection, listener, arguments)))

    def _train(self, connection: socket.socket, listener: socket.socket, arguments: Sequence[str]) -> int:
        listener.close()
        os.nice(TRAINER_NICENESS)
        os.dup2(connection.fileno(), sys.stdout.fileno())
        code = 1
        try:
            code = self.trainer(arguments)
        except SystemExit as exc:
            code = exc.code if isinstance(exc.code, int) else 1
        finally:
            sys.stdout.flush()
            os.write(connection.fileno(), json.dumps({"event": "exit", "code": code}).encode() + b"\n")
        return code

    def _stop_children(self) -> None:
        children = {self._engine_pid, *self._trainers} - {0}
        for pid in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_WITHIN_S
        while children and time.monotonic() < deadline:
            children = {pid for pid in children if _alive(pid)}
            time.sleep(0.05)
        for pid in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def _alive(pid: int) -> bool:
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == 0
    except ChildProcessError:
        return False


def main(argv: Sequence[str] | None = None) -> int:
    """Warm up, then serve until told to stop."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--trainer-socket", type=Path, required=True, help="unix socket for training requests")
    parser.add_argument("rasa", nargs=argparse.REMAINDER, help="-- and the arguments of the rasa command")
    arguments = parser.parse_args(argv)
    rasa_arguments = [item for item in arguments.rasa if item != "--"]
    stand_ins.put_in_for()
    warm_up()
    launcher = Launcher(
        engine=lambda: run_rasa(rasa_arguments), trainer=run_training, socket_path=arguments.trainer_socket
    )
    return launcher.run()


if __name__ == "__main__":
    raise SystemExit(main())
