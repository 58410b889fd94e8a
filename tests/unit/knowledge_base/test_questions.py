"""Which questions are found in a message, with readings as a table says."""

from __future__ import annotations

import pytest

from knowledge_base.questions import Reader, questions_in
from knowledge_base.reading import Match, Reading

# What a ranker would make of each piece: label and confidence.
READ = {
    "when do you open": ("faq/hours", 0.9),
    "opening hours": ("faq/hours", 0.9),
    "parking": ("faq/parking", 0.9),
    "paper": ("faq/paper", 0.4),
    "do you ship to France?": ("faq/abroad", 0.9),
    "do you have a café": ("faq/menu", 0.4),
    "do you have a giraffe": ("faq/menu", 0.1),
    "how much is it": ("faq/abroad", 0.2),
    "do you ship to France? how much is it": ("faq/abroad", 0.8),
    "how long does it take": ("faq/menu", 0.2),
    "do you ship to France? and how long does it take": ("faq/delivery-time", 0.8),
    "hello you": ("greet", 0.9),
    "I want to send it back": ("return_request", 0.9),
    "my day was long": ("faq/menu", 0.4),
}


def reading(text: str, *matches: tuple[str, float]) -> Reading:
    found = matches or (READ.get(text.rstrip(".!").removeprefix("and "), ("faq/menu", 0.05)),)
    return Reading(
        text=text,
        matches=tuple(Match(label=label, confidence=sure, score=sure) for label, sure in found),
        known=0.9,
        spelling=0.5,
    )


def asked(text: str, *whole: tuple[str, float]) -> list[tuple[str | None, str]]:
    """The label and outcome of each question that is found."""
    reader = Reader(read=reading, is_asked=lambda found: str(found.label).startswith("faq/"))
    return [(found.label, found.outcome) for found in questions_in(reading(text, *whole), reader)]


HOURS, ABROAD = ("faq/hours", "answer"), ("faq/abroad", "answer")


@pytest.mark.parametrize(
    ("text", "questions"),
    [
        ("when do you open and do you ship to France?", [HOURS, ABROAD]),
        ("do you have a café and do you ship to France?", [ABROAD, ("faq/menu", "clarify")]),
        ("do you have a giraffe and do you ship to France?", [ABROAD, ("faq/menu", "fallback")]),
        ("when do you open. I want to send it back", [HOURS, ("return_request", "answer")]),
        ("do you ship to France? how much is it", [ABROAD]),
        ("do you ship to France? and how long does it take", [ABROAD, ("faq/delivery-time", "answer")]),
        ("hello you! when do you open", [HOURS, ("greet", "answer")]),
        ("my day was long. when do you open", [HOURS]),
    ],
)
def test_every_question_has_its_own_outcome(text: str, questions: list[tuple[str, str]]) -> None:
    assert asked(text, ("faq/menu", 0.5)) == questions


def test_the_sentences_of_a_rant_are_not_asked_back_about() -> None:
    rant = "do you have a café? " * 6 + "when do you open"

    assert asked(rant, ("faq/menu", 0.2)) == [HOURS]


def test_the_things_of_a_list_are_answered_each() -> None:
    assert asked("opening hours and parking", ("faq/hours", 0.5), ("faq/parking", 0.3)) == [
        HOURS,
        ("faq/parking", "answer"),
    ]


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("opening hours and paper", (("faq/hours", 0.7), ("faq/paper", 0.2))),
        ("opening hours and parking", (("faq/hours", 0.9), ("faq/paper", 0.05))),
    ],
)
def test_a_list_stays_one_question_unless_all_its_things_are_meant(
    text: str, whole: tuple[tuple[str, float], ...]
) -> None:
    assert asked(text, *whole) == [HOURS]
