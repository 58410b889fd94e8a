"""The desk's events on RabbitMQ: confirmed, in order, and kept in the outbox while the broker is away."""

import asyncio
import contextlib
import json
import secrets
from collections.abc import AsyncIterator, Iterator
from typing import Any

import aio_pika
import pytest

from bot.server.bus import EXCHANGE
from bot.store import endpoints, outbox
from tests.faults.proxy import FaultProxy
from tests.integration.server.conftest import Serve
from tests.integration.server.desk_under_test import Customer, Desk
from tests.ports import free_port

pytestmark = [pytest.mark.anyio, pytest.mark.rabbitmq]
BROKER = "amqp://guest:guest@127.0.0.1:5672/"


@pytest.fixture
async def queue() -> AsyncIterator[aio_pika.abc.AbstractQueue]:
    """A queue of our own that takes everything."""
    try:
        connection = await aio_pika.connect(BROKER, timeout=3)
    except Exception as exc:
        pytest.skip(f"no RabbitMQ on 127.0.0.1:5672: {exc!r}")
    async with connection:
        channel = await connection.channel()
        exchange = await channel.declare_exchange(EXCHANGE, aio_pika.ExchangeType.TOPIC, durable=True)
        made = await channel.declare_queue(f"frontdesk-test-{secrets.token_hex(6)}", exclusive=True)
        await made.bind(exchange, "#")
        yield made


async def heard(queue: aio_pika.abc.AbstractQueue, number: int, of: set[str]) -> list[Any]:
    """The first messages of these conversations; other tests publish to the same exchange."""
    found: list[Any] = []
    async with asyncio.timeout(30):
        while len(found) < number:
            message = await queue.get(no_ack=True, fail=False)
            if message is None:
                await asyncio.sleep(0.02)
            elif json.loads(message.body)["data"].get("conversation_id") in of:
                found.append(message)
    return found


async def rate(customer: Customer, times: int) -> None:
    for n in range(times):
        assert (await customer.post("rating", {"score": 1 + n % 5}, f"rating-{n}")).status_code == 202


@pytest.fixture
def later() -> Iterator[contextlib.ExitStack]:
    """What begins within a test and outlives its desk."""
    with contextlib.ExitStack() as stack:
        yield stack


async def waiting(desk: Desk) -> int:
    counts = await desk.parts.database.read(outbox.counts)
    states = counts.get(endpoints.BUS_ID, {})
    return states.get("pending", 0) + states.get("leased", 0)


async def test_events_are_published_persistently_under_their_id(
    serve: Serve, queue: aio_pika.abc.AbstractQueue
) -> None:
    async with serve(amqp_url=BROKER) as desk:
        customer = await desk.customer()
        await customer.post("handoff", {})
        (message,) = await heard(queue, 1, {customer.id})
        sent = (await desk.parts.database.read(outbox.deliveries, limit=1))[0]

    body = json.loads(message.body)
    assert (message.message_id, message.type, message.routing_key) == (
        sent.id,
        "handoff.requested",
        "handoff.requested",
    )
    assert message.delivery_mode == aio_pika.DeliveryMode.PERSISTENT
    assert message.content_type == "application/json"
    assert body["type"] == "handoff.requested"
    assert body == sent.payload


async def test_nothing_depends_on_the_broker_and_all_of_it_arrives_in_order_when_it_is_back(
    serve: Serve, queue: aio_pika.abc.AbstractQueue, later: contextlib.ExitStack
) -> None:
    port = free_port()
    async with serve(amqp_url=f"amqp://guest:guest@127.0.0.1:{port}/", outbox_speed=50) as desk:
        customers = [await desk.customer() for _ in range(3)]
        await asyncio.gather(*(rate(customer, 10) for customer in customers))
        while_away = await waiting(desk)
        later.enter_context(FaultProxy(port, 5672))
        messages = await heard(queue, 30, {customer.id for customer in customers})
    told = [(json.loads(message.body)["data"], message.message_id) for message in messages]

    assert while_away == 30
    for customer in customers:
        seqs = [data["seq"] for data, _ in told if data["conversation_id"] == customer.id]
        assert seqs == sorted(seqs)
        assert len(set(seqs)) == 10
    assert len({message_id for _, message_id in told}) == 30


async def test_an_event_that_no_queue_takes_is_kept(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        await (await aio_pika.connect(BROKER, timeout=3)).close()
    except Exception as exc:
        pytest.skip(f"no RabbitMQ on 127.0.0.1:5672: {exc!r}")
    monkeypatch.setattr("bot.server.bus.EXCHANGE", f"frontdesk.test.{secrets.token_hex(6)}")
    async with serve(amqp_url=BROKER) as desk:
        customer = await desk.customer()
        await customer.post("handoff", {})
        async with asyncio.timeout(30):
            while True:
                (sent,) = await desk.parts.database.read(outbox.deliveries, limit=1)
                if sent.last_error:
                    break
                await asyncio.sleep(0.02)
        await delete_exchange()

    assert sent.state == "pending"
    assert "no queue is bound" in sent.last_error


async def delete_exchange() -> None:
    from bot.server import bus

    async with await aio_pika.connect(BROKER, timeout=3) as connection:
        await (await connection.channel()).exchange_delete(bus.EXCHANGE)


async def test_a_bus_that_is_not_set_any_more_is_switched_off_and_on_again(serve: Serve) -> None:
    gone = f"amqp://guest:guest@127.0.0.1:{free_port()}/"

    async def bus(**settings: Any) -> endpoints.Endpoint | None:
        async with serve(**settings) as desk:
            await desk.app.state.outbox.look()
            found = await desk.parts.database.read(endpoints.everyone)
        return found[0] if found else None

    never, first, without, again = await bus(), await bus(amqp_url=gone), await bus(), await bus(amqp_url=gone)

    assert never is None
    assert first is not None
    assert (first.kind, first.url, first.disabled_at) == ("amqp", EXCHANGE, None)
    assert without is not None
    assert without.disabled_reason == endpoints.BUS_IS_GONE
    assert again is not None
    assert again.disabled_at is None
