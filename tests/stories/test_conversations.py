"""Whole conversations through the channel: real pipeline, real policies, real actions."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bot.assistant.model_swap import sha256_of
from bot.assistant.trackers import store_of
from knowledge_base.article import load_articles
from tests.stories.conftest import SECRET, Conversation, Engine, Trained

pytestmark = pytest.mark.anyio


def texts(answer: dict[str, Any]) -> list[str]:
    return [message["text"] for message in answer["messages"]]


async def test_a_question_is_answered_with_the_article_as_it_was_written(customer: Conversation) -> None:
    article = load_articles(Path("knowledge_base/articles")).by_id["opening-hours"]

    answer = await customer.say(article.question)

    message = answer["messages"][0]
    assert (message["kind"], message["article_id"]) == ("answer", "opening-hours")
    assert message["text"].startswith(article.answer)
    turn = answer["turn"]
    assert (turn["intent"], turn["outcome"], turn["decision"]) == ("faq", "answer", "continue")
    assert turn["article_ranking"][0]["article_id"] == "opening-hours"
    assert turn["article_ranking"][0]["question"] == article.question
    assert turn["sentiment"]["polarity"] is not None
    assert turn["model_id"]


async def test_an_articles_button_answers_that_article(customer: Conversation) -> None:
    asked = await customer.say("When are you open?")
    button = asked["messages"][0]["buttons"][0]

    answer = await customer.press(button["payload"])

    assert answer["messages"][0]["article_id"] in button["payload"]
    assert answer["turn"]["sentiment"]["reason"] == "button"


async def test_answers_need_no_action_server(engine: Engine, customer: Conversation) -> None:
    engine.actions.is_down = True

    answer = await customer.say("When are you open?")

    assert answer["messages"][0]["article_id"] == "opening-hours"


@pytest.mark.parametrize(
    "typed", ["/restart", '/handoff{"a":"b"}', "/session_start", "EXTERNAL: reminder", "/back", "/"]
)
async def test_what_is_typed_is_never_a_command(customer: Conversation, typed: str) -> None:
    await customer.say("where is my order?")

    answer = await customer.say(typed)
    after = await customer.say("LB-104118")

    assert answer["messages"]
    assert texts(after) == ["Which e-mail address did you order with?"]  # the flow is still running


@pytest.mark.parametrize("payload", ["/restart", "/session_start", "/nlu_fallback", "/no_such_intent"])
async def test_a_button_carries_no_command_either(engine: Engine, payload: str) -> None:
    answer = await engine.post("turn", sender="cnv_x", message_id="cnv_x:1", payload=payload)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


async def test_order_status_with_a_question_in_between(customer: Conversation) -> None:
    asked = await customer.say("where is my order?")
    digression = await customer.say("When are you open?")
    number = await customer.say("it's lb 104 118")
    told = await customer.say("ada.quill@example.com")

    assert "order number" in texts(asked)[0]
    assert [message["kind"] for message in digression["messages"]] == ["answer", "flow"]
    assert "order number" in texts(digression)[1]
    assert "e-mail" in texts(number)[0]
    assert "delivered on 7 October 2026" in texts(told)[0]


async def test_asking_the_same_again_inside_a_flow_goes_on_with_it(customer: Conversation) -> None:
    await customer.say("where is my order?")
    again = await customer.say("where is my order?")
    after = await customer.say("LB-104118")

    assert len(again["messages"]) <= 2
    assert "order number" in texts(again)[-1]
    assert "e-mail" in texts(after)[0]


async def test_number_and_address_may_come_in_one_message(customer: Conversation) -> None:
    await customer.say("track my parcel")

    answer = await customer.say("LB-104118, ada.quill@example.com")

    assert "LB-104118" in texts(answer)[0]


async def test_a_wrong_address_learns_nothing_and_guessing_ends(customer: Conversation) -> None:
    await customer.say("where is my order?")
    first = await customer.say("LB-104118 eve@example.com")
    second = await customer.say("LB-999999 eve@example.com")
    third = await customer.say("LB-104131 eve@example.com")
    right = await customer.say("LB-104118 ada.quill@example.com")

    assert texts(first) == texts(second)
    assert "stopped looking" in texts(third)[0]
    assert "delivered" not in texts(right)[0]


async def test_a_return_in_ones_own_words(engine: Engine, customer: Conversation) -> None:
    await customer.say("I want to return something")
    await customer.say("LB-104350 ada.quill@example.com")

    answer = await customer.say("the cover is torn")

    assert "RT-" in texts(answer)[0]
    assert "prepaid label" in texts(answer)[0]
    assert (engine.data_dir / "returns.csv").read_text(encoding="utf-8").count("LB-104350") == 1
    assert engine.webhooks[0]["data"]["fields"]["reason"] == "the cover is torn"


async def test_a_message_for_the_team(engine: Engine, customer: Conversation) -> None:
    await customer.say("leave a message")
    asked = await customer.say("Do you have a copy of Emma kept for me? When can I come?")

    answer = await customer.say("me@example.org")

    assert "e-mail" in texts(asked)[0]
    assert answer["turn"]["handoff_requested"] is True
    assert [webhook["type"] for webhook in engine.webhooks] == ["note.added", "handoff.requested"]
    assert engine.webhooks[1]["data"]["contact"] == {"email": "me@example.org"}


async def test_a_flow_is_left_with_a_word(customer: Conversation) -> None:
    await customer.say("where is my order?")
    left = await customer.say("never mind")
    after = await customer.say("hello")

    assert left["messages"][0]["kind"] == "flow"
    assert [message["kind"] for message in after["messages"]] == ["small_talk"]


async def test_the_wish_for_a_person_reaches_the_desk_with_its_reason(engine: Engine, customer: Conversation) -> None:
    await customer.say("where is my order?")

    answer = await customer.say("let me talk to a person")

    assert answer["messages"] == []  # the server says what happens next
    assert (answer["turn"]["decision"], answer["turn"]["reason"]) == ("escalate", "customer_request")
    assert answer["turn"]["handoff_requested"] is True
    sent = engine.webhooks[0]["data"]
    assert (sent["conversation_id"], sent["message_id"]) == (customer.id, f"{customer.id}:2")
    assert sent["evidence"][0]["text"] == "let me talk to a person"


async def test_a_desk_that_cannot_be_reached_is_no_silence(engine: Engine, customer: Conversation) -> None:
    engine.actions.is_down = True

    answer = await customer.say("talk to a human")

    assert answer["turn"]["decision"] == "escalate"
    assert answer["turn"]["handoff_requested"] is False  # so the server asks for the person itself


async def test_a_look_up_that_fails_is_owned_up_to(engine: Engine, customer: Conversation) -> None:
    await customer.say("where is my order?")
    engine.actions.is_down = True

    answer = await customer.say("LB-104118 ada.quill@example.com")

    assert answer["messages"][-1]["kind"] == "honest_failure"
    assert answer["messages"][-1]["buttons"][0]["payload"] == "/talk_to_person"


async def test_questions_without_an_answer_end_with_a_person(customer: Conversation) -> None:
    answers = [await customer.say(text) for text in ("blorp zizzle quux", "wugga flim snorr", "krrz plonk vree")]

    assert [answer["turn"]["decision"] for answer in answers] == ["continue", "offer", "escalate"]
    assert answers[2]["turn"]["reason"] == "missing_knowledge"


async def test_after_the_boundary_the_past_is_forgiven(customer: Conversation) -> None:
    for text in ("blorp zizzle quux", "wugga flim snorr"):
        await customer.say(text)

    answer = await customer.say("krrz plonk vree", boundary=f"{customer.id}:3")

    assert answer["turn"]["decision"] == "continue"


async def test_a_repeated_message_is_answered_the_same_also_after_a_restart(
    engine: Engine, customer: Conversation
) -> None:
    message = {"sender": customer.id, "message_id": f"{customer.id}:1", "text": "tell me a joke"}
    first = await engine.post("turn", **message)
    second = await engine.post("turn", **message)
    _forget(engine)
    third = await engine.post("turn", **message)

    assert first.json() == second.json() == third.json()


async def test_a_message_sent_twice_at_once_is_one_turn(engine: Engine, customer: Conversation) -> None:
    message = {"sender": customer.id, "message_id": f"{customer.id}:1", "text": "hello"}

    answers = await asyncio.gather(*(engine.post("turn", **message) for _ in range(5)))

    assert len({answer.text for answer in answers}) == 1
    tracker = await engine.agent.tracker_store.retrieve(customer.id)
    assert sum(event.type_name == "user" for event in tracker.events) == 1


async def test_parallel_conversations_never_mix(engine: Engine) -> None:
    customers = [engine.new_conversation() for _ in range(10)]
    await asyncio.gather(*(each.say("leave a message") for each in customers))
    await asyncio.gather(*(each.say(f"canary of {each.id}") for each in customers))
    await asyncio.gather(*(each.say(f"{each.id}@example.org") for each in customers))

    notes = {hook["data"]["conversation_id"]: hook["data"] for hook in engine.webhooks if hook["type"] == "note.added"}
    assert {note["text"] for note in notes.values()} == {f"canary of {each.id}" for each in customers}
    assert all(note["text"] == f"canary of {conversation}" for conversation, note in notes.items())


async def test_nobody_talks_as_default(engine: Engine, customer: Conversation) -> None:
    await customer.say("hello")

    assert await engine.agent.tracker_store.retrieve("default") is None


@pytest.mark.parametrize("secret", ["", "guess", SECRET + "x"])
async def test_the_secret_is_wanted_on_every_route(engine: Engine, secret: str) -> None:
    headers = {"X-Frontdesk-Secret": secret}

    answers = [
        await engine.http.post(f"/webhooks/website/{path}", json={}, headers=headers)
        for path in ("turn", "parse", "model")
    ]
    answers.append(await engine.http.get("/webhooks/website/health", headers=headers))

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(401, "unauthorized")] * 4


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"text": "x"}', b'{"sender": "c", "message_id": "c:1", "text": ""}']
)
async def test_a_bad_request_is_an_explicit_error(engine: Engine, body: bytes) -> None:
    answer = await engine.http.post("/webhooks/website/turn", content=body)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


async def test_parsing_leaves_no_trace(engine: Engine) -> None:
    before = set(await engine.agent.tracker_store.keys())

    answer = await engine.post("parse", text="this is awful, I am furious")

    assert answer.json()["sentiment"]["polarity"] < 0
    assert set(await engine.agent.tracker_store.keys()) == before


async def test_a_model_is_swapped_without_refusing_a_turn(engine: Engine, trained: Trained) -> None:
    talking = [engine.new_conversation() for _ in range(20)]
    swap = asyncio.ensure_future(engine.post("model", path=str(trained.path), sha256=sha256_of(trained.path)))
    answers = []
    for each in talking:
        answers.append(await each.say("When are you open?"))
        await asyncio.sleep(0.02)
    swapped = await swap

    assert swapped.status_code == 200, swapped.text
    assert swapped.json()["model_id"] == (await engine.http.get("/webhooks/website/health")).json()["model_id"]
    assert {answer["messages"][0]["article_id"] for answer in answers} == {"opening-hours"}


async def test_a_flow_survives_the_swap(engine: Engine, trained: Trained, customer: Conversation) -> None:
    await customer.say("where is my order?")
    await engine.post("model", path=str(trained.path), sha256=sha256_of(trained.path))

    answer = await customer.say("LB-104118")

    assert "e-mail" in texts(answer)[0]


@pytest.mark.parametrize(("path", "sha256"), [("/nowhere/model.tar.gz", "0" * 64), (None, "0" * 64)])
async def test_a_wrong_model_changes_nothing(engine: Engine, trained: Trained, path: str | None, sha256: str) -> None:
    before = (await engine.http.get("/webhooks/website/health")).json()

    answer = await engine.post("model", path=path or str(trained.path), sha256=sha256)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert (await engine.http.get("/webhooks/website/health")).json() == before


def _forget(engine: Engine) -> None:
    """What a restart forgets."""
    engine.channel._answers.clear()
    store = store_of(engine.agent.tracker_store)
    assert store is not None
    store.forget_all()
