"""Whatever the engine does, every accepted message has an answer or an honest failure within ten seconds."""

from __future__ import annotations

import asyncio
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.faults.conftest import Campaign, Report
from tests.faults.customer import Customer
from tests.faults.desk_process import DeskProcess, EngineProcess
from tests.faults.history import violations
from tests.faults.scripted_engine import ScriptedEngine
from tests.ports import free_port

PROMISE_S, PATIENCE_S = 10.0, 40.0
HANGS_S = 30.0
"""Longer than the server waits for any turn."""
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


async def answered_after(customer: Customer, text: str, look_s: float = 0.05) -> tuple[float, list[dict[str, Any]]]:
    """Seconds from acceptance to an answer, and the answers."""
    seq = await customer.say(text)
    began = time.monotonic()
    while time.monotonic() - began < PATIENCE_S:
        answers = [e for e in await customer.events(seq) if e["body"].get("replies_to") == seq]
        if answers:
            return time.monotonic() - began, answers
        await asyncio.sleep(look_s)
    raise AssertionError(f"no answer to seq {seq} within {PATIENCE_S:.0f} s")


async def ask_all(desk: DeskProcess, text: str) -> tuple[list[Customer], list[tuple[float, list[dict[str, Any]]]]]:
    """New customers who ask one question each: they, and how they were answered."""
    async with httpx.AsyncClient(base_url=desk.url, timeout=5) as http:
        customers = [Customer(http, random.Random(number)) for number in range(CUSTOMERS)]
        await asyncio.gather(*(customer.arrive() for customer in customers))
        found = await asyncio.gather(*(answered_after(customer, text) for customer in customers))
        return customers, list(found)


@pytest.fixture
def promise_s(campaign: Campaign) -> float:
    """The promise where it is measured; in `make test` what even a machine that is busy with other things keeps."""
    return PROMISE_S if campaign.is_long else PATIENCE_S


def wait_for_answers(desk: DeskProcess) -> set[str]:
    """Ask until everybody is answered again; the kinds of the last answers."""
    deadline = time.monotonic() + 120  # the breaker asks the engine every second
    while True:
        _, results = asyncio.run(ask_all(desk, "and now?"))
        kinds = {answers[0]["body"]["kind"] for _, answers in results}
        if kinds == {"answer"} or time.monotonic() > deadline:
            return kinds
        time.sleep(0.5)


@pytest.mark.parametrize(
    "behaviour", ["hang", "empty", "garbage", "html", "error", "unavailable", "huge", "wrong_shape"]
)
def test_a_broken_engine_means_an_honest_failure_in_time(
    desk: DeskProcess, engine: ScriptedEngine, promise_s: float, report: Report, behaviour: str
) -> None:
    engine.behaviour = behaviour

    _, results = asyncio.run(ask_all(desk, "when are you open?"))

    latest = max(seconds for seconds, _ in results)
    report(f"engine {behaviour}: the latest honest failure after {latest:.1f} s")
    assert latest < promise_s
    for _, answers in results:
        assert [a["body"]["kind"] for a in answers] == ["honest_failure"]
        assert answers[0]["body"]["buttons"], "the failure offers a person"


def test_a_dead_engine_means_an_honest_failure_in_time(promise_s: float, report: Report, tmp_path: Path) -> None:
    desk = DeskProcess(port=free_port(), engine_port=free_port(), data=tmp_path / "data")
    desk.start()
    try:
        _, results = asyncio.run(ask_all(desk, "when are you open?"))
    finally:
        desk.kill()

    latest = max(seconds for seconds, _ in results)
    report(f"engine dead: the latest honest failure after {latest:.1f} s")
    assert latest < promise_s
    assert {answers[0]["body"]["kind"] for _, answers in results} == {"honest_failure"}


def test_a_recovered_engine_answers_again(desk: DeskProcess, engine: ScriptedEngine) -> None:
    engine.behaviour = "error"
    asyncio.run(ask_all(desk, "one"))
    engine.behaviour = "answer"

    assert wait_for_answers(desk) == {"answer"}


def test_one_hanging_turn_does_not_hold_up_the_others(desk: DeskProcess, engine: ScriptedEngine) -> None:
    engine.delays["hang"] = HANGS_S

    async def run() -> list[dict[str, Any]]:
        async with httpx.AsyncClient(base_url=desk.url, timeout=15) as http:
            hanging, quick = Customer(http, random.Random(1)), Customer(http, random.Random(2))
            await asyncio.gather(hanging.arrive(), quick.arrive())
            slow = asyncio.create_task(answered_after(hanging, "hang"))
            while "hang" not in engine.said:
                await asyncio.sleep(0.01)
            answers = [(await answered_after(quick, f"quick {n}"))[1][0] for n in range(3)]
            assert not slow.done(), "they were answered only after the hanging turn had been given up"
            await slow
        return answers

    answers = asyncio.run(run())

    assert [answer["body"]["kind"] for answer in answers] == ["answer"] * 3


def test_a_paused_engine_means_an_honest_failure_and_answers_once_it_goes_on(
    promise_s: float, report: Report, tmp_path: Path
) -> None:
    engine = EngineProcess(port=free_port(), folder=tmp_path)
    desk = DeskProcess(port=free_port(), engine_port=engine.port, data=tmp_path / "data")
    try:
        engine.start()
        desk.start()
        engine.signal(signal.SIGSTOP)
        customers, paused = asyncio.run(ask_all(desk, "when are you open?"))
        engine.signal(signal.SIGCONT)
        kinds = wait_for_answers(desk)
        record = desk.record()
    finally:
        engine.signal(signal.SIGCONT)
        desk.kill()
        engine.kill()

    latest = max(seconds for seconds, _ in paused)
    report(f"engine paused: the latest honest failure after {latest:.1f} s")
    assert latest < promise_s
    assert {answers[0]["body"]["kind"] for _, answers in paused} == {"honest_failure"}
    assert kinds == {"answer"}
    assert [v for c in customers for v in violations(c.log, record[c.log.conversation_id])] == []


@pytest.mark.timeout(600)
def test_figure_of_one_hanging_turn(
    desk: DeskProcess, engine: ScriptedEngine, campaign: Campaign, report: Report
) -> None:
    """Not a promise that a busy machine could break: a figure for RESULTS.md."""
    if not campaign.is_long:
        pytest.skip("a figure of `make faults`")
    engine.delays["hang"] = 60.0

    async def chat(quick: list[Customer]) -> list[float]:
        rounds = [await asyncio.gather(*(answered_after(c, f"{n}", 0.005) for c in quick)) for n in range(50)]
        return sorted(seconds for found in rounds for seconds, _ in found)

    async def run() -> tuple[list[float], list[float]]:
        async with httpx.AsyncClient(base_url=desk.url, timeout=15) as http:
            everyone = [Customer(http, random.Random(n)) for n in range(5)]
            await asyncio.gather(*(customer.arrive() for customer in everyone))
            hanging, *quick = everyone
            idle = await chat(quick)
            slow = asyncio.create_task(answered_after(hanging, "hang"))
            while "hang" not in engine.said:
                await asyncio.sleep(0.01)
            busy = await chat(quick)
            await slow
        return idle, busy

    idle, busy = asyncio.run(run())

    def p95(found: list[float]) -> str:
        return f"{1000 * found[int(0.95 * len(found))]:.0f} ms"

    report(f"one hanging turn: answers' p95 of 4 other customers {p95(busy)}, idle {p95(idle)} (n = {len(idle)} each)")
