"""Nobody waits forgotten: out of hours, with nobody at the desk, and when nobody claims."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.server.app import create_app
from bot.server.settings import Settings
from bot.store import endpoints, outbox
from tests.integration.server.desk_under_test import (
    ENGINE_SECRET,
    WEBHOOK_SECRET,
    Customer,
    Desk,
    ScriptedEngine,
    served,
    turn_answer,
)

pytestmark = pytest.mark.anyio

MONDAY_NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)  # the sample desk is open from 9:00 to 17:30
SUNDAY_NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)  # and closed on Sundays


@dataclass
class Clock:
    """The clock of the record, moved by hand."""

    now: datetime = MONDAY_NOON

    def __call__(self) -> datetime:
        return self.now

    def passes(self, **time: float) -> None:
        self.now += timedelta(**time)


@pytest.fixture
def clock() -> Clock:
    return Clock()


Open = Callable[[], AbstractAsyncContextManager[Desk]]


@pytest.fixture
def open_desk(tmp_path: Path, engine: ScriptedEngine, clock: Clock) -> Open:
    """Start a server on this test's store and clock; several times, one after the other, for restarts."""

    @asynccontextmanager
    async def start() -> AsyncIterator[Desk]:
        settings = Settings(
            data_dir=tmp_path / "data",
            engine_secret=ENGINE_SECRET,  # type: ignore[arg-type]
            webhook_secret=WEBHOOK_SECRET,  # type: ignore[arg-type]
            drain_s=0.2,
        )
        app = create_app(settings, engine_transport=engine, now=clock)
        async with (
            served(app) as port,
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as http,
        ):
            yield Desk(app, engine, http, port)

    return start


@pytest.fixture
async def desk(open_desk: Open) -> AsyncIterator[Desk]:
    async with open_desk() as running:
        yield running


async def ask_for_person(desk: Desk) -> Customer:
    customer = await desk.customer()
    asked = await customer.post("handoff", {})
    assert asked.status_code == 202, asked.text
    return customer


async def said(customer: Customer) -> list[dict[str, Any]]:
    return [event["body"] for event in await customer.events() if event["body"].get("kind") == "handoff"]


async def test_out_of_hours_the_customer_hears_when_and_may_leave_an_address(desk: Desk, clock: Clock) -> None:
    clock.now = SUNDAY_NOON

    customer = await ask_for_person(desk)

    [notice] = await said(customer)
    reference = next(event["body"]["reference"] for event in await customer.events() if "reference" in event["body"])
    assert "opens tomorrow at 9:00" in notice["text"]
    assert reference in notice["text"]
    assert notice["wants_contact"] is True


async def test_with_nobody_at_the_desk_no_wait_is_promised(desk: Desk) -> None:
    customer = await ask_for_person(desk)

    [notice] = await said(customer)
    assert "nobody is at the desk at this moment" in notice["text"]
    assert "usually takes" not in notice["text"]
    assert notice["wants_contact"] is True


async def test_the_queue_keeps_who_left_an_address_over_a_restart(open_desk: Open, clock: Clock) -> None:
    clock.now = SUNDAY_NOON
    async with open_desk() as desk:
        customer = await ask_for_person(desk)
        await customer.post("contact", {"email": "ada@example.org"})

    async with open_desk() as again:
        listed = await (await again.agent()).get("/conversations", status="waiting")

    [summary] = listed["conversations"]
    assert summary["id"] == customer.id
    assert summary["contact"]["email"] == "ada@example.org"
    assert summary["handoff"]["reference"]


async def test_an_unclaimed_handoff_is_alerted_once_and_its_customer_told_once(desk: Desk, clock: Clock) -> None:
    # An address that is refused on sight: what counts here is that something was written for it.
    add = {"kind": "webhook", "url": "https://127.0.0.1/", "event_types": ["handoff.waiting"]}
    await desk.parts.database.write(endpoints.add, **add, now=clock())
    customer = await ask_for_person(desk)

    clock.passes(minutes=4.9)
    await desk.app.state.reminders.look()
    assert len(await said(customer)) == 1
    clock.passes(minutes=0.1)
    await desk.app.state.reminders.look()
    clock.passes(minutes=30)
    await desk.app.state.reminders.look()

    _, told = await said(customer)
    assert "waiting for 5 minutes" in told["text"]
    assert told["wants_contact"] is True
    agent = await desk.agent()
    [alert] = [event for event in await agent.events(customer) if event["type"] == "handoff.waiting"]
    assert alert["body"]["waited_s"] == 300
    leaving = await desk.parts.database.read(outbox.deliveries, limit=10)
    assert [each.type for each in leaving] == ["handoff.waiting"]
    assert "handoff.waiting" not in {event["type"] for event in await customer.events()}


async def test_a_restart_reminds_nobody_twice_and_forgets_nobody(open_desk: Open, clock: Clock) -> None:
    async with open_desk() as desk:
        reminded = await ask_for_person(desk)
        clock.passes(minutes=5)
        await desk.app.state.reminders.look()
        owed = await ask_for_person(desk)

    clock.passes(minutes=6)
    async with open_desk() as again:
        reminded.desk = owed.desk = again
        await again.app.state.reminders.look()

        assert len(await said(reminded)) == 2
        assert len(await said(owed)) == 2


async def test_a_claimed_handoff_is_not_alerted(desk: Desk, clock: Clock) -> None:
    customer, agent = await ask_for_person(desk), await desk.agent()
    await agent.post(customer, "claim")

    clock.passes(minutes=30)
    await desk.app.state.reminders.look()

    assert "handoff.waiting" not in {event["type"] for event in await agent.events(customer)}


async def test_out_of_hours_the_clock_starts_at_the_opening(desk: Desk, clock: Clock) -> None:
    clock.now = SUNDAY_NOON
    customer = await ask_for_person(desk)

    clock.now = datetime(2026, 11, 23, 9, 4, tzinfo=UTC)
    await desk.app.state.reminders.look()
    assert len(await said(customer)) == 1
    clock.passes(minutes=1)
    await desk.app.state.reminders.look()

    assert "waiting for 21 hours" in (await said(customer))[1]["text"]


async def test_the_engine_can_ask_for_an_address(desk: Desk) -> None:
    async def asks(asked: dict[str, Any]) -> httpx.Response:
        answer = turn_answer(asked, "Which e-mail address may we write to?")
        answer["messages"][0]["wants_contact"] = True
        return httpx.Response(200, json=answer)

    desk.engine.reaction = asks
    customer = await desk.customer()
    await customer.say("Please tell the owner I called.")

    [reply] = await customer.messages("answer")

    assert reply["body"]["wants_contact"] is True
