"""Kill -9 at every step of a delivery: it arrives, under the id it had, and its schedule is kept."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.faults.customer import Customer
from tests.faults.desk_process import DeskProcess
from tests.faults.receiver import Receiver, add_endpoint
from tests.ports import free_port

PATIENCE_S = 90.0


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver(random.Random(1), failures=0.0) as receiver:
        yield receiver


@pytest.fixture
def desk(receiver: Receiver, tmp_path: Path) -> Iterator[DeskProcess]:
    settings = {"FRONTDESK_PRIVATE_TARGETS": f"127.0.0.1:{receiver.port}"}
    desk = DeskProcess(port=free_port(), engine_port=free_port(), data=tmp_path / "data", settings=settings)
    receiver.secret = add_endpoint(desk, f"http://127.0.0.1:{receiver.port}/hooks", ["handoff.requested"])
    yield desk
    desk.kill()


async def press_for_a_person(desk: DeskProcess) -> None:
    """One committed event that has to leave."""
    async with httpx.AsyncClient(base_url=desk.url, timeout=5) as http:
        customer = Customer(http, random.Random(1))
        await customer.arrive()
        await customer.ask_for_a_person()


def wait_until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not happened():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.02)


def rows(desk: DeskProcess) -> list[tuple[str, str | None]]:
    """State and next moment of every delivery, from the store itself."""
    database = sqlite3.connect(f"file:{desk.data / 'frontdesk.db'}?mode=ro", uri=True)
    try:
        return database.execute("SELECT state, next_at FROM outbox").fetchall()
    finally:
        database.close()


def tries(receiver: Receiver) -> int:
    return sum(len(stamps) for stamps in receiver.tries.values())


@pytest.mark.parametrize(
    ("place", "times"),
    [
        pytest.param("outbox.leased:kill", 1, id="V1-committed-and-not-sent"),
        pytest.param("outbox.answered:kill", 2, id="V3-taken-and-not-recorded"),
    ],
)
def test_a_delivery_survives_the_kill_under_its_id(
    desk: DeskProcess, receiver: Receiver, place: str, times: int
) -> None:
    desk.start_to_die(place)
    asyncio.run(press_for_a_person(desk))
    assert desk.wait() == -9

    desk.start()
    wait_until(lambda: [state for state, _ in rows(desk)] == ["delivered"])

    assert [len(stamps) for stamps in receiver.tries.values()] == [times]
    assert receiver.wrong == []


def test_v2_what_was_sent_and_never_answered_is_sent_again_under_its_id(desk: DeskProcess, receiver: Receiver) -> None:
    receiver.how = "hang"
    desk.start()
    asyncio.run(press_for_a_person(desk))
    wait_until(lambda: len(receiver.tries) == 1)
    desk.kill()

    receiver.how = "ok"
    desk.start()
    wait_until(lambda: [state for state, _ in rows(desk)] == ["delivered"])

    assert [len(stamps) for stamps in receiver.tries.values()] == [2]


def test_v4_a_back_off_is_neither_shortened_nor_begun_anew(desk: DeskProcess, receiver: Receiver) -> None:
    receiver.how = "error"
    desk.start()
    asyncio.run(press_for_a_person(desk))
    # After two failures it waits for five minutes, longer than any restart takes.
    wait_until(lambda: tries(receiver) == 2 and [state for state, _ in rows(desk)] == ["pending"])
    before = rows(desk)
    desk.kill()

    receiver.how = "ok"
    desk.start()
    asyncio.run(press_for_a_person(desk))  # a second event wakes the outbox, which leaves the first one waiting
    wait_until(lambda: "delivered" in [state for state, _ in rows(desk)])

    assert before[0] in rows(desk)
