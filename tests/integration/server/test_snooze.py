"""A snoozed conversation comes back: by its time, by its customer, by its agent."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.store.database import Transaction
from bot.store.schema import conversations
from tests.integration.server.conftest import BOTH_STORES
from tests.integration.server.desk_under_test import Agent, Customer, Desk

pytestmark = pytest.mark.anyio


@pytest.fixture
async def mara(desk: Desk) -> Agent:
    return await desk.agent("Mara")


@pytest.fixture
async def customer(desk: Desk, mara: Agent) -> Customer:
    """Somebody whom Mara helps."""
    begun = await desk.customer()
    await mara.post(begun, "join")
    return begun


def later() -> str:
    return (datetime.now(UTC) + timedelta(hours=1)).isoformat()


async def summary(agent: Agent, customer: Customer) -> dict[str, Any]:
    found: dict[str, Any] = (await agent.get(f"/conversations/{customer.id}"))["conversation"]
    return found


async def types(agent: Agent, customer: Customer) -> list[str]:
    return [event["type"] for event in await agent.events(customer)]


@BOTH_STORES
async def test_it_comes_back_when_its_time_has_come_and_once(desk: Desk, mara: Agent, customer: Customer) -> None:
    await mara.post(customer, "snooze", {"until": later()})
    early = await desk.app.state.reminders.wake()

    def an_hour_passes(tx: Transaction) -> None:
        tx.execute(conversations.update().values(snoozed_until=datetime.now(UTC) - timedelta(seconds=1)))

    await desk.parts.database.write(an_hour_passes)
    woken = [await desk.app.state.reminders.wake() for _ in range(2)]

    assert (early, sum(woken)) in ((0, 1), (0, 0))  # the server's own look may have been faster
    assert (await types(mara, customer)).count("conversation.woken") == 1
    now_is = await summary(mara, customer)
    assert (now_is["status"], now_is["assignee"]["name"], now_is["snoozed_until"]) == ("assigned", "Mara", None)


async def test_the_customer_wakes_it_and_reads_nothing_of_it(mara: Agent, customer: Customer) -> None:
    snoozed = await mara.post(customer, "snooze", {"until": later()})
    asleep = await summary(mara, customer)

    await customer.say("Any news?")

    assert snoozed.status_code == 202
    assert asleep["snoozed_until"] is not None
    assert (await summary(mara, customer))["snoozed_until"] is None
    happened = await types(mara, customer)
    assert happened[happened.index("conversation.woken") + 1] == "message"
    shown = [event["type"] for event in await customer.events()]
    assert not {"conversation.snoozed", "conversation.woken"} & set(shown)


async def test_its_agent_brings_it_back(mara: Agent, customer: Customer) -> None:
    await mara.post(customer, "snooze", {"until": later()})

    woken = await mara.post(customer, "snooze", {"until": None})

    assert woken.json()["event"]["type"] == "conversation.woken"
    assert (await mara.post(customer, "snooze", {"until": None})).status_code == 422


@pytest.mark.parametrize("until", ["tomorrow", "2026-11-22T09:30:00", "2000-01-01T00:00:00Z"])
async def test_a_time_that_is_none_or_over_is_refused(mara: Agent, customer: Customer, until: str) -> None:
    refused = await mara.post(customer, "snooze", {"until": until})

    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "until")


async def test_asking_for_a_person_wakes_it_and_opens_no_second_handoff(mara: Agent, customer: Customer) -> None:
    await mara.post(customer, "snooze", {"until": later()})

    asked = [await customer.post("handoff", {}) for _ in range(2)]

    assert [each.status_code for each in asked] == [202, 202]
    assert (await summary(mara, customer))["snoozed_until"] is None
    happened = await types(mara, customer)
    assert (happened.count("conversation.woken"), happened.count("handoff.requested")) == (1, 1)
