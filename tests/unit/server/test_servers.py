from datetime import UTC, datetime, timedelta

import pytest

from bot.server.servers import SharedClock

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize("ahead", [timedelta(minutes=5), timedelta(minutes=-5)])
def test_a_clock_that_differs_is_set_by_the_stores(ahead: timedelta) -> None:
    clock = SharedClock(lambda: NOW + ahead)

    clock.set_by(NOW)

    assert clock.now() == NOW


def test_the_time_a_beat_takes_moves_no_clock() -> None:
    clock = SharedClock(lambda: NOW)

    clock.set_by(NOW - timedelta(milliseconds=400))

    assert clock.now() == NOW


def test_a_clock_that_is_put_right_again_is_followed() -> None:
    time = NOW + timedelta(hours=1)
    clock = SharedClock(lambda: time)
    clock.set_by(NOW)
    time = NOW

    clock.set_by(NOW)

    assert clock.now() == NOW
