"""Whatever the engine does, every accepted message has an answer or an honest failure within ten seconds."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.faults.conftest import Campaign, free_port
from tests.faults.customer import Customer
from tests.faults.desk_process import DeskProcess
from tests.faults.scripted_engine import ScriptedEngine

PROMISE_S = 10.0
CUSTOMERS = 4


@pytest.fixture
def engine() -> Iterator[ScriptedEngine]:
    with ScriptedEngine(free_port()) as engine:
        yield engine


@pytest.fixture
def desk(engine: ScriptedEngine, tmp_path: Path) -> Iterator[DeskProcess]:
    process = DeskProcess(port=free_port(), engine_port=engine.port, data=tmp_path / "data")
    process.start()
    yield process
    process.kill()


async def answered_after(customer: Customer, text: str) -> tuple[float, list[dict[str, Any]]]:
    """Seconds from acceptance to an answer, and the answers."""
    seq = await customer.say(text)
    began = time.monotonic()
    while time.monotonic() - began < PROMISE_S + 1:
        answers = [e for e in await customer.events() if e["type"] == "message" and e["body"].get("replies_to") == seq]
        if answers:
            return time.monotonic() - began, answers
        await asyncio.sleep(0.05)
    raise AssertionError(f"no answer to seq {seq} within {PROMISE_S + 1:.0f} s")


async def ask_all(desk: DeskProcess, text: str) -> list[tuple[float, list[dict[str, Any]]]]:
    async with httpx.AsyncClient(base_url=desk.url, timeout=5) as http:
        customers = [Customer(http, random.Random(number)) for number in range(CUSTOMERS)]
        await asyncio.gather(*(customer.arrive() for customer in customers))
        return list(await asyncio.gather(*(answered_after(customer, text) for customer in customers)))


@pytest.mark.parametrize(
    "behaviour", ["hang", "empty", "garbage", "html", "error", "unavailable", "huge", "wrong_shape"]
)
def test_a_broken_engine_means_an_honest_failure_in_time(
    desk: DeskProcess, engine: ScriptedEngine, behaviour: str
) -> None:
    engine.behaviour = behaviour

    results = asyncio.run(ask_all(desk, "when are you open?"))

    assert max(seconds for seconds, _ in results) < PROMISE_S
    for _, answers in results:
        assert [a["body"]["kind"] for a in answers] == ["honest_failure"]
        assert answers[0]["body"]["buttons"], "the failure offers a person"


def test_a_dead_engine_means_an_honest_failure_in_time(tmp_path: Path) -> None:
    desk = DeskProcess(port=free_port(), engine_port=free_port(), data=tmp_path / "data")
    desk.start()
    try:
        results = asyncio.run(ask_all(desk, "when are you open?"))
    finally:
        desk.kill()

    assert max(seconds for seconds, _ in results) < PROMISE_S
    assert {answers[0]["body"]["kind"] for _, answers in results} == {"honest_failure"}


def test_a_recovered_engine_answers_again(desk: DeskProcess, engine: ScriptedEngine) -> None:
    engine.behaviour = "error"
    asyncio.run(ask_all(desk, "one"))
    engine.behaviour = "answer"

    deadline = time.monotonic() + 45  # the breaker tries again at the latest after half a minute
    while time.monotonic() < deadline:
        results = asyncio.run(ask_all(desk, "two"))
        if {answers[0]["body"]["kind"] for _, answers in results} == {"answer"}:
            return
        time.sleep(1)
    raise AssertionError("the engine works again, but customers still hear failures")


def test_one_hanging_turn_does_not_slow_the_others(
    desk: DeskProcess, engine: ScriptedEngine, campaign: Campaign
) -> None:
    engine.delays["hang"] = 7.0

    async def run() -> tuple[list[float], list[float]]:
        async with httpx.AsyncClient(base_url=desk.url, timeout=15) as http:
            hanging, quick = Customer(http, random.Random(1)), Customer(http, random.Random(2))
            await asyncio.gather(hanging.arrive(), quick.arrive())
            idle = [(await answered_after(quick, f"quick {n}"))[0] for n in range(15)]
            slow = asyncio.create_task(answered_after(hanging, "hang"))
            busy = [(await answered_after(quick, f"busy {n}"))[0] for n in range(15)]
            await slow
        return idle, busy

    idle, busy = asyncio.run(run())

    assert sorted(busy)[-2] <= sorted(idle)[-2] + 0.1
