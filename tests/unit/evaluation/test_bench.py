"""RESULTS.md: sections are replaced one by one, nothing else is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.evaluation import bench, stock_rasa, understanding
from bot.evaluation.bench import main, merge
from bot.evaluation.stress import made_up_articles
from bot.evaluation.tables import LabelledText
from bot.evaluation.understanding import few_shot


def test_a_fresh_section_replaces_its_own_and_keeps_the_others() -> None:
    before = merge("", {"hint3": "0.61 then", "latency": "12 ms"})

    after = merge(before, {"hint3": "0.72 now"})

    assert "0.72 now" in after
    assert "12 ms" in after
    assert "0.61 then" not in after


def test_sections_stand_in_their_fixed_order() -> None:
    text = merge("", {"latency": "last", "hint3": "first"})

    assert text.index("first") < text.index("last")


def test_every_part_of_understanding_is_a_section_of_its_own() -> None:
    assert bench.UNDERSTANDING == understanding.PARTS
    assert understanding.NEED_DATA <= bench.NEED_DATA


def test_without_data_only_what_needs_none_is_run() -> None:
    commands = {name: bench._command(name, None, None) for name in bench.SECTIONS}

    assert {name for name, command in commands.items() if command} == {"sample_business", "size_and_speed", "latency"}


def test_encoders_reach_the_part_that_compares_them() -> None:
    command = bench._command("few_shot", Path("data"), Path("unseeing"))

    assert command is not None
    assert command[-5:] == ["few_shot", "--data", "data", "--encoders", "unseeing"]


def test_a_part_without_its_data_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        understanding.main(["hint3"])

    assert "needs --data" in capsys.readouterr().err


def test_the_stock_peers_fallback_counts_as_no_intent(tmp_path: Path) -> None:
    rows = [LabelledText(text=f"{label}\n{n}", label=label, line=n) for label in ("a b", "c") for n in range(2)]

    names = stock_rasa.write_intents(tmp_path, rows)
    judged = [
        stock_rasa.judge(rows[0], {"intent": {"name": "intent_0", "confidence": 0.9}}, names),
        stock_rasa.judge(rows[2], {"intent": {"name": "nlu_fallback", "confidence": 0.3}}, names),
    ]

    assert names == {"intent_0": "a b", "intent_1": "c"}
    assert "- a b 1" in (tmp_path / "data/nlu.yml").read_text(encoding="utf-8")
    assert [each.predicted for each in judged] == ["a b", stock_rasa.HINT3_NONE]
    assert "| 0.500 |" in stock_rasa.section(judged, train_s=61, examples=4)


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
