"""What agents say was wrong: kept with care, shown to the owner, exported."""

import json
from typing import Any

import httpx
import pytest

from tests.integration.server.desk_under_test import Agent, Customer, Desk

pytestmark = pytest.mark.anyio


@pytest.fixture
async def owner(desk: Desk) -> Agent:
    return await desk.agent("Olga", "owner")


@pytest.fixture
async def customer(desk: Desk) -> Customer:
    begun = await desk.customer()
    await begun.say("My parcel is three weeks late.")
    await begun.messages("answer")
    return begun


async def get(owner: Agent, path: str) -> httpx.Response:
    return await owner.desk.http.get(f"/api/owner/{path}", headers=owner.headers)


async def listed(owner: Agent, query: str = "") -> dict[str, Any]:
    content: dict[str, Any] = (await get(owner, f"corrections{query}")).raise_for_status().json()
    return content


async def test_the_owner_reads_who_corrected_which_words(owner: Agent, customer: Customer) -> None:
    agent = await owner.desk.agent()
    await agent.post(customer, "corrections", {"kind": "wrong_mood", "message_seq": 2, "label": "negative"})

    found = await listed(owner)

    [correction] = found["corrections"]
    assert (correction["text"], correction["label"]) == ("My parcel is three weeks late.", "negative")
    assert correction["given_by"] == {"id": agent.id, "name": "Mara"}
    assert found["counts"] == {"wrong_mood": 1, "needless_handoff": 0, "too_late": 0}


async def test_pages_follow_each_other_without_gap_or_double(owner: Agent, customer: Customer) -> None:
    for _ in range(5):
        await owner.post(customer, "corrections", {"kind": "too_late"})

    first = await listed(owner, "?limit=3")
    second = await listed(owner, f"?limit=3&before={first['next']}")

    ids = [correction["id"] for page in (first, second) for correction in page["corrections"]]
    assert (len(ids), len(set(ids)), second["next"]) == (5, 5, None)
    assert (await listed(owner, "?kind=wrong_mood"))["corrections"] == []


async def test_the_export_is_what_calibration_reads(owner: Agent, customer: Customer) -> None:
    await owner.post(customer, "corrections", {"kind": "wrong_mood", "message_seq": 2, "label": "negative"})
    await owner.post(customer, "corrections", {"kind": "needless_handoff"})

    exported = await get(owner, "corrections.jsonl")

    lines = [json.loads(line) for line in exported.text.splitlines()]
    assert [line["kind"] for line in lines] == ["needless_handoff", "wrong_mood"]
    assert "attachment" in exported.headers["content-disposition"]


@pytest.mark.parametrize(
    ("correction", "field"),
    [
        ({"kind": "wrong_mood", "message_seq": 2}, "label"),
        ({"kind": "wrong_mood", "label": "negative"}, "message_seq"),
        ({"kind": "wrong_mood", "message_seq": 1, "label": "negative"}, "message_seq"),
    ],
)
async def test_a_wrong_mood_needs_words_of_the_customer_and_the_right_label(
    owner: Agent, customer: Customer, correction: dict[str, Any], field: str
) -> None:
    refused = await owner.post(customer, "corrections", correction)

    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, field)


async def test_only_owners_read_them(desk: Desk) -> None:
    agent = await desk.agent()

    assert (await get(agent, "corrections")).status_code == 403
    assert (await get(agent, "corrections.jsonl")).status_code == 403


async def test_an_unknown_page_is_not_found(owner: Agent) -> None:
    assert (await get(owner, "corrections?before=cor_nowhere")).status_code == 404
