"""Decide, record, publish: the one way in which a conversation changes.

Changes of one conversation run one after the other in this process, so that their events are published in the order of
their `seq`. Different conversations do not wait for each other.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from weakref import WeakValueDictionary

from bot import failpoints
from bot.desk.events import Event
from bot.desk.turns import Turn
from bot.server import metrics
from bot.server.feed import Feed
from bot.store.database import Database, Transaction
from bot.store.log import Recorded


@dataclass(frozen=True, kw_only=True)
class Change:
    """What a transaction did.

    Attributes:
        recorded: The new events; None when the command was a resend and changed nothing.
        event: The command's own event, new or from before.
        turn: The turn that starts now.
        queued: Message id of the utterance whose turn waits for the one that runs.
        answer: What else the caller is to be told.
    """

    recorded: Recorded | None = None
    event: Event | None = None
    turn: Turn | None = None
    queued: str | None = None
    answer: Any = None


class Recorder:
    """Runs changes against the store and publishes what was committed."""

    def __init__(self, database: Database, feed: Feed) -> None:
        self._database = database
        self._feed = feed
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._running: set[asyncio.Task[Change]] = set()
        self.on_turn: Callable[[Turn], None] = lambda turn: None
        self.on_queued: Callable[[str], None] = lambda message_id: None
        self.in_same_commit: Callable[[Transaction, Recorded], bool] = lambda tx, recorded: False
        self.on_leaving: Callable[[], None] = lambda: None
        self.on_published: Callable[[Recorded], None] = lambda recorded: None

    async def change(self, conversation_id: str, work: Callable[[Transaction], Change]) -> Change:
        """Run `work` in a transaction, then publish its events and start its turn.

        What was begun is finished even if the caller is cancelled: a commit without its publication would be silence.

        Raises:
            DeskError: What `work` decided, or the storage's failure; then nothing was changed.
        """
        task = asyncio.create_task(self._in_order(conversation_id, work))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return await asyncio.shield(task)

    async def _in_order(self, conversation_id: str, work: Callable[[Transaction], Change]) -> Change:
        lock = self._locks.get(conversation_id)
        if lock is None:
            lock = self._locks[conversation_id] = asyncio.Lock()
        async with lock:
            change, leaves = await self._database.write(self._whole, work)
            failpoints.reach("commit.after")
            if change.recorded:
                self._publish(change.recorded)
            if leaves:
                self.on_leaving()
            if change.turn:
                self.on_turn(change.turn)
            if change.queued:
                self.on_queued(change.queued)
        return change

    def _whole(self, tx: Transaction, work: Callable[[Transaction], Change]) -> tuple[Change, bool]:
        """The change, and in the same transaction what it sends out of the desk."""
        change = work(tx)
        leaves = change.recorded is not None and self.in_same_commit(tx, change.recorded)
        failpoints.reach("commit.before")
        return change, leaves

    def _publish(self, recorded: Recorded) -> None:
        self._feed.publish(recorded.events, recorded.conversation)
        for event in recorded.events:
            metrics.EVENTS.labels(event.type).inc()
        self.on_published(recorded)

    async def finish(self) -> None:
        """Wait for the changes that run now."""
        running: list[Awaitable[Any]] = list(self._running)
        await asyncio.gather(*running, return_exceptions=True)
