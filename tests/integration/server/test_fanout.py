"""Two servers on one PostgreSQL: what is recorded at one is heard at the other, with Redis and without."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import redis
import websockets

from tests.integration.server.conftest import Serve
from tests.integration.server.desk_under_test import Customer, Desk
from tests.ports import free_port

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.postgres,
    pytest.mark.parametrize("store", ["postgresql"], indirect=True),
]
REDIS = "redis://127.0.0.1:6379"
NEVER_S = 3600.0


@pytest.fixture
def redis_url() -> str:
    try:
        with redis.Redis.from_url(REDIS, socket_connect_timeout=1) as client:
            client.ping()
    except redis.RedisError as exc:
        pytest.skip(f"no Redis on 127.0.0.1:6379: {exc}")
    return REDIS


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Servers that look and beat often."""
    monkeypatch.setattr("bot.server.fanout.LOOK_EVERY_S", 0.1)
    monkeypatch.setattr("bot.server.servers.BEAT_S", 0.1)
    return monkeypatch


@asynccontextmanager
async def two(serve: Serve, **settings: Any) -> AsyncIterator[tuple[Desk, Desk]]:
    async with serve(**settings) as a, serve(**settings) as b:
        yield a, b


def at(customer: Customer, desk: Desk) -> Customer:
    """The same customer at another server."""
    return Customer(desk, customer.begun)


async def hears(socket: websockets.ClientConnection, kind: str) -> list[int]:
    """The `seq`s that arrive, until a message of this kind does."""
    found = []
    async with asyncio.timeout(20):
        while True:
            frame = json.loads(await socket.recv())
            if frame["type"] == "event":
                found.append(frame["event"]["seq"])
                if frame["event"]["body"].get("kind") == kind:
                    return found


@pytest.mark.parametrize("gone", [False, True])
async def test_without_redis_a_socket_hears_what_another_server_recorded(
    serve: Serve, quick: pytest.MonkeyPatch, gone: bool
) -> None:
    settings = {"redis_url": f"redis://127.0.0.1:{free_port()}"} if gone else {}
    async with two(serve, **settings) as (a, b):
        customer = await a.customer()
        async with at(customer, b).feed() as socket:
            await customer.say("When do you open?")
            seqs = await hears(socket, "answer")

    assert seqs == list(range(1, len(seqs) + 1))


@pytest.mark.redis
async def test_redis_tells_it_without_a_look_into_the_store(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, redis_url: str
) -> None:
    monkeypatch.setattr("bot.server.fanout.LOOK_EVERY_S", NEVER_S)
    async with two(serve, redis_url=redis_url) as (a, b):
        customer, agent = await a.customer(), await b.agent()
        async with at(customer, b).feed() as socket, agent.feed() as console:
            await customer.say("When do you open?")
            seqs = await hears(socket, "answer")
            seen_by_staff = await hears(console, "answer")

    assert seqs == list(range(1, len(seqs) + 1))
    assert sorted(set(seen_by_staff)) == seqs[1:]  # the greeting was before the console came


@pytest.mark.redis
async def test_redis_tells_who_of_staff_looks_at_another_server(serve: Serve, redis_url: str) -> None:
    async with two(serve, redis_url=redis_url) as (a, b):
        customer, mara, tom = await a.customer(), await a.agent("Mara"), await b.agent("Tom")
        async with mara.feed() as maras, tom.feed() as toms:
            looks = {"type": "looking", "conversation_id": customer.id, "what": "reading"}
            seen = await answered(maras, looks, toms)

    assert (seen["author"]["name"], seen["conversation_id"], seen["what"]) == ("Mara", customer.id, "reading")


async def answered(socket: websockets.ClientConnection, frame: Any, other: websockets.ClientConnection) -> Any:
    """What the other hears of a frame, said again until it does: Redis need not be listened to yet."""

    async def keep_saying() -> None:
        while True:
            await socket.send(json.dumps(frame))
            await asyncio.sleep(0.2)

    saying = asyncio.create_task(keep_saying())
    try:
        async with asyncio.timeout(20):
            while (heard := json.loads(await other.recv()))["type"] != "looking":
                pass
    finally:
        saying.cancel()
    return heard


async def test_what_is_recorded_at_both_servers_arrives_in_order(serve: Serve, quick: pytest.MonkeyPatch) -> None:
    async with two(serve) as (a, b):
        customer = await a.customer()
        here, there = at(customer, a), at(customer, b)
        async with at(customer, b).feed() as socket:
            for n in range(6):
                await (here, there)[n % 2].say(f"Question {n}?", f"both-{n}")
            await customer.messages("answer", 6, timeout_s=20)
            await there.post("handoff", {}, "both-handoff")
            seqs = await hears(socket, "handoff")
        record = await customer.events()

    assert seqs == list(range(1, len(seqs) + 1))
    assert len([event for event in record if event["body"].get("kind") == "answer"]) == 6


async def test_agents_at_any_server_count_as_online(serve: Serve, quick: pytest.MonkeyPatch) -> None:
    async with two(serve) as (a, b):
        agent = await a.agent()
        async with agent.feed():
            await until(lambda: b.parts.availability().agents_online == 1)
            away = await a.http.post("/api/agent/presence", json={"available": False}, headers=agent.headers)
            await until(lambda: b.parts.availability().agents_online == 0)

    assert away.status_code == 204


async def test_two_agents_at_two_servers_cannot_both_claim(serve: Serve) -> None:
    async with two(serve) as (a, b):
        ann, bob = await a.agent("Ann"), await b.agent("Bob")
        customers = [await a.customer() for _ in range(5)]
        codes = []
        for customer in customers:
            await asyncio.gather(customer.post("handoff", {}), at(customer, b).post("handoff", {}, "again"))
            claims = await asyncio.gather(ann.post(customer, "claim"), bob.post(customer, "claim"))
            codes.append(sorted(claim.status_code for claim in claims))
        requested = [event["type"] for event in await ann.events(customers[0])].count("handoff.requested")

    assert codes == [[202, 409]] * 5
    assert requested == 1


async def test_a_server_that_stops_leaves_its_turns_to_the_other(serve: Serve, quick: pytest.MonkeyPatch) -> None:
    async with serve() as b:
        async with serve(drain_s=0.1) as a:
            a.engine.holds(60)
            customer = await a.customer()
            await customer.say("When do you open?")
            a.engine.reaction = None
        answers = await at(customer, b).messages("answer", timeout_s=20)

    assert len(answers) == 1


async def until(wanted: Any) -> None:
    async with asyncio.timeout(20):
        while not wanted():
            await asyncio.sleep(0.02)
