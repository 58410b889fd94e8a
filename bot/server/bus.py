"""The way to RabbitMQ: the desk's events on a durable exchange, each confirmed by the broker before it counts as sent.

Nothing that is accepted depends on the broker: events wait in the outbox until it has taken them.
"""

import asyncio
import contextlib
import json
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from bot.server.egress import Answer

log = logging.getLogger(__name__)

EXCHANGE = "frontdesk.events"
TIMEOUT_S = 10.0
"""For connecting and for each confirmation: a broker that is short of memory or disk takes nothing and says nothing."""


class Told(Protocol):
    """What is published: its id stays the same over all tries."""

    @property
    def id(self) -> str:
        """`message-id`."""

    @property
    def type(self) -> str:
        """Routing key and type."""

    @property
    def payload(self) -> Mapping[str, Any]:
        """The body, as a webhook has it."""


class Bus:
    """Publishes to a topic exchange; consumers bind queues of their own to it.

    Args:
        url: `amqp://…` or `amqps://…`; None when there is no broker.
    """

    def __init__(self, url: str | None) -> None:
        self._url = url
        self._connection: Any = None
        self._exchange: Any = None

    async def publish(self, letters: Sequence[Told], *, now: datetime) -> Answer:
        """Publish letters in their order; after a failure those behind it were not sent."""
        if self._url is None:
            return Answer(error="FRONTDESK_AMQP_URL is not set")
        from aiormq.exceptions import PublishError

        try:
            exchange = await self._open(self._url)
            for letter in letters:
                await exchange.publish(_message(letter, now), letter.type, mandatory=True, timeout=TIMEOUT_S)
        except PublishError:
            return Answer(error=f"no queue is bound to the exchange {EXCHANGE} for this type of event")
        except Exception as exc:
            log.warning("RabbitMQ is not reached", extra={"cause": type(exc).__name__})
            await self.close()
            return Answer(error=f"RabbitMQ cannot be reached or takes nothing ({type(exc).__name__})")
        return Answer(status=200)

    async def _open(self, url: str) -> Any:
        if self._exchange is None or self._connection.is_closed:
            import aio_pika  # a desk without a broker does not load it

            await self.close()
            self._connection = await aio_pika.connect(url, timeout=TIMEOUT_S)
            channel = await self._connection.channel(publisher_confirms=True, on_return_raises=True)
            self._exchange = await channel.declare_exchange(EXCHANGE, aio_pika.ExchangeType.TOPIC, durable=True)
        return self._exchange

    async def close(self) -> None:
        """Let go of the connection."""
        connection, self._connection, self._exchange = self._connection, None, None
        if connection is not None:
            with contextlib.suppress(Exception):
                async with asyncio.timeout(TIMEOUT_S):
                    await connection.close()


def _message(letter: Told, now: datetime) -> Any:
    import aio_pika

    return aio_pika.Message(
        json.dumps(letter.payload, ensure_ascii=False).encode(),
        content_type="application/json",
        content_encoding="utf-8",
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
        message_id=letter.id,
        type=letter.type,
        timestamp=now,
        app_id="frontdesk",
    )
