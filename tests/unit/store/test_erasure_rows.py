"""Retention and erasure on both databases."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta, timezone
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.desk.conversation import Conversation, Handoff, Place, Utterance, hear, open_conversation, request_handoff
from bot.desk.errors import NotFound, RetentionChanged
from bot.desk.events import Command
from bot.desk.handoff import Notice
from bot.desk.outgoing import Outgoing
from bot.store import conversations, corrections, endpoints, erasures, log, outbox, retention, turns
from bot.store.corrections import Correction
from bot.store.database import Database, Transaction
from bot.store.erasures import By
from bot.store.schema import metadata
from tests.postgresql import fresh_schema

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=timezone.utc)
OWNER = By(reason="owner", staff_id="stf_1", staff_name="Olga")
RETENTION = By(reason="retention")

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def migrated() -> Iterator[str]:
    """One store on PostgreSQL for all tests here: to migrate it takes longer than any of them."""
    with fresh_schema() as url:
        Database.open(url).close()
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An opened, empty store."""
    place = tmp_path / "frontdesk.db" if request.param == "sqlite" else request.getfixturevalue("migrated")
    opened = Database.open(place)
    with opened._engine.begin() as tx:
        for table in reversed(metadata.sorted_tables):
            if table.name != "meta":
                tx.execute(sa.delete(table))
    yield opened
    opened.close()


def talk(tx: Transaction, name: str, at: datetime = NOW, *, needs_person: bool = False) -> None:
    """A conversation with something in every table that belongs to it."""
    begun = open_conversation(Conversation(id=name, created_at=at, updated_at=at), "Hello")
    recorded = log.create(tx, begun, f"hash of {name}", now=at)
    said = Utterance(text="Secret words", command=Command(client_message_id="c-1", digest="d"))
    recorded = log.record(tx, hear(recorded.conversation, said), now=at)
    turns.add(tx, recorded.conversation, 2, None, server_id="srv_1", now=at)
    correction = Correction(conversation_id=name, staff_id="stf_1", kind="wrong_mood", message_seq=2, label="positive")
    corrections.add(tx, correction, Command(client_message_id="a-1", digest="d", author_id="stf_1"), now=at)
    if needs_person:
        handoff = Handoff(id=f"hnd_{name}", reference=name[-8:], reason="customer_request", requested_at=at)
        notice = Notice(text="Wait", wants_contact=False)
        step = request_handoff(
            recorded.conversation, handoff, notice=notice, place=Place(position=1, expected_wait_s=None)
        )
        log.record(tx, step, now=at)


def rows_about(tx: Transaction, name: str) -> list[str]:
    """Tables in which anything of a conversation stands."""
    return [
        table.name for table in metadata.sorted_tables for row in tx.execute(sa.select(table)).all() if name in str(row)
    ]


async def put(database: Database, *names: str, at: datetime = NOW, needs_person: bool = False) -> None:
    for name in names:
        await database.write(partial(talk, name=name, at=at, needs_person=needs_person))


def erasing(ids: Sequence[str], by: By = OWNER, now: datetime = NOW) -> partial[list[str]]:
    return partial(erasures.erase, conversation_ids=ids, by=by, now=now)


async def test_nothing_is_left_but_a_line_and_numbers(database: Database) -> None:
    await put(database, "cnv_gone", "cnv_kept", needs_person=True)

    erased = await database.write(erasing(["cnv_gone"]))

    assert erased == ["cnv_gone"]
    assert await database.read(rows_about, "cnv_gone") == ["erasures"]
    assert (await database.read(conversations.get, "cnv_kept")).last_seq > 0
    found = await database.read(erasures.of, "cnv_gone")
    assert (found.reason, found.staff_name, found.erased_at) == ("owner", "Olga", NOW)


async def test_erasing_again_changes_nothing(database: Database) -> None:
    await put(database, "cnv_1")
    await database.write(erasing(["cnv_1"]))
    before = await database.read(erasures.daily)

    assert await database.write(erasing(["cnv_1", "cnv_never"], RETENTION)) == []
    assert await database.read(erasures.daily) == before
    assert (await database.read(erasures.of, "cnv_1")).reason == "owner"
    with pytest.raises(NotFound):
        await database.read(erasures.of, "cnv_never")


async def test_the_token_tells_what_happened(database: Database) -> None:
    await put(database, "cnv_1")
    await database.write(erasing(["cnv_1"]))

    assert await database.read(conversations.id_by_token, "hash of cnv_1") is None
    assert await database.read(erasures.id_by_token, "hash of cnv_1") == "cnv_1"
    assert await database.read(erasures.id_by_token, "another") is None


async def test_numbers_add_up_over_erasures(database: Database) -> None:
    await put(database, "cnv_1", "cnv_2", needs_person=True)
    await put(database, "cnv_3", at=NOW - timedelta(days=1))

    for name in ("cnv_1", "cnv_2", "cnv_3"):
        await database.write(erasing([name], RETENTION))

    found = {(day, name): number for day, name, number in await database.read(erasures.daily)}
    assert found == {
        (date(2026, 11, 21), "conversations"): 1,
        (date(2026, 11, 21), "customer_messages"): 1,
        (date(2026, 11, 22), "conversations"): 2,
        (date(2026, 11, 22), "conversations_handed_over"): 2,
        (date(2026, 11, 22), "customer_messages"): 2,
        (date(2026, 11, 22), "handoffs"): 2,
    }
    assert {day for day, _, _ in await database.read(erasures.daily, since=date(2026, 11, 22))} == {date(2026, 11, 22)}


@pytest.mark.parametrize(("by", "told"), [(OWNER, ["conversation.erased"]), (RETENTION, [])])
async def test_receivers_hear_of_wishes_and_keep_no_delivery_of_it(database: Database, by: By, told: list[str]) -> None:
    def subscribed(tx: Transaction) -> None:
        made = endpoints.add(
            tx,
            kind="webhook",
            url="https://r.example",
            event_types=["conversation.erased", "handoff.requested"],
            now=NOW,
        )

        about = Outgoing(type="handoff.requested", payload={"words": "Secret words"}, conversation_id="cnv_1", seq=3)
        outbox.put(tx, [about], [made], now=NOW)

    await put(database, "cnv_1")
    await database.write(subscribed)
    await database.write(erasing(["cnv_1"], by))

    found = await database.read(outbox.deliveries, limit=10)
    assert [each.type for each in found] == told
    assert all(each.payload["data"] == {"conversation_id": "cnv_1"} for each in found)


async def test_what_is_due_is_old_and_not_open(database: Database) -> None:
    old, young = NOW - timedelta(days=31), NOW - timedelta(days=29)
    await put(database, "cnv_old", at=old)
    await put(database, "cnv_older", at=old - timedelta(days=1))
    await put(database, "cnv_waits", at=old, needs_person=True)
    await put(database, "cnv_young", at=young)

    def due(days: int, limit: int = 10) -> partial[list[str]]:
        return partial(retention.due, days=days, now=NOW, limit=limit)

    assert await database.write(due(30)) == ["cnv_older", "cnv_old"]
    assert await database.write(due(30, limit=1)) == ["cnv_older"]
    assert await database.write(due(0)) == []
    stock = await database.read(partial(retention.stock, days=30, now=NOW))
    assert (stock.conversations, stock.due, stock.oldest_at) == (4, 2, old - timedelta(days=1))


async def test_a_wish_waits_until_the_person_is_done_for_an_hour(database: Database) -> None:
    await put(database, "cnv_waits", needs_person=True)
    await put(database, "cnv_done", "cnv_other")
    for name in ("cnv_waits", "cnv_done"):
        assert await database.write(partial(retention.wish, conversation_id=name, now=NOW))
        assert not await database.write(partial(retention.wish, conversation_id=name, now=NOW))

    async def wished(after: timedelta) -> list[str]:
        return await database.write(partial(retention.wished, now=NOW + after, limit=10))

    assert await wished(timedelta(minutes=59)) == []
    assert await wished(timedelta(minutes=60)) == ["cnv_done"]
    await database.write(erasing(["cnv_done"]))
    assert await wished(timedelta(minutes=60)) == []


async def test_the_newest_time_counts_and_says_who_and_when(database: Database) -> None:
    def save(days: int, version: int) -> partial[retention.Saved]:
        return partial(retention.save, days=days, version=version, staff_id="stf_1", staff_name="Olga", now=NOW)

    assert await database.read(partial(retention.current, default=365)) == retention.Saved(days=365)
    await database.write(save(90, 0))
    await database.write(save(0, 1))

    found = await database.read(partial(retention.current, default=365))
    assert (found.days, found.version, found.staff_name) == (0, 2, "Olga")
    assert [each.days for each in await database.read(partial(retention.history, limit=5))] == [0, 90]
    with pytest.raises(RetentionChanged):
        await database.write(save(30, 1))


async def test_lines_about_erasures_are_read_by_time_and_forgotten_after_a_while(database: Database) -> None:
    await put(database, "cnv_1", "cnv_2")
    await database.write(erasing(["cnv_1"], now=NOW - timedelta(days=91)))
    await database.write(erasing(["cnv_2"], now=NOW))

    def since(moment: datetime | None, until: datetime = NOW) -> partial[list[Any]]:
        return partial(erasures.since, moment=moment, until=until, limit=10)

    assert [each.conversation_id for each in await database.read(since(None))] == ["cnv_1", "cnv_2"]
    assert [each.conversation_id for each in await database.read(since(NOW))] == ["cnv_2"]
    assert [each.conversation_id for each in await database.read(since(None, NOW - timedelta(1)))] == ["cnv_1"]
    assert [each.conversation_id for each in await database.read(erasures.recent, limit=1)] == ["cnv_2"]
    assert await database.write(erasures.forget, now=NOW) == 1
    assert [each.conversation_id for each in await database.read(erasures.recent, limit=9)] == ["cnv_2"]


async def test_deleted_words_are_not_left_in_the_file(tmp_path: Path) -> None:
    location = tmp_path / "frontdesk.db"
    database = Database.open(location)
    await put(database, "cnv_1")
    await database.write(erasing(["cnv_1"]))
    database.close()

    assert b"Secret words" not in location.read_bytes()
