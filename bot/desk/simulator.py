"""Replay past conversations under other thresholds, before an owner saves them.

The same `decide` as on live turns, one turn after the other, until it hands over. What a conversation would have become
after that nobody knows, so nothing is counted past that point.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.desk.escalation import CONTINUE, Decision, EscalationSettings, TurnFacts, decide

SECONDS_PER_DAY = 86_400
NEEDLESS, TOO_LATE = "needless_handoff", "too_late"
"""What agents say of a handoff; the marks of past conversations."""


@dataclass(frozen=True, kw_only=True)
class PastConversation:
    """A customer's turns in one conversation, oldest first, up to its handoff, its end or a hand-back."""

    id: str
    turns: tuple[TurnFacts, ...]
    marks: frozenset[str] = frozenset()


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
class Pair:
    """One conversation under two sets of thresholds."""

    past: PastConversation
    old: Replay
    new: Replay

    @property
    def hands_over_newly(self) -> bool:
        """Only under the new thresholds."""
        return self.old.handed_over_at is None and self.new.handed_over_at is not None

    @property
    def hands_over_no_longer(self) -> bool:
        """Only under the old ones."""
        return self.old.handed_over_at is not None and self.new.handed_over_at is None

    @property
    def moves(self) -> bool:
        """Under both, at another turn."""
        both = self.old.handed_over_at is not None and self.new.handed_over_at is not None
        return both and self.old.handed_over_at != self.new.handed_over_at

    @property
    def offers_newly(self) -> bool:
        """An offer appears where no handover is made."""
        return self._never_handed_over and self.old.offered_at is None and self.new.offered_at is not None

    @property
    def offers_no_longer(self) -> bool:
        """An offer disappears where no handover is made."""
        return self._never_handed_over and self.old.offered_at is not None and self.new.offered_at is None

    @property
    def _never_handed_over(self) -> bool:
        return self.old.handed_over_at is None and self.new.handed_over_at is None

    @property
    def comes_earlier(self) -> bool:
        """Whether a person is offered or brought in at an earlier turn than before."""
        new, old = self.new.stepped_in_at, self.old.stepped_in_at
        return new is not None and (old is None or new < old)


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What other thresholds would change; `days` that the conversations span, None when their times are not known."""

    pairs: tuple[Pair, ...]
    days: float | None

    def those(self, wanted: Callable[[Pair], bool]) -> list[Pair]:
        """The conversations to which something applies, in the order given."""
        return [pair for pair in self.pairs if wanted(pair)]

    def count(self, wanted: Callable[[Pair], object]) -> int:
        """How many conversations something applies to."""
        return sum(bool(wanted(pair)) for pair in self.pairs)

    @property
    def handoffs_before(self) -> int:
        """Conversations handed over under the old thresholds."""
        return self.count(lambda pair: pair.old.handed_over_at)

    @property
    def handoffs_after(self) -> int:
        """Conversations handed over under the new thresholds."""
        return self.count(lambda pair: pair.new.handed_over_at)

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
    conversations: Iterable[PastConversation],
    *,
    before: EscalationSettings,
    after: EscalationSettings,
    days: float | None = None,
    has_time: Callable[[], bool] = lambda: True,
) -> Comparison:
    """Replay conversations under two sets of thresholds.

    Args:
        conversations: The most telling first: what comes last is left out when time is short.
        before: The thresholds in use.
        after: Those to try.
        days: That the conversations span; by default from the first to the last turn, at least one, so that an hour's
            conversations are not blown up to a day's.
        has_time: Asked before each conversation; False ends the comparison with those that were replayed.
    """
    pairs: list[Pair] = []
    for past in conversations:
        if not has_time():
            break
        pairs.append(Pair(past=past, old=replay(past, settings=before), new=replay(past, settings=after)))
    return Comparison(pairs=tuple(pairs), days=days if days is not None else _days([pair.past for pair in pairs]))


def _days(conversations: Sequence[PastConversation]) -> float | None:
    times = [turn.at for conversation in conversations for turn in conversation.turns if turn.at is not None]
    return max((max(times) - min(times)) / SECONDS_PER_DAY, 1.0) if times else None


_CHANGES: dict[str, Callable[[Pair], bool]] = {
    "newly_escalating": lambda pair: pair.hands_over_newly,
    "no_longer_escalating": lambda pair: pair.hands_over_no_longer,
    "moved": lambda pair: pair.moves,
    "newly_offering": lambda pair: pair.offers_newly,
    "no_longer_offering": lambda pair: pair.offers_no_longer,
}


def as_json(comparison: Comparison, *, limit: int) -> dict[str, Any]:
    """A comparison for people: counts, at most `limit` conversations of each kind of change, what agents had marked."""
    found = {name: comparison.those(wanted) for name, wanted in _CHANGES.items()}
    return {
        "conversations": len(comparison.pairs),
        "turns": sum(len(pair.past.turns) for pair in comparison.pairs),
        "days": comparison.days,
        "handoffs_before": comparison.handoffs_before,
        "handoffs_after": comparison.handoffs_after,
        "offers_before": comparison.count(lambda pair: pair.old.offered_at),
        "offers_after": comparison.count(lambda pair: pair.new.offered_at),
        "extra_handoffs_per_day": comparison.extra_handoffs_per_day,
        "changed": {name: len(pairs) for name, pairs in found.items()},
        **{name: [_line(pair) for pair in pairs[:limit]] for name, pairs in found.items()},
        "marked": _marked(comparison),
    }


def _marked(comparison: Comparison) -> dict[str, int]:
    """What becomes of the handoffs that agents judged; of needless ones only those that the rules had decided."""
    needless = [pair for pair in comparison.pairs if NEEDLESS in pair.past.marks and pair.old.handed_over_at]
    late = [pair for pair in comparison.pairs if TOO_LATE in pair.past.marks]
    return {
        "needless": len(needless),
        "needless_spared": sum(pair.hands_over_no_longer for pair in needless),
        "too_late": len(late),
        "too_late_earlier": sum(pair.comes_earlier for pair in late),
    }


def _line(pair: Pair) -> dict[str, Any]:
    """A changed conversation: what happens at the turn that changed, and why, in one sentence."""
    shown = pair.old if pair.hands_over_no_longer or pair.offers_no_longer else pair.new
    number = shown.handed_over_at or shown.offered_at or 1
    facts = pair.past.turns[number - 1]
    return {
        "id": pair.past.id,
        "message_id": facts.message_id,
        "turn": number,
        "turn_before": pair.old.handed_over_at or pair.old.offered_at,
        "turns": len(pair.past.turns),
        "text": facts.text,
        "at": facts.at,
        "reason": shown.decision.reason,
        "rule": shown.decision.rule,
        "marks": sorted(pair.past.marks),
    }
