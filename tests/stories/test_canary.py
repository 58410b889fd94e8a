"""The canary turn: it finds an engine that listens and does not answer, and leaves no trace."""

from __future__ import annotations

import asyncio
import sqlite3
from typing import Any

import pytest

from bot.assistant import canary
from bot.assistant.trackers import store_of
from tests.stories.conftest import Engine

pytestmark = pytest.mark.anyio


async def rows(engine: Engine) -> int:
    store = store_of(engine.agent.tracker_store)
    assert store is not None
    await store.written()
    database = sqlite3.connect(engine.data_dir / "tracker.db")
    try:
        return int(database.execute("SELECT COUNT(*) FROM events").fetchone()[0])
    finally:
        database.close()


async def test_the_canary_is_answered_and_leaves_no_trace(engine: Engine) -> None:
    await engine.new_conversation().say("hello")
    before = await rows(engine)

    answers = await asyncio.gather(*(engine.post("canary") for _ in range(3)))

    health = (await engine.http.get("/webhooks/website/health")).json()
    assert [answer.json() for answer in answers] == [{"model_id": health["model_id"], "messages": 1}] * 3
    assert await rows(engine) == before
    assert await engine.agent.tracker_store.retrieve(canary.SENDER) is None
    assert engine.webhooks == []


@pytest.mark.parametrize("way", ["hangs", "fails", "is silent"])
async def test_an_engine_that_is_ready_and_does_not_answer_is_found(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    async def broken(*_: Any, **__: Any) -> None:
        if way == "hangs":
            await asyncio.sleep(60)
        if way == "fails":
            raise RuntimeError("scripted")

    monkeypatch.setattr(canary, "TIMEOUT_S", 0.2)
    monkeypatch.setattr(type(engine.agent.processor), "_run_prediction_loop", broken)

    health = await engine.http.get("/webhooks/website/health")
    sung = await engine.post("canary")

    assert health.json()["status"] == "ready"
    assert (sung.status_code, sung.json()["code"]) == (500, "turn_failed")
