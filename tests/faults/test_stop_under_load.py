"""SIGTERM while customers write: the server ends by itself, in time, with 0, and owes nobody anything."""

from __future__ import annotations

import asyncio
import random
import signal
import time
from pathlib import Path

import httpx
import pytest

from tests.faults.conftest import Campaign, Report
from tests.faults.crowd import Crowd, settle
from tests.faults.customer import Customer
from tests.faults.desk_process import DeskProcess, EngineProcess
from tests.faults.receiver import Receiver, add_endpoint
from tests.faults.scripted_engine import ScriptedEngine
from tests.ports import free_port

AT_ONCE = 8
ANSWERS_IN_S = 0.3
DRAIN_S = 15.0
SHORT, LONG_SHARE = 2, 0.4


async def stop_repeatedly(desk: DeskProcess, campaign: Campaign) -> tuple[list[Customer], list[tuple[int, float]]]:
    """Write, and stop and start the server meanwhile; the customers, and each stop's exit code and seconds."""
    rng = campaign.rng("stop")
    stops: list[tuple[int, float]] = []
    async with httpx.AsyncClient(base_url=desk.url, timeout=5, trust_env=False) as http:
        crowd = Crowd(http, rng)
        writing = [asyncio.create_task(crowd.write()) for _ in range(AT_ONCE)]
        while len(stops) < (round(LONG_SHARE * campaign.runs) if campaign.is_long else SHORT):
            await asyncio.sleep(rng.uniform(0.2, 0.8))
            began = time.monotonic()
            desk.signal(signal.SIGTERM)
            code = await asyncio.to_thread(desk.wait)
            stops.append((code, time.monotonic() - began))
            await asyncio.to_thread(desk.start)
        crowd.go_home()
        await asyncio.gather(*writing)
    return crowd.customers, stops


@pytest.mark.timeout(3600)
def test_a_stop_under_load_loses_nothing(campaign: Campaign, report: Report, tmp_path: Path) -> None:
    engine = EngineProcess(port=free_port(), folder=tmp_path, delay_s=ANSWERS_IN_S)
    desk = DeskProcess(port=free_port(), engine_port=engine.port, data=tmp_path / "data")
    try:
        engine.start()
        desk.start()
        customers, stops = asyncio.run(stop_repeatedly(desk, campaign))
        found = settle(desk, customers)
    finally:
        desk.kill()
        engine.kill()

    acked, longest = sum(len(customer.log.acked) for customer in customers), max(seconds for _, seconds in stops)
    report(f"SIGTERM: {len(stops)} stops under load, the longest {longest:.1f} s, {acked} accepted messages")
    assert found == []
    assert {code for code, _ in stops} == {0}, desk.log()[-2000:]
    assert longest <= DRAIN_S


def test_what_the_last_turn_sends_leaves_before_the_end(tmp_path: Path) -> None:
    with ScriptedEngine(free_port()) as engine, Receiver(random.Random(1), failures=0.0) as receiver:
        engine.turn = {"decision": "escalate", "reason": "customer_request"}
        engine.delay_s = 1.0
        settings = {"FRONTDESK_PRIVATE_TARGETS": f"127.0.0.1:{receiver.port}"}
        desk = DeskProcess(port=free_port(), engine_port=engine.port, data=tmp_path / "data", settings=settings)
        receiver.secret = add_endpoint(desk, f"http://127.0.0.1:{receiver.port}/hooks", ["handoff.requested"])
        desk.start()
        try:
            asyncio.run(stop_at_work(desk, engine))
        finally:
            desk.kill()

    assert len(receiver.tries) == 1


async def stop_at_work(desk: DeskProcess, engine: ScriptedEngine) -> None:
    """Stop the server while the engine works on a customer's message."""
    async with httpx.AsyncClient(base_url=desk.url, timeout=5, trust_env=False) as http:
        customer = Customer(http, random.Random(1))
        await customer.arrive()
        await customer.say("I want a person")
        while not engine.asked:
            await asyncio.sleep(0.01)
    desk.signal(signal.SIGTERM)
    assert await asyncio.to_thread(desk.wait) == 0
