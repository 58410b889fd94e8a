"""Trying thresholds out on what customers really said."""

import json
from typing import Any

import httpx
import pytest

from bot import simulating
from tests.integration.server.desk_under_test import Agent, Customer, Desk

pytestmark = pytest.mark.anyio
PATH = "/api/owner/escalation/simulation"
STRICT = {"failures_to_offer": 1, "failures_to_escalate": 1}


@pytest.fixture
async def owner(desk: Desk) -> Agent:
    desk.engine.answers(outcome="fallback", intent="nlu_fallback", article_ranking=[])
    return await desk.agent("Olga", "owner")


async def simulate(owner: Agent, **body: Any) -> httpx.Response:
    return await owner.desk.http.post(PATH, json=body, headers=owner.headers)


async def asked(desk: Desk, *texts: str) -> Customer:
    customer = await desk.customer()
    for number, text in enumerate(texts, start=1):
        await customer.say(text)
        await customer.messages("answer", number)
    return customer


async def test_stricter_thresholds_show_what_would_newly_be_handed_over(desk: Desk, owner: Agent) -> None:
    customer = await asked(desk, "Do you value antique atlases?")

    found = (await simulate(owner, thresholds=STRICT)).raise_for_status().json()

    assert (found["handoffs_before"], found["handoffs_after"], found["is_complete"]) == (0, 1, True)
    [line] = found["newly_escalating"]
    assert line["message_id"] == f"{customer.id}:2"
    assert line["reason"] == "missing_knowledge"
    assert "“Do you value antique atlases?”" in line["rule"]
    assert found["extra_handoffs_per_day"] == 1.0


async def test_handoffs_agents_called_needless_are_followed_up(desk: Desk, owner: Agent) -> None:
    customer = await asked(desk, "Do you sell kites?", "What about drones?", "Radio controlled cars perhaps?")
    await customer.post("handoff", {})
    await owner.post(customer, "corrections", {"kind": "needless_handoff"})
    patient = {"failures_to_offer": 4, "failures_to_escalate": 4}

    found = (await simulate(owner, thresholds=patient)).raise_for_status().json()

    assert found["marked"] == {"needless": 1, "needless_spared": 1, "too_late": 0, "too_late_earlier": 0}


async def test_an_uploaded_file_is_tried_instead(owner: Agent) -> None:
    lines = [{"id": f"c{n}", "turns": [{"text": "kites?", "outcome": "fallback"}]} for n in range(3)]
    jsonl = "\n".join(json.dumps(line) for line in lines) + "\n\n"

    found = (await simulate(owner, thresholds=STRICT, jsonl=jsonl)).raise_for_status().json()

    assert (found["conversations"], found["changed"]["newly_escalating"]) == (3, 3)
    assert found["extra_handoffs_per_day"] is None  # their times are not known


@pytest.mark.parametrize(
    ("body", "field", "words"),
    [
        ({"thresholds": {"angry_turns": 99}}, "thresholds.angry_turns", "from 2 to 10"),
        ({"thresholds": {}, "jsonl": '{"id": "a", "turns": [{"text": "x"}]}\n{"id": 1}'}, "jsonl", "line 2: needs an"),
        ({"thresholds": {}, "jsonl": "hello"}, "jsonl", "line 1: is not JSON"),
        ({"thresholds": {}, "jsonl": " \n"}, "jsonl", "holds no conversations"),
        ({"thresholds": {}, "days": 0}, "days", "greater than or equal to 1"),
    ],
)
async def test_what_cannot_be_tried_is_refused_by_field(
    owner: Agent, body: dict[str, Any], field: str, words: str
) -> None:
    refused = await simulate(owner, **body)

    assert refused.status_code == 422
    [error] = refused.json()["errors"]
    assert error["field"] == field
    assert words in error["message"]


async def test_a_simulation_that_breaks_says_so_and_changes_nothing(
    desk: Desk, owner: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(simulating, "PROGRAM", ("-c", "raise SystemExit(3)"))

    failed = await simulate(owner, thresholds=STRICT)

    assert (failed.status_code, failed.json()["code"]) == (503, "simulation_failed")


async def test_a_simulation_that_hangs_is_ended(desk: Desk, owner: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulating, "PROGRAM", ("-c", "import time; time.sleep(600)"))
    monkeypatch.setattr(simulating, "GRACE_S", -7.9)  # of the 8 s a tenth is left

    failed = await simulate(owner, thresholds=STRICT)

    assert failed.json()["code"] == "simulation_failed"


async def test_agents_may_not_read_everybodys_conversations(desk: Desk) -> None:
    refused = await simulate(await desk.agent(), thresholds=STRICT)

    assert refused.status_code == 403
