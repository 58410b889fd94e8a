"""Deletes conversations, and sees that everybody who had one open or in mind hears of it.

Every server does all of it: rows are locked while they go, so two servers never delete one conversation twice, and a
server that is killed in the middle has deleted whole conversations or nothing of them. What was deleted elsewhere, by
another server or by `bot erase`, is found in the store.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from bot.desk.errors import WorldFailed
from bot.desk.events import Command
from bot.server import commands, metrics
from bot.server.parts import Parts
from bot.server.recorder import Change
from bot.store import erasures, retention
from bot.store.database import Transaction
from bot.store.erasures import By, Erasure

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 2.0
REMIND_EVERY_S = 15.0
EXPIRE_EVERY_S = 300.0
AT_ONCE = 10
"""Conversations of one transaction: customers' messages wait for it on SQLite."""
PAUSE_S = 0.1

OVERLAP = timedelta(seconds=30)
"""An erasure is committed some time after the moment it carries."""
GRACE = timedelta(seconds=20)
"""The engine is told to forget when no turn of the conversation can run any more, or it would remember again."""
TOLD_AT_ONCE = 500

RETENTION = By(reason="retention")
CUSTOMER = By(reason="customer")


class Retention:
    """Deletes what has had its time or what somebody wants gone.

    Args:
        parts: The server's parts.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._heard = _Cursor()
        self._forgotten = _Cursor()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Look and delete in the background."""
        self._heard.at = self._parts.now()  # nobody here has open what was deleted before this server started
        loops = [asyncio.create_task(_for_ever(partial(work, self), every_s)) for work, every_s in _EVERY_S.items()]
        try:
            yield
        finally:
            for loop in loops:
                loop.cancel()
            await asyncio.gather(*loops, return_exceptions=True)

    async def delete_own(self, conversation_id: str, command: Command) -> bool:
        """Delete a conversation on its customer's wish.

        Returns:
            Whether it is gone; False when that waits for a person who is busy with it.
        """
        work = partial(commands.delete_own, conversation_id=conversation_id, command=command, now=self._parts.now())
        change = await self._parts.recorder.change(conversation_id, work)
        if change.answer:
            self._gone([conversation_id], CUSTOMER.reason)
            self._parts.recorder.on_leaving()
        return bool(change.answer)

    async def erase(self, conversation_id: str, by: By) -> bool:
        """Delete one conversation now.

        Returns:
            Whether it was there; False when it was deleted before.

        Raises:
            NotFound: There never was one.
        """
        change = await self._parts.recorder.change(
            conversation_id, partial(_erase, conversation_id=conversation_id, by=by, now=self._parts.now())
        )
        if change.answer:
            self._gone([conversation_id], by.reason)
            self._parts.recorder.on_leaving()
        return bool(change.answer)

    async def look(self) -> None:
        """Tell the sockets here what was deleted elsewhere."""
        found = await self._news(self._heard, until=self._parts.now())
        self._heard.take(found)
        for each in found:
            self._tell(each.conversation_id)

    async def remind_engine(self) -> None:
        """Make the engine forget what was deleted; after a start all of the last weeks, for it may have been away."""
        now = self._parts.now()
        while found := await self._news(self._forgotten, until=now - GRACE):
            await self._parts.engine.forget([each.conversation_id for each in found])
            self._forgotten.take(found)

    async def _news(self, cursor: "_Cursor", *, until: datetime) -> list[Erasure]:
        read = partial(erasures.since, moment=cursor.since, until=until, limit=TOLD_AT_ONCE + len(cursor))
        return cursor.new(await self._parts.database.read(read))

    async def expire(self) -> int:
        """Delete all whose time is over, a few at a time so that nobody waits for it.

        Returns:
            How many went.
        """
        total = 0
        while gone := await self._parts.database.write(self._some_due):
            for reason, ids in gone.items():
                self._gone(ids, reason)
                total += len(ids)
            await asyncio.sleep(PAUSE_S)
        await self._parts.database.write(erasures.forget, now=self._parts.now())
        return total

    def _some_due(self, tx: Transaction) -> dict[str, list[str]]:
        now = self._parts.now()
        days = retention.current(tx, default=self._parts.settings.retention_days).days
        wished = erasures.erase(tx, retention.wished(tx, now=now, limit=AT_ONCE), CUSTOMER, now=now)
        old = erasures.erase(tx, retention.due(tx, days, now=now, limit=AT_ONCE), RETENTION, now=now)
        return {reason: ids for reason, ids in (("customer", wished), ("retention", old)) if ids}

    def _gone(self, ids: Sequence[str], reason: str) -> None:
        metrics.ERASED.labels(reason).inc(len(ids))
        logger.info("conversations deleted", extra={"count": len(ids), "reason": reason})
        for each in ids:
            self._tell(each)

    def _tell(self, conversation_id: str) -> None:
        self._parts.tokens.forget(conversation_id)
        self._parts.feed.erased(conversation_id)


_EVERY_S = {
    Retention.look: LOOK_EVERY_S,
    Retention.remind_engine: REMIND_EVERY_S,
    Retention.expire: EXPIRE_EVERY_S,
}


class _Cursor:
    """How far one has read in a list that grows at its end, and sometimes shortly before it."""

    def __init__(self) -> None:
        self.at: datetime | None = None
        self._known: dict[str, datetime] = {}

    def __len__(self) -> int:
        return len(self._known)

    @property
    def since(self) -> datetime | None:
        return None if self.at is None else self.at - OVERLAP

    def new(self, found: Sequence[Erasure]) -> list[Erasure]:
        return [each for each in found if each.conversation_id not in self._known]

    def take(self, found: Sequence[Erasure]) -> None:
        for each in found:
            self._known[each.conversation_id] = each.erased_at
            self.at = max(self.at or each.erased_at, each.erased_at)
        if self.since is not None:
            self._known = {name: at for name, at in self._known.items() if at >= self.since}


def _erase(tx: Transaction, *, conversation_id: str, by: By, now: datetime) -> Change:
    gone = erasures.erase(tx, [conversation_id], by, now=now)
    if not gone:
        erasures.of(tx, conversation_id)
    return Change(answer=bool(gone))


async def _for_ever(work: Callable[[], Awaitable[object]], every_s: float) -> None:
    while True:
        try:
            await work()
        except WorldFailed as failure:
            logger.info("deleting waits", extra={"code": failure.code})
        except Exception:  # a mistake of ours must not end the keeping of a promise
            logger.exception("deleting stumbled")
        await asyncio.sleep(every_s)


def retention_of(connection: HTTPConnection) -> Retention:
    """What deletes, of the server that handles this request."""
    found: Retention = connection.app.state.retention
    return found


async def _retention(connection: HTTPConnection) -> Retention:
    """The same as a dependency; FastAPI would send a plain function to another thread."""
    return retention_of(connection)


Erasing = Annotated[Retention, Depends(_retention)]
