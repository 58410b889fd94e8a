"""Replay past conversations under other thresholds, before an owner saves them.

The same `decide` as on live turns, one turn after the other, until it hands over. What a conversation would have become
after that nobody knows, so nothing is counted past that point.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot.desk.escalation import CONTINUE, Decision, EscalationSettings, TurnFacts, decide

SECONDS_PER_DAY = 86_400


@dataclass(frozen=True, kw_only=True)
class PastConversation:
    """A customer's turns in one conversation, oldest first, up to its end or a hand-back."""

    id: str
    turns: tuple[TurnFacts, ...]


@dataclass(frozen=True, kw_only=True)
class Replay:
    """What the rules would have done in one conversation; turns count from 1."""

    conversation_id: str
    offered_at: int | None = None
    handed_over_at: int | None = None
    decision: Decision = CONTINUE  # the handover, else the first offer

    @property
    def stepped_in_at(self) -> int | None:
        """The turn of the first offer or handover."""
        return min((turn for turn in (self.offered_at, self.handed_over_at) if turn is not None), default=None)


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What other thresholds would change."""

    conversations: int
    handoffs_before: int
    handoffs_after: int
    offers_before: int
    offers_after: int
    newly: tuple[Replay, ...]  # hand over only under the new thresholds
    no_longer: tuple[Replay, ...]  # handed over only under the old ones; as they were
    moved: tuple[tuple[Replay, Replay], ...]  # hand over under both, at another turn
    days: float | None  # that the conversations span; None when their times are not known

    @property
    def extra_handoffs_per_day(self) -> float | None:
        """Handoffs that agents would get more each day, negative for fewer; None without times."""
        return None if self.days is None else (self.handoffs_after - self.handoffs_before) / self.days


def replay(conversation: PastConversation, *, settings: EscalationSettings) -> Replay:
    """Decide every turn of one conversation in order, until a handover.

    An offer that is recorded with a turn counts beside those that the rules make, because the customer answered it.
    """
    seen: list[TurnFacts] = []
    offered_at, offer = None, CONTINUE
    for number, facts in enumerate(conversation.turns, start=1):
        decision = decide([*seen, replace(facts, decision=None)], settings=settings)
        if decision.kind == "escalate":
            return Replay(
                conversation_id=conversation.id, offered_at=offered_at, handed_over_at=number, decision=decision
            )
        if decision.kind == "offer" and offered_at is None:
            offered_at, offer = number, decision
        recorded = "offer" if facts.decision == "offer" else decision.kind
        seen.append(replace(facts, decision=recorded))
    return Replay(conversation_id=conversation.id, offered_at=offered_at, decision=offer)


def compare(
    conversations: Iterable[PastConversation], *, before: EscalationSettings, after: EscalationSettings
) -> Comparison:
    """Replay conversations under two sets of thresholds and list what differs."""
    past = list(conversations)
    pairs = [(replay(one, settings=before), replay(one, settings=after)) for one in past]
    return Comparison(
        conversations=len(pairs),
        handoffs_before=sum(old.handed_over_at is not None for old, _ in pairs),
        handoffs_after=sum(new.handed_over_at is not None for _, new in pairs),
        offers_before=sum(old.offered_at is not None for old, _ in pairs),
        offers_after=sum(new.offered_at is not None for _, new in pairs),
        newly=tuple(new for old, new in pairs if old.handed_over_at is None and new.handed_over_at is not None),
        no_longer=tuple(old for old, new in pairs if old.handed_over_at is not None and new.handed_over_at is None),
        moved=tuple((old, new) for old, new in pairs if _moved(old, new)),
        days=_days(past),
    )


def _moved(old: Replay, new: Replay) -> bool:
    both = old.handed_over_at is not None and new.handed_over_at is not None
    return both and old.handed_over_at != new.handed_over_at


def _days(conversations: Sequence[PastConversation]) -> float | None:
    """Days that the turns span; at least one, so that an hour's conversations are not blown up to a day's."""
    times = [turn.at for conversation in conversations for turn in conversation.turns if turn.at is not None]
    return max((max(times) - min(times)) / SECONDS_PER_DAY, 1.0) if times else None
