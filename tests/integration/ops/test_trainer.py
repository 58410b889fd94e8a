"""The trainer's process: what comes of everything it can do."""

import asyncio
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from bot import trainer
from bot.places import Places
from bot.trainer import TrainedModel, TrainerCrashed, TrainerMissing, TrainerTimedOut, TrainingFailed
from tests.integration.ops.scripts import environment, make_places, trainer_does


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return make_places(tmp_path)


def run(places: Places, states: list[str] | None = None, **limits: Any) -> TrainedModel:
    out = places.models / ".staging" / "one"
    out.mkdir(parents=True)
    command = trainer.trainer_command(places.engine_python, out=out, golden=places.root / "golden.yml", live=None)
    log = places.logs / "training.log"
    on_state = (states if states is not None else []).append
    training = trainer.train(command, cwd=places.root, out=out, env=environment(), log=log, on_state=on_state, **limits)
    return asyncio.run(training)


def test_a_trained_model_is_handed_over_with_its_checks(places: Places) -> None:
    states: list[str] = []

    made = run(places, states)

    assert states == ["training", "checking"]
    assert (made.model_id, made.archive.read_bytes(), made.checks) == ("mdl_new", b"a model", {"golden_total": 3})


def test_rubbish_between_the_lines_is_passed_over(places: Places) -> None:
    trainer_does(places, 'print("Epoch 1: 100%"); print("{half"); print("[1]"); done(archive())')

    assert run(places).model_id == "mdl_new"


def test_a_failure_keeps_file_and_line(places: Places) -> None:
    trainer_does(
        places,
        'say(state="failed", error={"code": "article_invalid", "detail": "One article must be mended first",'
        ' "problems": [{"file": "store/a.md", "line": 3, "message": "no question"}]}); sys.exit(1)',
    )

    with pytest.raises(TrainingFailed, match="must be mended") as caught:
        run(places)

    assert caught.value.problems == [{"file": "store/a.md", "line": 3, "message": "no question"}]


@pytest.mark.parametrize(
    ("does", "words"),
    [
        ("sys.exit(3)", "exit code 3"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "SIGKILL"),
        ("sys.stderr.write('No space left on device\\n'); sys.exit(1)", "No space left on device"),
        ("done(archive()); sys.exit(1)", "exit code 1"),
        ("say(state='done', sha256='0', model_id='m')", "no archive"),
        ("done(Path('/etc/hostname'))", "not in its folder"),
        ("done(archive(), model_id='../../etc/cron')", "cannot be a file name"),
        ("f = archive(); done(f); f.write_bytes(b'')", "SHA-256 differs"),
    ],
)
def test_a_crash_is_told_in_words(places: Places, does: str, words: str) -> None:
    trainer_does(places, does)

    with pytest.raises(TrainerCrashed, match=words):
        run(places)


def test_a_training_without_end_is_stopped_with_all_it_started(places: Places) -> None:
    trainer_does(
        places,
        "import subprocess; child = subprocess.Popen(['sleep', '60']);"
        " (out.parent.parent / 'child').write_text(str(child.pid)); time.sleep(60)",
    )

    with pytest.raises(TrainerTimedOut, match="was stopped"):
        run(places, timeout_s=5.0)

    child = int((places.models / "child").read_text())
    with pytest.raises(ProcessLookupError):
        _wait_until_gone(child)


def _wait_until_gone(pid: int) -> None:
    for _ in range(100):
        state = Path(f"/proc/{pid}/stat")
        if state.exists() and state.read_text().split()[2] == "Z":
            raise ProcessLookupError
        os.kill(pid, 0)
        signal.sigtimedwait([], 0.02)


def test_it_runs_low_in_priority_and_bound(places: Places) -> None:
    trainer_does(
        places,
        "from resource import RLIMIT_DATA, RLIMIT_FSIZE, getrlimit; done(archive(), checks="
        "{'nice': os.nice(0), 'memory': getrlimit(RLIMIT_DATA)[0], 'file': getrlimit(RLIMIT_FSIZE)[0]})",
    )

    checks = run(places).checks

    assert checks["nice"] >= trainer.LIMITS.niceness
    assert (checks["memory"], checks["file"]) == (trainer.LIMITS.memory_bytes, trainer.LIMITS.file_bytes)


def test_a_missing_environment_is_named_with_its_cure(places: Places) -> None:
    places.engine_python.unlink()

    with pytest.raises(TrainerMissing, match="make setup"):
        run(places)
