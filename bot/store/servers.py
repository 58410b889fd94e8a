"""The servers on one store: which of them live, and which agents have their console open where.

A server writes its row again and again. One whose row is older than the lease is dead, or was paused and does not know
it: another one takes its turns over, and what it reports later under its old lease changes nothing. All of it goes by
the store's own clock, because those of two machines may differ by minutes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.store.database import Transaction
from bot.store.schema import servers, staff

LEASE_S = 6.0
"""Five beats: a server that misses them all has lost its machine, its network or its store."""
FORGOTTEN_AFTER = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Company:
    """What a server learns from a beat.

    Attributes:
        time: The store's clock.
        servers: How many servers live, this one included.
        online: Agents with an open console at the other servers.
        away: Agents who have said that they take no conversations now.
    """

    time: datetime
    servers: int
    online: frozenset[str]
    away: frozenset[str]


def clock(tx: Transaction) -> datetime:
    """What time it is for the store; for a file that is this machine's clock."""
    if tx.dialect.name != "postgresql":
        return datetime.now(UTC)
    now: datetime = tx.execute(sa.select(sa.func.clock_timestamp())).scalar_one()
    return now.astimezone(UTC)


def beat(tx: Transaction, server_id: str, online: Sequence[str]) -> Company:
    """Say that a server lives and who is online there, and learn the same of the others."""
    now = clock(tx)
    values: dict[str, Any] = {"seen_at": now, "online": sorted(online)}
    known = tx.execute(sa.update(servers).where(servers.c.id == server_id).values(**values))
    if known.rowcount == 0:
        tx.execute(sa.insert(servers).values(id=server_id, started_at=now, **values))
        tx.execute(sa.delete(servers).where(servers.c.seen_at < now - FORGOTTEN_AFTER))
    living = tx.execute(sa.select(servers.c.id, servers.c.online).where(_lives(now))).all()
    return Company(
        time=now,
        servers=len(living),
        online=frozenset(staff_id for row in living if row.id != server_id for staff_id in row.online),
        away=away(tx),
    )


def away(tx: Transaction) -> frozenset[str]:
    """Agents who have said that they take no conversations now."""
    return frozenset(tx.execute(sa.select(staff.c.id).where(staff.c.available.is_(False))).scalars())


def living(tx: Transaction) -> frozenset[str]:
    """The servers heard of within the lease."""
    return frozenset(tx.execute(sa.select(servers.c.id).where(_lives(clock(tx)))).scalars())


def leave(tx: Transaction, server_id: str) -> None:
    """Say goodbye: what this server still holds may be taken over at once."""
    tx.execute(sa.delete(servers).where(servers.c.id == server_id))


def _lives(now: datetime) -> sa.ColumnElement[bool]:
    return servers.c.seen_at > now - timedelta(seconds=LEASE_S)
