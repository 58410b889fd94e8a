"""What was accepted survives the process; what was owed is paid by the next one."""

import asyncio
from pathlib import Path
from time import monotonic
from typing import Any

import httpx
import pytest

from bot.server.app import create_app
from bot.server.settings import Settings
from bot.store.errors import StoreInUse
from tests.integration.server.conftest import BOTH_STORES, Serve
from tests.integration.server.desk_under_test import ENGINE_SECRET, WEBHOOK_SECRET, ScriptedEngine

pytestmark = pytest.mark.anyio


@BOTH_STORES
async def test_turns_that_were_owed_are_paid_after_a_restart(serve: Serve, engine: ScriptedEngine) -> None:
    engine.holds(60)
    async with serve(drain_s=0.1) as desk:
        customers = [await desk.customer() for _ in range(3)]
        for customer in customers:
            await customer.say("One?")
            await customer.say("Two?")
    engine.turns.clear()
    engine.reaction = None

    async with serve() as desk:
        for customer in customers:
            customer.desk = desk
        answers = [await customer.messages("answer", 2) for customer in customers]

    assert [[each["body"]["replies_to"] for each in found] for found in answers] == [[2, 3]] * 3
    assert sorted(asked["message_id"] for asked in engine.turns) == sorted(
        f"{customer.id}:{seq}" for customer in customers for seq in (2, 3)
    )


@BOTH_STORES
async def test_a_stop_lets_running_turns_end(serve: Serve, engine: ScriptedEngine) -> None:
    engine.holds(0.3)
    async with serve(drain_s=5) as desk:
        customer = await desk.customer()
        await customer.say("When do you open?")
    asked = len(engine.turns)

    async with serve() as desk:
        customer.desk = desk
        events = await customer.events()

    assert [event["body"].get("kind") for event in events][:3] == ["greeting", "utterance", "answer"]
    assert len(engine.turns) == asked == 1


async def test_a_stop_is_bounded_when_the_engine_hangs(serve: Serve, engine: ScriptedEngine) -> None:
    engine.holds(60)
    async with serve(drain_s=0.3) as desk:
        customer = await desk.customer()
        await customer.say("When do you open?")
        began = monotonic()

    assert monotonic() - began < 15


@BOTH_STORES
async def test_deaths_are_counted_across_restarts(serve: Serve, engine: ScriptedEngine) -> None:
    async def die_then_hang(asked: dict[str, object]) -> httpx.Response:
        if len(engine.turns) == 1:
            raise httpx.ReadError("scripted")
        await asyncio.sleep(60)
        raise AssertionError

    engine.reaction = die_then_hang
    async with serve(drain_s=0.1) as desk:
        customer = await desk.customer()
        await customer.say("Deadly.")
        async with asyncio.timeout(5):
            while len(engine.turns) < 2:
                await asyncio.sleep(0.01)
    engine.raises(httpx.ReadError)

    async with serve() as desk:
        customer.desk = desk
        await customer.messages("honest_failure")

    assert len(engine.turns) == 3  # the third was its second death


@BOTH_STORES
async def test_a_turn_owed_to_a_conversation_that_a_human_owns_is_not_run(serve: Serve, engine: ScriptedEngine) -> None:
    engine.holds(60)
    async with serve(drain_s=0.1) as desk:
        customer = await desk.customer()
        await customer.say("When do you open?")
        await customer.post("handoff", {})
    engine.turns.clear()
    engine.reaction = None

    async with serve():
        await asyncio.sleep(0.3)

    assert engine.turns == []


@BOTH_STORES
async def test_the_epoch_stays_over_restarts(serve: Serve) -> None:
    async with serve() as desk:
        first = desk.parts.database.epoch
    async with serve() as desk:
        second = desk.parts.database.epoch

    assert first == second


async def test_a_second_server_on_the_same_store_is_refused(serve: Serve, tmp_path: Path) -> None:
    async with serve():
        secrets: dict[str, Any] = {"engine_secret": ENGINE_SECRET, "webhook_secret": WEBHOOK_SECRET}
        settings = Settings(**secrets, data_dir=tmp_path / "data")
        with pytest.raises(StoreInUse, match="Another Frontdesk server"):
            create_app(settings)
