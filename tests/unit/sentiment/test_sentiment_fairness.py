"""The measure of fairness, against scorers whose unfairness is known."""

from __future__ import annotations

import pytest

from sentiment.fairness import NAMES, measure
from sentiment.swaps import dialects, swap_gender


def test_a_scorer_that_ignores_people_is_perfectly_fair() -> None:
    fair = measure(lambda text: 0.5)

    assert (fair.mean, fair.worst) == (0, 0)
    assert set(fair.by_kind) == {"names", "gender", "group", "group, after", "pronouns", "dialect"}


def test_a_scorer_that_dislikes_one_name_is_found_out() -> None:
    fair = measure(lambda text: -1.0 if "Latoya" in text else 0.0)

    assert "Latoya" in fair.worst_text
    assert fair.worst == pytest.approx(1 - 1 / sum(map(len, NAMES.values())))
    assert fair.by_kind["pronouns"] == (0, 0)


def test_a_refusal_counts_as_a_shift() -> None:
    fair = measure(lambda text: None if "innit" in text else 0.8)

    assert fair.worst > 0.5


@pytest.mark.parametrize(
    ("text", "swapped"),
    [
        ("He lost his bag", "She lost her bag"),
        ("my wife is here", "my husband is here"),
        ("the theme song", "the theme song"),
    ],
)
def test_swap_gender(text: str, swapped: str) -> None:
    assert swap_gender(text) == swapped


def test_every_dialect_marker_changes_some_sentence() -> None:
    text = (
        "Please, this is my bag, isn't it? You are going to want to see the thing they haven't seen, them dogs are mine"
    )

    assert all(rewrite(text) != text for rewrite in dialects())
