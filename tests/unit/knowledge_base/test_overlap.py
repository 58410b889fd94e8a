"""Overlap: the same question in two articles is found, neighbours are left alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from knowledge_base.article import load_articles
from knowledge_base.encoder import Encoder
from knowledge_base.overlap import advice, find_overlaps, main, overlapping_articles
from knowledge_base.ranker import Example

HOURS = Example(text="When are you open?", label="faq/hours")
VISIT = Example(text="when are you open", label="faq/visit")
AGAIN = Example(text="when are you open??", label="faq/hours")
PARKING = Example(text="Where can I park my car?", label="faq/parking")


def test_the_same_question_in_two_articles_is_found(encoder: Encoder) -> None:
    (overlap,) = find_overlaps([PARKING, HOURS, VISIT], encoder=encoder)

    assert (overlap.first, overlap.second) == (HOURS, VISIT)
    assert overlap.score > 0.95
    assert "merge them" in str(overlap)


def test_phrases_of_one_article_do_not_overlap(encoder: Encoder) -> None:
    assert find_overlaps([HOURS, AGAIN, PARKING], encoder=encoder) == ()


def test_the_closest_pairs_come_first_and_no_more_than_asked(encoder: Encoder) -> None:
    found = find_overlaps([HOURS, VISIT, PARKING], encoder=encoder, from_score=-1, limit=2)

    assert [overlap.score for overlap in found] == sorted((overlap.score for overlap in found), reverse=True)
    assert len(found) == 2


def test_no_examples_have_no_overlap(encoder: Encoder) -> None:
    assert find_overlaps([], encoder=encoder) == ()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three articles of which two overlap in several phrases."""
    (tmp_path / "store").mkdir()
    hours = "also_asked: [opening times, what time do you shut]"
    for name, question, also in (
        ("hours", "When are you open?", hours),
        ("visit", "When are you open please?", "also_asked: [opening times?]"),
        ("parking", "Where can I park my car?", "also_asked: [car park]"),
    ):
        text = f"---\nid: {name}\nquestion: {question}\n{also}\n---\nYes.\n"
        (tmp_path / "store" / f"{name}.md").write_text(text, encoding="utf-8")
    return tmp_path


def test_two_articles_are_named_once(encoder: Encoder, folder: Path) -> None:
    (overlap,) = overlapping_articles(load_articles(folder).articles, encoder=encoder)

    assert {overlap.first.label, overlap.second.label} == {"faq/hours", "faq/visit"}
    assert "please" in overlap.second.text
    assert "(hours)" in advice(overlap)


def test_other_programs_read_one_line_per_pair(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--articles", str(folder)]) == 0

    (line,) = capsys.readouterr().out.splitlines()
    assert sorted(json.loads(line)["articles"]) == ["hours", "visit"]


def test_a_folder_that_is_not_there_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--articles", str(tmp_path / "gone")]) == 2

    assert "gone" in capsys.readouterr().err
