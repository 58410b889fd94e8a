"""Nobody waits forgotten: an unclaimed handoff is alerted once, and its customer told the truth once.

What an agent snoozed comes back to them when its time has come.

What was done stands in the handoff's row, written with the alert in one transaction, so neither a restart nor a second
server repeats it.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import partial

from bot.desk import conversation as desk
from bot.desk.errors import DeskError, NotFound, WorldFailed
from bot.desk.events import SYSTEM
from bot.desk.handoff import still_waiting
from bot.desk.snooze import wake
from bot.server import metrics
from bot.server.profile import Profile
from bot.server.recorder import Change, Recorder
from bot.store import conversations, handoffs, log
from bot.store.database import Database, Transaction
from bot.store.handoffs import Unclaimed

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 15.0
AT_ONCE = 100
"""Reminders of one look; a desk that was down for a day catches up over several."""
SOMEBODY_STAYED = timedelta(hours=1)
"""While the desk is closed but an agent is there, whoever asked this lately was told that somebody is still here."""


class Reminders:
    """Looks for handoffs that nobody claims.

    Args:
        database: The event store.
        recorder: Records the alerts.
        profile: Tells the opening hours.
        agents_online: How many agents take conversations now.
        now: The clock of the record.
        after: How long a handoff may wait unclaimed while people are expected at the desk.
    """

    def __init__(
        self,
        *,
        database: Database,
        recorder: Recorder,
        profile: Profile,
        agents_online: Callable[[], int],
        now: Callable[[], datetime],
        after: timedelta,
    ) -> None:
        self._database = database
        self._recorder = recorder
        self._profile = profile
        self._agents_online = agents_online
        self._now = now
        self._after = after

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Look now and then in the background."""
        looking = asyncio.create_task(self._keep_looking())
        try:
            yield
        finally:
            looking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await looking

    async def _keep_looking(self) -> None:
        while True:
            try:
                await self.look()
                await self.wake()
            except WorldFailed as failure:
                logger.warning("reminders wait for the store", extra={"code": failure.code})
            except Exception:  # a mistake of ours must not leave customers waiting unseen
                logger.exception("a reminder stumbled")
            await asyncio.sleep(LOOK_EVERY_S)

    async def look(self) -> int:
        """Remind of every handoff that is due.

        Returns:
            How many customers were told.
        """
        now = self._now()
        found = await self._database.read(handoffs.unclaimed, before=now - self._after, limit=AT_ONCE)
        due = [one for one in found if self._is_due(one, now)]
        told = 0
        for one in due:
            try:
                change = await self._recorder.change(one.conversation_id, partial(self._remind, unclaimed=one, now=now))
            except WorldFailed:
                raise
            except DeskError as refused:  # claimed, closed or erased meanwhile
                logger.info("no reminder needed", extra={"code": refused.code})
            else:
                told += change.recorded is not None
        return told

    async def wake(self) -> int:
        """Bring back what was snoozed until now.

        Returns:
            How many conversations came back.
        """
        now = self._now()
        woken = 0
        for conversation_id in await self._database.read(conversations.snoozed_over, now=now, limit=AT_ONCE):
            try:
                change = await self._recorder.change(conversation_id, partial(_wake, id_=conversation_id, now=now))
            except NotFound:  # erased meanwhile
                continue
            woken += change.recorded is not None
        return woken

    def _is_due(self, one: Unclaimed, now: datetime) -> bool:
        """Out of hours the customer was told when the desk opens; the clock starts then.

        Those who asked while somebody was still there after hours count as during them.
        """
        agents = self._agents_online()
        if not self._profile.availability(now, agents).open:
            return agents > 0 and one.requested_at > now - self._after - SOMEBODY_STAYED
        return self._profile.is_open(now - self._after)

    def _remind(self, tx: Transaction, *, unclaimed: Unclaimed, now: datetime) -> Change:
        now_is = conversations.lock(tx, unclaimed.conversation_id)
        if not handoffs.mark_reminded(tx, unclaimed.id, now=now):
            return Change()
        waited_s = round((now - unclaimed.requested_at).total_seconds())
        notice = still_waiting(
            reference=str((now_is.handoff or {}).get("reference")),
            waited_s=waited_s,
            agents_online=self._agents_online(),
            has_contact=now_is.contact is not None,
        )
        recorded = log.record(tx, desk.remind(now_is, notice=notice, waited_s=waited_s), now=now)
        metrics.REMINDERS.inc()
        return Change(recorded=recorded)


def _wake(tx: Transaction, *, id_: str, now: datetime) -> Change:
    now_is = conversations.lock(tx, id_)
    if now_is.snoozed_until is None or now_is.snoozed_until > now:  # woken by another server, or snoozed anew
        return Change()
    return Change(recorded=log.record(tx, wake(now_is, SYSTEM), now=now))
