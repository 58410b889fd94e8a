"""Readiness: whatever is broken is named with its cure, in time, and what only takes its time is not broken."""

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from bot.server import health
from bot.store import database as store
from bot.store.database import Transaction
from bot.store.schema import endpoints, outbox
from tests.integration.ops.scripts import kept_model
from tests.integration.server.conftest import Serve
from tests.integration.server.desk_under_test import Desk, ScriptedEngine

pytestmark = pytest.mark.anyio
READY_IN_S = 15.0
PARTS = ["database", "engine", "actions", "turns", "outbox", "disk"]


@pytest.fixture(autouse=True)
def _room_on_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**12, 10**11, 9 * 10**11))
    monkeypatch.setattr(health, "REMEMBERED_S", 0.0)


@asynccontextmanager
async def actions() -> AsyncIterator[int]:
    """The actions' sign of life, on a port of their own."""

    async def alive(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(65_536)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(alive, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


@pytest.fixture
async def whole(serve: Serve, tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk of which everything works."""
    (tmp_path / "models").mkdir()
    kept_model(tmp_path / "models", "mdl_test", live=True)
    async with actions() as port, serve(actions_port=port, models_dir=tmp_path / "models") as desk:
        yield desk


async def looked_at(desk: Desk) -> tuple[int, dict[str, str], dict[str, dict[str, Any]]]:
    """Status, what is broken, and all parts; every check has a time limit, a loaded test machine has none."""
    assert health.CHECK_TIMEOUT_S < READY_IN_S
    answer = await desk.http.get("/readyz", timeout=60)
    content = answer.json()
    return answer.status_code, {each["part"]: each["message"] for each in content["problems"]}, content["parts"]


async def test_a_whole_desk_is_ready(whole: Desk) -> None:
    status, broken, parts = await looked_at(whole)

    assert (status, broken) == (200, {})
    assert list(parts) == PARTS
    assert parts["engine"] == {"ok": True, "breaker": "closed", "model_id": "mdl_test"}


async def test_looking_runs_no_turn_of_anybody(whole: Desk) -> None:
    def counted() -> float:
        text = health.generate_latest(health.metrics.REGISTRY).decode()
        return sum(float(line.split()[-1]) for line in text.splitlines() if line.startswith("frontdesk_turns_total"))

    before = counted()
    await looked_at(whole)

    assert counted() == before
    assert whole.engine.turns == []


async def hangs(_: dict[str, Any]) -> httpx.Response:
    await asyncio.sleep(3600)
    raise AssertionError


async def fails(_: dict[str, Any]) -> httpx.Response:
    return httpx.Response(500, json={"code": "turn_failed", "detail": "scripted"})


async def is_silent(_: dict[str, Any]) -> httpx.Response:
    return httpx.Response(200, json={"model_id": "mdl_test", "messages": 0})


@pytest.mark.parametrize("reaction", [hangs, fails, is_silent])
async def test_an_engine_that_is_ready_and_answers_nobody_is_found(
    whole: Desk, monkeypatch: pytest.MonkeyPatch, reaction: Callable[[dict[str, Any]], Any]
) -> None:
    monkeypatch.setattr(health, "CHECK_TIMEOUT_S", 0.5)  # the transport of tests knows no time limits
    whole.engine.canary = reaction

    status, broken, parts = await looked_at(whole)

    assert (status, list(broken)) == (503, ["engine"])
    assert not parts["engine"]["ok"]


async def test_a_dead_engine_is_named_with_its_log(whole: Desk) -> None:
    whole.engine.ready = False

    status, broken, _ = await looked_at(whole)

    assert (status, list(broken)) == (503, ["engine"])
    assert "engine.log" in broken["engine"]


async def test_an_open_breaker_is_reported(whole: Desk) -> None:
    whole.engine.responds(lambda: httpx.Response(500, json={}))
    whole.engine.ready = False  # the probe would close it again
    for customer in [await whole.customer() for _ in range(5)]:
        await customer.say("When do you open?")
        await customer.messages("honest_failure")

    status, broken, parts = await looked_at(whole)

    assert (status, list(broken)) == (503, ["engine"])
    assert parts["engine"]["breaker"] == "open"


async def test_actions_that_do_not_answer_are_named(serve: Serve, tmp_path: Path, engine: ScriptedEngine) -> None:
    (tmp_path / "models").mkdir()
    kept_model(tmp_path / "models", "mdl_test", live=True)
    async with actions() as port:
        pass  # nobody listens there any more
    async with serve(actions_port=port, models_dir=tmp_path / "models") as desk:
        status, broken, _ = await looked_at(desk)

    assert (status, list(broken)) == (503, ["actions"])
    assert "actions.log" in broken["actions"]


async def test_a_foreign_lock_is_named_and_gone_when_it_is(whole: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    foreign = sqlite3.connect(whole.parts.database.place, isolation_level=None)
    foreign.execute("BEGIN IMMEDIATE")
    status, broken, _ = await looked_at(whole)
    foreign.close()
    after, still, _ = await looked_at(whole)

    assert store.BUSY_TIMEOUT_S < health.CHECK_TIMEOUT_S < READY_IN_S
    assert (status, list(broken)) == (503, ["database"])
    assert "lock" in broken["database"]
    assert (after, still) == (200, {})


async def test_a_full_disk_is_named_before_it_is_full(whole: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**12, 10**12 - 10**8, 10**8))

    status, broken, parts = await looked_at(whole)

    assert (status, list(broken)) == (503, ["disk"])
    assert parts["disk"] == {"ok": False, "free_mb": 100, "used_percent": 100}


async def test_a_check_that_breaks_hides_no_other(whole: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken_disk(_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(shutil, "disk_usage", broken_disk)

    status, broken, parts = await looked_at(whole)

    assert (status, list(broken)) == (503, ["disk"])
    assert list(parts) == PARTS


def overdue_rows(now: datetime, *, due: int, leased: bool = False, delivered: bool = False) -> Callable[..., None]:
    """An endpoint with deliveries that fell due two minutes ago, and perhaps one that moves."""
    long_ago = now - timedelta(seconds=120)

    def row(number: int, **values: Any) -> dict[str, Any]:
        fixed = {"endpoint_id": "end_1", "type": "handoff.requested", "payload": {}, "tries": 0}
        times = {"created_at": long_ago, "next_at": long_ago, "expires_at": now + timedelta(days=4)}
        none = dict.fromkeys(("conversation_id", "seq", "lease", "leased_until", "finished_at"))
        return {"id": f"msg_{number}", "state": "pending", **fixed, **times, **none, **values}

    def put(tx: Transaction) -> None:
        tx.execute(
            sa.insert(endpoints).values(
                id="end_1",
                kind="slack",
                url="https://receiver.example/hook",
                event_types=[],
                secret_generation=1,
                failures=0,
                created_at=long_ago,
                disabled_at=now,  # the worker leaves it alone: what is due stays so while we look
            )
        )
        rows = [row(number) for number in range(due)]
        if leased:
            rows.append(row(9001, state="leased", lease="l", leased_until=now + timedelta(seconds=30)))
        if delivered:
            rows.append(row(9002, state="delivered", finished_at=now - timedelta(seconds=5)))
        tx.execute(sa.insert(outbox), rows)

    return put


async def test_an_outbox_that_stands_is_named(whole: Desk) -> None:
    await whole.parts.database.write(overdue_rows(whole.parts.now(), due=3))

    status, broken, parts = await looked_at(whole)

    assert (status, list(broken)) == (503, ["outbox"])
    assert "3 deliveries" in broken["outbox"]
    assert parts["outbox"]["oldest_overdue_s"] >= 120


@pytest.mark.parametrize("moving", [{"leased": True}, {"delivered": True}], ids=str)
async def test_a_large_backlog_that_moves_is_no_fault(whole: Desk, moving: dict[str, bool]) -> None:
    await whole.parts.database.write(overdue_rows(whole.parts.now(), due=500, **moving))

    status, broken, parts = await looked_at(whole)

    assert (status, broken) == (200, {})
    assert parts["outbox"]["due"] >= 500
    assert parts["outbox"]["oldest_overdue_s"] >= 120
