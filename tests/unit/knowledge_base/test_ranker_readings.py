"""How messages are read: rants, follow-ups, other languages, small and overlapping knowledge."""

from __future__ import annotations

import pytest

from knowledge_base.encoder import Encoder
from knowledge_base.ranker import Example, Ranker

PHRASES = {
    "faq/opening-hours": ["When are you open?", "opening times", "what time do you close", "are you open at weekends"],
    "faq/shipping-abroad": ["Do you ship abroad?", "do you deliver to France", "international delivery"],
    "faq/returns": ["How do I return a book?", "send something back", "can I get a refund"],
    "faq/missing-parcel": ["Where is my parcel?", "my order has not arrived", "late delivery"],
    "faq/gift-cards": ["Do you sell gift cards?", "buy a voucher", "gift voucher for a friend"],
    "greet": ["hello", "hi there", "good morning", "hey"],
    "thanks": ["thank you", "thanks a lot", "cheers"],
}
ANSWERS = {
    "faq/opening-hours": "We open at nine and close at six, on Sundays from eleven to four. Our café closes at five.",
    "faq/shipping-abroad": "We deliver to the whole of Europe. Customs may be added outside the EU.",
    "faq/returns": "Send the book back within 30 days and we refund the price.",
    "faq/missing-parcel": "Parcels take three days. After five days tell us and we send the order again.",
    "faq/gift-cards": "Gift cards cost from £10 and never expire.",
}
COMPLAINT = (
    "I have been a customer of yours for eleven years and I have recommended you to everybody I know. "
    "I really do not understand what has happened to you. The website is slow and the music is loud. "
    "I am so disappointed, this used to be a lovely place. Nobody cares about anything any more. "
)
RANT = COMPLAINT * 5 + "My order has not arrived! " + "It makes me sad and angry. " * 10


@pytest.fixture(scope="module")
def ranker(encoder: Encoder) -> Ranker:
    examples = [Example(text=text, label=label) for label, texts in PHRASES.items() for text in texts]
    return Ranker.train(examples, evidence=ANSWERS, encoder=encoder)


def test_the_question_is_found_in_a_rant(ranker: Ranker) -> None:
    ranking = ranker.rank(RANT)

    assert len(RANT) > 1_500
    assert (ranking.matches[0].label, ranking.outcome) == ("faq/missing-parcel", "answer")


@pytest.mark.parametrize(
    "text", ["hi, when do you close?", "Hello! When do you close?", "good morning when do you close thanks"]
)
def test_a_greeting_does_not_win_over_the_question(ranker: Ranker, text: str) -> None:
    ranking = ranker.rank(text)

    assert (ranking.matches[0].label, ranking.outcome) == ("faq/opening-hours", "answer")


def test_a_greeting_alone_is_a_greeting(ranker: Ranker) -> None:
    assert ranker.rank("hello!").matches[0].label == "greet"


def test_a_follow_up_is_read_with_what_was_answered_before(ranker: Ranker) -> None:
    alone = ranker.rank("and on public holidays?")

    after = ranker.rank("and on public holidays?", context=["faq/opening-hours"])

    assert after.matches[0].label == "faq/opening-hours"
    assert after.matches[0].confidence > alone.matches[0].confidence


def test_a_follow_up_about_something_else_is_not_bent(ranker: Ranker) -> None:
    ranking = ranker.rank("and gift cards?", context=["faq/opening-hours"])

    assert ranking.matches[0].label == "faq/gift-cards"


def test_a_follow_up_continues_the_question_it_fits_best(ranker: Ranker) -> None:
    after = ranker.rank("and on public holidays?", context=["faq/opening-hours", "faq/shipping-abroad"])

    assert after.matches[0].label == "faq/opening-hours"


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("when do you open and do you ship to france?", ["faq/opening-hours", "faq/shipping-abroad"]),
        ("opening times and gift vouchers", ["faq/opening-hours", "faq/gift-cards"]),
        (
            "do you sell gift cards, do you ship abroad and when do you close",
            ["faq/gift-cards", "faq/shipping-abroad", "faq/opening-hours"],
        ),
        ("do you deliver to France and Spain", ["faq/shipping-abroad"]),
    ],
)
def test_each_question_of_a_message_is_answered(ranker: Ranker, text: str, labels: list[str]) -> None:
    ranking = ranker.rank(text)

    assert [part.match.label for part in ranking.parts if part.match and part.outcome == "answer"] == labels


def test_an_unknown_context_changes_nothing(ranker: Ranker) -> None:
    assert ranker.rank("and on Sundays?", context=["faq/gone"]) == ranker.rank("and on Sundays?")


def test_a_language_that_is_not_english_is_named_and_not_answered(ranker: Ranker) -> None:
    ranking = ranker.rank("Wo bleibt denn eigentlich mein Paket?")

    assert (ranking.outcome, ranking.language) == ("fallback", "de")


@pytest.mark.parametrize(
    "text", ["WHERE IS MY PARCEL", "where is my parcle", "wheres my parcel 😭😭", "where iss my parcell??"]
)
def test_capitals_typos_and_emoji_do_not_matter(ranker: Ranker, text: str) -> None:
    assert ranker.rank(text).matches[0].label == "faq/missing-parcel"


def test_the_answers_own_words_are_evidence(encoder: Encoder) -> None:
    examples = [
        Example(text="Tell me about the café", label="faq/cafe"),
        Example(text="Tell me about the store", label="faq/store"),
    ]
    evidence = {"faq/cafe": "We serve cakes, coffee and vegan lunches.", "faq/store": "There are lifts and a car park."}

    ranker = Ranker.train(examples, evidence=evidence, encoder=encoder)

    assert ranker.rank("do you have anything vegan").matches[0].label == "faq/cafe"
    assert ranker.rank("is there a lift").matches[0].label == "faq/store"


def test_ten_articles_with_one_phrase_each_are_told_apart(encoder: Encoder) -> None:
    topics = "parking returns delivery refunds vouchers toilets wifi opening-times careers events".split()
    examples = [Example(text=f"Question about {topic.replace('-', ' ')}", label=f"faq/{topic}") for topic in topics]

    ranker = Ranker.train(examples, encoder=encoder)

    found = [ranker.rank(f"can you tell me about {topic.replace('-', ' ')}").matches[0].label for topic in topics]
    assert found == [f"faq/{topic}" for topic in topics]


def test_the_same_phrase_in_two_articles_is_asked_back(encoder: Encoder) -> None:
    examples = [
        Example(text="Do you deliver?", label="faq/home"),
        Example(text="Do you deliver?", label="faq/abroad"),
    ]

    ranking = Ranker.train(examples, encoder=encoder).rank("do you deliver")

    assert ranking.outcome == "clarify"
    assert {match.label for match in ranking.matches} == {"faq/home", "faq/abroad"}


def test_examples_out_of_scope_fall_back_when_the_owner_has_some(encoder: Encoder) -> None:
    examples = [Example(text=text, label=label) for label, texts in PHRASES.items() for text in texts]
    examples += [
        Example(text=text, label="oos") for text in ("do you sell tickets", "train tickets", "buy a concert ticket")
    ]

    ranking = Ranker.train(examples, encoder=encoder, oos_label="oos").rank("do you sell concert tickets")

    assert ranking.outcome == "fallback"
    assert "oos" not in {match.label for match in ranking.matches}


def test_an_edit_elsewhere_hardly_moves_a_confidence(encoder: Encoder) -> None:
    examples = [Example(text=text, label=label) for label, texts in PHRASES.items() for text in texts]
    before = Ranker.train(examples, evidence=ANSWERS, encoder=encoder).rank("when do you open tomorrow").matches[0]

    more = [*examples, Example(text="Is there a car park?", label="faq/parking")]
    after = Ranker.train(more, evidence=ANSWERS, encoder=encoder).rank("when do you open tomorrow").matches[0]

    assert after.label == before.label
    assert after.confidence == pytest.approx(before.confidence, abs=0.05)
