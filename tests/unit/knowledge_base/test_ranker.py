"""The ranker: what it answers, what it asks back, and what it admits."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge_base.encoder import Encoder
from knowledge_base.ranker import Example, NoExamples, Ranker, RankerUnreadable

SHOP = {
    "faq/opening-hours": ["When are you open?", "opening times", "are you open on sundays"],
    "faq/shipping-abroad": ["Do you ship abroad?", "do you deliver to France", "international delivery"],
    "faq/returns": ["How do I return a book?", "send something back", "can I get a refund"],
    "faq/gift-cards": ["Do you sell gift cards?", "buy a voucher", "gift voucher for a friend"],
    "faq/parking": ["Where can I park?", "is there a car park", "parking near the shop"],
    "greet": ["hello", "hi there", "good morning"],
    "goodbye": ["bye", "see you", "goodbye then"],
}


def examples(shop: dict[str, list[str]]) -> list[Example]:
    return [Example(text=text, label=label) for label, texts in shop.items() for text in texts]


@pytest.fixture(scope="module")
def ranker(encoder: Encoder) -> Ranker:
    return Ranker.train(examples(SHOP), encoder=encoder)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("what time do you open tomorrow", "faq/opening-hours"),
        ("do u deliver to spain?", "faq/shipping-abroad"),
        ("CAN I RETURN A BOOK I BOUGHT LAST WEEK", "faq/returns"),
        ("gift crads", "faq/gift-cards"),
        ("where is the car park 🚗🚗", "faq/parking"),
        ("good morning!", "greet"),
    ],
)
def test_a_question_in_other_words_is_answered(ranker: Ranker, text: str, label: str) -> None:
    ranking = ranker.rank(text)

    assert (ranking.matches[0].label, ranking.outcome) == (label, "answer")


@pytest.mark.parametrize(
    "text", ["what is the capital of Mongolia", "my cat is ill", "asdf qwer", "compile the kernel"]
)
def test_what_no_article_answers_falls_back(ranker: Ranker, text: str) -> None:
    assert ranker.rank(text).outcome == "fallback"


@pytest.mark.parametrize("text", ["", "   ", "🙂🙂", "\u200b", "..."])
def test_a_message_without_words_falls_back(ranker: Ranker, text: str) -> None:
    assert ranker.rank(text).outcome == "fallback"


def test_confidences_are_probabilities_best_first(ranker: Ranker) -> None:
    confidences = [match.confidence for match in ranker.rank("when are you open", top_k=7).matches]

    assert confidences == sorted(confidences, reverse=True)
    assert confidences[-1] >= 0
    assert sum(confidences) <= 1 + 1e-6


def test_both_parts_of_a_double_question_are_answered(ranker: Ranker) -> None:
    ranking = ranker.rank("When do you open and do you ship to France?")

    assert [part.match.label for part in ranking.parts if part.match] == ["faq/opening-hours", "faq/shipping-abroad"]
    assert ranking.outcome == "answer"


def test_one_article_with_one_phrase_is_enough(encoder: Encoder) -> None:
    ranker = Ranker.train([Example(text="When are you open?", label="faq/opening-hours")], encoder=encoder)

    assert ranker.rank("when are you open").outcome == "answer"
    assert ranker.rank("do you repair bicycles").outcome == "fallback"


@pytest.mark.parametrize("texts", [[], ["", "  ", "🙂"]])
def test_nothing_to_learn_from_is_refused(encoder: Encoder, texts: list[str]) -> None:
    with pytest.raises(NoExamples, match="no example"):
        Ranker.train([Example(text=text, label="faq/a") for text in texts], encoder=encoder)


def test_a_saved_ranker_ranks_the_same(ranker: Ranker, encoder: Encoder, tmp_path: Path) -> None:
    ranker.save(tmp_path / "ranker")

    loaded = Ranker.load(tmp_path / "ranker", encoder=encoder)

    assert loaded.rank("can i park nearby") == ranker.rank("can i park nearby")


def test_training_twice_gives_the_same_ranker(ranker: Ranker, encoder: Encoder) -> None:
    again = Ranker.train(examples(SHOP), encoder=encoder)

    assert again.rank("can i park nearby") == ranker.rank("can i park nearby")


def test_a_damaged_ranker_is_not_loaded(ranker: Ranker, encoder: Encoder, tmp_path: Path) -> None:
    ranker.save(tmp_path)
    (tmp_path / "ranker.npz").write_bytes(b"PK half a file")

    with pytest.raises(RankerUnreadable, match="make train"):
        Ranker.load(tmp_path, encoder=encoder)


def test_a_missing_ranker_says_how_to_make_one(encoder: Encoder, tmp_path: Path) -> None:
    with pytest.raises(RankerUnreadable, match="make train"):
        Ranker.load(tmp_path, encoder=encoder)
