"""Running the trainer: a separate, low-priority process in the engine's environment.

It speaks JSON lines on its standard output, one event each, and writes only into the folder it is given. Whatever it
does (fails, is killed, writes rubbish, never ends), the live model is not touched here.

```
TrainingFailed
├── TrainerMissing
├── TrainerTimedOut
└── TrainerCrashed
```
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.children import Limits, bound, kill_group
from bot.live_model import sha256_of

TRAINER = "bot.assistant.warm_training"
"""Trains in a fork of the running engine's launcher, or by itself where none runs."""
TIMEOUT_S = 900
LINE_BYTES = 4_000_000  # the last line lists every answer that changes
LIMITS = Limits(niceness=10, memory_bytes=6 * 2**30, file_bytes=2 * 2**30)

Progress = Callable[[str], None]


class TrainingFailed(Exception):
    """The new model was not made.

    Attributes:
        problems: What is wrong with which file, as `{file, line, message}`.
        changed_answers: What the refused model would have answered differently, where known.
    """

    code = "training_failed"

    def __init__(
        self, message: str, *, problems: list[dict[str, Any]] | None = None, changed_answers: list[Any] | None = None
    ) -> None:
        super().__init__(message)
        self.problems = problems or []
        self.changed_answers = changed_answers or []


class TrainerMissing(TrainingFailed):
    """The engine's environment is not there."""

    code = "trainer_missing"


class TrainerTimedOut(TrainingFailed):
    """Training took too long and was stopped."""

    code = "trainer_timed_out"


class TrainerCrashed(TrainingFailed):
    """The trainer ended without a result."""

    code = "trainer_crashed"


@dataclass(frozen=True, kw_only=True)
class TrainedModel:
    """A checked archive in the staging folder.

    Attributes:
        archive: The archive; still in the folder the trainer was given.
        sha256: Its digest, as the trainer reported it and as it was read again here.
        model_id: The id the engine will report when it runs it.
        checks: What was checked, by name.
        changed_answers: Answers that differ from the live model's.
    """

    archive: Path
    sha256: str
    model_id: str
    checks: dict[str, Any] = field(default_factory=dict)
    changed_answers: list[Any] = field(default_factory=list)


def trainer_command(python: Path, *, out: Path, golden: Path, live: Path | None) -> list[str]:
    """The command that trains into `out`, checks against `golden` and compares with the live archive."""
    command = [str(python), "-m", TRAINER, "--out", str(out), "--golden", str(golden)]
    return command if live is None else [*command, "--live", str(live)]


async def train(
    command: list[str],
    *,
    cwd: Path,
    out: Path,
    env: Mapping[str, str],
    log: Path | None = None,
    on_state: Progress,
    timeout_s: float = TIMEOUT_S,
) -> TrainedModel:
    """Run the trainer to its end.

    Args:
        command: Program and arguments.
        cwd: The checkout.
        out: Staging folder; the archive must end up inside.
        env: The trainer's environment, complete.
        log: File for what it writes to standard error.
        on_state: Called with each new state, `training` or `checking`.
        timeout_s: It is killed after this long.

    Raises:
        TrainerMissing: The program cannot be started.
        TrainerTimedOut: It took longer than `timeout_s`.
        TrainerCrashed: It ended without a usable result.
        TrainingFailed: It says why there is no new model.
    """
    process = await _start(command, cwd=cwd, env=env, log=log)
    try:
        last = await asyncio.wait_for(_follow(process, on_state), timeout_s)
    except TimeoutError as exc:
        raise TrainerTimedOut(f"Training took longer than {timeout_s:.0f} s and was stopped.") from exc
    finally:
        kill_group(process.pid)
        await process.wait()
    return await asyncio.to_thread(_result, last, out, log)


async def _start(
    command: list[str], *, cwd: Path, env: Mapping[str, str], log: Path | None
) -> asyncio.subprocess.Process:
    if not Path(command[0]).exists():
        raise TrainerMissing(f"{command[0]} is missing: the engine's environment is not installed. Run `make setup`.")
    stderr = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600) if log else asyncio.subprocess.DEVNULL
    try:
        return await asyncio.create_subprocess_exec(
            *bound(command, death_signal=signal.SIGKILL, limits=LIMITS),
            cwd=cwd,
            env=dict(env),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=stderr,
            limit=LINE_BYTES,
            start_new_session=True,
        )
    finally:
        if log:
            os.close(stderr)


@dataclass
class _Followed:
    """What came out of the trainer."""

    last: dict[str, Any]
    exit_code: int


async def _follow(process: asyncio.subprocess.Process, on_state: Progress) -> _Followed:
    assert process.stdout is not None  # noqa: S101 - it was asked for with PIPE
    last: dict[str, Any] = {}
    async for event in _events(process.stdout):
        last = event
        if event.get("state") in ("training", "checking"):
            on_state(event["state"])
    return _Followed(last, await process.wait())


async def _events(stream: asyncio.StreamReader) -> Any:
    while True:
        try:
            line = await stream.readline()
        except ValueError:  # one line longer than LINE_BYTES: not ours
            continue
        if not line:
            return
        try:
            event = json.loads(line)
        except ValueError:  # a library that prints
            continue
        if isinstance(event, dict):
            yield event


def _result(followed: _Followed, out: Path, log: Path | None) -> TrainedModel:
    last = followed.last
    if last.get("state") == "failed":
        raise _failure(last)
    if last.get("state") != "done" or followed.exit_code != 0:
        raise TrainerCrashed(_crash_text(followed.exit_code, log))
    try:
        archive, sha256, model_id = Path(last["path"]), str(last["sha256"]), str(last["model_id"])
    except (KeyError, TypeError) as exc:
        raise TrainerCrashed("The trainer named no archive. See the trainer's log.") from exc
    if archive.resolve().parent != out.resolve() or not archive.is_file():
        raise TrainerCrashed(f"The trainer's archive is not in its folder {out}.")
    if sha256_of(archive) != sha256:
        raise TrainerCrashed("The trainer's archive changed after it was checked (its SHA-256 differs).")
    if not model_id or not all(char.isalnum() or char in "-_." for char in model_id) or model_id.startswith("."):
        raise TrainerCrashed("The trainer gave the model an id that cannot be a file name.")
    checks = last.get("checks")
    changed = last.get("changed_answers")
    return TrainedModel(
        archive=archive,
        sha256=sha256,
        model_id=model_id,
        checks=checks if isinstance(checks, dict) else {"checks": checks} if checks is not None else {},
        changed_answers=changed if isinstance(changed, list) else [],
    )


def _failure(event: dict[str, Any]) -> TrainingFailed:
    error = event.get("error")
    error = error if isinstance(error, dict) else {"message": error or event.get("message") or event.get("detail")}
    problems = error.get("problems") or event.get("problems") or []
    if not problems and error.get("file"):
        problems = [{key: error.get(key) for key in ("file", "line", "message")}]
    message = error.get("detail") or error.get("message") or "The trainer gave no reason."
    return TrainingFailed(str(message), problems=problems, changed_answers=event.get("changed_answers"))


def _crash_text(exit_code: int, log: Path | None) -> str:
    if exit_code < 0:
        name = signal.Signals(-exit_code).name if -exit_code in set(signal.Signals) else str(-exit_code)
        ended = f"The trainer was ended by {name}"
    else:
        ended = f"The trainer ended with exit code {exit_code} and no result"
    return f"{ended}. {_last_words(log)}".strip()


def _last_words(log: Path | None) -> str:
    """The last line of the trainer's log: most often the reason."""
    if log is None or not log.is_file():
        return ""
    with log.open("rb") as stream:
        stream.seek(max(0, log.stat().st_size - 4096))
        lines = deque(stream.read().decode("utf-8", "replace").splitlines(), maxlen=1)
    return f"Its log {log} ends: {lines[0][:300]}" if lines else f"See {log}."
