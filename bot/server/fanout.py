"""Events committed at one server reach the sockets at the others.

What is told is only that there is something new: a conversation's id and the `seq` from which on. The events are read
from the store. Redis tells it at once; besides, every server looks into the store by itself, so that news which Redis
lost, or could not take, is 2 s late and not missing.
"""

import asyncio
import contextlib
import logging
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from bot.desk.conversation import Conversation
from bot.desk.errors import NotFound, WorldFailed
from bot.desk.events import Author, Event
from bot.server.feed import Feed
from bot.server.redis_news import RedisNews
from bot.store import conversations, log
from bot.store.database import Database, Transaction
from bot.store.log import Recorded

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 1.5
OVERLAP = timedelta(seconds=15)
"""A change is committed some time after the moment it carries: after it waited for a connection and for a lock."""
MOST_EVENTS = 200
"""Of one conversation at once; a client that finds a gap asks for the rest."""
REMEMBERED = 10_000


class Fanout:
    """Passes on what other servers have recorded.

    Args:
        database: The event store.
        feed: The sockets here.
        now: The clock of the record, which is the store's.
        news: Tells the others at once; without it they find out by looking.
    """

    def __init__(
        self, *, database: Database, feed: Feed, now: Callable[[], datetime], news: RedisNews | None = None
    ) -> None:
        self._database = database
        self._feed = feed
        self._now = now
        self._news = news
        self._passed: OrderedDict[str, int] = OrderedDict()  # conversation -> the last `seq` the sockets here were told
        self._waiting: dict[str, int] = {}  # conversation -> first `seq` of the news
        self._wake = asyncio.Event()
        self._looked_at: datetime | None = None
        if news:
            feed.on_looking = news.tell_looking

    def published(self, recorded: Recorded) -> None:
        """What this server has recorded and shown to its own sockets."""
        self._remember(recorded.conversation)
        if self._news and recorded.events:
            self._news.tell(recorded.conversation.id, recorded.events[0].seq)

    def heard(self, conversation_id: str, seq: int) -> None:
        """Another server has recorded events from this `seq` on."""
        self._waiting[conversation_id] = min(seq, self._waiting.get(conversation_id, seq))
        self._wake.set()

    def heard_looking(self, conversation_id: str, agent: Author, what: str) -> None:
        """An agent whose console is at another server looks at a conversation, or does not any more."""
        self._feed.looking(conversation_id, agent, what, elsewhere=True)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Listen and look in the background, where there can be other servers."""
        if not self._database.is_shared:
            yield
            return
        self._looked_at = self._now()
        async with contextlib.AsyncExitStack() as stack:
            if self._news:
                await stack.enter_async_context(
                    self._news.running(self._database.epoch, self.heard, self.heard_looking)
                )
            loops = [asyncio.create_task(each()) for each in (self._look_for_ever, self._pass_on_for_ever)]
            try:
                yield
            finally:
                for loop in loops:
                    loop.cancel()
                await asyncio.gather(*loops, return_exceptions=True)

    async def _look_for_ever(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            try:
                await self.look()
            except WorldFailed as failure:
                logger.warning("the store was not looked into", extra={"code": failure.code})
            except Exception:  # a mistake of ours must not leave the sockets here without news for ever
                logger.exception("the look for news stumbled")

    async def look(self) -> None:
        """Find the conversations that others have changed since the last look."""
        began = self._now()
        since = (self._looked_at or began) - OVERLAP
        for conversation_id, last_seq in await self._database.read(conversations.changed_since, since):
            passed = self._passed.get(conversation_id)
            if passed is None:
                await self._pass_on_unknown(conversation_id, last_seq, since)
            elif passed < last_seq:
                self.heard(conversation_id, passed + 1)
        self._looked_at = began

    async def _pass_on_for_ever(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._waiting:
                conversation_id = next(iter(self._waiting))
                seq = self._waiting.pop(conversation_id)
                try:
                    await self._pass_on(conversation_id, seq - 1)
                except WorldFailed as failure:
                    logger.warning("news was not read", extra={"code": failure.code})  # the next look finds it
                except Exception:
                    logger.exception("news was not passed on")

    async def _pass_on_unknown(self, conversation_id: str, last_seq: int, since: datetime) -> None:
        """A conversation of which nothing was heard here so far: what is recent in it is new."""
        await self._pass_on(conversation_id, max(0, last_seq - MOST_EVENTS), since)

    async def _pass_on(self, conversation_id: str, after: int, since: datetime | None = None) -> None:
        if not self._feed.is_watched(conversation_id):
            self._passed.pop(conversation_id, None)
            return
        try:
            now_is, events = await self._database.read(_read, conversation_id, after)
        except NotFound:
            return  # erased meanwhile
        self._feed.publish([event for event in events if since is None or event.at > since], now_is)
        self._remember(now_is)

    def _remember(self, conversation: Conversation) -> None:
        self._passed[conversation.id] = max(conversation.last_seq, self._passed.pop(conversation.id, 0))
        while len(self._passed) > REMEMBERED:
            self._passed.popitem(last=False)


def _read(tx: Transaction, conversation_id: str, after: int) -> tuple[Conversation, Sequence[Event]]:
    now_is = conversations.get(tx, conversation_id)
    return now_is, log.after(tx, conversation_id, after, limit=MOST_EVENTS)
