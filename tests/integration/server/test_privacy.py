"""Masking, deletion, copies and the time conversations are kept, over HTTP and sockets."""

import asyncio
import contextlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import websockets

from bot.server.retention import GRACE, Retention
from bot.store import conversations, erasures, log, retention
from bot.store.conversations import fields
from bot.store.database import Transaction
from bot.store.schema import conversations as table
from tests.integration.server.conftest import BOTH_STORES, Serve
from tests.integration.server.desk_under_test import Agent, Customer, Desk

pytestmark = pytest.mark.anyio

CARD = "4242 4242 4242 4242"


async def owner(desk: Desk) -> Agent:
    return await desk.agent("Olga", "owner")


async def ask(asking: Agent, method: str, path: str = "", **more: Any) -> httpx.Response:
    url = f"/api/owner/privacy{path}"
    return await asking.desk.http.request(method, url, headers=asking.headers, **more)


async def answered(desk: Desk, text: str = "When are you open?") -> Customer:
    customer = await desk.customer()
    await customer.say(text)
    await customer.messages("answer")
    return customer


async def handed_over(desk: Desk) -> Customer:
    customer = await answered(desk)
    await customer.post("handoff", {})
    return customer


async def age(desk: Desk, customer: Customer, by: timedelta) -> None:
    """Let a conversation have changed last so long ago."""

    def work(tx: Transaction) -> None:
        long_ago = datetime.now(UTC) - by
        tx.execute(table.update().where(table.c.id == customer.id).values(updated_at=long_ago))

    await desk.parts.database.write(work)


def deleting(desk: Desk) -> Retention:
    found: Retention = desk.app.state.retention
    return found


async def next_frame(socket: websockets.ClientConnection, type_: str) -> dict[str, Any]:
    """The next frame of this type."""
    async with asyncio.timeout(20):
        while True:
            frame: dict[str, Any] = json.loads(await socket.recv())
            if frame["type"] == type_:
                return frame


async def ended(socket: websockets.ClientConnection) -> list[dict[str, Any]]:
    """The frames of a socket until the server closes it."""
    frames: list[dict[str, Any]] = []
    with contextlib.suppress(websockets.ConnectionClosed):
        async with asyncio.timeout(20):
            while True:
                frames.append(json.loads(await socket.recv()))
    return frames


async def is_gone(customer: Customer) -> bool:
    found = await customer.desk.http.get(f"{customer.path}/events", headers=customer.headers)
    return found.status_code == 410 and found.json()["code"] == "conversation_erased"


async def stored(desk: Desk) -> str:
    """All events and conversations of the store, as text."""

    def read(tx: Transaction) -> str:
        every = conversations.page(tx, conversations.STATUSES, limit=100).conversations
        events = [event for each in every for event in log.after(tx, each.id, 0, limit=1_000)]
        return f"{[fields(each) for each in every]} {events}"

    return await desk.parts.database.read(read)


async def test_a_card_number_reaches_neither_store_nor_engine(desk: Desk) -> None:
    customer = await answered(desk, f"My card is {CARD}, was it charged?")
    await customer.post("rating", {"score": 4, "comment": f"card {CARD}"})

    events = await customer.events()
    said = next(event for event in events if event["body"].get("kind") == "utterance")
    assert said["body"]["text"] == "My card is •••• 4242, was it charged?"
    assert said["body"]["masked"] == ["card"]
    assert desk.engine.turns[0]["text"] == "My card is •••• 4242, was it charged?"
    assert CARD not in await stored(desk)


async def test_the_customer_is_told_once(desk: Desk) -> None:
    customer = await answered(desk, f"My card is {CARD}")
    await customer.say("Password: hunter2")

    told = [event for event in await customer.events() if event["body"].get("kind") == "masked"]
    assert [event["seq"] for event in told] == [3]
    assert "safety" in told[0]["body"]["text"]


async def test_the_same_card_sent_again_is_the_same_message(desk: Desk) -> None:
    customer = await desk.customer()

    first = await customer.say(f"card {CARD}", "c-same")
    again = await customer.say(f"card {CARD}", "c-same")
    other = await customer.say("card 5555 5555 5555 4444", "c-same")

    assert (first.status_code, again.status_code, other.status_code) == (202, 202, 409)
    assert first.json() == again.json()


async def test_masking_can_be_switched_off(serve: Serve) -> None:
    async with serve(masking=False) as desk:
        customer = await answered(desk, f"My card is {CARD}")

        assert CARD in await stored(desk)
        assert not [event for event in await customer.events() if event["body"].get("kind") == "masked"]


async def test_a_customer_deletes_their_chat(desk: Desk) -> None:
    customer, other = await answered(desk), await answered(desk)

    async with customer.feed() as socket:
        await next_frame(socket, "event")
        done = await customer.post("erase", {})
        frames = await ended(socket)

    assert (done.status_code, done.json()) == (202, {"erased": True})
    assert frames[-1] == {"type": "erased", "conversation_id": customer.id}
    assert socket.close_code == 1008
    assert await is_gone(customer)
    assert (await customer.say("Are you there?")).status_code == 410
    assert (await customer.post("erase", {})).json() == {"erased": True}
    assert customer.id not in await stored(desk)
    assert not await is_gone(other)
    assert (await desk.parts.database.read(erasures.of, customer.id)).reason == "customer"


async def test_a_stranger_deletes_nothing(desk: Desk) -> None:
    customer, stranger = await answered(desk), await desk.customer()

    refused = await desk.http.post(
        f"{customer.path}/erase", json={"client_message_id": "c-1"}, headers=stranger.headers
    )
    unknown = await desk.http.post(f"{customer.path}/erase", json={"client_message_id": "c-1"})

    assert (refused.status_code, unknown.status_code) == (404, 401)
    assert not await is_gone(customer)


async def test_while_a_person_is_needed_the_chat_stays_until_they_are_done(desk: Desk) -> None:
    customer, agent = await handed_over(desk), await desk.agent()

    asked = await customer.post("erase", {})
    again = await customer.post("erase", {})
    told = [event for event in await agent.events(customer) if event["body"].get("kind") == "deletion"]
    await agent.post(customer, "claim")
    await agent.post(customer, "resolve")
    await deleting(desk).expire()
    soon = await is_gone(customer)
    await age(desk, customer, timedelta(hours=1))
    await deleting(desk).expire()

    assert asked.json() == again.json() == {"erased": False}
    assert len(told) == 1
    assert not soon
    assert await is_gone(customer)


async def test_an_owner_deletes_what_an_agent_has_open(desk: Desk) -> None:
    customer, agent = await handed_over(desk), await desk.agent()
    olga = await owner(desk)
    await agent.post(customer, "claim")

    async with agent.feed() as socket:
        await next_frame(socket, "queue")
        first = await ask(olga, "POST", f"/conversations/{customer.id}/erase")
        again = await ask(olga, "POST", f"/conversations/{customer.id}/erase")
        frame = await next_frame(socket, "erased")

    assert first.json() == again.json() == {"erased": True}
    assert frame["conversation_id"] == customer.id
    assert await is_gone(customer)
    assert (await agent.post(customer, "messages", {"text": "Hello?"})).status_code == 404
    looked = await desk.http.get(f"/api/agent/conversations/{customer.id}", headers=agent.headers)
    assert (looked.status_code, looked.json()["code"]) == (410, "conversation_erased")
    erased = (await ask(olga, "GET")).json()["erased"]
    assert [(each["conversation_id"], each["reason"], each["erased_by"]) for each in erased] == [
        (customer.id, "owner", "Olga")
    ]
    assert (await ask(olga, "POST", "/conversations/cnv_never/erase")).status_code == 404


async def test_a_turn_that_runs_ends_without_a_trace(desk: Desk) -> None:
    let_go = desk.engine.holds_until()
    customer = await desk.customer()
    await customer.say("When are you open?")

    await customer.post("erase", {})
    let_go.set()
    desk.engine.reaction = None
    await answered(desk)

    assert await is_gone(customer)
    assert customer.id not in await stored(desk)


@BOTH_STORES
async def test_what_is_old_goes_and_what_is_open_stays(desk: Desk) -> None:
    old, open_, young = await answered(desk), await handed_over(desk), await answered(desk)
    for each in (old, open_):
        await age(desk, each, timedelta(days=400))

    gone = await asyncio.gather(deleting(desk).expire(), deleting(desk).expire())

    assert sum(gone) == 1
    assert [await is_gone(each) for each in (old, open_, young)] == [True, False, False]
    numbers = {name: number for _, name, number in await desk.parts.database.read(erasures.daily)}
    assert numbers == {"conversations": 1, "customer_messages": 1, "answered": 1}
    metrics = (await desk.http.get("/metrics")).text
    assert 'frontdesk_conversations_erased_total{reason="retention"}' in metrics


async def test_what_another_process_deletes_is_noticed(desk: Desk) -> None:
    customer, agent = await answered(desk), await desk.agent()
    by = erasures.By(reason="owner")
    await customer.events()  # the token is known by now

    async with agent.feed() as socket:
        await next_frame(socket, "queue")
        await desk.parts.database.write(erasures.erase, [customer.id], by, now=desk.parts.now())
        await deleting(desk).look()
        frame = await next_frame(socket, "erased")
        await deleting(desk).look()

    assert frame == {"type": "erased", "conversation_id": customer.id}
    assert await is_gone(customer)


async def test_the_engine_is_told_when_no_turn_can_run_any_more(desk: Desk) -> None:
    customer = await answered(desk)
    await customer.post("erase", {})
    await deleting(desk).remind_engine()
    early = list(desk.engine.forgotten)
    real = desk.parts.now
    desk.parts.now = lambda: real() + GRACE
    await deleting(desk).remind_engine()
    await deleting(desk).remind_engine()

    assert early == []
    assert desk.engine.forgotten == [[customer.id]]


async def test_an_owner_changes_the_time_and_sees_the_effect_before(desk: Desk) -> None:
    customer, olga = await answered(desk), await owner(desk)
    await age(desk, customer, timedelta(days=40))

    shown = (await ask(olga, "GET")).json()
    effect = (await ask(olga, "GET", "/effect", params={"days": 30})).json()
    saved = await ask(olga, "PUT", json={"version": 0, "days": 30})
    stale = await ask(olga, "PUT", json={"version": 0, "days": 90})
    unfit = await ask(olga, "PUT", json={"version": 1, "days": -1})

    assert (shown["days"], shown["version"], shown["conversations"], shown["masking"]) == (365, 0, 1, True)
    assert effect == {"conversations": 1, "due": 1}
    assert (saved.json()["days"], saved.json()["history"][0]["saved_by"]["name"]) == (30, "Olga")
    assert (stale.status_code, stale.json()["code"]) == (409, "retention_changed")
    assert (unfit.status_code, unfit.json()["errors"][0]["field"]) == (422, "days")
    await deleting(desk).expire()
    assert await is_gone(customer)


async def test_the_setting_counts_until_an_owner_saves_another(serve: Serve) -> None:
    async with serve(retention_days=0) as desk:
        customer = await answered(desk)
        await age(desk, customer, timedelta(days=4_000))

        assert await deleting(desk).expire() == 0
        assert (await desk.parts.database.read(retention.current, default=0)).days == 0


async def test_a_copy_has_everything_but_staffs_notes(desk: Desk) -> None:
    customer, olga = await handed_over(desk), await owner(desk)
    await customer.post("contact", {"email": "Ada@example.org", "name": "Ada"})
    await olga.post(customer, "notes", {"text": "A good customer"})
    await answered(desk, "Please write to ada@example.org")

    found = (await ask(olga, "POST", "/find", json={"email": "ada@EXAMPLE.org"})).json()["conversations"]
    by_email = (await ask(olga, "POST", "/copy", json={"email": "ada@example.org"})).json()
    by_id = (await ask(olga, "POST", "/copy", json={"conversation_id": customer.id, "notes": True})).json()

    assert [(each["id"] == customer.id, each["gave"]) for each in found] == [(True, True), (False, False)]
    assert [each["id"] for each in by_email["conversations"]] == [customer.id]
    copy = by_email["conversations"][0]
    assert copy["contact"] == {"email": "Ada@example.org", "name": "Ada"}
    assert [each["reference"] for each in copy["handoffs"]]
    assert "A good customer" not in json.dumps(copy)
    assert "A good customer" in json.dumps(by_id)
    assert (await ask(olga, "POST", "/copy", json={"conversation_id": "cnv_never"})).status_code == 404
    assert (await ask(olga, "POST", "/copy", json={})).status_code == 422


async def test_agents_may_do_nothing_of_it(desk: Desk) -> None:
    customer, agent = await answered(desk), await desk.agent()

    answers = [
        await ask(agent, "GET"),
        await ask(agent, "PUT", json={"version": 0, "days": 30}),
        await ask(agent, "GET", "/effect", params={"days": 30}),
        await ask(agent, "POST", "/find", json={"email": "ada@example.org"}),
        await ask(agent, "POST", "/copy", json={"conversation_id": customer.id}),
        await ask(agent, "POST", f"/conversations/{customer.id}/erase"),
    ]

    assert [each.status_code for each in answers] == [403] * 6


async def test_before_the_first_message_nothing_is_stored(serve: Serve) -> None:
    async with serve(privacy_url="https://shop.example/privacy") as desk:
        answers = [await desk.http.get(path) for path in ("/widget", "/embed.js", "/api/widget/config")]

        assert [each.status_code for each in answers] == [200, 200, 200]
        assert not [each for each in answers if "set-cookie" in each.headers]
        assert answers[2].json()["privacy_url"] == "https://shop.example/privacy"
        assert (await desk.parts.database.read(conversations.counts))["bot"] == 0
