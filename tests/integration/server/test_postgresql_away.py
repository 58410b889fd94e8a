"""PostgreSQL that is gone, silent or in somebody's way: refused soon and in words, and well again by itself."""

import asyncio
from time import monotonic

import pytest

from tests.faults.proxy import FaultProxy
from tests.integration.server.conftest import Serve
from tests.ports import free_port

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.postgres,
    pytest.mark.parametrize("store", ["postgresql"], indirect=True),
]


def through(store: dict[str, str], port: int) -> str:
    """The store's address by way of a proxy."""
    return store["database_url"].replace(":5432", f":{port}")


async def test_a_database_that_is_gone_is_refused_at_once_and_found_again(serve: Serve, store: dict[str, str]) -> None:
    port = free_port()
    proxy = FaultProxy(port, 5432).__enter__()
    async with serve(database_url=through(store, port)) as desk:
        customer = await desk.customer()
        await customer.say("When do you open?", "before")
        await customer.messages("answer")
        proxy.__exit__()
        began = monotonic()
        refused = await customer.say("And on Sunday?", "meanwhile")
        took_s = monotonic() - began
        with FaultProxy(port, 5432):
            async with asyncio.timeout(20):
                while (accepted := await customer.say("And on Sunday?", "meanwhile")).status_code != 202:
                    await asyncio.sleep(0.1)
            answers = await customer.messages("answer", 2, timeout_s=20)

    assert (refused.status_code, refused.json()["code"]) == (503, "storage_unavailable")
    assert refused.headers["retry-after"]
    assert took_s < 8  # 2 s for a connection that is not taken; here it is refused at once
    assert accepted.status_code == 202
    assert len(answers) == 2


async def test_an_answer_waits_for_the_database_to_come_back(
    serve: Serve, store: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.server.turns.STORAGE_RETRY_S", 0.1)
    port = free_port()
    proxy = FaultProxy(port, 5432).__enter__()
    async with serve(database_url=through(store, port)) as desk:
        desk.engine.holds(0.5)
        customer = await desk.customer()
        await customer.say("When do you open?")
        proxy.__exit__()
        await asyncio.sleep(1.0)
        with FaultProxy(port, 5432):
            answers = await customer.messages("answer", timeout_s=20)

    assert len(answers) == 1
    assert len(desk.engine.turns) == 1


async def test_a_database_that_is_silent_is_not_waited_for(
    serve: Serve, store: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.store.database.ANSWER_S", 0.5)
    port = free_port()
    with FaultProxy(port, 5432, cut_after=lambda: 10**9) as proxy:
        await silent(serve, through(store, port), proxy)


async def silent(serve: Serve, url: str, proxy: FaultProxy) -> None:
    async with serve(database_url=url) as desk:
        customer = await desk.customer()
        proxy.delay_s = 3.0
        refused = await customer.say("When do you open?", "once")
        proxy.delay_s = 0.0
        async with asyncio.timeout(20):
            while (accepted := await customer.say("When do you open?", "once")).status_code != 202:
                await asyncio.sleep(0.1)
        answers = await customer.messages("answer", timeout_s=20)
        utterances = [event for event in await customer.events() if event["body"].get("kind") == "utterance"]

    assert (refused.status_code, refused.json()["code"]) == (503, "storage_unavailable")
    assert "does not answer" in refused.json()["detail"]
    assert accepted.status_code == 202
    assert len(utterances) == len(answers) == 1
