"""The command line: what goes where, and how failures are told."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from bot import cli
from bot.trainer import TrainingFailed

ENGINE = ".venv-engine/bin/python"


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    commands: list[list[str]] = []

    def run(command: Sequence[str]) -> int:
        commands.append(list(command))
        return 7

    monkeypatch.setattr(cli, "_run", run)
    return commands


@pytest.mark.parametrize(
    ("arguments", "python", "module", "passed"),
    [
        (
            ["evaluate", "intents", "--train", "a.csv", "--json"],
            ENGINE,
            "bot.evaluation",
            ["intents", "--train", "a.csv", "--json"],
        ),
        (["evaluate", "--help"], ENGINE, "bot.evaluation", ["--help"]),
        (["bench", "--only", "latency"], sys.executable, "bot.evaluation.bench", ["--only", "latency"]),
        (["sentiment", "calibrate", "--corrections", "x"], ENGINE, "sentiment.calibrate", ["--corrections", "x"]),
        (["sentiment", "calibrate", "--undo"], ENGINE, "sentiment.calibrate", ["--undo"]),
        (["sentiment", "calibrate", "--help"], ENGINE, "sentiment.calibrate", ["--help"]),
    ],
)
def test_some_commands_are_handed_over_with_their_arguments_untouched(
    started: list[list[str]], arguments: list[str], python: str, module: str, passed: list[str]
) -> None:
    code = cli.main(arguments)

    [[started_python, *command]] = started
    assert started_python.endswith(python)
    assert command == ["-m", module, *passed]
    assert code == 7


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["fly"],
        ["users"],
        ["users", "add"],
        ["serve", "--port", "0"],
        ["restore"],
        ["sentiment"],
        ["sentiment", "fly"],
    ],
)
def test_a_wrong_call_ends_with_2(
    arguments: list[str], started: list[list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        code: Any = cli.main(arguments)
    except SystemExit as exc:
        code = exc.code

    assert code == 2
    assert "usage" in capsys.readouterr().err
    assert started == []


def test_known_failures_are_words_with_file_and_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(_: argparse.Namespace) -> int:
        raise TrainingFailed("Mend it.", problems=[{"file": "store/a.md", "line": 3, "message": "no question"}])

    monkeypatch.setattr(cli, "_train", fails)

    assert cli.main(["train"]) == 1
    assert capsys.readouterr().err == "Mend it.\n  store/a.md:3: no question\n"


def test_unknown_failures_name_themselves_without_a_trace(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(_: argparse.Namespace) -> int:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(cli, "_doctor", fails)

    assert cli.main(["doctor"]) == 1
    words = capsys.readouterr().err
    assert words.startswith("ZeroDivisionError: division by zero")
    assert "Traceback" not in words


def test_ctrl_c_is_no_error_text(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def stopped(_: argparse.Namespace) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "_serve", stopped)

    assert cli.main(["serve"]) == 130
    assert capsys.readouterr() == ("", "")


def test_without_a_file_the_desks_own_corrections_calibrate(
    started: list[list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FRONTDESK_DATA_DIR", str(tmp_path))

    code = cli.main(["sentiment", "calibrate", "--save"])

    assert code == 7
    assert started[0][2:-1] == ["sentiment.calibrate", "--save", "--corrections"]


def test_what_the_desk_learned_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FRONTDESK_DATA_DIR", str(tmp_path))

    codes = [cli.main(["sentiment", "corrections"]), cli.main(["conversations", "--days", "3"])]

    assert codes == [0, 0]
    assert capsys.readouterr().out == ""  # a new desk has learned nothing yet
