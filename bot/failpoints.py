"""Named places at which a test kills this process, or holds it until it is killed.

    FRONTDESK_ENVIRONMENT=test FRONTDESK_FAILPOINTS=commit.after:kill@3,feed.sent:pause

`kill` is SIGKILL to ourselves at the third arrival (the first by default); `pause` stays there for ever. A desk for
customers refuses to start with any of them (`bot/server/settings.py`); without them a place costs one look-up in an
empty dictionary.

FailpointsUnreadable   the text that arms them makes no sense
"""

import asyncio
import os
import re
import signal
import time
from dataclasses import dataclass

PLACES = {
    "commit.before": "a change of a conversation is written and not yet committed",
    "commit.after": "it is committed, and nobody was told",
    "turn.start": "a turn is owed and the engine was not asked",
    "feed.sent": "a frame has left, and the client may have got it",
    "outbox.leased": "a delivery is leased and was not sent",
    "outbox.answered": "the receiver has answered, and that is not recorded",
    "publish.kept": "a new model is kept, and nobody runs it",
    "publish.swapped": "the engine runs the new model, and the pointer still names the old one",
}
_ARMED = re.compile(r"(?P<place>[a-z.]+):(?P<action>kill|pause)(?:@(?P<arrival>[1-9][0-9]{0,5}))?")
_LONG_S = 3600.0


class FailpointsUnreadable(ValueError):
    """The text that arms failpoints makes no sense."""


@dataclass
class _Failpoint:
    action: str
    arrivals_left: int

    def is_due(self) -> bool:
        """Count an arrival; whether it is the one, or one after it."""
        self.arrivals_left -= 1
        return self.arrivals_left <= 0


_armed: dict[str, _Failpoint] = {}


def read(text: str) -> dict[str, _Failpoint]:
    """Read `place:action[@arrival]`, separated by commas; an empty text arms nothing.

    Raises:
        FailpointsUnreadable: Names what is wrong and what would be right.
    """
    found = {}
    for entry in filter(None, (part.strip() for part in text.split(","))):
        match = _ARMED.fullmatch(entry)
        if match is None:
            raise FailpointsUnreadable(f"{entry!r} is no failpoint; one is `place:kill`, `place:kill@3`, `place:pause`")
        if match["place"] not in PLACES:
            raise FailpointsUnreadable(f"there is no failpoint {match['place']!r}; there are {', '.join(PLACES)}")
        found[match["place"]] = _Failpoint(match["action"], int(match["arrival"] or 1))
    return found


def arm(text: str) -> None:
    """Arm these failpoints and no others, from now on.

    Raises:
        FailpointsUnreadable: As for `read`.
    """
    armed = read(text)
    _armed.clear()
    _armed.update(armed)


def reach(place: str) -> None:
    """Pass a place on a thread that may be held up."""
    failpoint = _armed.get(place)
    if failpoint is not None and failpoint.is_due():
        _die(failpoint)
        while True:
            time.sleep(_LONG_S)


async def pass_by(place: str) -> None:
    """Pass a place in the event loop; a `pause` holds this task alone."""
    failpoint = _armed.get(place)
    if failpoint is not None and failpoint.is_due():
        _die(failpoint)
        await asyncio.sleep(_LONG_S)


def _die(failpoint: _Failpoint) -> None:
    if failpoint.action == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
