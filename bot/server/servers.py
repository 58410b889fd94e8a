"""This server among the others on one store: it beats, takes over what a dead one left, and knows who is online there.

On a store that is a file there are no others, and nothing runs.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from bot.desk.errors import WorldFailed
from bot.server import metrics
from bot.server.feed import Feed
from bot.store import servers
from bot.store.database import Database

log = logging.getLogger(__name__)

BEAT_S = servers.LEASE_S / 5
AHEAD_AT_LEAST = timedelta(seconds=1)
"""A smaller difference of clocks may be the time that a beat took."""


class SharedClock:
    """The time of the record: this machine's clock, set by the store's where several servers write to it.

    Two machines differ; leases, schedules and the times in one conversation must not.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._ahead = timedelta()

    def now(self) -> datetime:
        """The time of the record."""
        return self._now() - self._ahead

    def set_by(self, time: datetime) -> None:
        """Take the store's time over, unless it differs by less than can be measured."""
        ahead = self._now() - time
        if abs(ahead - self._ahead) > AHEAD_AT_LEAST:
            log.warning("the clock was set by the store's", extra={"ahead_s": round(ahead.total_seconds(), 1)})
            self._ahead = ahead


class Servers:
    """Beats for this server.

    Args:
        database: The event store.
        feed: Who is online here, and is told who is elsewhere.
        clock: Set by the store's clock.
        take_over: Starts the turns that no living server runs.
    """

    def __init__(
        self, *, database: Database, feed: Feed, clock: SharedClock, take_over: Callable[[], Awaitable[int]]
    ) -> None:
        self._database = database
        self._feed = feed
        self._clock = clock
        self._take_over = take_over

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Beat and take over in the background; at the end the others hear of it at once."""
        if not self._database.is_shared:
            self._feed.set_away(await self._database.read(servers.away))
            yield
            return
        await self._beat()
        loops = [asyncio.create_task(each) for each in (_for_ever(self._beat), _for_ever(self._look_after_turns))]
        try:
            yield
        finally:
            for loop in loops:
                loop.cancel()
            await asyncio.gather(*loops, return_exceptions=True)

    async def leave(self) -> None:
        """Say goodbye once nothing runs here any more."""
        if self._database.is_shared:
            with contextlib.suppress(WorldFailed):
                await self._database.write(servers.leave, self._database.server_id)

    async def _beat(self) -> None:
        said = self._feed.said
        company = await self._database.write(servers.beat, self._database.server_id, self._feed.online)
        self._clock.set_by(company.time)
        if self._feed.said == said:  # else it was said here after the store was asked
            self._feed.set_away(company.away)
        self._feed.set_online_elsewhere(company.online)
        metrics.SERVERS.set(company.servers)

    async def _look_after_turns(self) -> None:
        taken = await self._take_over()
        if taken:
            log.warning("took over what another server owed", extra={"count": taken})


async def _for_ever(work: Callable[[], Awaitable[None]]) -> None:
    while True:
        await asyncio.sleep(BEAT_S)
        try:
            await work()
        except WorldFailed as failure:
            log.warning("the store was not reached", extra={"code": failure.code})
        except Exception:  # a mistake of ours must not make this server look dead for ever
            log.exception("a beat stumbled")
