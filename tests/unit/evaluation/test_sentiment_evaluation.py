"""`bot evaluate sentiment`: figures of known cases, and mistakes in the file named by row and column."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import pytest

from bot.evaluation import sentiment as evaluation
from bot.evaluation.tables import ColumnMissing, RowInvalid
from sentiment.scorer import Scorer

ROWS = [
    ("This is a terrible, awful shop", "negative"),
    ("I hate waiting", "Negative"),
    ("When do you open on Sunday?", "neutral"),
    ("I love this wonderful book", "positive"),
    ("wo ist meine Bestellung, ich warte seit drei Wochen", "neutral"),
]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "test.csv"
    path.write_text("text,label\n" + "".join(f'"{text}",{label}\n' for text, label in ROWS), "utf-8")
    return path


def test_vader_gets_the_easy_rows_right(table: Path) -> None:
    report = evaluation.measure(evaluation.read_moods(table), Scorer.lexicon_only())

    assert report["n"] == 5
    assert report["accuracy"] == 1.0
    assert report["macro_f1"] == 1.0
    assert report["negative_recall"] == 1.0
    assert report["auroc_negative"] == 1.0
    assert report["accuracy_without_neutral"] == 1.0
    assert report["refused"] == 1
    assert report["ece"] is None
    assert report["vader"]["accuracy"] == report["accuracy"]


def test_an_unknown_label_is_named_with_its_row(tmp_path: Path) -> None:
    path = tmp_path / "test.csv"
    path.write_text("text,label\nfine,positive\nhm,angry\n", "utf-8")

    with pytest.raises(RowInvalid, match=r"row 3, column “label” holds “angry”"):
        evaluation.read_moods(path)


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    path = tmp_path / "test.csv"
    path.write_text("text,stars\nfine,5\n", "utf-8")

    with pytest.raises(ColumnMissing, match="label"):
        evaluation.read_moods(path)


def test_recall_and_f1_of_a_known_confusion() -> None:
    expected, chosen = np.array([0, 0, 0, 1, 2]), np.array([0, 0, 1, 1, 0])

    assert evaluation._recall(expected, chosen, 0) == pytest.approx(2 / 3)
    assert evaluation._f1(expected, chosen, 0) == pytest.approx(2 / 3)
    assert evaluation._f1(expected, chosen, 1) == pytest.approx(2 / 3)
    assert evaluation._f1(expected, chosen, 2) == 0


@pytest.mark.parametrize(
    ("scores", "area"), [([0.9, 0.8, 0.1, 0.2], 1.0), ([0.1, 0.2, 0.9, 0.8], 0.0), ([0.5, 0.5, 0.5, 0.5], 0.5)]
)
def test_area_under_the_curve(scores: list[float], area: float) -> None:
    assert evaluation._auroc(np.array([True, True, False, False]), np.array(scores)) == area


def test_calibration_error_of_an_overconfident_scorer() -> None:
    right = np.array([True, False, True, False])

    assert evaluation._calibration_error(right, [0.9, 0.9, 0.9, 0.9]) == pytest.approx(0.4)
    assert evaluation._calibration_error(right, [None, None, None, None]) is None


@pytest.mark.parametrize("as_json", [True, False])
def test_the_command_prints_its_figures(table: Path, capsys: pytest.CaptureFixture[str], as_json: bool) -> None:
    parser = argparse.ArgumentParser()
    evaluation.add_arguments(parser)

    code = evaluation.run(parser.parse_args(["--test", str(table), *(["--json"] if as_json else [])]))

    printed = capsys.readouterr().out
    assert code == 0
    if as_json:
        assert json.loads(printed)["vader"]["macro_f1"] == 1.0
    else:
        assert "macro_f1" in printed
        assert "fairness_worst" in printed
