"""News between servers over Redis: who is reached is told at once, nobody waits for it, and nothing depends on it."""

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from bot.desk.events import Author
from bot.server import metrics

logger = logging.getLogger(__name__)

Heard = Callable[[str, int], None]
HeardLooking = Callable[[str, Author, str], None]

TIMEOUT_S = 2.0
PAUSE_S = 1.0
SILENCE_S = 5.0
MOST_WAITING = 1_000
"""News that Redis does not take is dropped beyond this many: the others look into the store anyway."""


class RedisNews:
    """One channel for all servers of a store.

    Args:
        url: `redis://…` or `rediss://…`.
        server_id: This server, whose own news it need not hear.
    """

    def __init__(self, url: str, server_id: str) -> None:
        from redis.asyncio import Redis  # a desk on one machine does not load it

        self._redis = Redis.from_url(
            url, socket_connect_timeout=TIMEOUT_S, socket_timeout=TIMEOUT_S, health_check_interval=int(SILENCE_S)
        )
        self._server_id = server_id
        self._leaving: asyncio.Queue[str] = asyncio.Queue(MOST_WAITING)

    def tell(self, conversation_id: str, seq: int) -> None:
        """Tell the other servers that a conversation has events from this `seq` on."""
        self._leave([self._server_id, conversation_id, seq])

    def tell_looking(self, conversation_id: str, agent: Author, what: str) -> None:
        """Tell the other servers' staff that a colleague looks at a conversation, or does not any more."""
        self._leave([self._server_id, conversation_id, agent.id, agent.name, what])

    def _leave(self, news: list[Any]) -> None:
        with contextlib.suppress(asyncio.QueueFull):
            self._leaving.put_nowait(json.dumps(news))

    @asynccontextmanager
    async def running(self, epoch: str, heard: Heard, looking: HeardLooking) -> AsyncIterator[None]:
        """Tell and listen in the background.

        Args:
            epoch: The store's identity: several desks may share one Redis.
            heard: Told a conversation and the first `seq` that is new.
            looking: Told a conversation, who of staff looks at it, and what they do.
        """
        channel = f"frontdesk:news:{epoch}"
        listening = self._listen(channel, heard, looking)
        loops = [asyncio.create_task(each) for each in (self._tell_for_ever(channel), listening)]
        try:
            yield
        finally:
            for loop in loops:
                loop.cancel()
            await asyncio.gather(*loops, return_exceptions=True)
            await self._redis.aclose()

    async def _tell_for_ever(self, channel: str) -> None:
        while True:
            news = await self._leaving.get()
            try:
                await self._redis.publish(channel, news)
            except Exception as exc:
                _lost(exc)
                await asyncio.sleep(PAUSE_S)

    async def _listen(self, channel: str, heard: Heard, looking: HeardLooking) -> None:
        while True:
            try:
                async with self._redis.pubsub() as subscribed:
                    await subscribed.subscribe(channel)
                    metrics.REDIS_UP.set(1)
                    while True:
                        found = await subscribed.get_message(ignore_subscribe_messages=True, timeout=SILENCE_S)
                        if found is not None:
                            self._take(found["data"], heard, looking)
            except Exception as exc:
                _lost(exc)
                await asyncio.sleep(PAUSE_S)

    def _take(self, data: Any, heard: Heard, looking: HeardLooking) -> None:
        with contextlib.suppress(ValueError, TypeError):  # another version's words, or a stranger's
            match json.loads(data):
                case [self._server_id, *_]:
                    return
                case [str(), str(conversation_id), int(seq)]:
                    heard(conversation_id, seq)
                case [str(), str(conversation_id), str(agent_id), str(name), str(what)]:
                    looking(conversation_id, Author(kind="agent", id=agent_id, name=name), what)


def _lost(exc: Exception) -> None:
    metrics.REDIS_UP.set(0)
    logger.warning("Redis is not reached; news comes by the store", extra={"cause": type(exc).__name__})
