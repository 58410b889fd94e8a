"""Past conversations as escalation judges them, read from the record.

A conversation is cut where people had it: each part ends with its handoff and the next begins after the hand-back or
resolve, because that is how far back the rules look.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any, get_args

from bot.desk.errors import InvalidRequest
from bot.desk.events import Event
from bot.desk.simulator import PastConversation
from bot.desk.turn_signs import Outcome, TurnFacts

QUESTION_INTENTS = frozenset({"faq", "clarify", "nlu_fallback", "choose_article"})
"""What the engine calls a question; for escalation that is no intent. A test keeps it equal to the engine's own."""

EVENT_TYPES = ("message", "turn", "sentiment", "handoff.requested", "handoff.released", "handoff.resolved")
"""The events that are needed."""

_KNOWN = {one.name for one in fields(TurnFacts)}
_OUTCOMES = frozenset(get_args(Outcome))
_DECISIONS = frozenset({"continue", "offer", "escalate"})
_MARKS = frozenset({"always", "never", "auto"})


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What an agent said of a handoff."""

    kind: str
    at: datetime


@dataclass
class _Part:
    """One part while it is read."""

    turns: list[TurnFacts] = field(default_factory=list)
    handed_over_at: datetime | None = None


def past_conversations(events: Sequence[Event], judgements: Iterable[Judgement] = ()) -> list[PastConversation]:
    """The parts of one conversation in which the assistant answered.

    Args:
        events: Of one conversation, by `seq`; others than `EVENT_TYPES` are passed over.
        judgements: What agents said of its handoffs; each belongs to the last handoff before it was given.

    Returns:
        The parts with at least one turn, oldest first; the first is named after its conversation.
    """
    parts = _parts(events)
    marks: list[set[str]] = [set() for _ in parts]
    for judgement in judgements:
        handed = [n for n, part in enumerate(parts) if part.handed_over_at and part.handed_over_at <= judgement.at]
        if parts:
            marks[handed[-1] if handed else -1].add(judgement.kind)
    name = events[0].conversation_id if events else ""
    return [
        PastConversation(id=f"{name}#{n}" if n > 1 else name, turns=tuple(part.turns), marks=frozenset(marked))
        for n, (part, marked) in enumerate(zip(parts, marks, strict=True), start=1)
        if part.turns
    ]


def _parts(events: Sequence[Event]) -> list[_Part]:
    answered = {
        event.body["utterance_seq"]: event.body
        for event in events
        if event.type == "turn" and event.body.get("state") == "done"
    }
    moods = {event.body["message_seq"]: event.body for event in events if event.type == "sentiment"}
    parts, with_people = [_Part()], False
    for event in events:
        if event.type == "handoff.requested":
            parts[-1].handed_over_at = parts[-1].handed_over_at or event.at
            with_people = True
        elif event.type in ("handoff.released", "handoff.resolved"):
            parts.append(_Part())
            with_people = False
        elif event.type == "message" and event.author.kind == "customer" and not with_people:
            if event.seq in answered:
                parts[-1].turns.append(_facts(event, answered[event.seq], moods.get(event.seq, {})))
    return parts


def _facts(event: Event, turn: Mapping[str, Any], mood: Mapping[str, Any]) -> TurnFacts:
    ranking = turn.get("article_ranking") or [{}]
    intent = turn.get("intent")
    return TurnFacts(
        message_id=event.message_id,
        text=str(event.body["text"]),
        intent=None if intent in QUESTION_INTENTS else intent,
        outcome=_one_of(_OUTCOMES, turn.get("outcome")),
        article_id=ranking[0].get("article_id") if turn.get("outcome") in ("answer", "clarify") else None,
        polarity=mood.get("polarity"),
        label=mood.get("label"),
        frustration=mood.get("frustration"),
        needs=mood.get("needs"),
        tool_failed=bool(turn.get("tool_failed")),
        article_escalates=_one_of(_MARKS, turn.get("article_escalates")) or "auto",
        decision=_one_of(_DECISIONS, turn.get("decision")),
        at=event.at.timestamp(),
    )


def _one_of(known: frozenset[str], value: Any) -> Any:
    return value if isinstance(value, str) and value in known else None


def as_json(past: PastConversation) -> dict[str, Any]:
    """One line of the JSONL that `bot evaluate escalation` reads; a handoff agents called needless is labelled so."""
    turns = [{name: value for name, value in asdict(turn).items() if value is not None} for turn in past.turns]
    label = {"step_in": "never"} if "needless_handoff" in past.marks else {}
    return {"id": past.id, "turns": turns, "marks": sorted(past.marks), **label}


def from_json(line: Any) -> PastConversation:
    """A conversation as `as_json` writes it, or as somebody else did.

    Raises:
        InvalidRequest: It does not fit; says what.
    """
    if not isinstance(line, dict) or not line.get("id") or not isinstance(line.get("turns"), list) or not line["turns"]:
        raise _unfit("needs an `id` and a list of `turns`")
    name, marks = str(line["id"])[:200], line.get("marks") or []
    if not isinstance(marks, list) or not all(isinstance(mark, str) for mark in marks):
        raise _unfit("`marks` must be a list of words")
    turns = tuple(_read_turn(turn, name, number) for number, turn in enumerate(line["turns"], start=1))
    return PastConversation(id=name, turns=turns, marks=frozenset(marks))


def _read_turn(turn: Any, name: str, number: int) -> TurnFacts:
    if not isinstance(turn, dict) or not isinstance(turn.get("text"), str):
        raise _unfit(f"turn {number} needs a `text`")
    unknown = sorted(set(map(str, turn)) - _KNOWN)
    if unknown:
        raise _unfit(f"turn {number} has the unknown field `{unknown[0]:.40}`")
    for field_, kinds in _KINDS.items():
        if turn.get(field_) is not None and (not isinstance(turn[field_], kinds) or isinstance(turn[field_], bool)):
            raise _unfit(f"turn {number}: `{field_}` does not fit")
    for field_, known in (("outcome", _OUTCOMES), ("decision", _DECISIONS), ("article_escalates", _MARKS)):
        if turn.get(field_) is not None and turn[field_] not in known:
            raise _unfit(f"turn {number}: `{field_}` must be one of {', '.join(sorted(known))}")
    needs = turn.get("needs") or {}
    if not all(isinstance(one, (int, float)) and not isinstance(one, bool) for one in needs.values()):
        raise _unfit(f"turn {number}: `needs` must hold numbers")
    given = {key: value for key, value in turn.items() if value is not None}
    return TurnFacts(**{"message_id": f"{name}:{number}", **given, "tool_failed": bool(turn.get("tool_failed"))})


_KINDS: dict[str, tuple[type, ...]] = {
    "message_id": (str,),
    "intent": (str,),
    "article_id": (str,),
    "label": (str,),
    "outcome": (str,),
    "decision": (str,),
    "article_escalates": (str,),
    "polarity": (int, float),
    "frustration": (int, float),
    "needs": (dict,),
    "at": (int, float),
}


def _unfit(what: str) -> InvalidRequest:
    return InvalidRequest([{"field": "conversation", "message": what}], f"A conversation {what}.")
