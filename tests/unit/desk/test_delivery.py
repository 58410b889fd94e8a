"""The schedule of outgoing webhooks."""

from datetime import datetime, timedelta, timezone

import pytest

from bot.desk.delivery import MAX_TRIES, WAITS_S, NextStep, after_try, retry_after_s, wait_after

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=timezone.utc)


def step(status: int | None, *, tries: int = 1, headers: dict[str, str] | None = None) -> NextStep:
    return after_try(tries=tries, status=status, now=NOW, jitter=0.5, headers=headers, error="connection reset")


def test_ten_tries_span_75_h_35_min_5_s() -> None:
    assert timedelta(seconds=sum(WAITS_S)) == timedelta(hours=75, minutes=35, seconds=5)
    assert MAX_TRIES == 10


@pytest.mark.parametrize("status", [200, 202, 204, 299])
def test_any_2xx_is_delivered(status: int) -> None:
    assert step(status).verdict == "delivered"


@pytest.mark.parametrize("status", [None, 199, 301, 302, 307, 400, 401, 404, 429, 500, 503])
def test_all_else_is_tried_again(status: int | None) -> None:
    assert step(status).verdict == "retry"
    assert step(status).at == NOW + timedelta(seconds=5)


def test_no_answer_says_why() -> None:
    assert step(None).reason == "The receiver did not answer: connection reset."


def test_a_redirect_is_not_followed_and_says_so() -> None:
    assert "redirects are not followed" in step(302).reason


def test_410_disables_the_endpoint() -> None:
    assert step(410).verdict == "disable"


def test_the_tenth_failure_is_the_last() -> None:
    assert step(500, tries=9).verdict == "retry"
    assert step(500, tries=10) == NextStep(verdict="dead", reason="The receiver answered 500. That was try 10 of 10.")


def test_the_jitter_spreads_by_a_fifth_either_way() -> None:
    assert wait_after(2, jitter=0.0) == pytest.approx(240)
    assert wait_after(2, jitter=0.5) == pytest.approx(300)
    assert wait_after(2, jitter=0.999_999) == pytest.approx(360, abs=0.01)


@pytest.mark.parametrize(("tries", "jitter"), [(0, 0.5), (10, 0.5), (1, 1.0), (1, -0.1)])
def test_there_is_no_wait_outside_the_schedule(tries: int, jitter: float) -> None:
    with pytest.raises(ValueError, match=r"schedule|jitter"):
        wait_after(tries, jitter=jitter)


def test_retry_after_is_a_lower_bound() -> None:
    assert step(429, headers={"Retry-After": "120"}).at == NOW + timedelta(seconds=120)
    assert step(429, tries=2, headers={"Retry-After": "120"}).at == NOW + timedelta(seconds=300)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        (" 7 ", 7.0),
        ("Sun, 22 Nov 2026 09:32:00 GMT", 120.0),
        ("Sun, 22 Nov 2026 09:32:00", 120.0),
        ("Sun, 22 Nov 2020 09:32:00 GMT", 0.0),
        ("9" * 50, 86_400.0),
        ("-5", None),
        ("soon", None),
        ("", None),
        ("²", None),
        ("Sun, 99 Nov 2026 09:32:00 GMT", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_date(value: str, seconds: float | None) -> None:
    assert retry_after_s({"retry-after": value}, now=NOW) == seconds


def test_no_retry_after_is_none() -> None:
    assert retry_after_s({}, now=NOW) is None
