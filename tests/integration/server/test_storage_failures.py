"""A locked, full, read-only, damaged or vanished database: words that name it, nothing accepted that is not kept."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from bot.store import database as store
from bot.store import snapshot
from tests.integration.server.conftest import Serve
from tests.integration.server.desk_under_test import Customer, Desk, ScriptedEngine

pytestmark = pytest.mark.anyio


@contextmanager
def locked(desk: Desk) -> Iterator[None]:
    """Somebody else holds the write lock."""
    foreign = sqlite3.connect(desk.parts.database.place, isolation_level=None)
    foreign.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        foreign.close()


@contextmanager
def every_connection(desk: Desk, pragma: str, afterwards: str) -> Iterator[None]:
    """A limit that SQLite itself keeps, on every connection, as a disk would set it."""
    engine = desk.parts.database._engine
    value = pragma

    def limit(connection: sqlite3.Connection, *_: object) -> None:
        connection.execute(f"PRAGMA {value}")

    sa.event.listen(engine, "checkout", limit)
    yield
    value = afterwards  # the pool's connections remember what they were told


def assert_refused(answer: httpx.Response, code: str, *words: str) -> None:
    assert (answer.status_code, answer.json()["code"]) == (503, code), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert int(answer.headers["retry-after"]) >= 1
    assert all(word in answer.json()["detail"] for word in words), answer.json()["detail"]


async def test_a_locked_store_refuses_and_is_readable_meanwhile(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "BUSY_TIMEOUT_S", 0.2)
    async with serve() as desk:
        customer = await desk.customer()
        with locked(desk):
            refused = await customer.say("When do you open?", "once")
            events = await customer.events()
        accepted = await customer.say("When do you open?", "once")

    assert_refused(refused, "storage_unavailable", "lock")
    assert len(events) == 1
    assert accepted.status_code == 202


async def test_a_lock_that_is_soon_gone_is_only_waited_for(desk: Desk) -> None:
    customer = await desk.customer()

    with locked(desk):
        waiting = asyncio.create_task(customer.say("When do you open?"))
        await asyncio.sleep(1)
        early = waiting.done()
    answer = await waiting

    assert (early, answer.status_code) == (False, 202)


async def test_many_who_wait_for_a_lock_wait_at_the_same_time(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "BUSY_TIMEOUT_S", 0.5)
    async with serve() as desk:
        customers = [await desk.customer() for _ in range(20)]
        with locked(desk):
            began = monotonic()
            answers = await asyncio.gather(*(each.say("When do you open?", "once") for each in customers))
            took_s = monotonic() - began
        again = await asyncio.gather(*(each.say("When do you open?", "once") for each in customers))

    for answer in answers:
        assert_refused(answer, "storage_unavailable", "lock")
    assert took_s < 20 * 0.5 / 2  # one after the other it would be twice as long, and that on an idle machine
    assert {answer.status_code for answer in again} == {202}


async def test_the_event_loop_never_waits_for_the_store(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "BUSY_TIMEOUT_S", 0.5)
    longest = 0.0

    async def watch() -> None:
        nonlocal longest
        while True:
            began = monotonic()
            await asyncio.sleep(0.005)
            longest = max(longest, monotonic() - began)

    async with serve() as desk:
        customer = await desk.customer()
        watching = asyncio.create_task(watch())
        with locked(desk):
            await customer.say("When do you open?")
        watching.cancel()

    # 50 ms is the promise; a loaded test machine may take the loop away for longer, the lock would for 500.
    assert longest < 0.3


async def test_an_answer_waits_for_the_store_to_come_back(
    serve: Serve, engine: ScriptedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "BUSY_TIMEOUT_S", 0.1)
    monkeypatch.setattr("bot.server.turns.STORAGE_RETRY_S", 0.1)
    engine.holds(0.3)
    async with serve() as desk:
        customer = await desk.customer()
        await customer.say("When do you open?")
        with locked(desk):
            await asyncio.sleep(0.8)
        await customer.messages("answer")

    assert len(engine.turns) == 1


async def test_a_full_disk_is_named_and_forgotten_when_there_is_room(desk: Desk) -> None:
    customer = await desk.customer()
    pages = await desk.parts.database.read(lambda tx: tx.exec_driver_sql("PRAGMA page_count").scalar_one())

    with every_connection(desk, f"max_page_count = {pages}", "max_page_count = 1000000"):
        answers = [await customer.say("x" * 2000, f"full-{n}") for n in range(20)]
        meanwhile = await customer.events()
    again = [await customer.say("x" * 2000, f"full-{n}") for n in range(20)]
    events = await customer.events()

    refused = [answer for answer in answers if answer.status_code != 202]
    assert refused
    for answer in refused:
        assert_refused(answer, "storage_full", "full", "Free")
    accepted = {answer.json()["seq"] for answer in answers if answer.status_code == 202}
    assert accepted <= {event["seq"] for event in meanwhile}
    assert {answer.status_code for answer in again} == {202}
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    said = [event["body"]["client_message_id"] for event in events if event["author"]["kind"] == "customer"]
    assert sorted(said) == sorted(f"full-{n}" for n in range(20))


async def test_a_read_only_store_is_named_and_can_be_read(desk: Desk) -> None:
    customer = await desk.customer()

    with every_connection(desk, "query_only = 1", "query_only = 0"):
        refused = await customer.say("When do you open?", "once")
        events = await customer.events()
    accepted = await customer.say("When do you open?", "once")

    assert_refused(refused, "storage_unavailable", "read-only")
    assert len(events) == 1
    assert accepted.status_code == 202


async def test_a_store_that_vanished_takes_no_more_messages(desk: Desk) -> None:
    customer = await desk.customer()
    Path(desk.parts.database.place).unlink()

    refused = await customer.say("When do you open?")

    assert_refused(refused, "storage_unavailable", "bot restore")


async def filled(desk: Desk, number: int) -> list[Customer]:
    """Conversations that fill many pages."""
    customers = [await desk.customer() for _ in range(number)]
    for customer in customers:
        for _ in range(3):
            assert (await customer.say("x" * 2000)).status_code == 202
    return customers


def harm(file: Path) -> None:
    """Overwrite three of the pages that hold messages, as a bad disk does."""
    content, page, leaf = file.read_bytes(), 4096, b"\x0d"
    places = [
        place
        for place in range(page, len(content), page)
        if content[place : place + 1] == leaf and b"x" * 500 in content[place : place + page]
    ]
    with file.open("r+b") as pages:
        for place in places[5:8]:
            pages.seek(place)
            pages.write(b"\xa5" * page)


async def test_damage_is_named_and_what_is_whole_stays_readable(desk: Desk) -> None:
    desk.engine.answers(handoff_requested=False)
    customers = await filled(desk, 25)
    for customer in customers:
        await customer.messages("answer", 3, timeout_s=60)

    def settle(tx: store.Transaction) -> None:
        tx.exec_driver_sql("COMMIT")
        tx.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        tx.exec_driver_sql("BEGIN")

    await desk.parts.database.read(settle)
    desk.parts.database._engine.dispose()  # with its connections go the pages they remember
    harm(Path(desk.parts.database.place))
    answers = [
        await desk.http.get(f"{each.path}/events", params={"limit": 500}, headers=each.headers) for each in customers
    ]

    assert {answer.status_code for answer in answers} == {200, 503}
    for answer in answers:
        if answer.status_code == 503:
            assert_refused(answer, "storage_unavailable", "damaged", "bot restore")


async def test_copies_made_while_customers_write_are_whole(desk: Desk, tmp_path: Path) -> None:
    customers = [await desk.customer() for _ in range(6)]
    stop = asyncio.Event()
    accepted: list[tuple[str, int]] = []

    async def writes(customer: Customer) -> None:
        number = 0
        while not stop.is_set():
            number += 1
            answer = await customer.say(f"message {number}", f"m-{number}")
            accepted.append((customer.id, answer.raise_for_status().json()["seq"]))

    writing = [asyncio.create_task(writes(customer)) for customer in customers]
    source, missing, wrong = Path(desk.parts.database.place), [], []
    for number in range(4):
        while len(accepted) < (number + 1) * 15:
            await asyncio.sleep(0.01)
        before = set(accepted)
        copy = tmp_path / f"copy-{number}.db"
        await asyncio.to_thread(snapshot.snapshot, source, copy)
        wrong += await asyncio.to_thread(snapshot.faults, copy)
        wrong += await asyncio.to_thread(snapshot.faults, source)
        missing += before - kept_in(copy)
    stop.set()
    await asyncio.gather(*writing)

    assert (wrong, missing) == ([], [])


def kept_in(copy: Path) -> set[tuple[str, int]]:
    connection = sqlite3.connect(copy)
    try:
        found: list[Any] = connection.execute("SELECT conversation_id, seq FROM events").fetchall()
    finally:
        connection.close()
    return {(conversation_id, seq) for conversation_id, seq in found}
