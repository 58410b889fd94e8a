"""Making what customers type comparable."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.wording import clauses, excerpt, plain, similarity


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("I can't wait!!", "i can not wait"),
        ("I’d like 2 talk, pls", "i would like 2 talk please"),
        ("HUUUMAN", "human"),
        ("lemme speak 2 some1", "let me speak 2 someone"),
        ("conect me to an agnet", "connect me to an agent"),
        ("can the stuff manage it", "can the stuff manage it"),
        ("see https://shop.example/agent now", "see now"),
        ("z̶a̶l̶g̶o̶ text", "zalgo text"),
        ("", ""),
        ("🙂", ""),
    ],
)
def test_typing_habits_are_undone(text: str, words: str) -> None:
    assert plain(text) == words


def test_clauses_are_split_where_a_thought_ends() -> None:
    assert clauses("No, I want a human. Not a bot but a person") == ("no", "i want a human", "not a bot", "a person")


def test_quoted_words_are_somebody_elses() -> None:
    assert clauses('she wrote "get me a manager" to us') == ("she wrote", "to us")


def test_a_message_that_is_only_a_quotation_is_read() -> None:
    assert clauses('"get me a manager"') == ("get me a manager",)


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("How do I reset my password?", "how do i reset my password", True),
        ("how do I reset my pasword", "How can I reset my password??", True),
        ("when are you open", "how much is delivery", False),
        ("", "how much is delivery", False),
    ],
)
def test_messages_written_alike_are_found(one: str, other: str, alike: bool) -> None:
    assert (similarity(one, other) >= 0.7) is alike


@given(st.text(), st.text())
def test_similarity_is_symmetric_and_within_one(one: str, other: str) -> None:
    assert similarity(one, other) == pytest.approx(similarity(other, one))
    assert 0.0 <= similarity(one, other) <= 1.0


def test_a_long_message_is_cut_at_a_word() -> None:
    assert excerpt("one two, three four", limit=12) == "one two…"
    assert excerpt("one\n two") == "one two"
