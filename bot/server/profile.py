"""The business profile as the server needs it: names, greeting, hours. Read again when the file changes."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from bot.desk.errors import InvalidRequest
from bot.desk.events import timestamp
from bot.desk.hours import OpeningHours


class ProfileUnusable(Exception):
    """The business profile cannot be read."""

    code = "profile_unusable"


@dataclass(frozen=True, kw_only=True)
class Availability:
    """Whether people can be reached now."""

    business: str
    open: bool
    agents_online: int
    next_opening: datetime | None
    next_opening_words: str | None
    words: str

    def as_dict(self) -> dict[str, Any]:
        """As in the widget's configuration."""
        opening = timestamp(self.next_opening) if self.next_opening else None
        return {"open": self.open, "agents_online": self.agents_online, "next_opening": opening, "text": self.words}


class Profile:
    """One business's profile file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp: tuple[int, int] | None = None
        self._reckoned: tuple[object, Availability] | None = None
        self._read()

    def _read(self) -> None:
        """Raises `ProfileUnusable` with the file's name and the fault."""
        try:
            stat = self._path.stat()
            content = yaml.safe_load(self._path.read_text(encoding="utf-8"))
            hours = OpeningHours.from_profile(content)
            name = content["name"]
        except (OSError, UnicodeError, yaml.YAMLError, InvalidRequest, KeyError, TypeError, AttributeError) as exc:
            reason = getattr(exc, "errors", None) or exc
            raise ProfileUnusable(
                f"{self._path} cannot be used as the business profile: {reason}. Correct it."
            ) from exc
        self._stamp = (stat.st_mtime_ns, stat.st_size)
        self._content, self._hours, self.name = content, hours, str(name)

    def refresh(self) -> None:
        """Take a changed file over; a broken one changes nothing, the profile read before stays."""
        try:
            stat = self._path.stat()
            if (stat.st_mtime_ns, stat.st_size) != self._stamp:
                self._read()
        except (OSError, ProfileUnusable):
            return

    @property
    def greeting(self) -> str:
        """The first message of every conversation."""
        return str(self._content.get("greeting") or f"Hello, I'm the assistant of {self.name}. How can I help?").strip()

    @property
    def locale(self) -> str:
        """Language of the profile."""
        return str(self._content.get("locale") or "en")

    def for_widget(self, availability: Availability) -> dict[str, Any]:
        """What the widget needs before the first message."""
        content = self._content
        return {
            "business": {"name": self.name, "tagline": content.get("tagline") or ""},
            "greeting": self.greeting,
            "brand": content.get("brand"),
            "suggestions": [str(each) for each in content.get("suggestions") or ()],
            "availability": availability.as_dict(),
            "privacy_url": content.get("privacy_url"),
        }

    def availability(self, now: datetime, agents_online: int) -> Availability:
        """Whether people can be reached at `now`, in figures and in words.

        Every turn asks this; it is reckoned once a second.
        """
        second = now.replace(microsecond=0)
        if self._reckoned is None or self._reckoned[0] != (second, agents_online, self._stamp):
            self._reckoned = ((second, agents_online, self._stamp), self._reckon(second, agents_online))
        return self._reckoned[1]

    def is_open(self, moment: datetime) -> bool:
        """Whether the desk has its opening hours at a moment."""
        return self._hours.is_open(moment)

    def _reckon(self, now: datetime, agents_online: int) -> Availability:
        is_open = self._hours.is_open(now)
        opening = self._hours.next_opening_words(now)
        return Availability(
            business=self.name,
            open=is_open,
            agents_online=agents_online,
            next_opening=self._hours.next_opening(now),
            next_opening_words=opening,
            words=_words(is_open, agents_online, opening, str(self._content.get("reply_minutes") or "")),
        )


def _words(is_open: bool, agents_online: int, opening: str | None, reply_minutes: str) -> str:
    if agents_online > 0:
        usually = f" and usually reply within {reply_minutes} minutes" if is_open and reply_minutes else ""
        return f"People are here{usually}."
    if is_open:
        return "The assistant answers at once. Nobody is at the desk at this moment, but you can leave a request."
    if opening:
        return f"The assistant answers at once. People are back {opening}."
    return "The assistant answers at once. The desk is closed now, but you can leave a request."
