"""From an agent's reply to an article: proposed at the desk, shown to the owner, settled."""

from typing import Any

import httpx
import pytest

from tests.integration.server.conftest import BOTH_STORES
from tests.integration.server.desk_under_test import Agent, Customer, Desk

pytestmark = pytest.mark.anyio

QUESTION = "Do you repair typewriters?"
REPLY = "No, but **Ribbon & Key** next door does."


@pytest.fixture
async def owner(desk: Desk) -> Agent:
    return await desk.agent("Olga", "owner")


@pytest.fixture
async def mara(desk: Desk) -> Agent:
    return await desk.agent("Mara")


@pytest.fixture
async def customer(desk: Desk) -> Customer:
    """Somebody whose question the assistant did not understand, so that they asked for a person."""
    desk.engine.answers(text="Sorry?", intent="nlu_fallback", outcome="fallback", language="en")
    begun = await desk.customer()
    await begun.say(QUESTION)
    await begun.messages("answer")
    await begun.post("handoff", {})
    return begun


async def replied(agent: Agent, customer: Customer, *texts: str) -> list[int]:
    await agent.post(customer, "claim")
    return [(await agent.post(customer, "messages", {"text": text})).json()["seq"] for text in texts]


async def propose(agent: Agent, customer: Customer, seq: int) -> httpx.Response:
    return await agent.post(customer, "corrections", {"kind": "missing_article", "message_seq": seq})


async def proposals(owner: Agent) -> list[dict[str, Any]]:
    found = await owner.desk.http.get("/api/owner/proposals", headers=owner.headers)
    listed: list[dict[str, Any]] = found.raise_for_status().json()["proposals"]
    return listed


async def settle(owner: Agent, proposal_id: str, outcome: str) -> httpx.Response:
    path = f"/api/owner/proposals/{proposal_id}"
    return await owner.desk.http.post(path, json={"outcome": outcome}, headers=owner.headers)


@BOTH_STORES
async def test_a_reply_is_proposed_read_by_the_owner_and_settled(owner: Agent, mara: Agent, customer: Customer) -> None:
    [seq] = await replied(mara, customer, REPLY)
    first, again = await propose(mara, customer, seq), await propose(owner, customer, seq)

    [proposal] = await proposals(owner)
    settled = await settle(owner, proposal["id"], "written")

    assert first.json() == again.json() == {"correction_id": proposal["id"]}
    assert (proposal["question"], proposal["answer"]) == (QUESTION, REPLY)
    assert (proposal["conversation_id"], proposal["message_seq"]) == (customer.id, seq)
    assert proposal["given_by"] == {"id": mara.id, "name": "Mara"}
    assert settled.status_code == 204
    assert await proposals(owner) == []


async def test_a_proposal_is_no_correction_of_the_assistants_judgement(
    owner: Agent, mara: Agent, customer: Customer
) -> None:
    [seq] = await replied(mara, customer, REPLY)
    await propose(mara, customer, seq)

    listed = await owner.desk.http.get("/api/owner/corrections", headers=owner.headers)

    assert listed.json()["corrections"] == []
    assert "missing_article" not in listed.json()["counts"]


@pytest.mark.parametrize("seq", [None, 2], ids=["no-message", "a-customers-message"])
async def test_only_a_reply_of_an_agent_can_be_proposed(mara: Agent, customer: Customer, seq: int | None) -> None:
    refused = await mara.post(customer, "corrections", {"kind": "missing_article", "message_seq": seq})

    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "message_seq")


async def test_only_owners_read_and_settle_proposals(owner: Agent, mara: Agent, customer: Customer) -> None:
    listed = await mara.desk.http.get("/api/owner/proposals", headers=mara.headers)

    assert listed.status_code == 403
    assert (await settle(mara, "cor_nowhere", "dismissed")).status_code == 403
    assert (await settle(owner, "cor_nowhere", "dismissed")).status_code == 404


@BOTH_STORES
async def test_an_unanswered_question_shows_what_a_person_answered(
    owner: Agent, mara: Agent, customer: Customer
) -> None:
    _, seq = await replied(mara, customer, "Hi, let me look.", REPLY)

    found = await owner.desk.http.get("/api/owner/feedback", headers=owner.headers)

    [question] = found.json()["questions"]
    assert question["text"] == QUESTION
    assert question["answered_by"] == {"conversation_id": customer.id, "seq": seq, "name": "Mara"}
