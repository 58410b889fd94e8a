"""Who owns a conversation, and that the bot is silent when a human does."""

import asyncio

import httpx
import pytest

from bot.store import log
from tests.integration.server.conftest import BOTH_STORES, Serve
from tests.integration.server.desk_under_test import Customer, Desk, ScriptedEngine, turn_answer

pytestmark = [pytest.mark.anyio, BOTH_STORES]


async def test_a_reply_computed_before_the_takeover_is_kept_from_the_customer(
    desk: Desk, engine: ScriptedEngine
) -> None:
    customer, agent = await desk.customer(), await desk.agent()
    let_go = engine.holds_until()

    await customer.say("When do you open?")
    await customer.post("handoff", {})
    await agent.post(customer, "claim")
    let_go.set()
    async with asyncio.timeout(20):
        while not [event for event in await agent.events(customer) if event["type"] == "turn"]:
            await asyncio.sleep(0.02)

    late = [event for event in await agent.events(customer) if event["author"]["kind"] == "assistant"][-1]
    assert late["body"]["suppressed"] is True
    assert late["body"]["text"] == "We open at nine."
    shown = (await customer.events())[late["seq"] - 1]
    assert (shown["type"], shown["body"]) == ("hidden", {})


async def test_an_agent_joins_and_the_assistants_late_reply_is_kept_from_the_customer(
    desk: Desk, engine: ScriptedEngine
) -> None:
    customer, agent = await desk.customer(), await desk.agent()
    let_go = engine.holds_until()
    await customer.say("When do you open?")

    joined = await agent.post(customer, "join")
    let_go.set()
    await customer.until(lambda event: event["type"] == "handoff.accepted")
    async with asyncio.timeout(20):
        while not [event for event in await agent.events(customer) if event["type"] == "turn"]:
            await asyncio.sleep(0.02)

    assert joined.status_code == 202
    shown = await customer.events()
    assert any("Mara has joined" in event["body"].get("text", "") for event in shown)
    assert not [event for event in shown if event["body"].get("kind") == "answer"]
    assert not [event for event in shown if event["type"] == "handoff.requested"]
    told = await agent.get(f"/conversations/{customer.id}")
    assert (told["conversation"]["status"], told["brief"]["reason"]) == ("assigned", "agent_joined")


async def test_of_two_who_join_at_once_one_wins_and_the_other_sees_who(desk: Desk) -> None:
    customer, mara, tom = await desk.customer(), await desk.agent("Mara"), await desk.agent("Tom")

    both = await asyncio.gather(mara.post(customer, "join"), tom.post(customer, "join"))

    assert sorted(answer.status_code for answer in both) == [202, 409]
    refused = next(answer.json() for answer in both if answer.status_code == 409)
    assert refused["assignee"]["name"] in ("Mara", "Tom")
    assert refused["assignee"]["name"] in refused["detail"]


async def test_after_an_agent_joined_and_left_the_assistant_answers_again(desk: Desk, engine: ScriptedEngine) -> None:
    customer, agent = await desk.customer(), await desk.agent()
    await agent.post(customer, "join", client_message_id="join-1")
    resent = await agent.post(customer, "join", client_message_id="join-1")
    await agent.post(customer, "messages", {"text": "I'm here."})
    await agent.post(customer, "hand-back")

    await customer.say("When do you open?")

    assert resent.status_code == 202
    assert len(await customer.messages("answer")) == 1
    assert engine.turns[0]["metadata"]["boundary"] == engine.turns[0]["message_id"]


async def test_who_was_joined_unasked_says_nothing_about_waiting(desk: Desk) -> None:
    agent = await desk.agent()
    for _ in range(5):
        await agent.post(await desk.customer(), "join")
    waits = await desk.customer()

    async with agent.feed():
        await waits.post("handoff", {})

    [requested] = [event for event in await waits.events() if event["type"] == "handoff.requested"]
    assert requested["body"]["expected_wait_s"] is None


async def test_utterances_that_waited_for_a_turn_at_the_takeover_are_not_answered_by_the_bot(
    desk: Desk, engine: ScriptedEngine
) -> None:
    customer = await desk.customer()
    let_go = engine.holds_until()
    await customer.say("One?")
    await customer.say("Two?")

    await customer.post("handoff", {})
    let_go.set()
    while desk.parts.turns._tasks:
        await asyncio.sleep(0.02)

    assert len(engine.turns) == 1
    assert not [event for event in await customer.events() if event["body"].get("kind") == "answer"]


async def test_a_second_claim_names_who_has_it(desk: Desk) -> None:
    customer, mara, tom = await desk.customer(), await desk.agent("Mara"), await desk.agent("Tom")
    await customer.post("handoff", {})

    claims = await asyncio.gather(mara.post(customer, "claim"), tom.post(customer, "claim"))

    assert sorted(claim.status_code for claim in claims) == [202, 409]
    refused = next(claim.json() for claim in claims if claim.status_code == 409)
    assert refused["code"] == "handoff_already_claimed"
    assert refused["assignee"]["name"] in ("Mara", "Tom")


@pytest.mark.parametrize(
    ("what", "body"), [("messages", {"text": "Hello"}), ("hand-back", {}), ("resolve", {})], ids=str
)
async def test_only_the_assignee_may_act(desk: Desk, what: str, body: dict[str, str]) -> None:
    customer, mara, tom = await desk.customer(), await desk.agent("Mara"), await desk.agent("Tom")

    without_handoff = await mara.post(customer, what, body)
    await customer.post("handoff", {})
    unclaimed = await mara.post(customer, what, body)
    await mara.post(customer, "claim")
    by_another = await tom.post(customer, what, body)

    assert without_handoff.json()["code"] == "handoff_not_open"
    assert unclaimed.json()["code"] == "not_assignee"
    assert by_another.json()["code"] == "not_assignee"


async def test_a_message_reopens_a_resolved_conversation_for_the_bot(desk: Desk, engine: ScriptedEngine) -> None:
    customer, agent = await desk.customer(), await desk.agent()
    await customer.post("handoff", {})
    await agent.post(customer, "claim")
    await agent.post(customer, "resolve")

    accepted = await customer.say("One more thing: when do you open?")
    await customer.messages("answer")

    types = [event["type"] for event in await customer.events()]
    assert types[accepted.json()["seq"] - 2] == "conversation.reopened"
    assert engine.turns[0]["metadata"]["boundary"] == engine.turns[0]["message_id"]
    assert (await agent.get(f"/conversations/{customer.id}"))["conversation"]["status"] == "bot"


async def test_a_second_handoff_works_like_the_first(desk: Desk) -> None:
    customer, agent = await desk.customer(), await desk.agent()
    first = (await customer.post("handoff", {})).json()
    await agent.post(customer, "claim")
    await agent.post(customer, "hand-back")

    second = (await customer.post("handoff", {})).json()

    assert second["handoff_id"] != first["handoff_id"]
    assert (await agent.post(customer, "claim")).status_code == 202


async def test_an_escalation_without_a_webhook_becomes_a_handoff(desk: Desk, engine: ScriptedEngine) -> None:
    customer, agent = await desk.customer(), await desk.agent()
    engine.answers(
        text="", decision="escalate", reason="negative_sentiment", rule="anger", priority="high", handoff_requested=True
    )

    await customer.say("This is a disgrace!")
    await customer.until(lambda event: event["type"] == "handoff.requested")

    waiting = (await agent.get("/conversations", status="waiting"))["conversations"][0]
    assert waiting["handoff"]["reason"] == "negative_sentiment"
    assert waiting["handoff"]["rule"] == "anger"
    assert waiting["priority"] == "high"


async def test_an_escalation_by_webhook_and_by_turn_is_one_handoff(desk: Desk, engine: ScriptedEngine) -> None:
    customer, agent = await desk.customer(), await desk.agent()

    async def reaction(asked: dict[str, str]) -> httpx.Response:
        data = {
            "conversation_id": asked["sender"],
            "message_id": asked["message_id"],
            "reason": "customer_request",
            "rule": "asked",
            "evidence": [],
            "priority": "normal",
        }
        assert (await desk.webhook(data)).json()["created"] is True
        return httpx.Response(200, json=turn_answer(asked, "", decision="escalate", handoff_requested=True))

    engine.reaction = reaction
    await customer.say("I want a human")
    async with asyncio.timeout(5):
        while not [event for event in await agent.events(customer) if event["type"] == "turn"]:
            await asyncio.sleep(0.02)

    requested = [event for event in await customer.events() if event["type"] == "handoff.requested"]
    assert len(requested) == 1
    assert set(requested[0]["body"]) == {"handoff_id", "reference", "position", "expected_wait_s"}


async def test_the_queue_puts_the_most_urgent_first_then_the_longest_wait(desk: Desk) -> None:
    agent = await desk.agent()
    customers = [await desk.customer() for _ in range(3)]
    for customer, priority in zip(customers, ["normal", "normal", "urgent"], strict=True):
        data = {"conversation_id": customer.id, "reason": "customer_request", "priority": priority}
        await desk.webhook(data)

    queue = await agent.get("/conversations", status="waiting")

    assert [each["id"] for each in queue["conversations"]] == [customers[2].id, customers[0].id, customers[1].id]


async def test_a_correction_is_kept_once(desk: Desk) -> None:
    customer, agent = await desk.customer(), await desk.agent()
    await customer.say("When do you open?")
    wrong = {"kind": "wrong_mood", "message_seq": 2, "label": "negative"}

    first = await agent.post(customer, "corrections", wrong, "fix")
    again = await agent.post(customer, "corrections", wrong, "fix")
    other = await agent.post(customer, "corrections", {"kind": "too_late"}, "fix")
    nowhere = await agent.post(customer, "corrections", {**wrong, "message_seq": 99})

    assert first.status_code == 202
    assert first.json() == again.json()
    assert other.json()["code"] == "conflict"
    assert nowhere.status_code == 404


async def test_contact_and_rating_are_kept(desk: Desk) -> None:
    customer, agent = await desk.customer(), await desk.agent()

    await customer.post("contact", {"email": "ada@example.org", "name": "Ada"})
    await customer.post("rating", {"score": 4, "comment": "Quick!"})

    told = await agent.get(f"/conversations/{customer.id}")
    assert told["conversation"]["contact"] == {"email": "ada@example.org", "name": "Ada"}
    assert [event["body"] for event in told["events"] if event["type"] == "rating"] == [
        {"score": 4, "comment": "Quick!"}
    ]


async def test_takeovers_race_with_answers_and_the_bot_never_speaks_after_one(
    serve: Serve, engine: ScriptedEngine
) -> None:
    engine.holds(0.03)
    async with serve() as desk:
        customers = [await desk.customer() for _ in range(25)]
        await asyncio.gather(*(_ask_then_take_over(customer, 0.003 * n) for n, customer in enumerate(customers)))
        await asyncio.sleep(0.5)
        spoken = [await _bot_lines_after_takeover(desk, customer.id) for customer in customers]

    assert spoken == [[]] * 25


async def _ask_then_take_over(customer: Customer, pause_s: float) -> None:
    await customer.say("When do you open?")
    await asyncio.sleep(pause_s)
    await customer.post("handoff", {})


async def _bot_lines_after_takeover(desk: Desk, conversation_id: str) -> list[object]:
    events = await desk.parts.database.read(log.after, conversation_id, 0, limit=100)
    taken = next(event.seq for event in events if event.type == "handoff.requested")
    return [
        event
        for event in events
        if event.seq > taken and event.author.kind == "assistant" and not event.body.get("suppressed")
    ]
