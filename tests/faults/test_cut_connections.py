"""Cut the connection at random bytes: after every cut the client ends with exactly what the record holds."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.faults.conftest import Campaign, Report
from tests.faults.customer import Customer
from tests.faults.desk_process import DeskProcess
from tests.faults.history import shown_violations, violations
from tests.faults.proxy import FaultProxy
from tests.faults.scripted_engine import ScriptedEngine
from tests.ports import free_port

MESSAGES = 12


async def chat_through(proxy_url: str, desk: DeskProcess, seed: float) -> Customer:
    """One customer writes through the proxy and follows the feed until the last answer was shown."""
    async with httpx.AsyncClient(base_url=proxy_url, timeout=3) as http:
        customer = Customer(http, random.Random(seed))
        await customer.arrive()
        last: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        watching = asyncio.create_task(customer.watch(proxy_url, last))
        for number in range(MESSAGES):
            await customer.say(f"message {number}")
        while len(answers := _answers(await customer.events())) < MESSAGES:
            await asyncio.sleep(0.05)
        last.set_result(max(answers))
        await asyncio.wait_for(watching, 60)
    return customer


def _answers(events: list[dict[str, Any]]) -> list[int]:
    messages = [event for event in events if event["type"] == "message" and event["author"]["kind"] == "assistant"]
    return [event["seq"] for event in messages if event["body"].get("replies_to")]


@pytest.mark.timeout(3600)
def test_nothing_is_missing_or_shown_twice_after_cuts_at_random_bytes(
    campaign: Campaign, report: Report, tmp_path: Path
) -> None:
    rng = campaign.rng("cut")
    wanted = 2 * campaign.runs
    logs = []
    with ScriptedEngine(free_port()) as engine:
        desk = DeskProcess(port=free_port(), engine_port=engine.port, data=tmp_path / "data")
        desk.start()
        try:
            # The widget's own address is the proxy's, so that the Origin check passes through it.
            with FaultProxy(free_port(), desk.port, cut_after=lambda: rng.randrange(150, 6000)) as proxy:
                while proxy.cuts < wanted:
                    logs.append(asyncio.run(chat_through(f"http://127.0.0.1:{proxy.port}", desk, rng.random())).log)
                cuts = proxy.cuts
            record = desk.record()
        finally:
            desk.kill()

    found = [f for log in logs for f in violations(log, record[log.conversation_id])]
    found += [f for log in logs for f in shown_violations(log, record[log.conversation_id][: len(log.shown)])]
    report(f"cut connections: {cuts} cuts, {len(logs)} conversations, {len(found)} events missing or shown twice")
    assert found == []
    assert cuts >= wanted
