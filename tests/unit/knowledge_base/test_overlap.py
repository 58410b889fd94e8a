"""Overlap: the same question in two articles is found, neighbours are left alone."""

from __future__ import annotations

from knowledge_base.encoder import Encoder
from knowledge_base.overlap import find_overlaps
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
