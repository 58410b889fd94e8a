"""The worker against scripted receivers: real sockets and store, a clock that a test moves."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.desk.addresses import read_private_target
from bot.desk.delivery import WAITS_S
from bot.desk.endpoint_secrets import secret
from bot.desk.errors import StorageUnavailable
from bot.desk.outgoing import ENDPOINT_DISABLED, Outgoing
from bot.server import couriers as couriers_module
from bot.server.couriers import Couriers
from bot.server.egress import Egress
from bot.server.mail import Mailer
from bot.server.outbox import Outbox
from bot.store import endpoints, outbox
from bot.store.database import Database, Transaction
from bot.store.endpoints import Endpoint
from bot.store.outbox import LEASE_S, Delivery
from tests.integration.server.receiver_under_test import Receiver, answers, hangs, receiving

pytestmark = pytest.mark.anyio
MASTER = "the desk's own secret"
LOOPBACK = [read_private_target(f"127.0.0.1:{port}") for port in range(18400, 18490)]


class Bench:
    """A store, a clock, and workers on both."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
        self.announced: list[Any] = []

    def worker(self, *, alone: bool = False, timeout_s: float = 15.0) -> Outbox:
        couriers = Couriers(
            egress=Egress(allowed=LOOPBACK, timeout_s=timeout_s), mailer=Mailer(None), master=MASTER, business="Books"
        )
        return Outbox(
            database=self.database,
            couriers=couriers,
            now=lambda: self.now,
            is_open=lambda now: True,
            address="https://desk.example",
            announce=self.announced.append,
            alone=alone,
        )

    async def endpoint(self, receiver: Receiver, kind: endpoints.Kind = "webhook", *types: str) -> Endpoint:
        return await self.database.write(
            endpoints.add, kind=kind, url=receiver.url, event_types=types or ("x",), now=self.now
        )

    async def put(self, number: int = 1, type_: str = "x", first: int = 1) -> None:
        def work(tx: Transaction) -> None:
            told = [
                Outgoing(type=type_, payload={"type": type_, "data": {"n": n}}, conversation_id="cnv", seq=n)
                for n in range(first, first + number)
            ]
            outbox.put(tx, told, endpoints.active(tx), now=self.now)

        await self.database.write(work)

    async def rows(self, state: str | None = None) -> list[Delivery]:
        return await self.database.read(outbox.deliveries, limit=10_000, state=state)

    async def run(self, worker: Outbox) -> datetime | None:
        """Send what is due now and record how it went."""
        await worker.look()
        await worker.idle()
        return await worker.look()

    def pass_(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    database = Database.open(tmp_path / "data" / "frontdesk.db")
    yield Bench(database)
    database.close()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as one:
        yield one


async def test_the_golden_vector_of_the_specification_arrives(
    bench: Bench, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    golden = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    monkeypatch.setattr(couriers_module, "valid_secrets", lambda *args, **kwargs: [golden])
    monkeypatch.setattr(outbox, "token_urlsafe", lambda size: "p5jXN8AQM9LWM0D4loKWxJek")
    bench.now = datetime.fromtimestamp(1614265330, UTC)
    await bench.endpoint(receiver)
    told = Outgoing(type="x", payload={"test": 2432232314})
    await bench.database.write(lambda tx: outbox.put(tx, [told], endpoints.active(tx), now=bench.now))

    await bench.run(bench.worker())

    [received] = receiver.received
    assert received.body == b'{"test": 2432232314}'
    assert received.headers["webhook-id"] == "msg_p5jXN8AQM9LWM0D4loKWxJek"
    assert received.headers["webhook-timestamp"] == "1614265330"
    assert received.headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


async def test_a_retry_has_the_same_id_a_fresh_timestamp_and_the_schedules_time(
    bench: Bench, receiver: Receiver
) -> None:
    receiver.reactions = [answers(500), answers(503), answers(200)]
    one = await bench.endpoint(receiver)
    worker = bench.worker()
    await bench.put()
    began = bench.now

    for _ in range(3):
        due = await bench.run(worker)
        bench.now = due or bench.now

    ids = {each.id for each in receiver.received}
    stamps = [int(each.headers["webhook-timestamp"]) for each in receiver.received]
    assert len(ids) == 1
    assert stamps[0] < stamps[1] < stamps[2]
    assert WAITS_S[0] * 0.8 + WAITS_S[1] * 0.8 <= (bench.now - began).total_seconds() <= 305 * 1.2
    assert all(each.is_signed_by(secret(MASTER, one.id, 1)) for each in receiver.received)
    assert [row.state for row in await bench.rows()] == ["delivered"]


async def test_after_ten_tries_a_delivery_is_dead_with_its_reason_and_can_be_replayed(
    bench: Bench, receiver: Receiver
) -> None:
    receiver.reaction = answers(500)
    await bench.endpoint(receiver)
    worker = bench.worker()
    await bench.put()
    began = bench.now
    while due := await bench.run(worker):
        bench.now = due

    [dead] = await bench.rows("dead")
    assert dead.last_error == "The receiver answered 500. That was try 10 of 10."
    assert timedelta(hours=75.5 * 0.8) < bench.now - began < timedelta(hours=75.7 * 1.2)

    receiver.reaction = answers(200)
    await bench.database.write(outbox.replay, ids=[dead.id], now=bench.now)
    bench.pass_(601)  # the circuit's longest rest
    await bench.run(worker)

    assert len({each.id for each in receiver.received}) == 1
    assert len(receiver.received) == 11
    assert [row.state for row in await bench.rows()] == ["delivered"]


@pytest.mark.parametrize(
    ("status", "headers", "wait_s"), [(429, "Retry-After: 120\r\n", 120), (503, "Retry-After: 120\r\n", 120)]
)
async def test_retry_after_rests_the_whole_endpoint(
    bench: Bench, receiver: Receiver, status: int, headers: str, wait_s: int
) -> None:
    receiver.reactions = [answers(status, headers)]
    await bench.endpoint(receiver)
    worker = bench.worker()
    await bench.put(1)
    await bench.run(worker)
    await bench.put(3, first=2)

    bench.pass_(wait_s - 1)
    await bench.run(worker)
    assert len(receiver.received) == 1

    bench.pass_(1)
    await bench.run(worker)
    assert len(receiver.received) == 5


async def test_410_disables_the_endpoint_and_tells_staff_and_the_other_endpoints(
    bench: Bench, receiver: Receiver
) -> None:
    receiver.reaction = answers(410)
    gone = await bench.endpoint(receiver)
    async with receiving() as other:
        await bench.endpoint(other, "webhook", ENDPOINT_DISABLED)
        worker = bench.worker()
        await bench.put(6)
        await bench.run(worker)
        await bench.run(worker)

    found = await bench.database.read(endpoints.get, gone.id)
    assert found.disabled_reason == "The receiver answered 410: it wants no more webhooks."
    assert len(receiver.received) <= 4  # those on their way when the first answer came
    assert [row.state for row in await bench.rows() if row.endpoint_id == gone.id] == ["dead"] * 6
    assert bench.announced == [
        {"type": "endpoint", "endpoint": {"id": gone.id, "disabled_reason": found.disabled_reason}}
    ]
    assert [each.json["type"] for each in other.received] == [ENDPOINT_DISABLED]


async def test_after_five_failures_the_endpoint_rests_and_is_tried_with_one(bench: Bench, receiver: Receiver) -> None:
    receiver.reaction = answers(500)
    await bench.endpoint(receiver)
    worker = bench.worker()
    await bench.put(20)
    for _ in range(6):
        await bench.run(worker)
    tried = len(receiver.received)
    assert 5 <= tried <= 8  # four at a time

    bench.pass_(30)
    receiver.reactions = [answers(500)]
    receiver.reaction = answers(200)
    await bench.run(worker)
    assert len(receiver.received) == tried + 1

    bench.pass_(60)
    await bench.run(worker)
    assert len(receiver.received) >= tried + 2
    assert [row.state for row in await bench.rows("delivered")] != []


async def test_slack_gets_one_post_a_second_with_a_burst_merged(bench: Bench, receiver: Receiver) -> None:
    await bench.endpoint(receiver, "slack", "handoff.resolved")
    worker = bench.worker()
    await bench.put(45, "handoff.resolved")

    await bench.run(worker)
    await bench.run(worker)
    assert len(receiver.received) == 1

    for _ in range(2):
        bench.pass_(1)
        await bench.run(worker)
    lines = [each.json["text"].split("\n") for each in receiver.received]
    assert [len(each) for each in lines] == [20, 20, 5]
    assert set(receiver.received[0].json) == {"text"}
    assert [row.state for row in await bench.rows()] == ["delivered"] * 45


async def test_a_hanging_receiver_does_not_hold_up_another(
    bench: Bench, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.server.outbox.STOP_PATIENCE_S", 0.1)
    receiver.reaction = hangs
    async with receiving() as healthy:
        await bench.endpoint(receiver)
        await bench.endpoint(healthy)
        worker = bench.worker(timeout_s=60.0)
        async with worker.running():
            await bench.put(100)
            worker.wake()
            await healthy.gets(100, timeout_s=40)

    assert len(receiver.received) == 4  # as many as are tried at a time, and none of them has ended


async def test_v1_what_was_committed_before_a_kill_is_sent_at_the_start(bench: Bench, receiver: Receiver) -> None:
    await bench.endpoint(receiver)
    await bench.put(3)

    async with bench.worker(alone=True).running():
        await receiver.gets(3, timeout_s=5)


async def test_v2_what_a_dead_worker_had_leased_is_sent_again_under_the_same_id(
    bench: Bench, receiver: Receiver
) -> None:
    receiver.reactions = [hangs]
    await bench.endpoint(receiver)
    dead = bench.worker()
    await bench.put()
    await dead.look()
    await receiver.gets(1)
    other = bench.worker()

    bench.pass_(LEASE_S - 1)
    await bench.run(other)
    assert len(receiver.received) == 1

    bench.pass_(1)
    await bench.run(other)
    assert len(receiver.received) == 2
    assert receiver.received[0].id == receiver.received[1].id


async def test_a_worker_that_was_paused_cannot_undo_what_another_delivered(bench: Bench, receiver: Receiver) -> None:
    resume = asyncio.Event()

    async def fails_late(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await resume.wait()
        await answers(500)(reader, writer)

    receiver.reactions = [fails_late]
    await bench.endpoint(receiver)
    paused, other = bench.worker(), bench.worker()
    await bench.put()
    await paused.look()
    await receiver.gets(1)

    bench.pass_(LEASE_S)
    await bench.run(other)
    resume.set()
    await paused.idle()
    await paused.look()

    [row] = await bench.rows()
    [one] = await bench.database.read(endpoints.everyone)
    assert (row.state, row.tries) == ("delivered", 2)
    assert one.failures == 0


async def test_v4_a_restart_keeps_the_back_off(bench: Bench, receiver: Receiver) -> None:
    receiver.reactions = [answers(500)] * 2
    await bench.endpoint(receiver)
    await bench.put()
    worker = bench.worker(alone=True)
    bench.now = (await bench.run(worker)) or bench.now
    due = await bench.run(worker)

    restarted = bench.worker(alone=True)
    bench.pass_(200)
    assert await bench.run(restarted) == due
    assert len(receiver.received) == 2


async def test_v5_both_secrets_sign_while_one_is_rotated(bench: Bench, receiver: Receiver) -> None:
    one = await bench.endpoint(receiver)
    await bench.database.write(endpoints.rotate, one.id, now=bench.now)
    worker = bench.worker()
    await bench.put(1)
    await bench.run(worker)
    bench.pass_(24 * 3600)
    await bench.put(1, first=2)
    await bench.run(worker)

    during, after = receiver.received
    new, old = secret(MASTER, one.id, 2), secret(MASTER, one.id, 1)
    assert (during.is_signed_by(new), during.is_signed_by(old)) == (True, True)
    assert (after.is_signed_by(new), after.is_signed_by(old)) == (True, False)


async def test_an_answer_is_not_forgotten_when_the_store_fails(
    bench: Bench, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bench.endpoint(receiver)
    worker = bench.worker()
    await bench.put()
    await worker.look()
    await worker.idle()

    async def locked(*args: Any, **kwargs: Any) -> None:
        raise StorageUnavailable

    with monkeypatch.context() as broken:
        broken.setattr(bench.database, "write", locked)
        with pytest.raises(StorageUnavailable):
            await worker.look()
    await worker.look()

    assert [row.state for row in await bench.rows()] == ["delivered"]
    assert len(receiver.received) == 1


async def test_a_stop_gives_back_what_is_on_its_way(
    bench: Bench, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.server.outbox.STOP_PATIENCE_S", 0.1)
    receiver.reaction = hangs
    await bench.endpoint(receiver)
    await bench.put()

    async with bench.worker().running():
        await receiver.gets(1)

    assert [row.state for row in await bench.rows()] == ["pending"]


async def test_thirty_percent_failures_lose_nothing_and_double_nothing(bench: Bench, receiver: Receiver) -> None:
    rng = random.Random(5)

    async def fails_often(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await answers(500 if rng.random() < 0.3 else 200)(reader, writer)

    receiver.reaction = fails_often
    await bench.endpoint(receiver)
    worker = bench.worker()
    await bench.put(200)

    while (due := await bench.run(worker)) or await bench.rows("pending"):
        bench.now = due or bench.now

    rows = await bench.rows()
    assert {row.state for row in rows} == {"delivered"}
    assert {each.id for each in receiver.received} == {row.id for row in rows}
    assert len(receiver.received) == sum(row.tries for row in rows)
