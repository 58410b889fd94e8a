"""When people are at the desk, on ordinary days, holidays and the days on which clocks change."""

from datetime import datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.errors import InvalidRequest
from bot.desk.hours import OpeningHours

LONDON = ZoneInfo("Europe/London")
DAY = [{"from": "09:00", "to": "17:30"}]
SHOP: dict[str, Any] = {
    "timezone": "Europe/London",
    "hours": {
        "monday": DAY,
        "tuesday": DAY,
        "wednesday": [{"from": "9:00", "to": "12:30"}, {"from": "13:30", "to": "17:30"}],
        "thursday": DAY,
        "friday": DAY,
        "saturday": [{"from": "10:00", "to": "16:00"}],
        "sunday": [],
    },
    "holidays": [
        {"date": "2026-12-25", "name": "Christmas Day", "hours": []},
        {"date": "2026-12-24", "name": "Christmas Eve", "hours": [{"from": "09:00", "to": "16:00"}]},
    ],
}
HOURS = OpeningHours.from_profile(SHOP)


def london(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON).astimezone(timezone.utc)


def with_hours(zone: str, **week: Any) -> OpeningHours:
    return OpeningHours.from_profile({"timezone": zone, "hours": week})


@pytest.mark.parametrize(
    ("moment", "is_open", "words"),
    [
        ("2026-11-23 08:59:59", False, "opens today at 9:00"),
        ("2026-11-23 09:00", True, "open until 17:30"),
        ("2026-11-23 17:29:59", True, "open until 17:30"),
        ("2026-11-23 17:30", False, "opens tomorrow at 9:00"),
        ("2026-11-25 12:45", False, "opens today at 13:30"),
        ("2026-11-28 16:30", False, "opens on Monday at 9:00"),
        ("2026-12-24 15:59", True, "open until 16:00"),
        ("2026-12-24 16:01", False, "opens on Saturday at 10:00"),
        ("2026-12-25 11:00", False, "opens tomorrow at 10:00"),
    ],
)
def test_the_desk_in_words(moment: str, is_open: bool, words: str) -> None:
    assert HOURS.is_open(london(moment)) is is_open
    assert HOURS.describe(london(moment)) == words


def test_the_next_opening_is_a_moment_in_utc() -> None:
    assert HOURS.next_opening(london("2026-07-06 08:00")) == datetime(2026, 7, 6, 8, 0, tzinfo=timezone.utc)
    assert HOURS.next_opening(london("2026-11-23 08:00")) == datetime(2026, 11, 23, 9, 0, tzinfo=timezone.utc)


def test_while_open_there_is_no_next_opening() -> None:
    assert HOURS.next_opening(london("2026-11-23 10:00")) is None


@pytest.mark.parametrize(("day", "length_h"), [("2027-03-28", 23), ("2026-10-25", 25), ("2026-11-22", 24)])
def test_a_day_on_which_clocks_change_is_as_long_as_it_is(day: str, length_h: int) -> None:
    hours = with_hours("Europe/London", sunday=[{"from": "00:00", "to": "24:00"}])
    opened = london(f"{day} 00:00")

    closes = hours.closes_at(opened)

    assert closes is not None
    assert closes - opened == timedelta(hours=length_h)


def test_an_opening_inside_the_skipped_hour_still_opens() -> None:
    hours = with_hours("Europe/London", sunday=[{"from": "01:30", "to": "05:00"}])

    assert hours.is_open(datetime(2027, 3, 28, 1, 45, tzinfo=timezone.utc))


def test_a_bar_closes_after_midnight() -> None:
    bar = with_hours("America/New_York", friday=[{"from": "18:00", "to": "02:00"}])
    saturday_1am = datetime(2026, 11, 21, 1, 0, tzinfo=ZoneInfo("America/New_York"))

    assert bar.is_open(saturday_1am)
    assert bar.describe(saturday_1am) == "open until 2:00"
    assert not bar.is_open(saturday_1am + timedelta(hours=1))


def test_without_hours_the_desk_never_closes() -> None:
    hours = OpeningHours.from_profile({"timezone": "UTC"})

    assert hours.describe(london("2026-11-23 03:00")) == "open around the clock"
    assert hours.closes_at(london("2026-11-23 03:00")) is None


def test_open_through_a_weekend_names_the_day_it_closes() -> None:
    whole = [{"from": "00:00", "to": "24:00"}]
    hours = with_hours("Europe/London", friday=whole, saturday=whole, sunday=whole)

    assert hours.describe(london("2026-11-20 12:00")) == "open until Monday 0:00"
    assert hours.describe(london("2026-11-22 12:00")) == "open until midnight"


def test_a_desk_without_any_hours_is_closed_for_good() -> None:
    closed = with_hours("Europe/London", monday=[])

    assert closed.next_opening(london("2026-11-23 03:00")) is None
    assert closed.describe(london("2026-11-23 03:00")) == "closed until further notice"


def test_an_opening_weeks_away_names_the_date() -> None:
    closed = [{"date": f"2026-12-{day:02d}", "hours": []} for day in range(1, 32)]
    hours = OpeningHours.from_profile(SHOP | {"holidays": closed})

    assert hours.describe(london("2026-12-05 12:00")) == "opens on 1 January at 9:00"


def test_an_unquoted_time_that_yaml_made_a_number_is_understood() -> None:
    hours = with_hours("UTC", monday=[{"from": 630, "to": "12:00"}])

    assert hours.is_open(datetime(2026, 11, 23, 10, 30, tzinfo=timezone.utc))


@pytest.mark.parametrize(
    ("profile", "field"),
    [
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"timezone": "../../etc/passwd"}, "timezone"),
        ({"timezone": 3}, "timezone"),
        ({"hours": []}, "hours"),
        ({"hours": {"mon": []}}, "hours.mon"),
        ({"hours": {"monday": "9-5"}}, "hours.monday"),
        ({"hours": {"monday": [{"from": "9"}]}}, "hours.monday.0"),
        ({"hours": {"monday": [{"from": "09:00", "to": "25:00"}]}}, "hours.monday.0"),
        ({"hours": {"monday": [{"from": "09:60", "to": "12:00"}]}}, "hours.monday.0"),
        ({"hours": {"monday": [{"from": "09:00", "to": "09:00"}]}}, "hours.monday.0"),
        ({"hours": {"monday": [{"from": True, "to": "09:00"}]}}, "hours.monday.0"),
        ({"hours": {"monday": [17]}}, "hours.monday.0"),
        ({"holidays": "Christmas"}, "holidays"),
        ({"holidays": [{"date": "25 December"}]}, "holidays.0.date"),
        ({"holidays": ["2026-12-25"]}, "holidays.0.date"),
    ],
)
def test_what_cannot_be_read_is_named(profile: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        OpeningHours.from_profile({"timezone": "UTC"} | profile)

    assert field in [error["field"] for error in refusal.value.errors]


@given(st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2027, 12, 31), timezones=st.just(timezone.utc)))
def test_the_next_opening_is_the_first_open_moment(now: datetime) -> None:
    opening = HOURS.next_opening(now)

    assert (opening is None) == HOURS.is_open(now)
    if opening is not None:
        assert HOURS.is_open(opening)
        assert not HOURS.is_open(opening - timedelta(seconds=1))
