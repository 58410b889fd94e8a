"""The notation for what people say."""

import pytest

from bot.desk.phrases import Phrases


@pytest.mark.parametrize(
    ("phrase", "said", "not_said"),
    [
        ("want a refund", "i want a refund please", "i want a refunded ticket"),
        ("(my|our) lawyer", "ask our lawyer", "ask her lawyer"),
        ("my [old] lawyer", "my lawyer", "my new lawyer"),
        ("my _ lawyer", "my new lawyer", "my lawyer"),
        ("speak … manager", "speak to the duty manager", "speak up when you see one of them or a manager"),
        ("^ never again $", "never again", "never again will i doubt you"),
        ("wait*", "waiting", "await"),
        ("not {to|want|really} talk", "not really want to talk", "not ready to talk"),
        ("(call back|ring) me", "call back me", "call me"),
        ("<who> (<what>|sleeps)", "dog barks", "cat barks"),
        ("(red|\n        blue) car", "a blue car", "a green car"),
        ("c++ (really", "c++ (really", "cc really"),
    ],
)
def test_a_phrase_matches_whole_words_in_order(phrase: str, said: str, not_said: str) -> None:
    phrases = Phrases(phrase, lists={"who": "dog|wolf", "what": "barks|howls"})

    assert phrases.said_in([said])
    assert not phrases.said_in([not_said])


def test_comments_and_blank_lines_are_passed_over() -> None:
    phrases = Phrases("""
    # about dogs

    dog
    """)

    assert phrases.said_in(["a dog"])
    assert not phrases.said_in(["about dogs"])


def test_phrases_are_counted_once_each() -> None:
    assert Phrases("dog\ncat").count_in(["dog and dog", "cat"]) == 2


def test_it_tells_where_phrases_begin() -> None:
    assert Phrases("dog\ncat").starts_in("a cat and a dog") == [12, 2]


def test_an_unknown_list_is_a_programming_error() -> None:
    with pytest.raises(KeyError):
        Phrases("<nobody>")


def test_a_run_of_linking_words_ends() -> None:
    phrases = Phrases("not {really} talk")

    assert phrases.said_in(["not " + "really " * 8 + "talk"])
    assert not phrases.said_in(["not " + "really " * 9 + "talk"])
