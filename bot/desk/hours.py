"""When people are at the desk, from the business profile.

Hours are wall-clock times of the business's own time zone; every comparison is made between moments in UTC, so the two
days a year on which clocks change are neither an hour short nor an hour long. Ranges may run past midnight.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

from bot.desk.errors import InvalidRequest

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
HORIZON_DAYS = 400  # a yearly closure and its holidays; whoever stays closed longer is closed for good
MINUTES_PER_DAY = 24 * 60

Span = tuple[datetime, datetime]


@dataclass(frozen=True, kw_only=True)
class Range:
    """Part of a day; an end at or before the start lies on the next day."""

    opens_min: int  # minutes since midnight, 0 to 1,439
    closes_min: int  # 1 to 1,440


@dataclass(frozen=True, kw_only=True)
class Holiday:
    """A day that keeps other hours than its weekday; no ranges mean closed."""

    name: str
    ranges: tuple[Range, ...] = ()


@dataclass(frozen=True, kw_only=True)
class OpeningHours:
    """The desk's week, holidays and time zone."""

    zone: ZoneInfo
    week: tuple[tuple[Range, ...], ...]  # Monday first
    holidays: Mapping[date, Holiday] = field(default_factory=dict)

    @classmethod
    def from_profile(cls, profile: Mapping[str, Any]) -> "OpeningHours":
        """Read `timezone`, `hours` and `holidays` of the business profile.

        Args:
            profile: The parsed profile. Without `hours` the desk never closes; a weekday left out of them is closed.

        Raises:
            InvalidRequest: With one entry for every field that cannot be read.
        """
        reader = _ProfileReader(profile)
        hours = cls(zone=reader.zone(), week=reader.week(), holidays=reader.holidays())
        if reader.errors:
            raise InvalidRequest(reader.errors, "The opening hours in the business profile cannot be read.")
        return hours

    def is_open(self, now: datetime) -> bool:
        """Whether people are at the desk at `now` (aware)."""
        return self._span_at(now) is not None

    def next_opening(self, now: datetime) -> datetime | None:
        """When the desk opens next, in UTC; None while it is open and when it stays closed for over a year."""
        if self.is_open(now):
            return None
        return next((opens for opens, _ in self._spans(now) if opens > now), None)

    def closes_at(self, now: datetime) -> datetime | None:
        """When the desk closes next, in UTC; None while it is closed and when it is open around the clock."""
        span = self._span_at(now)
        if span is None:
            return None
        closes = span[1]
        for opens, later in self._spans(now):
            if opens > closes:
                break
            closes = max(closes, later)
        return closes if closes < now + timedelta(days=HORIZON_DAYS - 2) else None

    def next_opening_words(self, now: datetime) -> str | None:
        """The next opening as in "tomorrow at 9:00"; None where `next_opening` is."""
        opening = self.next_opening(now)
        return None if opening is None else self.words_for(opening, now=now)

    def describe(self, now: datetime) -> str:
        """The state of the desk in words: "open until 18:00", "opens tomorrow at 9:00"."""
        if self.is_open(now):
            closes = self.closes_at(now)
            return "open around the clock" if closes is None else f"open until {self._until(closes, now=now)}"
        opening = self.next_opening_words(now)
        return "closed until further notice" if opening is None else f"opens {opening}"

    def words_for(self, moment: datetime, *, now: datetime) -> str:
        """A moment to come, as the business says it: "today at 14:00", "on Monday at 9:00", "on 2 January at 9:00"."""
        local = moment.astimezone(self.zone)
        days = (local.date() - now.astimezone(self.zone).date()).days
        if days == 0:
            day = "today"
        elif days == 1:
            day = "tomorrow"
        elif days < 7:
            day = f"on {local:%A}"
        else:
            day = f"on {local.day} {local:%B}"
        return f"{day} at {_clock(local)}"

    def _until(self, closes: datetime, *, now: datetime) -> str:
        local = closes.astimezone(self.zone)
        if closes - now < timedelta(hours=18):
            return "midnight" if local.time() == time(0) else _clock(local)
        return f"{local:%A} {_clock(local)}"

    def _span_at(self, now: datetime) -> Span | None:
        return next(((opens, closes) for opens, closes in self._spans(now, days=2) if opens <= now < closes), None)

    def _spans(self, now: datetime, *, days: int = HORIZON_DAYS) -> Iterator[Span]:
        """Spans in UTC from yesterday on (yesterday's may run past midnight), in order of their start."""
        first = now.astimezone(self.zone).date() - timedelta(days=1)
        for offset in range(days):
            day = first + timedelta(days=offset)
            yield from sorted(self._span(day, part) for part in self._ranges(day))

    def _ranges(self, day: date) -> Sequence[Range]:
        holiday = self.holidays.get(day)
        return self.week[day.weekday()] if holiday is None else holiday.ranges

    def _span(self, day: date, part: Range) -> Span:
        overnight = MINUTES_PER_DAY if part.closes_min <= part.opens_min else 0
        return self._moment(day, part.opens_min), self._moment(day, part.closes_min + overnight)

    def _moment(self, day: date, minutes: int) -> datetime:
        days, minutes = divmod(minutes, MINUTES_PER_DAY)
        local = datetime.combine(day + timedelta(days=days), time(minutes // 60, minutes % 60), tzinfo=self.zone)
        return local.astimezone(timezone.utc)


def _clock(local: datetime) -> str:
    return f"{local.hour}:{local.minute:02d}"


class _ProfileReader:
    """Reads the profile's fields and collects everything that is wrong, so that the owner mends it in one go."""

    def __init__(self, profile: Mapping[str, Any]) -> None:
        self.profile = profile
        self.errors: list[dict[str, Any]] = []

    def zone(self) -> ZoneInfo:
        name = self.profile.get("timezone", "UTC")
        try:
            return ZoneInfo(name)
        except (KeyError, ValueError, TypeError, OSError):
            self._note("timezone", f"`{name}` is no IANA time zone such as `Europe/London`.")
            return ZoneInfo("UTC")

    def week(self) -> tuple[tuple[Range, ...], ...]:
        if self.profile.get("hours") is None:
            return ((Range(opens_min=0, closes_min=MINUTES_PER_DAY),),) * len(WEEKDAYS)
        hours = self.profile["hours"]
        if not isinstance(hours, Mapping):
            self._note("hours", "Give a list of ranges for each weekday.")
            return ((),) * len(WEEKDAYS)
        for unknown in sorted(str(key) for key in hours if key not in WEEKDAYS):
            self._note(f"hours.{unknown}", f"Use {', '.join(WEEKDAYS)}.")
        return tuple(self._ranges(f"hours.{day}", hours.get(day)) for day in WEEKDAYS)

    def holidays(self) -> dict[date, Holiday]:
        entries = self.profile.get("holidays") or []
        if not isinstance(entries, Sequence) or isinstance(entries, str):
            self._note("holidays", "Give a list of `{date, name, hours}`.")
            return {}
        return dict(filter(None, (self._holiday(f"holidays.{n}", entry) for n, entry in enumerate(entries))))

    def _holiday(self, where: str, entry: Any) -> tuple[date, Holiday] | None:
        try:
            day = entry["date"]
            day = day if isinstance(day, date) else date.fromisoformat(day)
        except (KeyError, TypeError, ValueError):
            self._note(f"{where}.date", "Write the date as 2026-12-25.")
            return None
        ranges = self._ranges(f"{where}.hours", entry.get("hours"))
        return day, Holiday(name=str(entry.get("name") or "a holiday"), ranges=ranges)

    def _ranges(self, where: str, ranges: Any) -> tuple[Range, ...]:
        if ranges is None:
            return ()
        if not isinstance(ranges, Sequence) or isinstance(ranges, str):
            self._note(where, 'Give a list such as [{from: "09:00", to: "17:30"}]; an empty one means closed.')
            return ()
        return tuple(filter(None, (self._range(f"{where}.{n}", part) for n, part in enumerate(ranges))))

    def _range(self, where: str, part: Any) -> Range | None:
        opens = _minutes(part.get("from")) if isinstance(part, Mapping) else None
        closes = _minutes(part.get("to")) if isinstance(part, Mapping) else None
        if opens is None or closes is None or opens == MINUTES_PER_DAY or opens == closes:
            self._note(where, 'Give different times from "00:00" to "24:00" as `from` and `to`.')
            return None
        return Range(opens_min=opens, closes_min=closes or MINUTES_PER_DAY)

    def _note(self, where: str, message: str) -> None:
        self.errors.append({"field": where, "message": message})


def _minutes(value: Any) -> int | None:
    """Minutes since midnight; YAML 1.1 turns an unquoted 10:30 into the number 630, which is just that."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value if 0 <= value <= MINUTES_PER_DAY else None
    hours, _, minutes = str(value).partition(":")
    if not (hours.isascii() and hours.isdigit() and minutes.isascii() and minutes.isdigit() and len(minutes) == 2):
        return None
    total = int(hours[:3]) * 60 + int(minutes)
    return total if int(minutes) < 60 and total <= MINUTES_PER_DAY else None
