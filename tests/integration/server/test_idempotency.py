"""A resend is safe, a reused id is refused, and the record has no gap whoever writes."""

import asyncio

import pytest

from tests.integration.server.conftest import BOTH_STORES, Serve
from tests.integration.server.desk_under_test import Desk, ScriptedEngine

pytestmark = [pytest.mark.anyio, BOTH_STORES]


async def test_a_resend_gets_the_same_answer_and_one_turn(desk: Desk) -> None:
    customer = await desk.customer()

    answers = [await customer.say("When do you open?", "once") for _ in range(5)]
    await customer.messages("answer")

    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.text for answer in answers}) == 1
    assert len(desk.engine.turns) == 1


async def test_parallel_resends_are_one_message(desk: Desk) -> None:
    customer = await desk.customer()

    answers = await asyncio.gather(*(customer.say("When do you open?", "once") for _ in range(20)))
    await customer.messages("answer")

    assert {answer.json()["seq"] for answer in answers} == {2}
    assert len(desk.engine.turns) == 1


async def test_a_resend_after_a_restart_is_the_same_message(serve: Serve) -> None:
    async with serve() as desk:
        customer = await desk.customer()
        first = await customer.say("When do you open?", "once")
        await customer.messages("answer")
    async with serve() as desk:
        customer.desk = desk
        second = await customer.say("When do you open?", "once")
        events = await customer.events()

    assert second.json() == first.json()
    assert len([event for event in events if event["body"].get("kind") == "utterance"]) == 1


@pytest.mark.parametrize(
    ("what", "body"),
    [
        ("messages", {"text": "Something else"}),
        ("rating", {"score": 5}),
        ("contact", {"email": "ada@example.org"}),
        ("handoff", {}),
    ],
)
async def test_an_id_used_for_something_else_is_a_conflict(desk: Desk, what: str, body: dict[str, object]) -> None:
    customer = await desk.customer()
    await customer.say("When do you open?", "once")

    refused = await customer.post(what, body, "once")

    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")


async def test_agents_resend_safely_too(desk: Desk) -> None:
    customer, agent = await desk.customer(), await desk.agent()
    await customer.post("handoff", {})

    claims = [await agent.post(customer, "claim", client_message_id="claim") for _ in range(3)]
    replies = [await agent.post(customer, "messages", {"text": "Hello"}, "reply") for _ in range(3)]
    conflict = await agent.post(customer, "messages", {"text": "Bye"}, "reply")

    assert len({claim.text for claim in claims}) == 1
    assert len({reply.text for reply in replies}) == 1
    assert conflict.json()["code"] == "conflict"


async def test_the_same_id_in_two_conversations_is_two_messages(desk: Desk) -> None:
    first, second = await desk.customer(), await desk.customer()

    answers = [await first.say("One", "same"), await second.say("Two", "same")]

    assert [answer.status_code for answer in answers] == [202, 202]


async def test_repeated_wishes_for_a_person_answer_the_open_handoff(desk: Desk) -> None:
    customer, agent = await desk.customer(), await desk.agent()

    wishes = await asyncio.gather(*(customer.post("handoff", {}) for _ in range(20)))

    assert len({wish.json()["handoff_id"] for wish in wishes}) == 1
    assert (await agent.get("/conversations"))["counts"]["waiting"] == 1


async def test_many_writers_leave_no_gap(desk: Desk, engine: ScriptedEngine) -> None:
    customer, agent = await desk.customer(), await desk.agent()
    await customer.post("handoff", {})
    await agent.post(customer, "claim")

    await asyncio.gather(
        *(customer.say(f"Utterance {n}") for n in range(40)),
        *(agent.post(customer, "messages", {"text": f"Reply {n}"}) for n in range(40)),
        *(agent.post(customer, "notes", {"text": f"Note {n}"}) for n in range(20)),
    )
    while desk.parts.turns._tasks:  # the moods of the utterances are recorded a moment later
        await asyncio.sleep(0.02)

    seen, told = await customer.events(), await agent.events(customer)
    assert [event["seq"] for event in seen] == list(range(1, len(seen) + 1))
    assert [event["seq"] for event in told] == [event["seq"] for event in seen]
    texts = {event["body"].get("text") for event in told}
    assert {f"Utterance {n}" for n in range(40)} | {f"Note {n}" for n in range(20)} <= texts


async def test_messages_sent_in_a_row_are_answered_in_their_order(desk: Desk, engine: ScriptedEngine) -> None:
    customer = await desk.customer()
    engine.holds(0.02)

    sent = [(await customer.say(f"Question {n}?")).json()["seq"] for n in range(6)]
    answers = await customer.messages("answer", 6)

    assert [asked["message_id"] for asked in engine.turns] == [f"{customer.id}:{seq}" for seq in sent]
    assert [answer["body"]["replies_to"] for answer in answers] == sent
