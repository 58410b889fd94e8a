"""Liveness, readiness, metrics."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot.secrets import operator_token
from bot.server import health
from bot.server.health import Finding, Readiness
from bot.store.schema import conversations, events, turns

NOW = datetime.now(UTC)


def test_alive_needs_nothing(desk: Any) -> None:
    assert desk.browser.get("/healthz").json() == {"status": "alive"}


def test_without_an_engine_it_is_not_ready_and_says_so(desk: Any) -> None:
    answer = desk.browser.get("/readyz")

    found = {each["part"]: each["message"] for each in answer.json()["problems"]}
    assert answer.status_code == 503
    assert list(found) == ["engine", "actions"]
    assert "engine.log" in found["engine"]
    assert answer.json()["parts"]["database"]["ok"] is True


def test_a_database_that_moved_is_named_with_its_cure(desk: Any) -> None:
    desk.settings.store_location.unlink()

    found = {each["part"]: each["message"] for each in desk.browser.get("/readyz").json()["problems"]}

    assert "bot restore" in found["database"]


def test_a_turn_nobody_answers_makes_it_unready(desk: Any) -> None:
    def overdue(tx: sa.Connection) -> None:
        blank = {"status": "bot", "priority": "normal", "owner_version": 0, "last_seq": 1, "quarantined": False}
        tx.execute(
            sa.insert(conversations).values(
                id="cnv_1", token_hash="h", failures=0, created_at=NOW, updated_at=NOW, **blank
            )
        )
        tx.execute(
            sa.insert(events).values(
                conversation_id="cnv_1", seq=1, type="message", author_kind="customer", at=NOW, body={}
            )
        )
        tx.execute(
            sa.insert(turns).values(
                conversation_id="cnv_1",
                utterance_seq=1,
                state="pending",
                owner_version=0,
                engine_deaths=0,
                accepted_at=NOW - timedelta(seconds=45),
            )
        )

    desk.write(overdue)

    found = {each["part"]: each["message"] for each in desk.browser.get("/readyz").json()["problems"]}
    assert "waits for an answer" in found["turns"]


@pytest.mark.anyio
async def test_a_check_that_hangs_is_itself_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    async def hangs(_: Any) -> Finding:
        await asyncio.sleep(60)
        return Finding()

    monkeypatch.setattr(health, "CHECK_TIMEOUT_S", 0.05)
    found = await Readiness(None, {"engine": hangs}).findings()  # type: ignore[arg-type]

    assert "did not answer" in (found["engine"].problem or "")


@pytest.mark.anyio
async def test_many_who_ask_at_once_cost_one_look() -> None:
    looks = []

    async def counts(_: Any) -> Finding:
        looks.append(1)
        await asyncio.sleep(0.01)
        return Finding()

    readiness = Readiness(None, {"database": counts})  # type: ignore[arg-type]
    await asyncio.gather(*(readiness.findings() for _ in range(50)))

    assert len(looks) == 1


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def test_metrics_are_for_the_operator(desk: Any) -> None:
    token = operator_token(desk.settings.engine_secret.get_secret_value())

    refused = desk.browser.get("/metrics")
    wrong = desk.browser.get("/metrics", headers={"Authorization": f"Bearer {token[:-1]}x"})
    given = desk.browser.get("/metrics", headers={"Authorization": f"Bearer {token}"})

    assert (refused.status_code, wrong.status_code, given.status_code) == (404, 404, 200)
    assert "frontdesk_events_total" in given.text
