"""Kill -9 the server while a receiver fails three times in ten: every committed event arrives, signed, under one id."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.faults.conftest import Campaign, Report
from tests.faults.desk_process import DeskProcess
from tests.faults.receiver import Receiver, add_endpoint
from tests.ports import free_port

CUSTOMERS = 5
MAX_EVENTS = 5_000
EVENTS_PER_RUN = 20
KILL_EVERY_S = 10.0
KILLS_AT_LEAST = 3
SPEED = 10_000.0  # the schedule of 75 h passes in 27 s
FAILURES = 0.3
TYPES = {"rating": "conversation.rated", "handoff.requested": "handoff.requested"}


class Rater:
    """A customer who asks for a person and then rates for ever, each time until the server has taken it."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http
        self.conversation_id = ""
        self._token = ""

    async def arrive(self) -> None:
        begun = await self._http.post("/api/conversations", json={})
        self.conversation_id, self._token = begun.json()["conversation_id"], begun.json()["token"]
        await self.send("handoff", {"client_message_id": "person"})

    async def send(self, what: str, body: dict[str, Any]) -> None:
        headers = {"Authorization": f"Bearer {self._token}"}
        while True:
            try:
                path = f"/api/conversations/{self.conversation_id}/{what}"
                if (await self._http.post(path, json=body, headers=headers)).status_code == 202:
                    return
            except httpx.HTTPError:
                pass
            await asyncio.sleep(0.05)

    async def rate(self, number: int) -> None:
        for n in range(number):
            await self.send("rating", {"client_message_id": f"rating-{n}", "score": 1 + n % 5})


async def rate_all(customers: list[Rater], number: int) -> None:
    await asyncio.gather(*(customer.rate(number) for customer in customers))


async def rate_under_kills(desk: DeskProcess, events: int) -> int:
    """Let customers rate while the server is killed; answers the number of kills."""
    async with httpx.AsyncClient(base_url=desk.url, timeout=3) as http:
        customers = [Rater(http) for _ in range(CUSTOMERS)]
        await asyncio.gather(*(customer.arrive() for customer in customers))
        rating = asyncio.create_task(rate_all(customers, events // CUSTOMERS))
        kills = 0
        while not rating.done() or kills < KILLS_AT_LEAST:
            soon = KILL_EVERY_S if kills >= KILLS_AT_LEAST else 1.0
            await asyncio.wait({rating}, timeout=soon)
            await asyncio.to_thread(desk.kill)
            await asyncio.to_thread(desk.start)
            kills += 1
        await rating
    return kills


def committed(desk: DeskProcess) -> set[tuple[str, int]]:
    """Every event of the record that has to leave."""
    return {
        (conversation_id, int(str(event["seq"])))
        for conversation_id, events in desk.record().items()
        for event in events
        if event["type"] in TYPES
    }


def wait_until_all_are_taken(desk: DeskProcess, receiver: Receiver, patience_s: float) -> set[tuple[str, int]]:
    """What is committed and was never taken, as soon as that is nothing."""
    deadline = time.monotonic() + patience_s
    while True:
        missing = committed(desk) - set(receiver.taken)
        if not missing or time.monotonic() > deadline:
            return missing
        time.sleep(0.2)


@pytest.mark.timeout(7200)
def test_every_committed_event_reaches_a_failing_receiver_under_kill_9(
    campaign: Campaign, report: Report, tmp_path: Path
) -> None:
    rng = campaign.rng("outbox")
    events = min(MAX_EVENTS, campaign.runs * EVENTS_PER_RUN)
    with Receiver(rng, failures=FAILURES) as receiver:
        settings = {
            "FRONTDESK_OUTBOX_SPEED": str(SPEED),
            "FRONTDESK_PRIVATE_TARGETS": f"127.0.0.1:{receiver.port}",
        }
        desk = DeskProcess(port=free_port(), engine_port=free_port(), data=tmp_path / "data", settings=settings)
        receiver.secret = add_endpoint(desk, f"http://127.0.0.1:{receiver.port}/hooks", list(TYPES.values()))
        desk.start()
        try:
            kills = asyncio.run(rate_under_kills(desk, events))
            missing = wait_until_all_are_taken(desk, receiver, patience_s=60 + events / 50)
            found = committed(desk)
        finally:
            desk.kill()

    tries = sum(len(stamps) for stamps in receiver.tries.values())
    report(f"outbox: {len(found)} events committed, {len(missing)} lost, {tries} tries, {kills} kills")
    assert missing == set()
    assert len(found) == events + CUSTOMERS
    assert set(receiver.taken) == found
    assert receiver.wrong == []
    assert {len(ids) for ids in receiver.taken.values()} == {1}  # one id for one event, however often it was sent
    assert len(receiver.tries) == len(found)
    assert tries > len(found)
    assert all(stamps == sorted(stamps) for stamps in receiver.tries.values())
