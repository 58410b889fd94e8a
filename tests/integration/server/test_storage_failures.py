"""A locked, full or vanished database: words that name it, nothing accepted that is not kept."""

import asyncio
import sqlite3
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from bot.store import database as store
from tests.integration.server.conftest import Serve
from tests.integration.server.desk_under_test import Desk, ScriptedEngine

pytestmark = pytest.mark.anyio


@contextmanager
def locked(desk: Desk) -> Any:
    """Somebody else holds the write lock."""
    foreign = sqlite3.connect(desk.parts.database.place, isolation_level=None)
    foreign.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        foreign.close()


async def test_a_locked_store_refuses_and_is_readable_meanwhile(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "BUSY_TIMEOUT_S", 0.2)
    async with serve() as desk:
        customer = await desk.customer()
        with locked(desk):
            refused = await customer.say("When do you open?", "once")
            events = await customer.events()
        accepted = await customer.say("When do you open?", "once")

    assert (refused.status_code, refused.json()["code"]) == (503, "storage_unavailable")
    assert "lock" in refused.json()["detail"]
    assert refused.headers["retry-after"]
    assert len(events) == 1
    assert accepted.status_code == 202


async def test_the_event_loop_never_waits_for_the_store(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "BUSY_TIMEOUT_S", 0.5)
    longest = 0.0

    async def watch() -> None:
        nonlocal longest
        while True:
            began = monotonic()
            await asyncio.sleep(0.005)
            longest = max(longest, monotonic() - began)

    async with serve() as desk:
        customer = await desk.customer()
        watching = asyncio.create_task(watch())
        with locked(desk):
            await customer.say("When do you open?")
        watching.cancel()

    # 50 ms is the promise; a loaded test machine may take the loop away for longer, the lock would for 500.
    assert longest < 0.3


async def test_an_answer_waits_for_the_store_to_come_back(
    serve: Serve, engine: ScriptedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "BUSY_TIMEOUT_S", 0.1)
    monkeypatch.setattr("bot.server.turns.STORAGE_RETRY_S", 0.1)
    engine.holds(0.3)
    async with serve() as desk:
        customer = await desk.customer()
        await customer.say("When do you open?")
        with locked(desk):
            await asyncio.sleep(0.8)
        await customer.messages("answer")

    assert len(engine.turns) == 1


async def test_a_full_disk_is_named(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    async with serve() as desk:
        customer = await desk.customer()

        def limit(tx: store.Transaction) -> None:
            pages = tx.exec_driver_sql("PRAGMA page_count").scalar_one()
            tx.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

        await desk.parts.database.write(limit)
        answers = [await customer.say("x" * 2000) for _ in range(20)]
        refused = next(answer for answer in answers if answer.status_code != 202)
        events = await customer.events()

    assert (refused.status_code, refused.json()["code"]) == (503, "storage_full")
    accepted = [answer.json()["seq"] for answer in answers if answer.status_code == 202]
    assert set(accepted) <= {event["seq"] for event in events}
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))


async def test_a_store_that_vanished_takes_no_more_messages(desk: Desk) -> None:
    customer = await desk.customer()
    Path(desk.parts.database.place).unlink()

    refused = await customer.say("When do you open?")

    assert (refused.status_code, refused.json()["code"]) == (503, "storage_unavailable")
    assert "bot restore" in refused.json()["detail"]
