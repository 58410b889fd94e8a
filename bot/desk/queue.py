"""The queue of waiting handoffs: who comes first, who is where, how long it may take.

An expected wait is told only when recent claims support it. A customer who is told nothing waits; one who was told five
minutes and waited twenty does not come back.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from math import ceil
from statistics import median
from typing import Literal, get_args

Priority = Literal["low", "normal", "high", "urgent"]
PRIORITIES: tuple[Priority, ...] = get_args(Priority)  # rising

RECENT = timedelta(hours=2)  # a lunch break away from now the desk is staffed differently
MIN_CLAIMS = 5  # fewer say more about chance than about the desk


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """One open handoff that nobody has claimed."""

    conversation_id: str
    priority: Priority
    waiting_since: datetime


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A handoff that an agent claimed."""

    requested_at: datetime
    claimed_at: datetime

    @property
    def waited_s(self) -> float:
        """Seconds from request to claim; never negative, whatever a clock did."""
        return max((self.claimed_at - self.requested_at).total_seconds(), 0.0)


def ordered(waiting: Iterable[Waiting]) -> list[Waiting]:
    """The queue: highest priority first, then longest wait; the id breaks ties so that all see the same order."""
    return sorted(waiting, key=lambda one: (-PRIORITIES.index(one.priority), one.waiting_since, one.conversation_id))


def position(waiting: Iterable[Waiting], conversation_id: str) -> int | None:
    """Place in the queue, 1 for the next one; None for a conversation that is not waiting."""
    ids = [one.conversation_id for one in ordered(waiting)]
    return ids.index(conversation_id) + 1 if conversation_id in ids else None


def expected_wait_s(place: int, claims: Sequence[Claim], *, now: datetime, agents_online: int) -> int | None:
    """How long the customer at `place` will probably wait.

    Three of four recent customers waited no longer than the first part; each customer ahead adds the usual time between
    two claims.

    Args:
        place: Position in the queue, at least 1.
        claims: Claims in any order; those older than two hours are ignored.
        now: Aware.
        agents_online: Agents who are available now.

    Returns:
        Whole seconds, rounded up to minutes; None when nobody is online or fewer than five recent claims are known.
    """
    recent = sorted(
        (claim for claim in claims if now - RECENT <= claim.claimed_at <= now), key=lambda one: one.claimed_at
    )
    if agents_online < 1 or len(recent) < MIN_CLAIMS:
        return None
    waits = sorted(claim.waited_s for claim in recent)
    usual_s = waits[ceil(0.75 * len(waits)) - 1]
    between_s = median((later.claimed_at - earlier.claimed_at).total_seconds() for earlier, later in pairwise(recent))
    return 60 * max(ceil((usual_s + (place - 1) * between_s) / 60), 1)
