"""Every accepted message gets an answer or an honest failure, whatever the engine does."""

import asyncio
from collections.abc import Callable
from time import monotonic

import httpx
import pytest

from bot.desk.turns import HONEST_FAILURE, TALK_TO_A_PERSON
from tests.integration.server.conftest import Serve
from tests.integration.server.desk_under_test import Desk, ScriptedEngine, turn_answer

pytestmark = pytest.mark.anyio

NO_ANSWERS: list[tuple[str, Callable[[], httpx.Response], str]] = [
    ("empty list", lambda: httpx.Response(200, json=[]), "engine_garbage"),
    ("html", lambda: httpx.Response(200, text="<html>oops</html>"), "engine_garbage"),
    ("nothing", lambda: httpx.Response(200, content=b""), "engine_garbage"),
    ("deep", lambda: httpx.Response(200, content=b"[" * 200_000), "engine_garbage"),
    ("huge", lambda: httpx.Response(200, content=b'"' + b"x" * 10_000_000 + b'"'), "engine_garbage"),
    ("not utf-8", lambda: httpx.Response(200, content=b'{"message_id": "\xff"}'), "engine_garbage"),
    ("server error", lambda: httpx.Response(500, json={"code": "turn_failed"}), "engine_refused"),
    ("refused", lambda: httpx.Response(401, json={"code": "unauthorized"}), "engine_refused"),
    ("redirect", lambda: httpx.Response(302, headers={"Location": "http://127.0.0.1:1/"}), "engine_refused"),
]


@pytest.mark.parametrize(("response", "code"), [each[1:] for each in NO_ANSWERS], ids=[each[0] for each in NO_ANSWERS])
async def test_no_answer_becomes_an_honest_line_and_an_offer(
    desk: Desk, response: Callable[[], httpx.Response], code: str
) -> None:
    customer, agent = await desk.customer(), await desk.agent()
    desk.engine.responds(response)

    await customer.say("When do you open?")
    failure = (await customer.messages("honest_failure"))[0]

    assert failure["body"]["text"] == HONEST_FAILURE
    assert [button["title"] for button in failure["body"]["buttons"]] == [TALK_TO_A_PERSON]
    turn = next(event for event in await agent.events(customer) if event["type"] == "turn")
    assert (turn["body"]["state"], turn["body"]["error_code"]) == ("failed", code)


async def test_silence_is_a_failure(desk: Desk) -> None:
    customer = await desk.customer()
    desk.engine.answers(text="")

    await customer.say("When do you open?")

    assert await customer.messages("honest_failure")


async def test_the_answer_to_another_message_is_a_failure(desk: Desk) -> None:
    customer = await desk.customer()
    desk.engine.responds(lambda: httpx.Response(200, json=turn_answer({"message_id": "cnv_other:2"}, "Not yours.")))

    await customer.say("When do you open?")

    assert await customer.messages("honest_failure")
    assert all("Not yours" not in str(event) for event in await customer.events())


async def test_a_hanging_engine_is_given_up_in_time(serve: Serve, engine: ScriptedEngine) -> None:
    engine.holds(60)
    async with serve(engine_timeout_s=0.5) as desk:
        customer = await desk.customer()
        began = monotonic()

        await customer.say("First?")
        await customer.say("Second?")
        await customer.messages("honest_failure", 2)

    # The second waited behind the first, and still has its own honest line soon after.
    assert monotonic() - began < 10


async def test_one_hanging_conversation_does_not_delay_another(serve: Serve, engine: ScriptedEngine) -> None:
    async with serve(engine_timeout_s=9) as desk:
        stuck, other = await desk.customer(), await desk.customer()

        async def reaction(asked: dict[str, object]) -> httpx.Response:
            if asked["sender"] == stuck.id:
                await asyncio.sleep(60)
            return await engine.answer(asked)

        engine.reaction = reaction
        await stuck.say("Hang, please.")
        await other.say("When do you open?")
        await other.messages("answer")
        still_waits = [event["body"].get("kind") for event in await stuck.events()]

    assert still_waits == ["greeting", "utterance"]


async def test_an_engine_that_restarts_is_waited_for(desk: Desk) -> None:
    customer = await desk.customer()
    desk.engine.raises(httpx.ConnectError, times=3)

    await customer.say("When do you open?")
    await customer.messages("answer")

    assert len(desk.engine.turns) == 4


async def test_one_death_is_survived_by_asking_again(desk: Desk) -> None:
    customer = await desk.customer()
    desk.engine.raises(httpx.ReadError, times=1)

    await customer.say("When do you open?")
    answers = await customer.messages("answer")

    assert len(answers) == 1
    assert {asked["message_id"] for asked in desk.engine.turns} == {f"{customer.id}:2"}


async def test_a_message_that_kills_the_engine_twice_is_quarantined(desk: Desk) -> None:
    customer, agent = await desk.customer(), await desk.agent()
    desk.engine.raises(httpx.RemoteProtocolError)

    await customer.say("Deadly.")
    await customer.messages("honest_failure")

    assert len(desk.engine.turns) == 2
    opened = await agent.get(f"/conversations/{customer.id}")
    assert opened["conversation"]["status"] == "waiting"
    assert opened["brief"]["reason"] == "tool_failure"


async def test_a_quarantined_conversation_never_reaches_the_engine_again(desk: Desk) -> None:
    customer, agent = await desk.customer(), await desk.agent()
    desk.engine.raises(httpx.RemoteProtocolError)
    await customer.say("Deadly.")
    await customer.messages("honest_failure")
    await agent.post(customer, "claim")
    await agent.post(customer, "hand-back")
    desk.engine.reaction = None

    await customer.say("When do you open?")
    await customer.messages("honest_failure", 2)

    assert len(desk.engine.turns) == 2
    assert (await agent.get(f"/conversations/{customer.id}"))["conversation"]["status"] == "waiting"


async def test_a_second_failure_in_a_row_asks_a_human(desk: Desk) -> None:
    customer, agent = await desk.customer(), await desk.agent()
    desk.engine.responds(lambda: httpx.Response(500))

    await customer.say("One?")
    await customer.messages("honest_failure")
    await customer.say("Two?")
    await customer.until(lambda event: event["type"] == "handoff.requested")

    queue = await agent.get("/conversations", status="waiting")
    assert [each["handoff"]["reason"] for each in queue["conversations"]] == ["tool_failure"]


async def test_an_answer_between_two_failures_forgives_the_first(desk: Desk) -> None:
    customer = await desk.customer()
    desk.engine.responds(lambda: httpx.Response(500))
    await customer.say("One?")
    await customer.messages("honest_failure")
    desk.engine.reaction = None
    await customer.say("Two?")
    await customer.messages("answer")
    desk.engine.responds(lambda: httpx.Response(500))

    await customer.say("Three?")
    await customer.messages("honest_failure", 2)

    assert not [event for event in await customer.events() if event["type"] == "handoff.requested"]


async def test_the_open_circuit_answers_at_once_and_closes_by_itself(serve: Serve, engine: ScriptedEngine) -> None:
    engine.raises(httpx.ConnectError)
    engine.ready = False
    async with serve(engine_timeout_s=0.3) as desk:
        for _ in range(5):
            customer = await desk.customer()
            await customer.say("Anyone?")
            await customer.messages("honest_failure")
        late, asked_before = await desk.customer(), len(engine.turns)
        await late.say("Anyone?")
        await late.messages("honest_failure")
        asked_while_open = len(engine.turns) - asked_before
        engine.reaction, engine.ready = None, True
        async with asyncio.timeout(20):
            while desk.parts.turns.breaker.state == "open":
                await asyncio.sleep(0.02)
        back = await desk.customer()
        await back.say("When do you open?")
        await back.messages("answer")

    assert asked_while_open == 0
    assert len(engine.turns) == asked_before + 1


async def test_the_button_of_an_honest_failure_needs_no_engine(desk: Desk) -> None:
    customer, agent = await desk.customer(), await desk.agent()
    desk.engine.responds(lambda: httpx.Response(500))
    await customer.say("When do you open?")
    button = (await customer.messages("honest_failure"))[0]["body"]["buttons"][0]

    pressed = await customer.post("messages", {"button_id": button["id"]})

    assert pressed.status_code == 202
    assert pressed.json()["event"]["body"]["text"] == TALK_TO_A_PERSON
    assert (await agent.get("/conversations", status="waiting"))["counts"]["waiting"] == 1
    assert len(desk.engine.turns) == 1
