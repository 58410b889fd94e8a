"""The owner's thresholds: read, saved with a version check, and with the engine from the next message on."""

from typing import Any

import httpx
import pytest

from tests.integration.server.conftest import BOTH_STORES, Serve
from tests.integration.server.desk_under_test import Agent, Desk

pytestmark = pytest.mark.anyio
PATH = "/api/owner/escalation"


@pytest.fixture
async def owner(desk: Desk) -> Agent:
    return await desk.agent("Olga", "owner")


async def read(owner: Agent) -> dict[str, Any]:
    found = await owner.desk.http.get(PATH, headers=owner.headers)
    content: dict[str, Any] = found.raise_for_status().json()
    return content


async def save(owner: Agent, version: int, **thresholds: Any) -> httpx.Response:
    body = {"version": version, "thresholds": thresholds}
    return await owner.desk.http.put(PATH, json=body, headers=owner.headers)


async def test_the_defaults_count_until_somebody_saves(owner: Agent) -> None:
    found = await read(owner)

    assert (found["version"], found["history"]) == (0, [])
    assert found["thresholds"]["angry_turns"] == 3
    described = {one["name"]: one for one in found["settings"]}
    assert described["angry_turns"]["default"] == 3
    assert described["angry_turns"]["least"] == 2


@BOTH_STORES
async def test_saved_thresholds_reach_the_engine_with_the_next_message(desk: Desk, owner: Agent) -> None:
    customer = await desk.customer()
    await customer.say("When are you open?")
    await customer.messages("answer")

    saved = await save(owner, 0, angry_turns=2, always_phrases=["gift card"])
    await customer.say("And on Sunday?")
    await customer.messages("answer", 2)

    assert saved.status_code == 200, saved.text
    before, after = (turn["metadata"]["thresholds"] for turn in desk.engine.turns)
    assert before == {}
    assert after == {"angry_turns": 2, "always_phrases": ["gift card"]}


@BOTH_STORES
async def test_the_history_says_who_changed_what(owner: Agent) -> None:
    await save(owner, 0, angry_turns=2)
    back = await save(owner, 1)

    found = back.json()

    assert [entry["thresholds"] for entry in found["history"]] == [{}, {"angry_turns": 2}]
    assert found["history"][0]["saved_by"] == {"id": owner.id, "name": "Olga"}
    assert found["thresholds"]["angry_turns"] == 3


@BOTH_STORES
async def test_a_save_from_an_old_version_is_a_conflict(owner: Agent) -> None:
    await save(owner, 0, angry_turns=2)

    late = await save(owner, 0, angry_turns=4)

    assert (late.status_code, late.json()["code"]) == (409, "thresholds_changed")
    assert (await read(owner))["thresholds"]["angry_turns"] == 2


@pytest.mark.parametrize(
    ("thresholds", "field"),
    [
        ({"angry_turns": 2.5}, "thresholds.angry_turns"),
        ({"always_phrases": [["nested"]]}, "thresholds.always_phrases"),
        ({"no_such": 1}, "thresholds.no_such"),
    ],
)
async def test_values_that_do_not_fit_are_refused_by_field(
    owner: Agent, thresholds: dict[str, Any], field: str
) -> None:
    refused = await save(owner, 0, **thresholds)

    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_request")
    assert [error["field"] for error in refused.json()["errors"]] == [field]
    assert (await read(owner))["version"] == 0


async def test_agents_may_not_turn_the_dials(desk: Desk) -> None:
    agent = await desk.agent()

    refused = await save(agent, 0, angry_turns=2)

    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")


async def test_the_fullest_lists_are_taken(owner: Agent) -> None:
    words = [f"{n:03}" + "x" * 77 for n in range(100)]

    saved = await save(owner, 0, always_phrases=words, always_intents=words)

    assert saved.status_code == 200, saved.text


async def test_thresholds_outlive_a_restart(serve: Serve) -> None:
    async with serve() as desk:
        await save(await desk.agent("Olga", "owner"), 0, angry_turns=2)

    async with serve() as again:
        customer = await again.customer()
        await customer.say("Hello?")
        await customer.messages("answer")
        assert again.engine.turns[-1]["metadata"]["thresholds"] == {"angry_turns": 2}
