"""Kill -9 at every step of a message and of a handoff; after the restart the record is as the fault matrix says.

The server is killed by itself at a failpoint (`bot/failpoints.py`), or held there until the test kills it. Arrivals are
counted from the server's start: its first change is the conversation's beginning.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest

from bot.desk.webhooks import Signer
from tests.faults.agent import Agent, sign_in
from tests.faults.customer import Customer
from tests.faults.desk_process import WEBHOOK_SECRET, DeskProcess, EngineProcess
from tests.faults.history import shown_violations, violations
from tests.faults.scripted_engine import ScriptedEngine
from tests.ports import free_port

T = TypeVar("T")
PATIENCE_S = 90.0


@pytest.fixture
def engine() -> Iterator[ScriptedEngine]:
    with ScriptedEngine(free_port()) as engine:
        yield engine


@pytest.fixture
def desk(engine: ScriptedEngine, tmp_path: Path) -> Iterator[DeskProcess]:
    desk = DeskProcess(port=free_port(), engine_port=engine.port, data=tmp_path / "data")
    yield desk
    desk.kill()


@asynccontextmanager
async def someone(desk: DeskProcess) -> AsyncIterator[tuple[httpx.AsyncClient, Customer]]:
    """A customer with a conversation."""
    async with httpx.AsyncClient(base_url=desk.url, timeout=5) as http:
        customer = Customer(http, random.Random(1))
        await customer.arrive()
        yield http, customer


async def through_the_death(desk: DeskProcess, doing: Coroutine[Any, Any, T], *, code: int = -9) -> T:
    """Do something during which the server dies, start the server again, and see it done."""
    task = asyncio.ensure_future(doing)
    assert await asyncio.to_thread(desk.wait) == code
    await asyncio.to_thread(desk.start)
    return await asyncio.wait_for(task, PATIENCE_S)


async def answered(customer: Customer, seq: int) -> dict[str, Any]:
    """The body of the message that answers `seq`."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            for event in await customer.events():
                if event["type"] == "message" and event["body"].get("replies_to") == seq:
                    body: dict[str, Any] = event["body"]
                    return body
            await asyncio.sleep(0.05)


def check(desk: DeskProcess, customer: Customer) -> list[dict[str, Any]]:
    """The record keeps every promise to this customer; its events."""
    record: list[dict[str, Any]] = desk.record()[customer.log.conversation_id]
    assert violations(customer.log, record) == []
    return record


@pytest.mark.parametrize(
    ("place", "asked"),
    [
        pytest.param("commit.before:kill@2", 1, id="C1-before-the-commit"),
        pytest.param("commit.after:kill@2", 1, id="C2-committed-before-the-ack"),
        pytest.param("commit.before:kill@3", 2, id="C4-answered-before-its-commit"),
        pytest.param("commit.after:kill@3", 1, id="C7-answer-stored-and-not-pushed"),
    ],
)
def test_a_message_is_stored_and_answered_once(
    desk: DeskProcess, engine: ScriptedEngine, place: str, asked: int
) -> None:
    desk.start_to_die(place)

    async def run() -> Customer:
        async with someone(desk) as (_, customer):

            async def ask() -> None:
                await answered(customer, await customer.say("when are you open?"))

            await through_the_death(desk, ask())
            return customer

    customer = asyncio.run(run())

    check(desk, customer)
    assert list(engine.asked.values()) == [asked]  # under one id: the engine knows what it has answered


def test_c3_an_acked_message_whose_turn_never_began_is_answered_after_the_restart(
    desk: DeskProcess, engine: ScriptedEngine
) -> None:
    desk.start_to_die("turn.start:pause")

    async def run() -> Customer:
        async with someone(desk) as (_, customer):
            seq = await customer.say("when are you open?")
            assert not engine.asked
            desk.kill()
            await asyncio.to_thread(desk.start)
            await answered(customer, seq)
            return customer

    check(desk, asyncio.run(run()))


def test_c4_a_turn_that_was_with_the_engine_is_asked_for_again_under_its_id(
    desk: DeskProcess, engine: ScriptedEngine
) -> None:
    engine.behaviour = "hang"
    desk.start()

    async def run() -> Customer:
        async with someone(desk) as (_, customer):
            seq = await customer.say("when are you open?")
            async with asyncio.timeout(PATIENCE_S):
                while not engine.asked:
                    await asyncio.sleep(0.01)
            desk.kill()
            engine.behaviour = "answer"
            await asyncio.to_thread(desk.start)
            await answered(customer, seq)
            return customer

    check(desk, asyncio.run(run()))
    assert list(engine.asked.values()) == [2]


def test_c5_an_engine_that_dies_at_work_is_asked_again_when_it_is_back(tmp_path: Path) -> None:
    engine = EngineProcess(port=free_port(), folder=tmp_path, delay_s=1.0)
    desk = DeskProcess(port=free_port(), engine_port=engine.port, data=tmp_path / "data")
    engine.start()
    desk.start()

    async def run() -> tuple[Customer, dict[str, Any]]:
        async with someone(desk) as (_, customer):
            seq = await customer.say("when are you open?")
            async with httpx.AsyncClient(base_url=engine.url) as http, asyncio.timeout(PATIENCE_S):
                while (await http.get("/asked")).json() == 0:
                    await asyncio.sleep(0.01)
            engine.kill()
            await asyncio.to_thread(engine.start)
            return customer, await answered(customer, seq)

    try:
        customer, answer = asyncio.run(run())
        check(desk, customer)
    finally:
        desk.kill()
        engine.kill()

    assert answer["kind"] == "answer"


def test_c6_h1_a_handoff_whose_webhook_never_came_is_opened_by_the_turn(
    desk: DeskProcess, engine: ScriptedEngine
) -> None:
    engine.turn = {"decision": "escalate", "reason": "customer_request", "handoff_requested": True}
    desk.start_to_die("commit.before:kill@3")

    async def run() -> Customer:
        async with someone(desk) as (_, customer):

            async def ask() -> None:
                await answered(customer, await customer.say("I want a person"))

            await through_the_death(desk, ask())
            return customer

    assert opened(check(desk, asyncio.run(run()))) == 1


def test_c8_an_event_that_was_sent_before_the_kill_is_shown_once(desk: DeskProcess) -> None:
    desk.start_to_die("feed.sent:kill@2")

    async def run() -> Customer:
        async with someone(desk) as (_, customer):
            last: asyncio.Future[int] = asyncio.get_running_loop().create_future()
            watching = asyncio.create_task(customer.watch(desk.url, last))

            async def chat() -> None:
                for number in range(3):
                    await answered(customer, await customer.say(f"question {number}"))

            await through_the_death(desk, chat())
            last.set_result(max(event["seq"] for event in await customer.events()))
            await asyncio.wait_for(watching, PATIENCE_S)
            return customer

    customer = asyncio.run(run())

    record = check(desk, customer)
    assert shown_violations(customer.log, record) == []


def opened(record: list[dict[str, Any]]) -> int:
    return sum(event["type"] == "handoff.requested" for event in record)


@pytest.mark.parametrize(
    "place",
    [
        pytest.param("commit.before:kill@2", id="H2-before-the-commit"),
        pytest.param("commit.after:kill@2", id="H3-H4-committed-before-anyone-was-told"),
    ],
)
def test_a_webhook_that_is_sent_again_opens_one_handoff(desk: DeskProcess, place: str) -> None:
    desk.start_to_die(place)

    async def send(http: httpx.AsyncClient, customer: Customer) -> dict[str, Any]:
        data = {"conversation_id": customer.log.conversation_id, "reason": "customer_request"}
        body = json.dumps({"type": "handoff.requested", "timestamp": "2026-11-22T09:30:00Z", "data": data}).encode()
        while True:
            signed = Signer([WEBHOOK_SECRET]).sign("msg_1", datetime.now(timezone.utc), body)
            try:
                answer = await http.post(
                    "/webhooks/handoff", content=body, headers={**signed, "Content-Type": "application/json"}
                )
            except httpx.HTTPError:
                await asyncio.sleep(0.05)
                continue
            found: dict[str, Any] = answer.raise_for_status().json()
            return found

    async def run() -> tuple[Customer, list[dict[str, Any]]]:
        async with someone(desk) as (http, customer):
            first = await through_the_death(desk, send(http, customer))
            return customer, [first, await send(http, customer)]

    customer, answers = asyncio.run(run())

    assert opened(check(desk, customer)) == 1
    assert answers[0] == answers[1]
    assert answers[0]["status"] == "waiting"


@pytest.mark.parametrize("place", ["commit.before:kill@3", "commit.after:kill@3"])
def test_h5_two_claims_at_once_and_a_kill_leave_one_owner(desk: DeskProcess, place: str) -> None:
    agents = sign_in(desk, ["mara", "tom"])
    desk.start_to_die(place)

    async def claim(http: httpx.AsyncClient, agent: Agent, customer: Customer) -> int:
        return (await agent.act(http, customer.log.conversation_id, "claim"))[0]

    async def run() -> tuple[Customer, list[int]]:
        async with someone(desk) as (http, customer):
            await customer.ask_for_a_person()
            both = asyncio.gather(*(claim(http, agent, customer) for agent in agents))
            return customer, list(await through_the_death(desk, _whole(both)))

    customer, statuses = asyncio.run(run())

    record = check(desk, customer)
    assert sorted(statuses) == [202, 409]
    assert sum(event["type"] == "handoff.accepted" for event in record) == 1


async def _whole(doing: asyncio.Future[T]) -> T:
    return await doing


@pytest.mark.parametrize(
    ("what", "event", "body"),
    [
        pytest.param("messages", "message", {"text": "It is, come in."}, id="H6-a-persons-line"),
        pytest.param("hand-back", "handoff.released", {}, id="H7-hand-back"),
        pytest.param("resolve", "handoff.resolved", {}, id="H7-resolve"),
    ],
)
def test_what_a_person_did_is_done_once(
    desk: DeskProcess, engine: ScriptedEngine, what: str, event: str, body: dict[str, str]
) -> None:
    [agent] = sign_in(desk, ["mara"])
    desk.start_to_die("commit.after:kill@4")

    async def run() -> Customer:
        async with someone(desk) as (http, customer):
            await customer.ask_for_a_person()
            await agent.act(http, customer.log.conversation_id, "claim")
            await through_the_death(desk, agent.act(http, customer.log.conversation_id, what, **body))
            seq = await customer.say("and now?")
            if what != "messages":  # the assistant speaks again only after that event
                await answered(customer, seq)
            return customer

    record = check(desk, asyncio.run(run()))

    done = [each for each in record if each["type"] == event and each["author"]["kind"] == "agent"]
    assert len(done) == 1
