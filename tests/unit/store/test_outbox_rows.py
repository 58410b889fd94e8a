import asyncio
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from bot.desk.errors import Conflict, NotFound
from bot.desk.outgoing import ENDPOINT_DISABLED, Outgoing
from bot.store import endpoints, outbox
from bot.store.database import Database, Transaction
from bot.store.endpoints import Endpoint
from bot.store.outbox import LEASE_S, Delivery, Outcome

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


async def endpoint(database: Database, kind: endpoints.Kind = "webhook", types: tuple[str, ...] = ("x",)) -> Endpoint:
    return await database.write(endpoints.add, kind=kind, url="https://example.org/", event_types=types, now=NOW)


async def put(database: Database, number: int, *, at: datetime = NOW) -> None:
    def work(tx: Transaction) -> None:
        for seq in range(1, number + 1):
            told = Outgoing(type="x", payload={"n": seq}, conversation_id=f"cnv_{at}", seq=seq)
            outbox.put(tx, [told], endpoints.active(tx), now=at)

    await database.write(work)


async def claim(database: Database, of: Endpoint, *, at: datetime = NOW) -> list[Delivery]:
    return await database.write(outbox.claim, of, now=at, lease_s=LEASE_S)


async def settle(database: Database, delivery: Delivery, outcome: Outcome, *, at: datetime = NOW) -> bool:
    return await database.write(outbox.settle, delivery, outcome, now=at)


async def test_only_endpoints_that_asked_for_the_type_get_a_row(database: Database) -> None:
    asked = await endpoint(database)
    other = await endpoint(database, types=("y",))
    await put(database, 1)

    counts = await database.read(outbox.counts)

    assert counts[asked.id]["pending"] == 1
    assert other.id not in counts


async def test_a_webhook_endpoint_has_four_tries_at_a_time_in_order(database: Database) -> None:
    one = await endpoint(database)
    await put(database, 6)

    first, second = await claim(database, one), await claim(database, one)

    assert [each.seq for each in first] != []
    assert len(first) == 4
    assert len({each.lease for each in first}) == 4
    assert second == []


async def test_workers_beside_each_other_share_the_rows(database: Database) -> None:
    await endpoint(database)
    await put(database, 12)

    def claim_as_a_worker(tx: Transaction) -> list[Delivery]:
        return [each for one in endpoints.lock_active(tx) for each in outbox.claim(tx, one, now=NOW, lease_s=LEASE_S)]

    rounds = await asyncio.gather(*(database.write(claim_as_a_worker) for _ in range(6)))

    claimed = [each.id for claims in rounds for each in claims]
    assert len(claimed) == len(set(claimed)) == 4


async def test_slack_posts_are_merged_under_one_lease(database: Database) -> None:
    one = await endpoint(database, "slack")
    await put(database, 25)

    claimed = await claim(database, one)

    assert len(claimed) == 20
    assert len({each.lease for each in claimed}) == 1
    assert await claim(database, one) == []


async def test_an_endpoint_on_trial_gets_one_delivery(database: Database) -> None:
    one = await endpoint(database)
    await put(database, 6)
    trial = await database.write(endpoints.change, one.id, failures=5)

    assert len(await claim(database, trial)) == 1


async def test_a_lease_that_ran_out_is_claimed_again_under_the_same_id(database: Database) -> None:
    one = await endpoint(database)
    await put(database, 1)
    [dead_worker] = await claim(database, one)

    assert await claim(database, one, at=later(LEASE_S - 1)) == []
    [again] = await claim(database, one, at=later(LEASE_S))

    assert again.id == dead_worker.id
    assert again.lease != dead_worker.lease
    assert again.tries == 2


async def test_what_is_reported_under_a_lost_lease_changes_nothing(database: Database) -> None:
    one = await endpoint(database)
    await put(database, 1)
    [paused_worker] = await claim(database, one)
    [current] = await claim(database, one, at=later(LEASE_S))

    assert not await settle(database, paused_worker, Outcome(state="dead", error="late"))
    assert await settle(database, current, Outcome(state="delivered"))

    [row] = await database.read(outbox.deliveries, limit=10)
    assert (row.state, row.last_error) == ("delivered", None)


async def test_a_retry_keeps_its_time_and_id(database: Database) -> None:
    one = await endpoint(database)
    await put(database, 1)
    [first] = await claim(database, one)
    await settle(database, first, Outcome(state="retry", error="503", next_at=later(300)))

    assert await claim(database, one, at=later(299)) == []
    [second] = await claim(database, one, at=later(300))

    assert (second.id, second.tries, second.last_error) == (first.id, 2, "503")


async def test_an_exclusive_start_gives_leases_back(database: Database) -> None:
    one = await endpoint(database)
    await put(database, 3)
    await claim(database, one)

    assert await database.write(outbox.release, None, now=NOW) == 3
    assert len(await claim(database, one)) == 3


async def test_a_pending_row_stays_in_its_back_off_over_a_start(database: Database) -> None:
    one = await endpoint(database)
    await put(database, 1)
    [first] = await claim(database, one)
    await settle(database, first, Outcome(state="retry", next_at=later(300)))

    await database.write(outbox.release, None, now=later(10))

    assert await database.read(outbox.next_due, one) == later(300)


async def test_rows_wait_for_the_end_of_an_open_circuit(database: Database) -> None:
    one = await endpoint(database)
    await put(database, 2)
    resting = await database.write(endpoints.change, one.id, failures=5, opens_again_at=later(30))
    await database.write(outbox.defer, resting)
    await put(database, 1, at=later(5))

    due = [row.next_at for row in await database.read(outbox.deliveries, limit=10)]

    assert due == [later(30)] * 3


async def test_a_disabled_endpoint_leaves_its_rows_in_the_dead_letters_and_tells_the_others(database: Database) -> None:
    gone = await endpoint(database)
    other = await endpoint(database, types=(ENDPOINT_DISABLED,))
    await put(database, 3)
    [first, *_] = await claim(database, gone)

    assert await database.write(outbox.disable, gone, "It answered 410.", now=NOW)
    assert not await database.write(outbox.disable, gone, "again", now=NOW)

    counts = await database.read(outbox.counts)
    assert counts[gone.id]["dead"] == 3
    assert counts[other.id]["pending"] == 1
    assert not await settle(database, first, Outcome(state="delivered"))


async def test_what_waited_for_four_days_is_given_up(database: Database) -> None:
    await endpoint(database)
    await put(database, 2)

    assert await database.write(outbox.keep_house, now=NOW + timedelta(days=3, hours=23)) == 0
    assert await database.write(outbox.keep_house, now=NOW + timedelta(days=4)) == 2

    [row, _] = await database.read(outbox.deliveries, limit=10, state="dead")
    assert row.last_error == "It could not be delivered within 4 days."


async def test_finished_rows_are_forgotten_after_a_while(database: Database) -> None:
    one = await endpoint(database)
    await put(database, 2)
    first, second = await claim(database, one)
    await settle(database, first, Outcome(state="delivered"))
    await settle(database, second, Outcome(state="dead", error="no"))

    await database.write(outbox.keep_house, now=NOW + outbox.DELIVERED_KEPT)
    assert [row.state for row in await database.read(outbox.deliveries, limit=10)] == ["dead"]

    await database.write(outbox.keep_house, now=NOW + outbox.DEAD_KEPT)
    assert await database.read(outbox.deliveries, limit=10) == []


async def test_a_replay_starts_a_fresh_schedule_under_the_old_id(database: Database) -> None:
    one = await endpoint(database)
    await put(database, 1)
    [first] = await claim(database, one)
    await settle(database, first, Outcome(state="dead", error="no"))

    replayed = await database.write(outbox.replay, ids=[first.id], now=later(1000))

    assert replayed == 1
    [again] = await claim(database, one, at=later(1000))
    assert (again.id, again.tries) == (first.id, 1)


async def test_a_range_is_replayed_from_its_moment_on_and_without_what_was_delivered(database: Database) -> None:
    one = await endpoint(database)
    await put(database, 1)
    await put(database, 3, at=later(60))
    for delivery in await claim(database, one, at=later(60)):
        state = "delivered" if delivery.seq == 2 else "dead"
        await settle(database, delivery, Outcome(state=state), at=later(60))

    assert await database.write(outbox.replay, endpoint_id=one.id, since=later(1), now=later(70)) == 2


async def test_nothing_is_replayed_to_a_disabled_endpoint(database: Database) -> None:
    one = await endpoint(database)
    await put(database, 1)
    await database.write(outbox.disable, one, "off", now=NOW)

    assert await database.write(outbox.replay, endpoint_id=one.id, since=NOW, now=NOW) == 0


async def test_one_event_cannot_be_put_twice(database: Database) -> None:
    await endpoint(database)
    await put(database, 1)

    with pytest.raises(sa.exc.IntegrityError):
        await put(database, 1)


async def test_deleting_an_endpoint_takes_its_rows_along(database: Database) -> None:
    one = await endpoint(database)
    await put(database, 2)

    await database.write(endpoints.delete, one.id)

    assert await database.read(outbox.deliveries, limit=10) == []
    with pytest.raises(NotFound):
        await database.write(endpoints.delete, one.id)


async def test_a_second_rotation_waits_for_the_end_of_the_first(database: Database) -> None:
    one = await endpoint(database)
    rotated = await database.write(endpoints.rotate, one.id, now=NOW)

    with pytest.raises(Conflict):
        await database.write(endpoints.rotate, one.id, now=NOW + timedelta(hours=23))
    again = await database.write(endpoints.rotate, one.id, now=NOW + timedelta(hours=24))

    assert (rotated.secret_generation, again.secret_generation) == (2, 3)


async def test_there_is_an_end_to_the_number_of_endpoints(database: Database) -> None:
    for _ in range(endpoints.MAX_ENDPOINTS):
        await endpoint(database)

    with pytest.raises(Conflict):
        await endpoint(database)
