"""VADER's own numbers, and its words."""

from __future__ import annotations

import pytest
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from sentiment.vader import VaderReader


@pytest.fixture(scope="module")
def reader() -> VaderReader:
    return VaderReader()


@pytest.mark.parametrize(
    "text",
    [
        "VADER is smart, handsome, and funny!",
        "The book was kind of good, but the plot was TERRIBLE.",
        "Not bad at all",
        "At least it isn't a horrible book.",
        "no problem, thanks",
        "",
    ],
)
def test_the_compound_score_is_vaders(reader: VaderReader, text: str) -> None:
    original = SentimentIntensityAnalyzer().polarity_scores(text)

    reading = reader.read(text)

    assert (reading.compound, reading.positive, reading.negative) == (
        original["compound"],
        original["pos"],
        original["neg"],
    )


def test_words_carry_their_valence_in_the_sentence(reader: VaderReader) -> None:
    words = dict(reader.read("I am not happy with this awful lamp").words)

    assert words["happy"] < 0
    assert words["awful"] < 0
    assert "lamp" not in words


def test_emoji_are_read_even_without_spaces(reader: VaderReader) -> None:
    assert reader.read("late😡😡").compound < 0


@pytest.mark.parametrize(("text", "expected"), [("😡", True), (":-(", True), ("...", False), ("12 %", False)])
def test_knows_emoji(reader: VaderReader, text: str, expected: bool) -> None:
    assert reader.knows_emoji(text) is expected
