"""Starting child processes so that none outlives its parent, and none takes more of the machine than it may.

A child starts through this file run as a script: it binds itself, then becomes the wanted program by `exec`. That keeps
the process id, needs no code between fork and exec of a process with threads, and costs about 20 ms.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import resource
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass

PR_SET_PDEATHSIG = 1
"""From `linux/prctl.h`: the signal a process gets when the thread that started it ends."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Bounds of a child process: niceness, its private memory, the size of any one file it writes."""

    niceness: int
    memory_bytes: int
    file_bytes: int


def bound(command: Sequence[str], *, death_signal: signal.Signals, limits: Limits | None = None) -> list[str]:
    """The command that runs `command` bound to this process.

    Args:
        command: Program and arguments.
        death_signal: What the child gets when this process ends, even by SIGKILL (Linux only).
        limits: Bounds of the child.
    """
    binding = [sys.executable, "-I", "-S", __file__, "--parent", str(os.getpid()), "--signal", str(int(death_signal))]
    if limits is not None:
        binding += ["--nice", str(limits.niceness)]
        binding += ["--memory", str(limits.memory_bytes), "--file", str(limits.file_bytes)]
    return [*binding, "--", *command]


def kill_group(pid: int, how: signal.Signals = signal.SIGKILL) -> None:
    """Signal a child that leads its own session, and everything it started."""
    try:
        os.killpg(pid, how)
    except (ProcessLookupError, PermissionError):
        return


def _become(arguments: argparse.Namespace) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, arguments.signal, 0, 0, 0)
        if os.getppid() != arguments.parent:  # the parent ended before the call above
            sys.exit(1)
    if arguments.nice:
        os.nice(arguments.nice)
    # RLIMIT_DATA, not RLIMIT_AS: TensorFlow reserves address space that it never touches.
    for kind, limit in ((resource.RLIMIT_DATA, arguments.memory), (resource.RLIMIT_FSIZE, arguments.file)):
        if limit:
            resource.setrlimit(kind, (limit, limit))
    try:
        os.execv(arguments.command[0], arguments.command)  # noqa: S606 - becoming the program is the purpose
    except OSError as exc:
        sys.stderr.write(f"{arguments.command[0]} cannot be started: {exc.strerror}\n")
        sys.exit(127)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    for name in ("parent", "signal", "nice", "memory", "file"):
        parser.add_argument(f"--{name}", type=int, default=0)
    parser.add_argument("command", nargs="+")
    _become(parser.parse_args())
