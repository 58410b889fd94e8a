"""Two servers on one PostgreSQL: whichever is killed or paused, every message is answered once."""

from __future__ import annotations

import asyncio
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from tests.faults.conftest import Campaign
from tests.faults.customer import Customer
from tests.faults.desk_process import DeskProcess
from tests.faults.history import violations
from tests.faults.scripted_engine import ScriptedEngine
from tests.ports import free_port
from tests.postgresql import fresh_schema

pytestmark = pytest.mark.postgres
CUSTOMERS = 4
SETTLE_S = 40.0


class Anywhere(httpx.AsyncBaseTransport):
    """Each request goes to any of the desks, as behind a proxy that keeps nobody where they were."""

    def __init__(self, desks: list[DeskProcess], rng: random.Random) -> None:
        self._ports = [desk.port for desk in desks]
        self._rng = rng
        self._http = httpx.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        request.url = request.url.copy_with(port=self._rng.choice(self._ports))
        return await self._http.handle_async_request(request)

    async def aclose(self) -> None:
        await self._http.aclose()


class Pair:
    """Two desks, their store and their engine."""

    def __init__(self, url: str, engine: ScriptedEngine, folder: Path) -> None:
        self.url, self.engine = url, engine
        settings = {"FRONTDESK_DATABASE_URL": url}
        self.desks = [
            DeskProcess(port=free_port(), engine_port=engine.port, data=folder / name, settings=settings)
            for name in ("a", "b")
        ]
        self.a, self.b = self.desks

    def anywhere(self, rng: random.Random) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=Anywhere(self.desks, rng), base_url="http://127.0.0.1", timeout=3)

    def record(self) -> dict[str, list[dict[str, Any]]]:
        """Every conversation's events, from the database itself."""
        query = (
            "SELECT conversation_id, seq, type, author_kind, client_message_id, body FROM events"
            " ORDER BY conversation_id, seq"
        )
        found: dict[str, list[dict[str, Any]]] = {}
        with psycopg.connect(self.url.replace("+psycopg", ""), connect_timeout=5) as connection:
            for conversation_id, seq, kind, author, client_message_id, body in connection.execute(query):
                event = {"seq": seq, "type": kind, "author": {"kind": author}}
                event["body"] = body | {"client_message_id": client_message_id}
                found.setdefault(conversation_id, []).append(event)
        return found

    def broken(self, customers: list[Customer]) -> list[str]:
        """The promises that are still broken after a while."""
        deadline = time.monotonic() + SETTLE_S
        while True:
            record = self.record()
            found = [f for c in customers for f in violations(c.log, record.get(c.log.conversation_id, []))]
            if not found or time.monotonic() > deadline:
                return found
            time.sleep(0.3)


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    with fresh_schema() as url, ScriptedEngine(free_port()) as engine:
        made = Pair(url, engine, tmp_path)
        for desk in made.desks:
            desk.start(wait=False)
        for desk in made.desks:
            desk.wait_until(lambda desk=desk: desk.status("/healthz") == 200, "came up")
        yield made
        for desk in made.desks:
            desk.kill()


async def write(customers: list[Customer], stop: asyncio.Event) -> None:
    async def one(customer: Customer) -> None:
        for n in range(10_000):
            await customer.say(f"message {n}", resends=n % 2)
            if stop.is_set():
                return

    await asyncio.gather(*(one(customer) for customer in customers))


async def write_while_one_dies(pair: Pair, rng: random.Random) -> list[Customer]:
    async with pair.anywhere(rng) as http:
        customers = [Customer(http, random.Random(rng.random())) for _ in range(CUSTOMERS)]
        await asyncio.gather(*(customer.arrive() for customer in customers))
        stop = asyncio.Event()
        writing = asyncio.create_task(write(customers, stop))
        await asyncio.sleep(rng.uniform(1.0, 2.0))
        await asyncio.to_thread(pair.a.kill)
        await asyncio.sleep(1.0)
        stop.set()
        await writing
        asking = [customer.ask_for_a_person() for customer in customers for _ in range(3)]
        found = await asyncio.to_thread(pair.broken, customers)
        assert found == []
        await asyncio.gather(*asking)
    return customers


@pytest.mark.timeout(300)
def test_when_a_server_dies_the_other_answers_what_it_owed(campaign: Campaign, pair: Pair) -> None:
    pair.engine.delay_s = 0.1

    customers = asyncio.run(write_while_one_dies(pair, campaign.rng("several servers")))

    assert pair.broken(customers) == []
    assert sum(len(customer.log.acked) for customer in customers) > 5 * CUSTOMERS
    requested = [event for events in pair.record().values() for event in events if event["type"] == "handoff.requested"]
    assert len(requested) == CUSTOMERS


async def say_at(desk: DeskProcess, rng: random.Random, text: str) -> Customer:
    async with httpx.AsyncClient(base_url=desk.url, timeout=30) as http:
        customer = Customer(http, rng)
        await customer.arrive()
        await customer.say(text)
    return customer


def stale_turns(desk: DeskProcess) -> float:
    """How many late answers a server had refused."""
    lines = httpx.get(f"{desk.url}/metrics", timeout=5, trust_env=False).text.splitlines()
    return next(float(line.split()[-1]) for line in lines if line.startswith("frontdesk_turns_stale_total "))


@pytest.mark.timeout(300)
def test_a_paused_server_is_replaced_and_its_late_answer_refused(campaign: Campaign, pair: Pair) -> None:
    pair.engine.delays = {"slow": 2.0}
    customer = asyncio.run(say_at(pair.a, campaign.rng("paused"), "slow"))
    pair.a.wait_until(lambda: sum(pair.engine.asked.values()) == 1, "asked the engine")

    pair.a.signal(signal.SIGSTOP)
    answered_meanwhile = pair.broken([customer])
    pair.a.signal(signal.SIGCONT)
    pair.a.wait_until(lambda: stale_turns(pair.a) > 0, "had its late answer refused")

    assert answered_meanwhile == []
    assert pair.broken([customer]) == []
    assert set(pair.engine.asked.values()) == {2}
