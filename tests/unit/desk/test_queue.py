"""Order, place and expected wait."""

from datetime import datetime, timedelta, timezone

import pytest

from bot.desk.queue import Claim, Priority, Waiting, expected_wait_s, ordered, position

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=timezone.utc)


def waiting(name: str, *, priority: Priority = "normal", minutes: int = 0) -> Waiting:
    return Waiting(conversation_id=name, priority=priority, waiting_since=NOW - timedelta(minutes=minutes))


def claims(*waits_s: int, apart_s: int = 120) -> list[Claim]:
    moments = [NOW - timedelta(seconds=apart_s * n) for n in range(len(waits_s))]
    return [
        Claim(requested_at=at - timedelta(seconds=s), claimed_at=at) for at, s in zip(moments, waits_s, strict=True)
    ]


def test_priority_comes_first_then_the_longest_wait() -> None:
    queue = [
        waiting("new", minutes=1),
        waiting("old", minutes=9),
        waiting("urgent", priority="urgent"),
        waiting("low", priority="low", minutes=60),
        waiting("high", priority="high"),
    ]

    assert [one.conversation_id for one in ordered(queue)] == ["urgent", "high", "old", "new", "low"]


def test_a_tie_is_broken_the_same_way_for_all() -> None:
    assert ordered([waiting("b"), waiting("a")]) == ordered([waiting("a"), waiting("b")])


def test_the_place_counts_from_one() -> None:
    queue = [waiting("first", minutes=5), waiting("second", minutes=4)]

    assert position(queue, "first") == 1
    assert position(queue, "second") == 2
    assert position(queue, "nobody") is None


def test_the_wait_of_three_in_four_is_told_in_whole_minutes() -> None:
    recent = claims(30, 60, 90, 100, 600)

    assert expected_wait_s(1, recent, now=NOW, agents_online=1) == 120


def test_each_one_ahead_adds_the_time_between_claims() -> None:
    recent = claims(60, 60, 60, 60, 60, apart_s=180)

    assert expected_wait_s(3, recent, now=NOW, agents_online=1) == 60 + 2 * 180


def test_it_is_at_least_a_minute() -> None:
    assert expected_wait_s(1, claims(0, 0, 0, 0, 0), now=NOW, agents_online=2) == 60


@pytest.mark.parametrize(
    ("recent", "agents_online"),
    [
        (claims(60, 60, 60, 60), 1),
        (claims(60, 60, 60, 60, 60), 0),
        (claims(60, 60, 60, 60, 60, apart_s=3_600), 1),
        ([], 3),
    ],
    ids=["too few", "nobody online", "too old", "none"],
)
def test_without_grounds_no_wait_is_told(recent: list[Claim], agents_online: int) -> None:
    assert expected_wait_s(1, recent, now=NOW, agents_online=agents_online) is None


def test_a_clock_that_jumped_does_not_make_a_wait_negative() -> None:
    assert Claim(requested_at=NOW, claimed_at=NOW - timedelta(hours=1)).waited_s == 0.0
