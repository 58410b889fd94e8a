import pytest

from tests.integration.server.conftest import BOTH_STORES
from tests.integration.server.desk_under_test import Desk

pytestmark = [pytest.mark.anyio, BOTH_STORES]


async def test_a_question_is_answered_with_its_explanation(desk: Desk) -> None:
    customer, agent = await desk.customer(), await desk.agent()

    accepted = await customer.say("When do you open?")
    answer = (await customer.messages("answer"))[0]

    assert accepted.status_code == 202
    assert accepted.json()["seq"] == 2
    assert answer["body"]["text"] == "We open at nine."
    assert answer["body"]["replies_to"] == 2
    seen = await agent.events(customer)
    assert [event["type"] for event in seen] == ["message", "message", "message", "turn", "sentiment"]
    assert [event["seq"] for event in seen] == [1, 2, 3, 4, 5]
    assert seen[3]["body"]["state"] == "done"
    assert seen[3]["body"]["article_ranking"][0]["article_id"] == "opening-hours"


async def test_the_engine_is_asked_with_an_explicit_sender(desk: Desk) -> None:
    customer = await desk.customer()

    await customer.say("/restart")
    await customer.messages("answer")

    asked = desk.engine.turns[0]
    assert asked["sender"] == customer.id
    assert asked["message_id"] == f"{customer.id}:2"
    assert asked["text"] == "/restart"
    assert "payload" not in asked


async def test_a_handoff_from_request_to_hand_back(desk: Desk) -> None:
    customer, agent = await desk.customer(), await desk.agent()

    wanted = await customer.post("handoff", {})
    queue = await agent.get("/conversations", status="waiting")
    await agent.post(customer, "claim")
    replied = await agent.post(customer, "messages", {"text": "Hello, Mara here."})
    await customer.say("Thank you!")
    await agent.post(customer, "hand-back")
    await customer.say("When do you open?")
    await customer.messages("answer")

    assert wanted.status_code == 202
    assert queue["conversations"][0]["handoff"]["reference"] == wanted.json()["reference"]
    assert queue["counts"]["waiting"] == 1
    assert replied.json()["event"]["author"] == {"kind": "agent", "id": agent.id, "name": "Mara"}
    assert len(desk.engine.turns) == 1
    assert desk.engine.turns[0]["metadata"]["boundary"] == desk.engine.turns[0]["message_id"]
    shown = [event["type"] for event in await customer.events() if event["type"] != "hidden"]
    assert shown == [
        "message",  # the greeting
        "handoff.requested",
        "message",  # what happens next
        "handoff.accepted",
        "message",  # Mara has joined
        "message",  # Mara's
        "message",  # the customer's
        "handoff.released",
        "message",  # the assistant answers again
        "message",  # the customer's
        "message",  # the assistant's
    ]


async def test_the_bot_is_silent_while_a_human_owns_the_conversation(desk: Desk) -> None:
    customer, agent = await desk.customer(), await desk.agent()
    await customer.post("handoff", {})
    await agent.post(customer, "claim")

    await customer.say("Are you there?")
    moods = await customer.until(lambda event: event["type"] == "hidden")

    assert desk.engine.turns == []
    assert desk.engine.parsed == ["Are you there?"]
    assert moods[-1]["body"] == {}


async def test_the_brief_tells_an_agent_why(desk: Desk) -> None:
    customer, agent = await desk.customer(), await desk.agent()
    await customer.say("When do you open?")
    await customer.messages("answer")
    await customer.post("handoff", {})

    opened = await agent.get(f"/conversations/{customer.id}")

    brief = opened["brief"]
    assert brief["reason"] == "customer_request"
    assert brief["last_question"] == "When do you open?"
    assert brief["candidates"][0]["article_id"] == "opening-hours"
    assert brief["sentiment_trend"] == [{"seq": 2, "polarity": 0.1, "label": "neutral"}]
    assert brief["previous"] is None
    assert opened["last_seq"] == len(opened["events"])


async def test_after_the_hand_back_the_brief_says_that_nobody_is_needed_and_why_somebody_was(desk: Desk) -> None:
    customer, agent = await desk.customer(), await desk.agent()
    await customer.post("handoff", {})
    await agent.post(customer, "claim")
    await agent.post(customer, "hand-back")

    brief = (await agent.get(f"/conversations/{customer.id}"))["brief"]

    assert (brief["reason"], brief["rule"], brief["evidence"]) == (None, None, [])
    assert brief["previous"]["reason"] == "customer_request"
