"""The outbox's worker: everything that leaves the desk is written with its event and leaves at least once.

One loop turns the outbox over: in a single transaction it records the tries that ended and leases what may go next, so
a burst costs few commits. It runs when an event was committed, when a try ended and when something falls due; after a
kill it finds in the store what is still to be done.
"""

import asyncio
import contextlib
import logging
import random
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from prometheus_client import Counter

from bot import failpoints
from bot.desk.delivery import NextStep, after_try, retry_after_s
from bot.desk.errors import WorldFailed
from bot.desk.outgoing import SUBSCRIBABLE, leaves
from bot.server import metrics
from bot.server.couriers import Couriers, Letter
from bot.server.egress import Answer
from bot.server.limits import Buckets
from bot.store import endpoints, outbox
from bot.store.database import Database, Transaction
from bot.store.endpoints import PACES, Endpoint, Pace
from bot.store.log import Recorded
from bot.store.outbox import LEASE_S, Delivery, Outcome

log = logging.getLogger(__name__)

LOOK_AGAIN_S = 30.0
"""For what another server left behind; what this one writes wakes the loop at once."""
KEEP_HOUSE_S = 600.0
STORAGE_PAUSE_S = 2.0
STOP_PATIENCE_S = 2.0

TRIES = Counter("frontdesk_delivery_tries_total", "Tries to deliver.", ["kind", "verdict"], registry=metrics.REGISTRY)


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """Deliveries to one endpoint that travel together, under one lease."""

    endpoint: Endpoint
    deliveries: Sequence[Delivery]


@dataclass(frozen=True, kw_only=True)
class Tried:
    """A parcel that was tried, and what became of it."""

    parcel: Parcel
    answer: Answer
    steps: Sequence[NextStep]
    rest_until: datetime | None
    at: datetime


@dataclass(kw_only=True)
class _Round:
    """What one turn of the loop did."""

    parcels: list[Parcel] = field(default_factory=list)
    disabled: list[tuple[Endpoint, str]] = field(default_factory=list)
    next_at: datetime | None = None


class Outbox:
    """Writes what leaves, and sees it delivered.

    Args:
        database: The event store.
        couriers: Who delivers.
        now: The clock of the record.
        is_open: Whether the desk has its opening hours at a moment.
        address: Where people reach this desk.
        announce: Tells all staff that are online.
        alone: Whether no other server can work on this store: then leases found at the start are a dead process's.
        speed: How many times faster than planned waits pass; above 1 in tests only.
        exchange: Where events go on the message bus, if there is one.
    """

    def __init__(
        self,
        *,
        database: Database,
        couriers: Couriers,
        now: Callable[[], datetime],
        is_open: Callable[[datetime], bool],
        address: str,
        announce: Callable[[Mapping[str, Any]], None],
        alone: bool,
        speed: float = 1.0,
        exchange: str | None = None,
    ) -> None:
        self.couriers = couriers
        self.tests = Buckets(rate=6, per_s=60, burst=3)  # by endpoint: the test button is no load generator
        self._database = database
        self._now = now
        self._is_open = is_open
        self._address = address
        self._announce = announce
        self._alone = alone
        self._speed = speed
        self._exchange = exchange
        self._knows_bus = False
        self._wake = asyncio.Event()
        self._running: dict[asyncio.Task[None], Parcel] = {}
        self._ended: list[Tried] = []
        self._kept_house_at = float("-inf")
        self._is_stopping = False
        self._takes_more = True

    def write(self, tx: Transaction, recorded: Recorded) -> bool:
        """Write what these events tell the world, in their own transaction.

        Returns:
            Whether there is anything; then call `wake` once it is committed.
        """
        found = (
            leaves(event, recorded.conversation, desk_open=self._is_open(event.at), address=self._address)
            for event in recorded.events
        )
        outgoing = [each for each in found if each is not None]
        return bool(outgoing) and outbox.put(tx, outgoing, endpoints.active(tx), now=self._now()) > 0

    def wake(self) -> None:
        """Look at once: there is something new."""
        self._wake.set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Outbox"]:
        """Deliver in the background; at the end what runs is recorded or given back."""
        worker = asyncio.create_task(self._work())
        try:
            yield self
        finally:
            self._is_stopping = True
            self._wake.set()
            await worker
            await self._stop()
            await self.couriers.close()

    async def _work(self) -> None:
        while not self._is_stopping:
            self._wake.clear()
            pause_s = await self._look_and_wait_s()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), pause_s)
        await self._look_and_wait_s()  # what the last changes wrote leaves, too
        self._takes_more = False

    async def _look_and_wait_s(self) -> float:
        """Turn the outbox over once; answers for how long there is nothing to do."""
        try:
            next_at = await self.look()
        except WorldFailed as exc:
            log.warning("the outbox waits for the store", extra={"code": exc.code})
            return STORAGE_PAUSE_S
        except Exception:  # a mistake of ours must not end deliveries for ever
            log.exception("the outbox stumbled")
            return STORAGE_PAUSE_S
        if next_at is None:
            return LOOK_AGAIN_S
        return min(max((next_at - self._now()).total_seconds(), 0.0), LOOK_AGAIN_S)

    async def look(self) -> datetime | None:
        """Record what ended, lease and send what is due.

        Returns:
            When the next thing falls due; None when nothing is waiting for a time.
        """
        if self._alone:
            await self._database.write(outbox.release, None, now=self._now())
            self._alone = False  # from now on every lease is our own
        if not self._knows_bus:
            await self._database.write(self._keep_bus)
            self._knows_bus = True
        if time.monotonic() - self._kept_house_at > KEEP_HOUSE_S:
            await self._database.write(outbox.keep_house, now=self._now())
            self._kept_house_at = time.monotonic()
        ended, self._ended = self._ended, []
        try:
            done = await self._database.write(self._turn_over, ended)
        except BaseException:
            self._ended = ended + self._ended
            raise
        for parcel in done.parcels:
            task = asyncio.create_task(self._try(parcel))
            self._running[task] = parcel
            task.add_done_callback(lambda task: self._running.pop(task, None))
        for endpoint, reason in done.disabled:
            log.warning("endpoint disabled", extra={"endpoint_id": endpoint.id})
            self._announce({"type": "endpoint", "endpoint": {"id": endpoint.id, "disabled_reason": reason}})
        return done.next_at

    def _keep_bus(self, tx: Transaction) -> None:
        now = self._now()
        gone = endpoints.keep_bus(tx, self._exchange, SUBSCRIBABLE, now=now)
        if gone is not None:
            outbox.disable(tx, gone, endpoints.BUS_IS_GONE, now=now)

    async def idle(self) -> None:
        """Wait for the tries that run now."""
        await asyncio.gather(*self._running, return_exceptions=True)

    def _turn_over(self, tx: Transaction, ended: Sequence[Tried]) -> _Round:
        done = _Round()
        active = {endpoint.id: endpoint for endpoint in endpoints.lock_active(tx)}
        for tried in ended:
            self._settle(tx, tried, active, done)
        now = self._now()
        for endpoint in endpoints.active(tx) if done.disabled else active.values():
            if not (endpoint.not_before and endpoint.not_before > now) and self._takes_more:
                done.parcels += self._claim(tx, endpoint, now)
        done.next_at = _next_at(tx, endpoints.active(tx), now)
        return done

    def _claim(self, tx: Transaction, endpoint: Endpoint, now: datetime) -> list[Parcel]:
        claimed = outbox.claim(tx, endpoint, now=now, lease_s=LEASE_S)
        if claimed:
            endpoints.paced(tx, endpoint, now=now)
        together: dict[str | None, list[Delivery]] = {}
        for delivery in claimed:
            together.setdefault(delivery.lease, []).append(delivery)
        return [Parcel(endpoint=endpoint, deliveries=each) for each in together.values()]

    def _settle(self, tx: Transaction, tried: Tried, active: dict[str, Endpoint], done: _Round) -> None:
        """Record one try. What was reported under a lost lease changes nothing."""
        held = [
            step
            for delivery, step in zip(tried.parcel.deliveries, tried.steps, strict=True)
            if outbox.settle(tx, delivery, _outcome(step), now=tried.at)
        ]
        endpoint = active.get(tried.parcel.endpoint.id)
        if not held or endpoint is None:
            return
        if held[0].verdict == "disable":
            if outbox.disable(tx, endpoint, held[0].reason, now=tried.at):
                done.disabled.append((endpoint, held[0].reason))
            return
        if PACES[endpoint.kind].ordered:
            if held[0].at is not None:
                active[endpoint.id] = after = endpoints.rest(tx, endpoint, held[0].at)
                outbox.defer(tx, after)  # what comes later in a conversation must not overtake what failed
            return
        after = endpoints.note_try(
            tx,
            endpoint,
            succeeded=held[0].verdict == "delivered",
            rest_until=tried.rest_until,
            now=tried.at,
            speed=self._speed,
        )
        if after.not_before != endpoint.not_before:
            outbox.defer(tx, after)
        active[endpoint.id] = after

    async def _try(self, parcel: Parcel) -> None:
        """One try, from the request to the step that follows from its answer."""
        letters = [Letter(id=each.id, type=each.type, payload=each.payload) for each in parcel.deliveries]
        await failpoints.pass_by("outbox.leased")
        try:
            answer = await self.couriers.carry(parcel.endpoint, letters, now=self._now())
        except Exception:
            log.exception("a try broke", extra={"endpoint_id": parcel.endpoint.id})
            answer = Answer(error="a fault of this desk; its log has it")
        await failpoints.pass_by("outbox.answered")
        self._ended.append(self._judged(parcel, answer))
        self._wake.set()

    def _judged(self, parcel: Parcel, answer: Answer) -> Tried:
        now = self._now()
        pace = PACES[parcel.endpoint.kind]
        steps = [self._step(delivery, answer, now, pace) for delivery in parcel.deliveries]
        for step in steps:
            TRIES.labels(parcel.endpoint.kind, step.verdict).inc()
        asked_s = retry_after_s(answer.headers, now=now) if answer.status in (429, 503) else None
        rest_until = now + timedelta(seconds=asked_s / self._speed) if asked_s else None
        return Tried(parcel=parcel, answer=answer, steps=steps, rest_until=rest_until, at=now)

    def _step(self, delivery: Delivery, answer: Answer, now: datetime, pace: Pace) -> NextStep:
        step = after_try(
            tries=1 if pace.ordered else delivery.tries,
            status=answer.status,
            now=now,
            jitter=random.random(),  # noqa: S311 - spreads tries, keeps no secret
            headers=answer.headers,
            error=answer.error,
        )
        if pace.ordered and step.at is not None:
            step = NextStep(verdict=step.verdict, reason=step.reason, at=now + timedelta(seconds=pace.again_s))
        if step.at is None or self._speed == 1.0:
            return step
        return NextStep(verdict=step.verdict, reason=step.reason, at=now + (step.at - now) / self._speed)

    async def _stop(self) -> None:
        """Give running tries a moment, then their leases back: the next start need not wait for them to run out."""
        if self._running:
            await asyncio.wait(self._running, timeout=STOP_PATIENCE_S)
        left = [delivery for parcel in self._running.values() for delivery in parcel.deliveries]
        for task in list(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        ended, self._ended = self._ended, []
        try:
            await self._database.write(self._turn_over, ended)
            if left:
                await self._database.write(outbox.release, left, now=self._now())
        except WorldFailed as exc:
            log.warning("the last deliveries could not be recorded", extra={"code": exc.code})


def _outcome(step: NextStep) -> Outcome:
    state = "dead" if step.verdict == "disable" else step.verdict
    return Outcome(state=state, error=None if step.verdict == "delivered" else step.reason, next_at=step.at)


def _next_at(tx: Transaction, active: Sequence[Endpoint], now: datetime) -> datetime | None:
    """When something falls due; what is due now and was not leased waits for a running try, which wakes the loop."""
    moments = []
    for endpoint in active:
        due = outbox.next_due(tx, endpoint)
        if due is not None:
            moments.append(max(due, endpoint.not_before or due))
    return min((moment for moment in moments if moment > now), default=None)
