"""Endpoints: the receivers outside the desk, with the state of each one's circuit, pace and secret."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Any, Literal

import sqlalchemy as sa

from bot.desk.circuit import Circuit
from bot.desk.endpoint_secrets import BOTH_VALID
from bot.desk.errors import Conflict, NotFound
from bot.store.database import Transaction
from bot.store.schema import endpoints

Kind = Literal["webhook", "slack", "email", "amqp"]

BUS_ID = "end_bus"
BUS_IS_GONE = "FRONTDESK_AMQP_URL is not set any more."

MAX_ENDPOINTS = 20
"""Every event is written once for each of them, in its own transaction; more would slow the desk down."""


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How fast endpoints of a kind are sent to.

    Attributes:
        concurrency: Tries at a time.
        every_s: Seconds from one try to the next; 0 for none.
        merged: Deliveries that one try may carry.
        ordered: Whether the events of a conversation leave in their order. After a failure everything rests for
            `again_s`, and tries are not counted: a delivery ends when it expires.
        again_s: Seconds from a failure to the next try of an ordered delivery.
    """

    concurrency: int
    every_s: float = 0.0
    merged: int = 1
    ordered: bool = False
    again_s: float = 10.0


PACES: dict[str, Pace] = {
    "webhook": Pace(concurrency=4),
    "slack": Pace(concurrency=1, every_s=1.0, merged=20),  # Slack allows one post a second and channel
    "email": Pace(concurrency=1, every_s=1.0, merged=20),
    "amqp": Pace(concurrency=1, merged=50, ordered=True),
}


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """One receiver."""

    id: str
    kind: Kind
    url: str
    event_types: Sequence[str]
    secret_generation: int = 1
    previous_secret_until: datetime | None = None
    failures: int = 0
    opens_again_at: datetime | None = None
    next_send_at: datetime | None = None
    disabled_at: datetime | None = None
    disabled_reason: str | None = None
    created_at: datetime

    @property
    def circuit(self) -> Circuit:
        """Its circuit."""
        return Circuit(failures=self.failures, opens_again_at=self.opens_again_at)

    @property
    def concurrency(self) -> int:
        """Tries at a time; one while it is not known whether it is back."""
        return 1 if self.circuit.on_trial else PACES[self.kind].concurrency

    @property
    def not_before(self) -> datetime | None:
        """Nothing is sent to it before; None when it may be sent to at once."""
        return max((each for each in (self.opens_again_at, self.next_send_at) if each), default=None)


_COLUMNS = [endpoints.c[name] for name in Endpoint.__dataclass_fields__]
_SELECT = sa.select(*_COLUMNS)
_ACTIVE = _SELECT.where(endpoints.c.disabled_at.is_(None)).order_by(endpoints.c.created_at, endpoints.c.id)
# NO KEY UPDATE: an event that is being recorded for this endpoint, which holds its key, need not wait.
_TO_SEND = _ACTIVE.with_for_update(key_share=True)


def _read(row: Any) -> Endpoint:
    return Endpoint(**row._mapping)


def active(tx: Transaction) -> list[Endpoint]:
    """The endpoints that are sent to."""
    return [_read(row) for row in tx.execute(_ACTIVE)]


def lock_active(tx: Transaction) -> list[Endpoint]:
    """The endpoints that are sent to, which no other worker can take deliveries of until this transaction ends."""
    return [_read(row) for row in tx.execute(_TO_SEND)]


def everyone(tx: Transaction) -> list[Endpoint]:
    """All endpoints, oldest first."""
    return [_read(row) for row in tx.execute(_SELECT.order_by(endpoints.c.created_at, endpoints.c.id))]


def get(tx: Transaction, endpoint_id: str) -> Endpoint:
    """One endpoint.

    Raises:
        NotFound: There is none with this id.
    """
    row = tx.execute(_SELECT.where(endpoints.c.id == endpoint_id)).one_or_none()
    if row is None:
        raise NotFound
    return _read(row)


def add(tx: Transaction, *, kind: Kind, url: str, event_types: Sequence[str], now: datetime) -> Endpoint:
    """Make an endpoint.

    Raises:
        Conflict: There are as many as there may be.
    """
    if len(everyone(tx)) >= MAX_ENDPOINTS:
        raise Conflict(f"There are {MAX_ENDPOINTS} endpoints already. Delete one that is no longer needed.")
    new = Endpoint(id=f"end_{token_urlsafe(12)}", kind=kind, url=url, event_types=list(event_types), created_at=now)
    tx.execute(sa.insert(endpoints), {name: getattr(new, name) for name in Endpoint.__dataclass_fields__})
    return new


def keep_bus(tx: Transaction, exchange: str | None, event_types: Sequence[str], *, now: datetime) -> Endpoint | None:
    """See that the message bus is an endpoint, of which there is one.

    Args:
        tx: A transaction.
        exchange: What the operator has set; None when there is no bus any more.
        event_types: What it is sent.
        now: The time of the record.

    Returns:
        The endpoint that is to be disabled, because its bus is gone.
    """
    row = tx.execute(_SELECT.where(endpoints.c.kind == "amqp")).one_or_none()
    if exchange is None:
        return _read(row) if row is not None and row.disabled_at is None else None
    if row is None:
        new = Endpoint(id=BUS_ID, kind="amqp", url=exchange, event_types=list(event_types), created_at=now)
        tx.execute(sa.insert(endpoints), {name: getattr(new, name) for name in Endpoint.__dataclass_fields__})
    elif row.disabled_reason == BUS_IS_GONE:
        enable(tx, BUS_ID)
    return None


def change(tx: Transaction, endpoint_id: str, /, **values: Any) -> Endpoint:
    """Change some fields.

    Raises:
        NotFound: There is no such endpoint.
    """
    if values and tx.execute(_of(endpoint_id).values(**values)).rowcount == 0:
        raise NotFound
    return get(tx, endpoint_id)


def _of(endpoint_id: str) -> sa.Update:
    return sa.update(endpoints).where(endpoints.c.id == endpoint_id)


def enable(tx: Transaction, endpoint_id: str) -> Endpoint:
    """Send to it again, as if it had never failed."""
    return change(
        tx, endpoint_id, disabled_at=None, disabled_reason=None, failures=0, opens_again_at=None, next_send_at=None
    )


def disable(tx: Transaction, endpoint_id: str, reason: str, *, now: datetime) -> bool:
    """Send nothing to it any more.

    Returns:
        Whether it was still being sent to.
    """
    still = _of(endpoint_id).where(endpoints.c.disabled_at.is_(None))
    return tx.execute(still.values(disabled_at=now, disabled_reason=reason)).rowcount == 1


def rotate(tx: Transaction, endpoint_id: str, *, now: datetime) -> Endpoint:
    """Raise the secret's generation; the one before signs beside it for a day.

    Raises:
        NotFound: There is no such endpoint.
        Conflict: The last rotation is under way: a third secret would make the first invalid too early.
    """
    found = get(tx, endpoint_id)
    if found.previous_secret_until is not None and now < found.previous_secret_until:
        raise Conflict(
            "The secret was rotated within the last day, and the one before is still in use. Wait for its end."
        )
    return change(
        tx, endpoint_id, secret_generation=found.secret_generation + 1, previous_secret_until=now + BOTH_VALID
    )


def delete(tx: Transaction, endpoint_id: str) -> None:
    """Forget an endpoint and all its deliveries.

    Raises:
        NotFound: There is no such endpoint.
    """
    if tx.execute(sa.delete(endpoints).where(endpoints.c.id == endpoint_id)).rowcount == 0:
        raise NotFound


def paced(tx: Transaction, endpoint: Endpoint, *, now: datetime) -> None:
    """Remember that it is being sent to now, where its kind has a pace."""
    every_s = PACES[endpoint.kind].every_s
    if every_s:
        tx.execute(_of(endpoint.id).values(next_send_at=now + timedelta(seconds=every_s)))


def rest(tx: Transaction, endpoint: Endpoint, until: datetime) -> Endpoint:
    """Send nothing to it before a moment."""
    tx.execute(_of(endpoint.id).values(next_send_at=until))
    return replace(endpoint, next_send_at=until)


def note_try(
    tx: Transaction, endpoint: Endpoint, *, succeeded: bool, rest_until: datetime | None, now: datetime, speed: float
) -> Endpoint:
    """Remember how a try went.

    Args:
        tx: A transaction.
        endpoint: As it is.
        succeeded: Whether the receiver took it.
        rest_until: Until when the receiver asked us to wait, if it did.
        now: When the try ended.
        speed: See `Circuit.after`.
    """
    circuit = endpoint.circuit.after(succeeded=succeeded, now=now, speed=speed)
    rests = max((each for each in (endpoint.next_send_at, rest_until) if each), default=None)
    after = replace(endpoint, failures=circuit.failures, opens_again_at=circuit.opens_again_at, next_send_at=rests)
    if after != endpoint:
        values = {"failures": after.failures, "opens_again_at": after.opens_again_at, "next_send_at": rests}
        tx.execute(_of(endpoint.id).values(**values))
    return after
