"""Who may open a feed now: not too many at once, not too many in all, not too many that never say hello.

After a restart every open page comes back within seconds. Admitted all at once, each would read its replay while the
others wait, and none would be served; so they are let in at a rate, and the rest is told to come back (their clients
wait a random time, longer after every refusal).
"""

import random
from collections import Counter

from bot.desk.errors import RateLimited
from bot.server.feed import Feed
from bot.server.limits import Buckets
from bot.server.problems import Busy
from bot.server.settings import Settings

COME_BACK_S = 10
"""Refused browsers are told a time up to this; a client that says another is believed too."""


class Admission:
    """The door of the feeds."""

    def __init__(self, settings: Settings, feed: Feed) -> None:
        self._settings = settings
        self._feed = feed
        self._strangers: Counter[str] = Counter()  # accepted, and their hello has not come
        rate = settings.sockets_per_second
        self._rate = Buckets(rate=rate, per_s=1, burst=2 * rate, enabled=settings.rate_limits_enabled)

    def enter(self, address: str) -> None:
        """Let a socket in that says hello soon; `leave` when it has, or when it is gone.

        Raises:
            RateLimited: This address has too many.
            Busy: Everybody together has too many, or too many came in this second.
        """
        if self._feed.count_at(address) + self._strangers[address] >= self._settings.sockets_per_address:
            raise RateLimited(30, "Too many open connections. Close some, or try again in 30 s.")
        if len(self._feed) + self._strangers.total() >= self._settings.sockets_total:
            raise Busy(30)
        try:
            self._rate.take("")
        except RateLimited:
            raise Busy(random.randint(1, COME_BACK_S)) from None  # noqa: S311 - spreads them, keeps no secret
        self._strangers[address] += 1

    def leave(self, address: str) -> None:
        """A socket is no stranger any more."""
        self._strangers[address] -= 1
        if self._strangers[address] <= 0:
            del self._strangers[address]
