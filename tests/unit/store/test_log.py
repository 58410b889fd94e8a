"""The event log on both databases: order, identity and the constraints that carry the promises."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa

from bot.desk.conversation import (
    Conversation,
    Handoff,
    Place,
    Utterance,
    hear,
    note,
    open_conversation,
    request_handoff,
)
from bot.desk.errors import Conflict, NotFound
from bot.desk.events import SYSTEM, Command, Event
from bot.desk.handoff import Notice
from bot.desk.turns import Turn
from bot.store import conversations, log, turns, webhooks
from bot.store.database import Database, Transaction
from bot.store.log import Recorded
from bot.store.schema import handoffs

NOW = datetime(2026, 11, 22, 9, 30, 0, 123456, tzinfo=UTC)

pytestmark = pytest.mark.anyio


def begin(tx: Transaction, conversation_id: str = "cnv_1") -> Recorded:
    new = Conversation(id=conversation_id, created_at=NOW, updated_at=NOW, locale="en")
    return log.create(tx, open_conversation(new, "Hello!"), f"hash of {conversation_id}", now=NOW)


ME = turns.Runner(server_id="srv_me")


def command(name: str, asked: str = "the same") -> Command:
    return Command(client_message_id=name, digest=asked)


def say(tx: Transaction, name: str, *, conversation_id: str = "cnv_1", now: datetime = NOW) -> Event:
    now_is = conversations.lock(tx, conversation_id)
    earlier = log.earlier(tx, conversation_id, "customer", command(name))
    if earlier:
        return earlier
    recorded = log.record(tx, hear(now_is, Utterance(text=name, command=command(name))), now=now)
    turns.add(tx, recorded.conversation, recorded.events[-1].seq, None, server_id=ME.server_id, now=now)
    return recorded.events[-1]


async def test_what_goes_in_comes_out(database: Database) -> None:
    await database.write(begin)
    said = await database.write(say, "Grüße 👋 {}")

    found = await database.read(log.after, "cnv_1", 0, limit=10)

    assert [event.seq for event in found] == [1, 2]
    assert found[1] == said
    assert found[1].at == NOW
    assert found[1].body["text"] == "Grüße 👋 {}"


async def test_events_are_read_in_pages(database: Database) -> None:
    await database.write(begin)
    for n in range(9):
        await database.write(say, f"m{n}")

    pages = [await database.read(log.after, "cnv_1", after, limit=4) for after in (0, 4, 8, 10)]

    assert [[event.seq for event in page] for page in pages] == [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10], []]


async def test_parallel_writers_leave_no_gap(database: Database) -> None:
    await database.write(begin)

    await asyncio.gather(*(database.write(say, f"m{n}") for n in range(60)))

    found = await database.read(log.after, "cnv_1", 0, limit=100)
    assert [event.seq for event in found] == list(range(1, 62))
    assert (await database.read(conversations.get, "cnv_1")).last_seq == 61


async def test_parallel_resends_are_one_event(database: Database) -> None:
    await database.write(begin)

    events = await asyncio.gather(*(database.write(say, "once") for _ in range(30)))

    assert {event.seq for event in events} == {2}


async def test_an_id_with_another_digest_is_a_conflict(database: Database) -> None:
    await database.write(begin)
    await database.write(say, "once")

    with pytest.raises(Conflict):
        await database.read(log.earlier, "cnv_1", "customer", command("once", "something else"))


async def test_the_database_itself_refuses_a_second_use_of_an_id(database: Database) -> None:
    await database.write(begin)
    await database.write(say, "once")

    def careless(tx: Transaction) -> None:
        step = hear(conversations.lock(tx, "cnv_1"), Utterance(text="x", command=command("once")))
        log.record(tx, step, now=NOW)

    with pytest.raises(sa.exc.IntegrityError):
        await database.write(careless)
    assert (await database.read(conversations.get, "cnv_1")).last_seq == 2


def open_handoff(tx: Transaction, handoff_id: str, *, careless: bool = False) -> None:
    now_is = conversations.lock(tx, "cnv_1")
    if careless:
        now_is = replace(now_is, status="bot")
    handoff = Handoff(id=handoff_id, reference=handoff_id, reason="customer_request", requested_at=NOW)
    log.record(tx, request_handoff(now_is, handoff, notice=Notice(text="Wait."), place=Place(position=1)), now=NOW)


async def test_the_database_itself_refuses_a_second_open_handoff(database: Database) -> None:
    await database.write(begin)
    await database.write(open_handoff, "hnd_1")

    with pytest.raises(sa.exc.IntegrityError):
        await database.write(partial(open_handoff, careless=True), "hnd_2")

    def count(tx: Transaction) -> int:
        return tx.execute(sa.select(sa.func.count()).select_from(handoffs)).scalar_one()

    assert await database.read(count) == 1


async def test_a_closed_handoff_makes_room_for_another(database: Database) -> None:
    await database.write(begin)
    await database.write(open_handoff, "hnd_1")
    await database.write(lambda tx: tx.execute(sa.update(handoffs).values(state="resolved", closed_at=NOW)) and None)

    await database.write(partial(open_handoff, careless=True), "hnd_2")


async def test_one_turn_runs_and_the_others_wait_in_order(database: Database) -> None:
    await database.write(begin)
    for n in range(3):
        await database.write(say, f"m{n}")

    def run_next(tx: Transaction) -> tuple[int, int | None]:
        now_is = conversations.lock(tx, "cnv_1")
        running = turns.start_next(tx, now_is, ME)
        assert running is not None
        ending = turns.Ending(state="done", error_code=None, duration_ms=1)
        assert turns.finish(tx, running, ending, now=NOW)
        assert not turns.finish(tx, running, ending, now=NOW)
        following = turns.start_next(tx, now_is, ME)
        return running.utterance_seq, following.utterance_seq if following else None

    assert [await database.write(run_next) for _ in range(3)] == [(2, 3), (3, 4), (4, None)]


async def test_owed_turns_are_found_longest_first(database: Database) -> None:
    for n, name in enumerate(["cnv_1", "cnv_2", "cnv_3"]):
        await database.write(begin, name)
        at = NOW - timedelta(seconds=n)
        await database.write(partial(say, conversation_id=name, now=at), "hello")

    assert await database.read(turns.abandoned, ME) == ["cnv_3", "cnv_2", "cnv_1"]


async def test_a_resumed_turn_knows_its_text_and_its_deaths(database: Database) -> None:
    await database.write(begin)
    await database.write(say, "hello")
    turn = await database.write(turns.resume, "cnv_1", ME)
    assert isinstance(turn, Turn)

    await database.write(turns.count_death, turn)
    again = await database.write(turns.resume, "cnv_1", ME)

    assert again is not None
    assert (again.text, again.engine_deaths, again.message_id) == ("hello", 1, "cnv_1:2")


async def test_turns_of_an_older_owner_are_skipped(database: Database) -> None:
    await database.write(begin)
    await database.write(say, "hello")
    await database.write(open_handoff, "hnd_1")

    assert await database.write(turns.resume, "cnv_1", ME) is None
    assert await database.read(turns.abandoned, ME) == []


async def test_the_token_opens_its_conversation_only(database: Database) -> None:
    await database.write(begin, "cnv_1")
    await database.write(begin, "cnv_2")

    assert await database.read(conversations.id_by_token, "hash of cnv_2") == "cnv_2"
    assert await database.read(conversations.id_by_token, "hash of cnv_3") is None


async def test_what_is_not_there_is_not_found(database: Database) -> None:
    with pytest.raises(NotFound):
        await database.read(conversations.get, "cnv_1")
    with pytest.raises(NotFound):
        await database.read(log.one, "cnv_1", 1)


async def test_the_last_message_is_the_last_one_said_aloud(database: Database) -> None:
    await database.write(begin)

    def remark(tx: Transaction) -> Any:
        now_is = conversations.lock(tx, "cnv_1")
        return log.record(tx, note(now_is, SYSTEM, {"text": "between us"}), now=NOW).conversation.last_message

    last = await database.write(remark)

    assert last["text"] == "Hello!"


async def test_a_webhook_id_is_used_once(database: Database) -> None:
    await database.write(partial(webhooks.remember, now=NOW), "msg_1", "digest", {"created": True})

    assert await database.read(webhooks.earlier, "msg_1", "digest") == {"created": True}
    assert await database.read(webhooks.earlier, "msg_2", "digest") is None
    with pytest.raises(Conflict):
        await database.read(webhooks.earlier, "msg_1", "other")
    with pytest.raises(Conflict):
        await database.write(partial(webhooks.remember, now=NOW), "msg_1", "digest", {})


async def test_old_webhook_ids_are_forgotten(database: Database) -> None:
    await database.write(partial(webhooks.remember, now=NOW - timedelta(days=2)), "msg_old", "d", {})
    await database.write(partial(webhooks.remember, now=NOW), "msg_new", "d", {})

    forgotten = await database.write(partial(webhooks.forget, before=NOW - timedelta(days=1)))

    assert forgotten == 1
    assert await database.read(webhooks.earlier, "msg_new", "d") == {}
