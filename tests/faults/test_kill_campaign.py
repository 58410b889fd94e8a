"""Kill -9 the server at random moments while customers write: nothing lost, nothing doubled, never silent."""

from __future__ import annotations

import asyncio
import random
import time
from pathlib import Path

import httpx
import pytest

from tests.faults.conftest import Campaign, free_port
from tests.faults.customer import Customer
from tests.faults.desk_process import DeskProcess
from tests.faults.history import violations
from tests.faults.scripted_engine import ScriptedEngine

CUSTOMERS = 8
SETTLE_S = 12.0


async def write_until(stop: asyncio.Event, customers: list[Customer], rng: random.Random) -> None:
    async def one(customer: Customer, number: int) -> None:
        count = 0
        while not stop.is_set():
            await customer.say(f"message {count} of customer {number}", resends=rng.choice((0, 0, 0, 1, 4)))
            count += 1

    await asyncio.gather(*(one(customer, number) for number, customer in enumerate(customers)))


async def kill_repeatedly(desk: DeskProcess, runs: int, rng: random.Random) -> None:
    for _ in range(runs):
        await asyncio.sleep(rng.uniform(0.05, 0.6))
        await asyncio.to_thread(desk.kill)
        await asyncio.to_thread(desk.start)


async def campaign_against(desk: DeskProcess, runs: int, rng: random.Random) -> list[Customer]:
    async with httpx.AsyncClient(base_url=desk.url, timeout=3) as http:
        customers = [Customer(http, random.Random(rng.random())) for _ in range(CUSTOMERS)]
        await asyncio.gather(*(customer.arrive() for customer in customers))
        stop = asyncio.Event()
        writing = asyncio.create_task(write_until(stop, customers, rng))
        await kill_repeatedly(desk, runs, rng)
        stop.set()
        await writing
    return customers


def settle(desk: DeskProcess, customers: list[Customer]) -> list[str]:
    """Wait until every promise holds, at most `SETTLE_S`; what is still broken then."""
    deadline = time.monotonic() + SETTLE_S
    while True:
        record = desk.record()
        found = [f for c in customers for f in violations(c.log, record.get(c.log.conversation_id, []))]
        if not found or time.monotonic() > deadline:
            return found
        time.sleep(0.3)


@pytest.mark.timeout(7200)
def test_no_accepted_message_is_lost_doubled_or_unanswered_under_kill_9(campaign: Campaign, tmp_path: Path) -> None:
    rng = campaign.rng("kill")
    with ScriptedEngine(free_port()) as engine:
        engine.delay_s = 0.02
        desk = DeskProcess(port=free_port(), engine_port=engine.port, data=tmp_path / "data")
        desk.start()
        try:
            customers = asyncio.run(campaign_against(desk, campaign.runs, rng))
            found = settle(desk, customers)
        finally:
            desk.kill()

    acked = sum(len(customer.log.acked) for customer in customers)
    print(f"{acked} accepted messages, {desk.starts - 1} kills")  # noqa: T201
    assert found == []
    assert acked > 10 * CUSTOMERS
