"""Cleaning messages and finding the questions in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.text import (
    clean,
    is_follow_up,
    leans_on,
    listed_things,
    looks_like_question,
    split_questions,
    without_courtesy,
)


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
        ("wheres the café n whats ur number", ("wheres the café", "whats ur number")),
        ("send it back, also my parcel is late", ("send it back", "my parcel is late")),
        ("It never came!\nI want my money back", ("It never came!", "I want my money back")),
        ("???", ()),
    ],
)
def test_a_message_is_split_where_a_new_question_begins(text: str, pieces: tuple[str, ...]) -> None:
    assert split_questions(text) == pieces


@pytest.mark.parametrize(
    "text", ["and on Sundays?", "what about Spain", "is it free", "for two people?", "how much is that"]
)
def test_short_messages_that_lean_on_the_last_are_follow_ups(text: str) -> None:
    assert is_follow_up(text)


@pytest.mark.parametrize(
    "text", ["when do you open", "android app", "and then I waited for three weeks and nothing came"]
)
def test_questions_that_stand_alone_are_no_follow_ups(text: str) -> None:
    assert not is_follow_up(text)


@pytest.mark.parametrize(
    ("text", "frame", "things"),
    [
        ("do you have wifi and toilets?", "do you have", ("wifi", "toilets")),
        ("opening hours, parking & wifi", "", ("opening hours", "parking", "wifi")),
        ("how do i reset my password and delete my account", "how do i", ("reset my password", "delete my account")),
        ("when are you open", "when are you", ("open",)),
    ],
)
def test_the_things_of_a_list_share_what_stands_before_them(text: str, frame: str, things: tuple[str, ...]) -> None:
    found_frame, found = listed_things(text)

    assert found_frame == frame
    assert tuple(thing.removeprefix(frame).strip() for thing in found) == things


@pytest.mark.parametrize(
    ("text", "asks", "leans"),
    [
        ("how long does it take", True, True),
        ("and is there parking", True, True),
        ("whats ur number", True, False),
        ("my parcel is late", False, False),
        ("open today?", True, False),
    ],
)
def test_questions_and_what_leans_on_others_are_told(text: str, asks: bool, leans: bool) -> None:
    assert (looks_like_question(text), leans_on(text)) == (asks, leans)


@given(st.text(max_size=500))
def test_cleaning_twice_changes_nothing_and_never_fails(text: str) -> None:
    plain = clean(text)

    split_questions(without_courtesy(plain))
    listed_things(plain)
    assert clean(plain) == plain
