import pytest

from bot.server.bodies import parse_json
from bot.server.problems import InvalidJson


def test_a_plain_object_is_parsed() -> None:
    assert parse_json('{"text": "Grüße 👋", "n": 1.5}'.encode()) == {"text": "Grüße 👋", "n": 1.5}


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"nope",
        b'{"a": 1, "a": 2}',
        b'{"a": {"b": 1, "b": 1}}',
        b'{"a": NaN}',
        b'{"a": -Infinity}',
        b'{"a": 1e999999}',
        b'{"a": ' + b"9" * 5000 + b"}",
        rb'{"a": "\ud800"}',
        rb'{"\udfff": 1}',
        b'{"a": "\xff\xfe"}',
        b'\xef\xbb\xbf{"a": 1}',
        b"[" * 33 + b"]" * 33,
        b"[" * 100_000,
        b'{"a": "raw\x00control"}',
        b'{"a": 1} trailing',
    ],
)
def test_what_json_cannot_mean_is_refused(raw: bytes) -> None:
    with pytest.raises(InvalidJson):
        parse_json(raw)


def test_nesting_up_to_the_limit_is_allowed() -> None:
    assert parse_json(b"[" * 31 + b"]" * 31)
