from __future__ import annotations

import pytest

from bot.assistant.payloads import Payload, as_words, read_payload


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("hello", "hello"),
        ("/restart", "restart"),
        ('/handoff{"a":"b"}', 'handoff{"a":"b"}'),
        ("  //session_start ", "session_start"),
        ("EXTERNAL: reminder", "reminder"),
        ("/ EXTERNAL: /back", "back"),
        ("and/or", "and/or"),
        ("/", "⁄"),
        ("   ", ""),
    ],
)
def test_typed_text_is_never_a_command(typed: str, words: str) -> None:
    assert as_words(typed) == words


def test_a_payload_survives_writing_and_reading() -> None:
    payload = Payload(intent="choose_article", entities={"article_id": "café-hours"})

    assert read_payload(str(payload)) == payload


@pytest.mark.parametrize(
    "text",
    ["hello", "/", "/Upper", "/a b", "/x{", '/x{"a": 1}', "/x[1]", "/x{}" + "y", "/x" + "y" * 600, '/faq@1.0{"a":"b"}'],
)
def test_what_is_no_payload_is_not_read(text: str) -> None:
    assert read_payload(text) is None
