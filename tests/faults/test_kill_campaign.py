"""Kill -9 server and engine at random moments while customers write: nothing lost, nothing doubled, never silent."""

from __future__ import annotations

import asyncio
import random
import time
from pathlib import Path

import httpx
import pytest

from tests.faults.conftest import Campaign, Report
from tests.faults.crowd import Crowd, settle
from tests.faults.customer import Customer
from tests.faults.desk_process import DeskProcess, EngineProcess, RealProcess
from tests.ports import free_port

AT_ONCE = 16
DIES_AGAIN_AT_THE_START = 0.1
MESSAGES_PER_KILL = 40
"""In a long campaign: 250 kills see 10,000 accepted messages."""


async def die_and_come_back(victims: tuple[RealProcess, ...], rng: random.Random) -> None:
    """Kill and start again; now and then the new process dies before it has come up."""
    for victim in victims:
        await asyncio.to_thread(victim.kill)
    for victim in victims:
        if rng.random() < DIES_AGAIN_AT_THE_START:
            victim.start(wait=False)
            await asyncio.sleep(rng.uniform(0, 0.5))
            await asyncio.to_thread(victim.kill)
        await asyncio.to_thread(victim.start)


async def run_campaign(desk: DeskProcess, engine: EngineProcess, campaign: Campaign) -> list[Customer]:
    """Write and kill until there were enough kills, and in a long campaign enough messages; the customers."""
    rng = campaign.rng("kill")
    wanted = MESSAGES_PER_KILL * campaign.runs if campaign.is_long else 0
    async with httpx.AsyncClient(base_url=desk.url, timeout=5, trust_env=False) as http:
        crowd = Crowd(http, rng)
        writing = [asyncio.create_task(crowd.write()) for _ in range(AT_ONCE)]
        while desk.kills + engine.kills < campaign.runs or crowd.acked < wanted:
            await asyncio.sleep(rng.uniform(0.05, 0.9))
            await die_and_come_back(rng.choice(((desk,), (desk,), (engine,), (desk, engine))), rng)
            for task in writing:
                if task.done():
                    task.result()  # a customer's complaint ends the campaign at once
        crowd.go_home()
        await asyncio.gather(*writing)
    return crowd.customers


def answers(desk: DeskProcess) -> dict[str, int]:
    """How many utterances were answered, and how many heard an honest failure."""
    kinds = [e["body"].get("kind") for events in desk.record().values() for e in events]  # type: ignore[attr-defined]
    return {kind: kinds.count(kind) for kind in ("answer", "honest_failure")}


@pytest.mark.timeout(7200)
def test_no_accepted_message_is_lost_doubled_or_unanswered_under_kill_9(
    campaign: Campaign, report: Report, tmp_path: Path
) -> None:
    engine = EngineProcess(port=free_port(), folder=tmp_path, delay_s=0.02)
    desk = DeskProcess(port=free_port(), engine_port=engine.port, data=tmp_path / "data")
    began = time.monotonic()
    try:
        engine.start()
        desk.start()
        customers = asyncio.run(run_campaign(desk, engine, campaign))
        found = settle(desk, customers)
        outcome = answers(desk)
    finally:
        desk.kill()
        engine.kill()

    acked = sum(len(customer.log.acked) for customer in customers)
    report(
        f"kill campaign: {acked} accepted messages of {len(customers)} conversations, {desk.kills} kills of the server,"
        f" {engine.kills} of the engine; {len(found)} lost, doubled or unanswered; {outcome['answer']} answers,"
        f" {outcome['honest_failure']} honest failures; {time.monotonic() - began:.0f} s"
    )
    assert found == []
    assert desk.kills + engine.kills >= campaign.runs
    assert acked > 3 * campaign.runs
