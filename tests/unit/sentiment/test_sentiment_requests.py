"""Bare requests are known by their words, and only when there are no others."""

from __future__ import annotations

import pytest

from sentiment.requests import is_bare_request
from sentiment.scorer import Scorer


@pytest.mark.parametrize(
    "text", ["refund", "REFUND!!!", "cancel my order", "Return?", "speak to agent", "lost property", "nothing else"]
)
def test_requests(text: str) -> None:
    assert is_bare_request(text)


@pytest.mark.parametrize(
    "text", ["", "my", "no refund", "refund now", "cancel my stupid order", "where is my order now", "late", "@refund"]
)
def test_everything_else(text: str) -> None:
    assert not is_bare_request(text)


def test_how_a_request_is_put_still_counts() -> None:
    scorer = Scorer.load()
    calm, angry = (scorer.score(text).polarity for text in ("refund", "REFUND 😡😡"))

    assert calm is not None
    assert angry is not None
    assert angry < calm - 0.2
