from __future__ import annotations

import json
from typing import Any

import pytest

from bot.assistant.requests import InvalidRequest, read_forget, read_model, read_parse, read_turn

TURN: dict[str, Any] = {"sender": "cnv_1", "message_id": "cnv_1:3", "text": "hello"}


def body(**changes: Any) -> bytes:
    fields = {**TURN, **changes}
    return json.dumps({key: value for key, value in fields.items() if value is not ...}).encode()


def test_a_turn_is_read() -> None:
    request = read_turn(body(metadata={"boundary": "cnv_1:2", "locale": "en"}))

    assert (request.sender, request.message_id, request.text, request.payload) == ("cnv_1", "cnv_1:3", "hello", None)
    assert request.metadata["boundary"] == "cnv_1:2"


def test_a_pressed_button_is_read() -> None:
    request = read_turn(body(text=..., payload='/choose_article{"article_id": "hours"}'))

    assert request.payload == '/choose_article{"article_id": "hours"}'


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        (body(sender=...), "sender"),
        (body(sender=""), "sender"),
        (body(sender=["default"]), "sender"),
        (body(sender="a b"), "sender"),
        (body(message_id=7), "message_id"),
        (body(text=" \n "), "text"),
        (body(text=None), "payload"),
        (body(payload="/greet"), "payload"),
        (body(text=..., payload="greet"), "payload"),
        (body(text="x" * 4_001), "4,001"),
        (body(extra=1), "extra"),
        (body(metadata={"role": "owner"}), "role"),
        (body(metadata=[]), "metadata"),
        (body(metadata={"boundary": 3}), "boundary"),
        (body(metadata={"thresholds": []}), "thresholds"),
        (body(metadata={"thresholds": {"angry_turns": 1}}), "angry_turns"),
        (body(metadata={"thresholds": {"no_such": 1}}), "no_such"),
        (b"[]", "object"),
        (b"\xff\xfe", "JSON"),
        (b"[" * 60_000, "JSON"),
        (b" " * 70_000, "70,000"),
    ],
)
def test_a_turn_that_does_not_fit_is_refused_with_the_field_at_fault(raw: bytes, word: str) -> None:
    with pytest.raises(InvalidRequest, match=word):
        read_turn(raw)


def test_half_a_surrogate_pair_becomes_storable() -> None:
    request = read_turn(b'{"sender": "c", "message_id": "c:1", "text": "oh \\ud83d"}')

    assert request.text == "oh ?"


def test_conversations_to_be_forgotten_are_read() -> None:
    assert read_forget(b'{"senders": ["cnv_1", "cnv_2"]}') == ["cnv_1", "cnv_2"]


@pytest.mark.parametrize("raw", [b"{}", b'{"senders": "cnv_1"}', b'{"senders": ["a b"]}', b'{"senders": [1]}'])
def test_what_is_no_list_of_conversations_is_refused(raw: bytes) -> None:
    with pytest.raises(InvalidRequest, match="senders"):
        read_forget(raw)


def test_a_parse_wants_nothing_but_text() -> None:
    assert read_parse(b'{"text": "hello"}') == "hello"
    with pytest.raises(InvalidRequest):
        read_parse(b'{"text": "hello", "sender": "x"}')


@pytest.mark.parametrize("changes", [{"path": "model.zip"}, {"sha256": "abc"}, {"path": 1}, {"more": 1}])
def test_a_model_is_named_by_archive_and_hash(changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest):
        read_model(json.dumps({"path": "models/a.tar.gz", "sha256": "0" * 64, **changes}).encode())
