"""Cleaning messages and finding the questions in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.text import clean, is_follow_up, split_questions, without_courtesy


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("  Hello \n there\t", "Hello there"),
        ("heeeelp 😡😡😡", "heelp"),
        ("ＷＨＥＮ？", "WHEN?"),
        ("a\u200bb\u0000c", "a b c"),
        ("costs £5 or 10%?", "costs £5 or 10%?"),
        ("order 10000000", "order 10000000"),
        ("café", "café"),
    ],
)
def test_a_message_is_put_in_plain_form(text: str, plain: str) -> None:
    assert clean(text) == plain


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("Hi, when do you open?", "when do you open?"),
        ("good morning there! do you ship abroad, thanks", "do you ship abroad"),
        ("hello hello. where is my order please", "where is my order"),
        ("hello", "hello"),
        ("hi there", "hi there"),
        ("thanks a lot", "thanks a lot"),
        ("history books", "history books"),
        ("do you sell thank you cards", "do you sell thank you cards"),
    ],
)
def test_greetings_and_thanks_around_a_question_are_left_out(text: str, bare: str) -> None:
    assert without_courtesy(text) == bare


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("when do you open and do you ship to France?", ("when do you open", "do you ship to France?")),
        ("When do you open? Where are you?", ("When do you open?", "Where are you?")),
        ("do you sell pens and paper", ("do you sell pens and paper",)),
        ("do you open today, also can i park?", ("do you open today", "can i park?")),
        ("It never came!\nI want my money back", ("It never came!", "I want my money back")),
        ("???", ()),
    ],
)
def test_a_message_is_split_where_a_new_question_begins(text: str, pieces: tuple[str, ...]) -> None:
    assert split_questions(text) == pieces


@pytest.mark.parametrize("text", ["and on Sundays?", "what about Spain", "is it free", "for two people?"])
def test_short_messages_that_lean_on_the_last_are_follow_ups(text: str) -> None:
    assert is_follow_up(text)


@pytest.mark.parametrize(
    "text", ["when do you open", "android app", "and then I waited for three weeks and nothing came"]
)
def test_questions_that_stand_alone_are_no_follow_ups(text: str) -> None:
    assert not is_follow_up(text)


@given(st.text(max_size=500))
def test_cleaning_twice_changes_nothing_and_never_fails(text: str) -> None:
    plain = clean(text)

    split_questions(without_courtesy(plain))
    assert clean(plain) == plain
