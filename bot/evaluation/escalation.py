"""`bot evaluate escalation`: does the assistant bring in a person when a good human would?

    bot evaluate escalation CONVERSATIONS... [--json]
    bot evaluate escalation CONVERSATIONS... --set angry_turns=2 --set failures_to_offer=1

Conversations with `step_in` are measured: found, missed, false, late. With `--set` or `--against` all are replayed
under both sets of thresholds. Moods and needs come from the real scorer unless a stored turn has them.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from bot.desk.errors import InvalidRequest
from bot.desk.escalation import EscalationSettings, TurnFacts
from bot.desk.metrics import Share, share
from bot.desk.simulator import Replay, as_json, compare, replay
from bot.evaluation.conversations import ConversationsInvalid, LabelledConversation, StepIn, read_conversations
from sentiment.scorer import Scorer, Sentiment

GRACE_TURNS = 1  # a person one turn later is still in time


@dataclass(frozen=True, kw_only=True)
class Judged:
    """One labelled conversation and what the rules did."""

    conversation: LabelledConversation
    step_in: StepIn
    replay: Replay

    @property
    def late_turns(self) -> int | None:
        """Turns after the one at which a human steps in; negative when early, None when never."""
        done = self.replay.stepped_in_at
        return None if done is None or self.step_in.turn is None else done - self.step_in.turn

    @property
    def found(self) -> bool:
        """Whether a person was offered or brought in, in time."""
        return self.late_turns is not None and self.late_turns <= GRACE_TURNS

    @property
    def right_reason(self) -> bool:
        """Whether the reason is one of those expected."""
        return not self.step_in.reasons or self.replay.decision.reason in self.step_in.reasons


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("conversations", type=Path, nargs="+", help="YAML or JSONL files, or folders of them")
    parser.add_argument("--thresholds", type=Path, help="YAML or JSON of the thresholds in use; else the defaults")
    parser.add_argument("--against", type=Path, help="YAML or JSON of other thresholds to compare with")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="one other threshold")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Measure and print.

    Returns:
        0; input that cannot be used raises.

    Raises:
        ConversationsInvalid: A file or threshold cannot be used; names it.
    """
    before = _settings(args.thresholds, ())
    after = _settings(args.against or args.thresholds, args.set) if args.against or args.set else None
    scored = score_moods(read_conversations(args.conversations), Scorer.load().score)
    report = measure(scored, before)
    if after is not None:
        found = compare((one.past for one in scored), before=before, after=after)
        report["comparison"] = as_json(found, limit=len(scored))
    print(json.dumps(report, ensure_ascii=False) if args.json else _table(report))  # noqa: T201
    return 0


def score_moods(
    conversations: Iterable[LabelledConversation], score: Callable[[str], Sentiment]
) -> list[LabelledConversation]:
    """Give every turn the mood and the needs that the scorer reads in it, where the turn has none of its own."""

    def scored(turn: TurnFacts) -> TurnFacts:
        if turn.polarity is not None and turn.needs is not None:
            return turn
        mood = score(turn.text)
        if turn.needs is None and mood.needs is not None:
            turn = replace(turn, needs=dict(mood.needs))
        if turn.polarity is not None:
            return turn
        return replace(turn, polarity=mood.polarity, label=mood.label, frustration=mood.frustration)

    return [replace(one, past=replace(one.past, turns=tuple(map(scored, one.past.turns)))) for one in conversations]


def measure(conversations: Sequence[LabelledConversation], settings: EscalationSettings) -> dict[str, Any]:
    """Compare the rules with what a good human would do.

    Returns:
        Counts, shares with 95 % intervals, and every conversation that went otherwise than expected.
    """
    judged = [
        Judged(conversation=one, step_in=one.step_in, replay=replay(one.past, settings=settings))
        for one in conversations
        if one.step_in is not None
    ]
    due = [one for one in judged if one.step_in.turn is not None]
    calm = [one for one in judged if one.step_in.turn is None]
    lateness = [one.late_turns for one in due if one.late_turns is not None]
    return {
        "conversations": len(conversations),
        "labelled": len(judged),
        "due": len(due),
        "calm": len(calm),
        "recall": _json(share(sum(one.found for one in due), len(due))),
        "false_escalations": _json(share(sum(one.replay.handed_over_at is not None for one in calm), len(calm))),
        "false_offers_or_escalations": _json(
            share(sum(one.replay.stepped_in_at is not None for one in calm), len(calm))
        ),
        "handed_over_of_due": _json(share(sum(one.replay.handed_over_at is not None for one in due), len(due))),
        "right_reason": _json(share(sum(one.found and one.right_reason for one in due), sum(one.found for one in due))),
        "late_turns": {str(turns): lateness.count(turns) for turns in sorted(set(lateness))},
        "later_than_one_turn": sum(turns > GRACE_TURNS for turns in lateness),
        "missed": [_line(one) for one in due if not one.found],
        "early": [_line(one) for one in due if one.late_turns is not None and one.late_turns < 0],
        "false": [_line(one) for one in calm if one.replay.stepped_in_at is not None],
        "other_reason": [_line(one) for one in due if one.found and not one.right_reason],
    }


def _settings(path: Path | None, changes: Sequence[str]) -> EscalationSettings:
    try:
        values = yaml.safe_load(path.read_text("utf-8")) or {} if path else {}
        values |= dict(_change(change) for change in changes)
        return EscalationSettings.from_dict(values)
    except InvalidRequest as exc:
        details = "; ".join(f"{error['field']}: {error['message']}" for error in exc.errors)
        raise ConversationsInvalid(f"The thresholds do not fit. {details}") from exc
    except (OSError, UnicodeDecodeError, yaml.YAMLError, TypeError) as exc:
        raise ConversationsInvalid(f"{path}: the thresholds cannot be read ({exc}).") from exc


def _change(change: str) -> tuple[str, Any]:
    name, equals, value = change.partition("=")
    if not equals:
        raise ConversationsInvalid(f"--set {change}: write NAME=VALUE, as in angry_turns=2.")
    return name.strip(), yaml.safe_load(value)


def _json(one: Share) -> dict[str, Any]:
    return {"value": one.value, "hits": one.hits, "n": one.n, "low": one.low, "high": one.high}


def _line(one: Judged) -> dict[str, Any]:
    decision = one.replay.decision
    return {
        "id": one.conversation.past.id,
        "expected_turn": one.step_in.turn,
        "offered_at": one.replay.offered_at,
        "handed_over_at": one.replay.handed_over_at,
        "reason": decision.reason,
        "rule": decision.rule,
    }


def _table(report: Mapping[str, Any]) -> str:
    rows = [f"{report['conversations']} conversations, {report['due']} need a person, {report['calm']} need none."]
    names = ("recall", "false_escalations", "false_offers_or_escalations", "handed_over_of_due", "right_reason")
    rows += [f"{name:28} {_percent(report[name])}" for name in names if report[name]["n"]]
    rows.append(f"{'turns late':28} " + (", ".join(f"{k}: {v}" for k, v in report["late_turns"].items()) or "none"))
    for title in ("missed", "early", "false", "other_reason"):
        rows += [f"{title}: {_case(line)}" for line in report[title]]
    comparison = report.get("comparison")
    return "\n".join(rows + (_comparison_rows(comparison) if comparison else []))


def _comparison_rows(comparison: Mapping[str, Any]) -> list[str]:
    rate = comparison["extra_handoffs_per_day"]
    rows = [
        "",
        f"handoffs {comparison['handoffs_before']} -> {comparison['handoffs_after']},"
        f" offers {comparison['offers_before']} -> {comparison['offers_after']},"
        f" extra handoffs a day {'unknown (no times)' if rate is None else format(rate, '+.1f')}",
    ]
    marked = comparison["marked"]
    if marked["needless"]:
        rows.append(f"needless by agents' word {marked['needless']}, of these spared {marked['needless_spared']}")
    if marked["too_late"]:
        rows.append(f"too late by agents' word {marked['too_late']}, of these earlier {marked['too_late_earlier']}")
    for title in comparison["changed"]:
        rows += [f"{title}: {line['id']} at turn {line['turn']}: {line['rule']}" for line in comparison[title]]
    return rows


def _percent(one: Mapping[str, Any]) -> str:
    return f"{one['value']:6.1%}  {one['hits']} of {one['n']}, 95 % interval {one['low']:.1%} to {one['high']:.1%}"


def _case(line: Mapping[str, Any]) -> str:
    where = (
        f"expected {line['expected_turn'] or 'never'}, offer {line['offered_at']}, handover {line['handed_over_at']}"
    )
    return f"{line['id']} ({where}) {line['rule'] or ''}".rstrip()
