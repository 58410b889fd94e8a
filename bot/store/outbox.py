"""The outbox: what is still to leave, what has left, and what could not.

    pending ──claim──► leased ──┬─► delivered
       ▲                        ├─► dead ──replay──► pending
       └───── retry, release ───┘

Rows are written in the transaction of their event. A worker leases a row for a minute; the lease is a fencing token:
what a worker reports under a lease that it lost is ignored.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Any

import sqlalchemy as sa

from bot.desk.outgoing import ENDPOINT_DISABLED, Outgoing, envelope
from bot.store import endpoints
from bot.store.database import Transaction
from bot.store.endpoints import PACES, Endpoint
from bot.store.schema import endpoints as endpoints_table
from bot.store.schema import outbox

LEASE_S = 60.0
"""Four times the longest try: whoever holds a lease for longer is dead or was paused."""
EXPIRES_AFTER = timedelta(days=4)
"""The ten tries with all jitter take 91 h; a circuit that stays open may not keep a row alive for ever."""
DELIVERED_KEPT = timedelta(days=30)
DEAD_KEPT = timedelta(days=90)

STATES = ("pending", "leased", "delivered", "dead")

_UNFINISHED = outbox.c.finished_at.is_(None)


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One event on its way to one endpoint.

    Attributes:
        id: `webhook-id`, the same over all tries.
        tries: Tries so far, the running one included.
    """

    id: str
    endpoint_id: str
    conversation_id: str | None
    seq: int | None
    type: str
    payload: dict[str, Any]
    state: str
    tries: int
    next_at: datetime | None
    lease: str | None
    last_error: str | None
    created_at: datetime
    expires_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of a leased delivery: `retry` has `next_at`, and `error` says why it was not delivered."""

    state: str
    error: str | None = None
    next_at: datetime | None = None


_COLUMNS = [outbox.c[name] for name in Delivery.__dataclass_fields__]


def _read(row: Any) -> Delivery:
    return Delivery(**row._mapping)


def put(tx: Transaction, outgoing: Iterable[Outgoing], receivers: Sequence[Endpoint], *, now: datetime) -> int:
    """Write what is to leave, once for every endpoint that asked for it.

    Returns:
        How many rows were written.
    """
    rows = [
        _row(endpoint, each, now) for each in outgoing for endpoint in receivers if each.type in endpoint.event_types
    ]
    if rows:
        tx.execute(sa.insert(outbox), rows)
    return len(rows)


def _row(endpoint: Endpoint, outgoing: Outgoing, now: datetime) -> dict[str, Any]:
    return {
        "id": f"msg_{token_urlsafe(16)}",
        "endpoint_id": endpoint.id,
        "conversation_id": outgoing.conversation_id,
        "seq": outgoing.seq,
        "type": outgoing.type,
        "payload": dict(outgoing.payload),
        "state": "pending",
        "tries": 0,
        "next_at": max(now, endpoint.not_before or now),
        "created_at": now,
        "expires_at": now + EXPIRES_AFTER,
    }


def claim(tx: Transaction, endpoint: Endpoint, *, now: datetime, lease_s: float) -> list[Delivery]:
    """Lease what an endpoint may be sent now, oldest first; the caller holds the endpoint's lock."""
    pace = PACES[endpoint.kind]
    mine = outbox.c.endpoint_id == endpoint.id
    leased = sa.and_(outbox.c.state == "leased", outbox.c.leased_until > now)
    running = tx.execute(sa.select(sa.func.count(outbox.c.lease.distinct())).where(mine, _UNFINISHED, leased))
    free = endpoint.concurrency - running.scalar_one()
    if free < 1:
        return []
    due = sa.select(*_COLUMNS).where(mine, _UNFINISHED, outbox.c.next_at <= now, sa.not_(leased))
    if pace.ordered:
        due = due.order_by(outbox.c.conversation_id, outbox.c.seq)
    else:
        due = due.order_by(outbox.c.next_at, outbox.c.created_at, outbox.c.id)
    found = tx.execute(due.limit(free * pace.merged)).all()
    claimed: list[Delivery] = []
    for start in range(0, len(found), pace.merged):
        claimed += _lease(tx, found[start : start + pace.merged], now + timedelta(seconds=lease_s))
    return claimed


def _lease(tx: Transaction, rows: Sequence[Any], until: datetime) -> list[Delivery]:
    """Lease rows that travel together under one token."""
    lease = token_urlsafe(12)
    values = {"state": "leased", "lease": lease, "leased_until": until, "tries": outbox.c.tries + 1}
    tx.execute(sa.update(outbox).where(outbox.c.id.in_([row.id for row in rows])).values(**values))
    return [_read_leased(row, lease) for row in rows]


def _read_leased(row: Any, lease: str) -> Delivery:
    return Delivery(**{**row._mapping, "state": "leased", "lease": lease, "tries": row.tries + 1})


def next_due(tx: Transaction, endpoint: Endpoint) -> datetime | None:
    """When an endpoint has something to be sent or a lease that runs out; None when it has neither."""
    moment = sa.case((outbox.c.state == "leased", outbox.c.leased_until), else_=outbox.c.next_at)
    found: datetime | None = tx.execute(
        sa.select(sa.func.min(moment, type_=outbox.c.next_at.type)).where(
            outbox.c.endpoint_id == endpoint.id, _UNFINISHED
        )
    ).scalar_one()
    return found


def settle(tx: Transaction, delivery: Delivery, outcome: Outcome, *, now: datetime) -> bool:
    """Record how a try ended.

    Returns:
        Whether the lease still held; False means that another worker has the delivery, and nothing was changed.
    """
    finished = outcome.state in ("delivered", "dead")
    values = {
        "state": outcome.state if finished else "pending",
        "next_at": None if finished else outcome.next_at,
        "last_error": outcome.error,
        "lease": None,
        "leased_until": None,
        "finished_at": now if finished else None,
    }
    held = sa.and_(outbox.c.id == delivery.id, outbox.c.lease == delivery.lease)
    return tx.execute(sa.update(outbox).where(held).values(**values)).rowcount == 1


def defer(tx: Transaction, endpoint: Endpoint) -> None:
    """Move what would fall due while an endpoint rests to the end of its rest: `next_at` says when a row will move."""
    if endpoint.not_before is None:
        return
    early = sa.and_(
        outbox.c.endpoint_id == endpoint.id,
        _UNFINISHED,
        outbox.c.state == "pending",
        outbox.c.next_at < endpoint.not_before,
    )
    tx.execute(sa.update(outbox).where(early).values(next_at=endpoint.not_before))


def release(tx: Transaction, deliveries: Sequence[Delivery] | None, *, now: datetime) -> int:
    """Give leases back without a result: some, or all (None) where nobody else can hold one.

    Returns:
        How many were given back.
    """
    leased: list[sa.ColumnElement[bool]] = [outbox.c.state == "leased"]
    if deliveries is not None:
        leased.append(outbox.c.lease.in_({each.lease for each in deliveries}))
    values = {"state": "pending", "next_at": now, "lease": None, "leased_until": None}
    return tx.execute(sa.update(outbox).where(*leased).values(**values)).rowcount


def bury(tx: Transaction, endpoint_id: str, reason: str, *, now: datetime) -> None:
    """Give up all that waits for an endpoint that is sent nothing any more; it can be replayed."""
    waiting = sa.and_(outbox.c.endpoint_id == endpoint_id, _UNFINISHED)
    tx.execute(sa.update(outbox).where(waiting).values(**_dead(reason, now)))


def _dead(reason: str, now: datetime) -> dict[str, Any]:
    return {
        "state": "dead",
        "next_at": None,
        "lease": None,
        "leased_until": None,
        "last_error": reason,
        "finished_at": now,
    }


def disable(tx: Transaction, endpoint: Endpoint, reason: str, *, now: datetime) -> bool:
    """Send nothing more to an endpoint, list what waits for it as dead, and tell the other endpoints.

    Returns:
        Whether it was still being sent to.
    """
    if not endpoints.disable(tx, endpoint.id, reason, now=now):
        return False
    bury(tx, endpoint.id, f"The endpoint was disabled: {reason}", now=now)
    payload = envelope(ENDPOINT_DISABLED, {"endpoint_id": endpoint.id, "kind": endpoint.kind, "reason": reason}, at=now)
    put(tx, [Outgoing(type=ENDPOINT_DISABLED, payload=payload)], endpoints.active(tx), now=now)
    return True


def keep_house(tx: Transaction, *, now: datetime) -> int:
    """Give up what has waited for too long, and forget what was finished long ago.

    Returns:
        How many deliveries were given up.
    """
    reason = f"It could not be delivered within {EXPIRES_AFTER.days} days."
    waits = sa.and_(_UNFINISHED, outbox.c.state == "pending", outbox.c.expires_at <= now)
    given_up = tx.execute(sa.update(outbox).where(waits).values(**_dead(reason, now))).rowcount
    for state, kept in (("delivered", DELIVERED_KEPT), ("dead", DEAD_KEPT)):
        old = sa.and_(outbox.c.state == state, outbox.c.finished_at <= now - kept)
        tx.execute(sa.delete(outbox).where(old))
    return given_up


def deliveries(
    tx: Transaction, *, limit: int, state: str | None = None, endpoint_id: str | None = None
) -> list[Delivery]:
    """Deliveries for the console, newest first."""
    wanted: list[sa.ColumnElement[bool]] = [outbox.c.state == state] if state else []
    if endpoint_id:
        wanted.append(outbox.c.endpoint_id == endpoint_id)
    order = (outbox.c.created_at.desc(), outbox.c.id)
    return [_read(row) for row in tx.execute(sa.select(*_COLUMNS).where(*wanted).order_by(*order).limit(limit))]


def counts(tx: Transaction) -> dict[str, dict[str, int]]:
    """How many deliveries each endpoint has of each state."""
    found: dict[str, dict[str, int]] = {}
    query = sa.select(outbox.c.endpoint_id, outbox.c.state, sa.func.count())
    for endpoint_id, state, number in tx.execute(query.group_by(outbox.c.endpoint_id, outbox.c.state)):
        found.setdefault(endpoint_id, dict.fromkeys(STATES, 0))[state] = number
    return found


def last_errors(tx: Transaction) -> dict[str, str]:
    """Why the newest delivery that failed at least once did so, by endpoint."""
    failed = outbox.c.last_error.is_not(None)
    newest = sa.select(outbox.c.endpoint_id, sa.func.max(outbox.c.created_at).label("at")).where(failed)
    latest = newest.group_by(outbox.c.endpoint_id).subquery()
    same = sa.and_(outbox.c.endpoint_id == latest.c.endpoint_id, outbox.c.created_at == latest.c.at)
    found = tx.execute(sa.select(outbox.c.endpoint_id, outbox.c.last_error).join(latest, same).where(failed))
    return {row.endpoint_id: row.last_error for row in found}


def replay(
    tx: Transaction,
    *,
    ids: Sequence[str] = (),
    endpoint_id: str | None = None,
    since: datetime | None = None,
    states: Sequence[str] = ("dead",),
    now: datetime,
) -> int:
    """Send finished deliveries again, under their old ids, with a fresh schedule.

    Args:
        tx: A transaction.
        ids: These; or else
        endpoint_id: all of this endpoint
        since: whose event is not older,
        states: of these states.
        now: When they are due.

    Returns:
        How many will be sent again; those whose endpoint is disabled are not.
    """
    able = sa.select(endpoints_table.c.id).where(endpoints_table.c.disabled_at.is_(None))
    chosen: list[sa.ColumnElement[bool]] = [outbox.c.state.in_(states), outbox.c.endpoint_id.in_(able)]
    if endpoint_id is not None:
        chosen.append(outbox.c.endpoint_id == endpoint_id)
    else:
        chosen.append(outbox.c.id.in_(ids))
    if since is not None:
        chosen.append(outbox.c.created_at >= since)
    values = {"state": "pending", "tries": 0, "next_at": now, "expires_at": now + EXPIRES_AFTER, "finished_at": None}
    return tx.execute(sa.update(outbox).where(*chosen).values(**values)).rowcount
