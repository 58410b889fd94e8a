"""Open a handoff inside a transaction: its reference, its place in the queue, and what the customer is told."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.desk.conversation import Conversation, Handoff, Place, Step, join, request_handoff
from bot.desk.events import SYSTEM, Author, Command
from bot.desk.handoff import AGENT_JOINED, next_steps
from bot.desk.queue import Priority, Waiting, expected_wait_s, position
from bot.server import metrics
from bot.server.profile import Availability
from bot.store import conversations, handoffs
from bot.store.database import Transaction

Source = str  # who asked, for the metric: "engine", "webhook", "button", "failures", "agent"


@dataclass(frozen=True, kw_only=True)
class Wish:
    """Why a human is needed."""

    reason: str
    source: Source
    rule: str | None = None
    evidence: Sequence[Mapping[str, Any]] = ()
    priority: Priority = "normal"
    message_id: str | None = None


def open_handoff(
    tx: Transaction,
    now_is: Conversation,
    wish: Wish,
    availability: Availability,
    *,
    now: datetime,
    author: Author = SYSTEM,
    command: Command | None = None,
) -> Step:
    """Decide a handoff; the caller holds the conversation's lock and records the step.

    Raises:
        HandoffNotOpen: One is open already.
    """
    handoff = _handoff(tx, wish, business=availability.business, now=now)
    place = _place(tx, now_is, wish, availability, now=now)
    notice = next_steps(
        open=availability.open,
        agents_online=availability.agents_online,
        position=place.position,
        expected_wait_s=place.expected_wait_s,
        reference=handoff.reference,
        next_opening=availability.next_opening_words,
        has_contact=now_is.contact is not None,
        reason=wish.reason,
    )
    step = request_handoff(now_is, handoff, notice=notice, place=place, author=author, command=command)
    metrics.HANDOFFS.labels(wish.reason, wish.source).inc()
    return step


def join_conversation(
    tx: Transaction, now_is: Conversation, agent: Author, command: Command, *, business: str, now: datetime
) -> Step:
    """Decide that an agent joins unasked; the caller holds the conversation's lock and records the step.

    Raises:
        HandoffAlreadyClaimed: Another agent has it.
    """
    wish = Wish(reason=AGENT_JOINED, source="agent", rule=f"{agent.name} joined without being asked to.")
    step = join(now_is, _handoff(tx, wish, business=business, now=now), agent, command)
    if step.handoff is not None:
        metrics.HANDOFFS.labels(wish.reason, wish.source).inc()
    return step


def _handoff(tx: Transaction, wish: Wish, *, business: str, now: datetime) -> Handoff:
    return Handoff(
        id=f"hnd_{secrets.token_urlsafe(12)}",
        reference=handoffs.unused_reference(tx, business),
        reason=wish.reason,
        rule=wish.rule,
        evidence=tuple(wish.evidence),
        priority=wish.priority,
        message_id=wish.message_id,
        requested_at=now,
    )


def _place(tx: Transaction, now_is: Conversation, wish: Wish, availability: Availability, *, now: datetime) -> Place:
    own = Waiting(conversation_id=now_is.id, priority=wish.priority, waiting_since=now)
    place = position([*conversations.waiting(tx), own], now_is.id) or 1
    claims = handoffs.recent_claims(tx, now=now)
    wait = expected_wait_s(place, claims, now=now, agents_online=availability.agents_online)
    return Place(position=place, expected_wait_s=wait)
