"""RESULTS.md: sections are replaced one by one, nothing else is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.evaluation.bench import main, merge
from bot.evaluation.stress import made_up_articles
from bot.evaluation.tables import LabelledText
from bot.evaluation.understanding import few_shot


def test_a_fresh_section_replaces_its_own_and_keeps_the_others() -> None:
    before = merge("", {"understanding": "0.61 then", "latency": "12 ms"})

    after = merge(before, {"understanding": "0.72 now"})

    assert "0.72 now" in after
    assert "12 ms" in after
    assert "0.61 then" not in after


def test_sections_stand_in_their_fixed_order() -> None:
    text = merge("", {"latency": "last", "understanding": "first"})

    assert text.index("first") < text.index("last")


def test_a_missing_data_folder_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--data", str(tmp_path / "nowhere")])

    assert "is no folder" in capsys.readouterr().err


def test_few_shot_draws_the_same_rows_for_the_same_seed() -> None:
    rows = [LabelledText(text=f"{label} {n}", label=label, line=n) for label in "abc" for n in range(20)]

    drawn = few_shot(rows, 5, seed=1)

    assert [sum(row.label == label for row in drawn) for label in "abc"] == [5, 5, 5]
    assert drawn == few_shot(rows, 5, seed=1)
    assert drawn != few_shot(rows, 5, seed=2)


def test_labels_to_keep_are_drawn_whole() -> None:
    rows = [LabelledText(text=f"{label} {n}", label=label, line=n) for label in "ab" for n in range(9)]

    assert len(few_shot(rows, 2, seed=0, keep=frozenset("b"))) == 2 + 9


def test_made_up_articles_are_all_different() -> None:
    examples = made_up_articles(500, 5)

    assert len({example.label for example in examples}) == 500
    assert len({example.text for example in examples}) == 2_500
