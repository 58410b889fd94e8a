"""What readers see of a message."""

from __future__ import annotations

import pytest

from sentiment.text import MAX_CHARS, has_words, plain, window

EMOJI = {"😡": "angry face"}


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("see https://shop.example/x?y=1 now", "see http now"),
        ("@LarkspurBooks where is it", "where is it"),
        ("@LarkspurBooks, @Emily_4: where is it", "where is it"),
        ("ask @LarkspurBooks where it is", "ask @user where it is"),
        ("@LarkspurBooks", "@user"),
        ("mail me at mara@example.org", "mail me at mara@example.org"),
        ("so late 😡😡", "so late angry face angry face"),
        ("soooooo baaaad", "sooo baaad"),
        ("what?????", "what???"),
        ("Tom &amp; Jerry", "Tom & Jerry"),
        ("  two\n lines ", "two lines"),
        ("My disabled neighbour called", "My neighbour called"),
        ("my account is disabled", "my account is disabled"),
        ("my disabled account", "my disabled account"),
    ],
)
def test_plain_writes_what_the_transformer_was_trained_on(text: str, read: str) -> None:
    assert plain(text, EMOJI) == read


def test_a_long_message_keeps_its_beginning_and_its_end() -> None:
    text = "Hello there. " + "word " * 2_000 + "I am furious."

    cut = window(text)

    assert len(cut) <= MAX_CHARS
    assert cut.startswith("Hello there.")
    assert cut.endswith("I am furious.")


def test_stacked_accents_are_reduced_to_one() -> None:
    assert window("b̵̛͊á̷͋d") == window("b̵á̷d")


def test_control_characters_become_spaces_or_nothing() -> None:
    assert window("a\x00b\u200bc\u202ed") == "a bcd"


@pytest.mark.parametrize(("text", "expected"), [("ok", True), ("42 !", False), ("😀", False), ("мир", True)])
def test_has_words(text: str, expected: bool) -> None:
    assert has_words(text) is expected
