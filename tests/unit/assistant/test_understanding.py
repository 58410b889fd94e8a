from __future__ import annotations

from typing import Any

import pytest

from bot.assistant.understanding import Waiting, chosen, outcome_of_intent, understand
from knowledge_base.ranker import Match, Part, Ranking

ARTICLES = {
    name: {"id": name, "question": f"What about {name}?", "answer": f"All about {name}.", "buttons": []}
    for name in ("hours", "delivery", "gifts", "parking")
}


def ranking(outcome: Any, *matches: tuple[str, float], parts: tuple[str, ...] = (), language: str = "en") -> Ranking:
    found = tuple(Match(label=label, confidence=confidence, score=confidence) for label, confidence in matches)
    pieces = tuple(
        Part(text=label, match=Match(label=label, confidence=0.9, score=0.9), outcome="answer") for label in parts
    )
    return Ranking(outcome=outcome, matches=found, language=language, parts=pieces)


def test_a_sure_article_is_answered() -> None:
    meant = understand("when?", ranking("answer", ("faq/hours", 0.9), ("greet", 0.05)), articles=ARTICLES)

    assert (meant.intent, meant.outcome, meant.confidence) == ("faq", "answer", 0.9)
    assert meant.answers == (ARTICLES["hours"],)
    assert [entry["article_id"] for entry in meant.article_ranking] == ["hours"]


def test_every_part_of_a_message_is_answered_once() -> None:
    parts = ("faq/hours", "faq/gifts", "faq/hours")

    meant = understand("…", ranking("answer", ("faq/hours", 0.9), parts=parts), articles=ARTICLES)

    assert [article["id"] for article in meant.answers] == ["hours", "gifts"]


def test_what_an_answer_leaves_open_stands_beside_it() -> None:
    def match(label: str, confidence: float) -> Match:
        return Match(label=label, confidence=confidence, score=confidence)

    unsure = (match("faq/gifts", 0.4), match("faq/hours", 0.3))
    parts = (
        Part(text="when?", match=match("faq/hours", 0.9), outcome="answer"),
        Part(text="where is it", match=match("order_status", 0.9), outcome="answer"),
        Part(text="hello", match=match("greet", 0.9), outcome="answer"),
        Part(text="a present?", match=unsure[0], outcome="clarify", matches=unsure),
        Part(text="a giraffe?", match=None, outcome="fallback"),
    )
    found = Ranking(outcome="answer", matches=(parts[0].match,), language="en", parts=parts)  # type: ignore[arg-type]

    meant = understand("…", found, articles=ARTICLES)

    assert meant.answers == (ARTICLES["hours"],)
    assert meant.beside == (
        {
            "asked": "where is it",
            "kind": "flow",
            "choices": [{"title": "Check where my order is", "intent": "order_status"}],
        },
        {
            "asked": "a present?",
            "kind": "clarify",
            "choices": [{"title": "What about gifts?", "article_id": "gifts"}],
        },
        {"asked": "a giraffe?", "kind": "fallback", "choices": []},
    )


def test_an_unsure_message_offers_at_most_three_choices() -> None:
    matches = [("faq/hours", 0.4), ("order_status", 0.2), ("faq/gifts", 0.15), ("faq/parking", 0.1)]

    meant = understand("…", ranking("clarify", *matches), articles=ARTICLES)

    assert meant.intent == "clarify"
    assert [choice.get("article_id") or choice["intent"] for choice in meant.choices] == [
        "hours",
        "order_status",
        "gifts",
    ]


def test_unsure_small_talk_is_taken_for_what_it_probably_is() -> None:
    meant = understand("heya you", ranking("clarify", ("greet", 0.5), ("faq/hours", 0.01)), articles=ARTICLES)

    assert (meant.intent, meant.outcome) == ("greet", "small_talk")


def test_an_unknown_message_is_a_fallback_with_its_language() -> None:
    meant = understand("Wo ist es?", ranking("fallback", language="de"), articles=ARTICLES)

    assert (meant.intent, meant.outcome, meant.language) == ("nlu_fallback", "fallback", "de")


def test_a_flow_hears_the_entity_it_waits_for_whatever_else_the_message_says() -> None:
    waiting = Waiting(flow="order_status_form", slot="order_number")

    meant = understand(
        "LB-104118",
        ranking("answer", ("faq/hours", 0.9)),
        articles=ARTICLES,
        entities={"order_number"},
        waiting=waiting,
    )

    assert (meant.intent, meant.outcome) == ("inform", "flow")


def test_a_question_in_the_middle_of_a_flow_stays_a_question() -> None:
    waiting = Waiting(flow="order_status_form", slot="order_number")

    meant = understand("when?", ranking("answer", ("faq/hours", 0.9)), articles=ARTICLES, waiting=waiting)

    assert meant.intent == "faq"


def test_a_flow_never_asks_did_you_mean() -> None:
    waiting = Waiting(flow="order_status_form", slot="email")

    meant = understand("hm", ranking("clarify", ("faq/hours", 0.4)), articles=ARTICLES, waiting=waiting)

    assert meant.outcome == "fallback"


@pytest.mark.parametrize(
    ("text", "label", "slot", "intent"),
    [
        ("the cover is torn", "faq/delivery", "return_reason", "inform"),
        ("How long do refunds take?", "faq/delivery", "return_reason", "faq"),
        ("do you have it?", "faq/hours", "message_text", "inform"),
        ("stop", "cancel", "message_text", "cancel"),
        ("a human please", "talk_to_person", "return_reason", "talk_to_person"),
    ],
)
def test_free_text_is_taken_as_asked_for(text: str, label: str, slot: str, intent: str) -> None:
    waiting = Waiting(flow="some_form", slot=slot)

    meant = understand(text, ranking("answer", (label, 0.9)), articles=ARTICLES, waiting=waiting)

    assert meant.intent == intent


def test_an_order_number_out_of_the_blue_starts_its_flow() -> None:
    meant = understand("lb 104118", ranking("fallback"), articles=ARTICLES, entities={"order_number"})

    assert meant.intent == "inform"


def test_a_chosen_article_is_answered() -> None:
    meant = chosen("gifts", ARTICLES)

    assert (meant.intent, meant.outcome, meant.answers) == ("choose_article", "answer", (ARTICLES["gifts"],))


def test_a_chosen_article_that_is_gone_is_a_fallback() -> None:
    assert chosen("gone", ARTICLES).outcome == "fallback"


@pytest.mark.parametrize(
    ("intent", "outcome"),
    [
        ("greet", "small_talk"),
        ("order_status", "flow"),
        ("none_of_these", "fallback"),
        (None, "fallback"),
        ("faq", "answer"),
        ("clarify", "clarify"),
    ],
)
def test_the_outcome_of_a_button_follows_its_intent(intent: str | None, outcome: str) -> None:
    assert outcome_of_intent(intent) == outcome
