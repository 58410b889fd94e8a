"""Servers on one store: who lives, who takes over, and whose late words are refused."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from bot.desk.turns import Turn
from bot.store import conversations, servers, turns
from bot.store import schema as tables
from bot.store.database import Database, Transaction
from tests.unit.store.test_log import NOW, begin, say

pytestmark = pytest.mark.anyio
A = turns.Runner(server_id="srv_me")  # as `say` of the event log's tests
B = turns.Runner(server_id="srv_b")
DONE = turns.Ending(state="done", error_code=None, duration_ms=1)


def fall_silent(tx: Transaction, server_id: str) -> None:
    """As if a server had not been heard of for longer than its lease."""
    long_ago = servers.clock(tx) - timedelta(seconds=servers.LEASE_S + 1)
    tx.execute(sa.update(tables.servers).where(tables.servers.c.id == server_id).values(seen_at=long_ago))


def started(tx: Transaction) -> Turn:
    """The turn that `say` has started on the first server."""
    return Turn(
        conversation_id="cnv_1",
        utterance_seq=2,
        owner_version=0,
        text="hello",
        accepted_at=NOW,
        lease=turns.FIRST_LEASE,
        conversation=conversations.get(tx, "cnv_1"),
    )


@pytest.fixture
async def turn(database: Database) -> Turn:
    """A turn that runs on server A while B lives too."""
    await database.write(begin)
    await database.write(servers.beat, A.server_id, ["stf_ann"])
    await database.write(servers.beat, B.server_id, [])
    await database.write(say, "hello")
    return await database.read(started)


async def test_a_turn_of_a_living_server_is_left_alone(database: Database, turn: Turn) -> None:
    assert await database.read(turns.abandoned, B) == []
    assert await database.write(turns.resume, "cnv_1", B) is None


async def test_a_dead_servers_turn_is_taken_over_and_its_late_answer_refused(database: Database, turn: Turn) -> None:
    await database.write(fall_silent, A.server_id)

    assert await database.read(turns.abandoned, B) == ["cnv_1"]
    taken = await database.write(turns.resume, "cnv_1", B)

    assert taken is not None
    assert (taken.message_id, taken.lease) == (turn.message_id, turn.lease + 1)
    assert not await database.write(turns.finish, turn, DONE, now=NOW)
    assert await database.write(turns.finish, taken, DONE, now=NOW)


async def test_a_server_that_was_silent_but_not_replaced_may_still_answer(database: Database, turn: Turn) -> None:
    await database.write(fall_silent, A.server_id)
    await database.write(servers.beat, A.server_id, [])

    assert await database.write(turns.finish, turn, DONE, now=NOW)


async def test_a_stale_server_counts_no_deaths(database: Database, turn: Turn) -> None:
    await database.write(fall_silent, A.server_id)
    await database.write(turns.resume, "cnv_1", B)

    await database.write(turns.count_death, turn)
    await database.write(fall_silent, B.server_id)
    again = await database.write(turns.resume, "cnv_1", A)

    assert again is not None
    assert again.engine_deaths == 0


async def test_a_turn_lost_between_its_commit_and_its_scheduler_is_found_by_its_own_server(
    database: Database, turn: Turn
) -> None:
    busy = turns.Runner(server_id=A.server_id, runs=lambda message_id: message_id == turn.message_id)

    assert await database.read(turns.abandoned, busy) == []
    assert await database.write(turns.resume, "cnv_1", busy) is None
    assert await database.read(turns.abandoned, A) == ["cnv_1"]


async def test_a_server_that_leaves_gives_its_turns_back_at_once(database: Database, turn: Turn) -> None:
    await database.write(servers.leave, A.server_id)

    assert await database.read(turns.abandoned, B) == ["cnv_1"]


async def test_servers_know_who_is_online_at_the_others(database: Database, turn: Turn) -> None:
    seen_by_b = await database.write(servers.beat, B.server_id, ["stf_bob"])
    await database.write(fall_silent, B.server_id)
    seen_by_a = await database.write(servers.beat, A.server_id, ["stf_ann"])

    assert (seen_by_b.servers, seen_by_b.online) == (2, {"stf_ann"})
    assert (seen_by_a.servers, seen_by_a.online) == (1, frozenset())


async def test_the_stores_clock_is_told(database: Database) -> None:
    before = datetime.now(UTC)
    company = await database.write(servers.beat, A.server_id, [])

    assert abs(company.time - before) < timedelta(minutes=1)  # here both are this machine's
