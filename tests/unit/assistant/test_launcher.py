"""The warm launcher, as a real process with a scripted engine and trainer in place of Rasa."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]

# The engine notes its process id and sleeps; the trainer echoes its arguments and fails when told to.
SCRIPT = """
import os, sys, time
from pathlib import Path
from bot.assistant.launcher import Launcher

folder = Path(sys.argv[1])

def engine():
    with (folder / "engines").open("a") as file:
        file.write(f"{os.getpid()}\\n")
    time.sleep(600)

def trainer(arguments):
    print('{"event": "state", "state": "training"}', flush=True)
    if arguments == ["die"]:
        os.kill(os.getpid(), 9)
    if arguments == ["exit"]:
        raise SystemExit(3)
    print(f"trained {arguments}", flush=True)
    return 0

raise SystemExit(Launcher(engine=engine, trainer=trainer, socket_path=folder / "trainer.sock").run())
"""


def wait_for(condition: object, *, timeout_s: float = 10) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def engines(folder: Path) -> list[int]:
    path = folder / "engines"
    return [int(line) for line in path.read_text().splitlines()] if path.exists() else []


def train(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot.assistant.warm_training", *arguments],
        env=os.environ | {"FRONTDESK_TRAINER_SOCKET": str(folder / "trainer.sock")},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
    )


@pytest.fixture
def launcher(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-c", SCRIPT, str(tmp_path)], cwd=ROOT)
    wait_for(lambda: engines(tmp_path))
    yield process
    process.kill()
    process.wait()


@pytest.mark.usefixtures("launcher")
def test_an_engine_that_is_killed_is_forked_again(tmp_path: Path) -> None:
    (first,) = engines(tmp_path)

    os.kill(first, signal.SIGKILL)

    wait_for(lambda: len(engines(tmp_path)) == 2)
    assert engines(tmp_path)[1] != first


@pytest.mark.usefixtures("launcher")
def test_a_training_speaks_through_the_socket(tmp_path: Path) -> None:
    result = train(tmp_path, "--out", "somewhere")

    assert result.returncode == 0
    assert result.stdout.splitlines() == [
        '{"event": "state", "state": "training"}',
        "trained ['--out', 'somewhere']",
    ]


@pytest.mark.parametrize(("argument", "code"), [("exit", 3), ("die", 1)])
@pytest.mark.usefixtures("launcher")
def test_a_failed_training_ends_with_its_exit_code_and_leaves_the_engine(
    tmp_path: Path, argument: str, code: int
) -> None:
    result = train(tmp_path, argument)

    assert result.returncode == code
    assert len(engines(tmp_path)) == 1


def test_a_stop_takes_the_engine_along(launcher: subprocess.Popen[bytes], tmp_path: Path) -> None:
    (engine,) = engines(tmp_path)

    launcher.send_signal(signal.SIGTERM)

    assert launcher.wait(timeout=10) == 0
    with pytest.raises(ProcessLookupError):
        os.kill(engine, 0)
    assert not (tmp_path / "trainer.sock").exists()
