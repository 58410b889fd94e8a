"""Corrections: checked line by line, reported before and after, saved only when asked and no worse."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from sentiment import calibrate
from sentiment.calibrate import read_corrections
from sentiment.errors import CorrectionsInvalid
from sentiment.labels import NEGATIVE, NEUTRAL


def written(path: Path, rows: list[dict[str, str]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def test_lines_about_other_things_are_counted_and_left_alone(tmp_path: Path) -> None:
    rows = [{"text": f"text {n}", "label": "negative"} for n in range(10)]
    path = written(tmp_path / "c.jsonl", [*rows, {"kind": "too_late", "message_id": "cnv_1:4"}])

    corrections = read_corrections(path)

    assert len(corrections.texts) == 10
    assert corrections.others == 1


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("not json", r"c\.jsonl:2 is not JSON"),
        ("[1]", r"c\.jsonl:2 is not a JSON object"),
        ('{"text": "x", "label": "cross"}', r"c\.jsonl:2 needs a text and a label"),
        ('{"label": "negative"}', r"c\.jsonl:2 needs a text and a label"),
    ],
)
def test_a_line_that_does_not_fit_is_named(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "c.jsonl"
    path.write_text(f'{{"text": "ok", "label": "neutral"}}\n{line}\n', "utf-8")

    with pytest.raises(CorrectionsInvalid, match=message):
        read_corrections(path)


def test_too_few_corrections_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "c.jsonl", [{"text": "ok", "label": "neutral"}])

    with pytest.raises(CorrectionsInvalid, match="holds 1 corrections; at least 10"):
        read_corrections(path)


def test_a_missing_file_is_an_exit_code_and_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = calibrate.main(["calibrate", "--corrections", str(tmp_path / "none.jsonl")])

    assert code == 2
    assert "Cannot read" in capsys.readouterr().err


def test_a_refit_that_is_worse_says_why() -> None:
    good, bad = {"macro_recall": 0.8}, {"macro_recall": 0.7}

    forgets = calibrate._worse({"before": bad, "after": good, "held_out_before": good, "held_out_after": bad})
    misjudges = calibrate._worse({"before": good, "after": bad, "held_out_before": good, "held_out_after": good})

    assert forgets == "It forgets what it knew about other messages."
    assert misjudges == "Corrections it has not seen are judged worse than before."
    assert calibrate._worse({"before": bad, "after": good, "held_out_before": good, "held_out_after": good}) is None


def test_figures_are_precision_and_recall() -> None:
    figures = calibrate._figures(np.array([NEGATIVE, NEGATIVE, NEUTRAL]), np.array([NEGATIVE, NEUTRAL, NEUTRAL]))

    assert figures["negative"] == {"precision": 1.0, "recall": 0.5, "n": 2}
    assert figures["neutral"] == {"precision": 0.5, "recall": 1.0, "n": 1}
    assert figures["positive"] == {"precision": None, "recall": None, "n": 0}
