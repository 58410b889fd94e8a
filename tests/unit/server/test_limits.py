from typing import Any

import pytest
from starlette.requests import HTTPConnection

from bot.desk.errors import RateLimited
from bot.server import limits
from bot.server.limits import Buckets, Limits
from bot.server.settings import Settings


class Clock:
    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


def taken(buckets: Buckets, key: str) -> bool:
    try:
        buckets.take(key)
    except RateLimited:
        return False
    return True


def test_a_burst_is_allowed_and_then_the_rate_counts() -> None:
    clock = Clock()
    buckets = Buckets(rate=20, per_s=60, burst=5, now=clock)

    at_once = [taken(buckets, "a") for _ in range(7)]
    clock.at += 3.01
    later = [taken(buckets, "a") for _ in range(2)]

    assert at_once == [True] * 5 + [False] * 2
    assert later == [True, False]


def test_a_refusal_says_when_to_come_back() -> None:
    clock = Clock()
    buckets = Buckets(rate=10, per_s=3600, burst=1, now=clock)
    buckets.take("a")

    with pytest.raises(RateLimited) as refused:
        buckets.take("a")

    assert refused.value.retry_after_s == 360
    clock.at += 360
    assert taken(buckets, "a")


def test_one_key_does_not_pay_for_another() -> None:
    buckets = Buckets(rate=1, per_s=60, burst=1, now=Clock())

    assert [taken(buckets, key) for key in ("a", "b", "a")] == [True, True, False]


def test_a_clock_that_stands_still_gives_nothing_away() -> None:
    buckets = Buckets(rate=60, per_s=60, burst=1, now=Clock())

    assert [taken(buckets, "a") for _ in range(3)] == [True, False, False]


def test_limits_can_be_switched_off() -> None:
    buckets = Buckets(rate=1, per_s=60, burst=1, enabled=False, now=Clock())

    assert [taken(buckets, "a") for _ in range(3)] == [True] * 3


def test_many_keys_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_BUCKETS", 100)
    buckets = Buckets(rate=1, per_s=60, burst=1, now=Clock())

    for n in range(1000):
        buckets.take(str(n))

    assert len(buckets._buckets) <= 100


def address(peer: str, forwarded: list[str], **changed: Any) -> str:
    secrets: dict[str, Any] = {"engine_secret": "e", "webhook_secret": "w"}
    headers = [(b"x-forwarded-for", value.encode()) for value in forwarded]
    connection = HTTPConnection({"type": "http", "client": (peer, 1), "headers": headers})
    return Limits(Settings(**secrets, **changed)).address_of(connection)


@pytest.mark.parametrize(
    ("peer", "forwarded", "proxies", "expected"),
    [
        ("203.0.113.9", [], "", "203.0.113.9"),
        ("203.0.113.9", ["1.2.3.4"], "", "203.0.113.9"),
        ("10.0.0.1", ["1.2.3.4"], "10.0.0.0/8", "1.2.3.4"),
        ("10.0.0.1", ["6.6.6.6, 1.2.3.4"], "10.0.0.0/8", "1.2.3.4"),
        ("10.0.0.1", ["6.6.6.6", "1.2.3.4, 10.0.0.2"], "10.0.0.0/8", "1.2.3.4"),
        ("10.0.0.1", ["1.2.3.4, not an address"], "10.0.0.0/8", "10.0.0.1"),
        ("10.0.0.1", [""], "10.0.0.0/8", "10.0.0.1"),
        ("::ffff:203.0.113.9", [], "", "203.0.113.9"),
        ("2001:db8:1:2:3::4", [], "", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::9", [], "", "2001:db8:1:2::/64"),
        ("testclient", [], "", "unknown"),
    ],
)
def test_whose_address_counts(peer: str, forwarded: list[str], proxies: str, expected: str) -> None:
    assert address(peer, forwarded, trusted_proxies=proxies) == expected
