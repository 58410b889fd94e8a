"""What customers could not find out, as the owner reads it."""

from typing import Any

import httpx
import pytest

from tests.integration.server.conftest import BOTH_STORES
from tests.integration.server.desk_under_test import Agent, Desk, turn_answer

pytestmark = pytest.mark.anyio

CHOICES = [
    {"title": "Can I buy a gift card?", "payload": '/choose_article{"article_id": "buy-gift-card"}'},
    {"title": "None of these", "payload": "/none_of_these"},
]


async def understands_little(asked: dict[str, Any]) -> httpx.Response:
    """An engine that asks back about tokens and knows nothing else."""
    if asked.get("payload"):
        return httpx.Response(200, json=turn_answer(asked, intent="none_of_these", outcome="fallback"))
    asks_back = "token" in asked["text"]
    outcome = {"intent": "clarify", "outcome": "clarify"} if asks_back else FALLBACK
    answer = turn_answer(asked, language="en", **outcome)
    answer["messages"] = [{"text": "Hm.", "kind": outcome["outcome"], "buttons": CHOICES if asks_back else []}]
    return httpx.Response(200, json=answer)


FALLBACK = {"intent": "nlu_fallback", "outcome": "fallback"}


async def feedback(owner: Agent, query: str = "") -> httpx.Response:
    return await owner.desk.http.get(f"/api/owner/feedback{query}", headers=owner.headers)


@BOTH_STORES
async def test_a_refused_choice_reaches_the_owner(desk: Desk) -> None:
    desk.engine.reaction = understands_little
    customer, owner = await desk.customer(), await desk.agent("Olga", "owner")

    said = (await customer.say("do you take tokens")).json()
    (asked_back,) = await customer.messages("clarify")
    await customer.post("messages", {"button_id": asked_back["body"]["buttons"][1]["id"]})
    await customer.say("a grand piano")
    await customer.messages("fallback")

    found = (await feedback(owner)).json()
    assert [(each["kind"], each["text"], each["count"]) for each in found["questions"]] == [
        ("fallback", "a grand piano", 1),
        ("clarify", "do you take tokens", 1),
    ]
    tokens = found["questions"][1]
    assert (tokens["refused"], tokens["passed_over"], tokens["language"]) == (1, 0, "en")
    assert tokens["latest"] == {"conversation_id": customer.id, "seq": said["seq"]}
    assert tokens["candidates"][0]["article_id"] == "opening-hours"
    choice = {"title": "Can I buy a gift card?", "article_id": "buy-gift-card", "intent": None}
    assert tokens["choices"] == [{**choice, "offered": 1, "chosen": 0}]
    assert found["outcomes"] == {"answer": 0, "clarify": 1, "fallback": 1}
    assert (found["total"], found["complete"]) == (2, True)


@BOTH_STORES
async def test_pages_and_kinds(desk: Desk) -> None:
    desk.engine.reaction = understands_little
    customer, owner = await desk.customer(), await desk.agent("Olga", "owner")
    for text in ("a piano", "a trombone", "a token"):
        await customer.say(text)
    await customer.messages("fallback", 2)
    await customer.messages("clarify", 1)

    page = (await feedback(owner, "?kind=fallback&limit=1&offset=1")).json()
    later = (await feedback(owner, "?since=2999-01-01T00:00:00Z")).json()

    assert page["total"] == 2
    assert [each["text"] for each in page["questions"]] == ["a piano"]
    assert (later["total"], later["questions"]) == (0, [])


@pytest.mark.parametrize(
    "query",
    ["?kind=anger", "?limit=0", "?limit=201", "?offset=-1", "?since=yesterday", "?since=0001-01-01T00:00:00%2B14:00"],
)
async def test_what_does_not_fit_is_refused(desk: Desk, query: str) -> None:
    owner = await desk.agent("Olga", "owner")

    refused = await feedback(owner, query)

    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_request")


async def test_only_an_owner_reads_it(desk: Desk) -> None:
    agent = await desk.agent()

    assert (await feedback(agent)).status_code == 403
    assert (await desk.http.get("/api/owner/feedback")).status_code == 401
