"""Log lines: one JSON object each, of chosen fields, whatever a record carries."""

import json
import logging
import sys

import pytest

from bot.server.logs import JsonLines


def line_of(message: str, **extra: object) -> dict[str, object]:
    record = logging.makeLogRecord({"msg": message, "levelname": "INFO", "name": "x", **extra})
    text = JsonLines().format(record)
    assert "\n" not in text
    assert "\x1b" not in text
    found: dict[str, object] = json.loads(text)
    return found


@pytest.mark.parametrize("attack", ['a\r\n{"level": "error", "event": "forged"}', "\x1b[2J\x1b[31mred", "\u2028 \x00"])
def test_what_people_send_cannot_break_out_of_its_line(attack: str) -> None:
    assert line_of("request", code=attack)["code"] == attack
    assert line_of(attack)["event"] == attack


def test_fields_that_nobody_chose_are_not_written() -> None:
    line = line_of("request", text="what a customer said", token="secret", email="a@b.co", code="not_found")

    assert line == {"at": line["at"], "level": "info", "logger": "x", "event": "request", "code": "not_found"}


def test_an_error_is_told_by_type_and_place_without_its_words() -> None:
    try:
        try:
            raise ValueError("my card is 4111")
        except ValueError as exc:
            raise RuntimeError("a@b.co said so") from exc
    except RuntimeError:
        line = line_of("request broke", exc_info=sys.exc_info())

    trace = json.dumps(line["error"])
    assert "RuntimeError" in trace
    assert "ValueError" in trace
    assert "test_logs.py" in trace
    assert "4111" not in trace
    assert "a@b.co" not in trace
