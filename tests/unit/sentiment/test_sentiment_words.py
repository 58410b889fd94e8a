"""Which words weighed most: spans, negation, and a linear imitation that finds what it should."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sentiment.errors import ModelUnavailable
from sentiment.words import WordWeights, imitate, terms, without_each_word


def test_a_word_after_a_negation_is_a_word_of_its_own() -> None:
    assert terms("I don’t like the red lamp here") == ["i", "don't", "not like", "not the", "not red", "lamp", "here"]


def test_pieces_of_a_word_are_added_up_and_shares_sum_to_one() -> None:
    # "un|helpful" is two tokens; the comma belongs to no word
    tokens = [(0, 2, -0.5), (2, 9, -1.5), (9, 10, 9.0), (11, 16, 0.5)]

    words = WordWeights({"unhelpful": -2.0}).explain("unhelpful, thanks", tokens)

    assert [word for word, _ in words] == ["unhelpful", "thanks"]
    assert words[0][1] == pytest.approx((-2.0 / 2.5 - 1.0) / 2)
    assert words[1][1] == pytest.approx((0.5 / 2.5 + 0.0) / 2)
    assert sum(abs(share) for _, share in words) == pytest.approx(1)


def test_each_word_is_left_out_once() -> None:
    assert without_each_word("don't go, Jo") == [" go, Jo", "don't , Jo", "don't go, "]


def test_a_text_without_words_has_no_weights() -> None:
    assert WordWeights({}).explain("?!", [(0, 2, 1.0)]) == []


def test_the_imitation_finds_the_words_that_matter(tmp_path: Path) -> None:
    texts = ["good lamp", "bad lamp", "not good lamp", "lamp"] * 20
    leans = np.array([2.0, -2.0, -1.5, 0.0] * 20)

    imitate(texts, leans).write(tmp_path)
    words = dict(WordWeights.load(tmp_path).explain("good lamp", [(0, 4, 0.0), (5, 9, 0.0)]))
    negated = dict(WordWeights.load(tmp_path).explain("not good", [(0, 3, 0.0), (4, 8, 0.0)]))

    assert words["good"] > 0.4
    assert negated["not"] + negated["good"] < 0


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"words\.json"):
        WordWeights.load(tmp_path)
