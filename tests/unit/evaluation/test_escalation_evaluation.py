"""Measuring escalation on conversations."""

import argparse
import json
from pathlib import Path

import pytest

from bot.desk.escalation import EscalationSettings
from bot.evaluation import escalation
from bot.evaluation.conversations import ConversationsInvalid, read_conversations
from sentiment.scorer import Sentiment

SCRIPTED = Path(__file__).parents[2] / "data" / "escalation"

ONE_OF_EACH = """
conversations:
  - id: asks
    step_in: {turn: 1, reason: customer_request}
    turns: [{text: "a human please"}]
  - id: late
    step_in: {turn: 1, reason: missing_knowledge}
    turns: [{text: "aa", outcome: fallback}, {text: "bb", outcome: fallback}]
  - id: missed
    step_in: {turn: 1, reason: missing_knowledge}
    turns: [{text: "when are you open", outcome: answer}]
  - id: calm
    step_in: never
    turns: [{text: "when are you open", outcome: answer}]
  - id: not-so-calm
    step_in: never
    turns: [{text: "operator"}]
  - id: unlabelled
    turns: [{text: "operator"}]
"""


def written(folder: Path, text: str, name: str = "talk.yml") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_found_late_missed_and_false_are_told_apart(tmp_path: Path) -> None:
    report = escalation.measure(read_conversations([written(tmp_path, ONE_OF_EACH)]), EscalationSettings())

    assert (report["conversations"], report["labelled"], report["due"], report["calm"]) == (6, 5, 3, 2)
    assert (report["recall"]["hits"], report["recall"]["n"]) == (2, 3)
    assert (report["false_escalations"]["hits"], report["false_escalations"]["n"]) == (1, 2)
    assert report["late_turns"] == {"0": 1, "1": 1}
    assert [one["id"] for one in report["missed"]] == ["missed"]
    assert [one["id"] for one in report["false"]] == ["not-so-calm"]


def test_stored_conversations_are_replayed_under_other_thresholds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    turns = [{"text": f"what about thing {n}", "outcome": "fallback", "at": n * 86_400.0} for n in range(3)]
    path = written(tmp_path, json.dumps({"id": "stored", "turns": turns}), "stored.jsonl")
    parser = argparse.ArgumentParser()
    escalation.add_arguments(parser)

    code = escalation.run(parser.parse_args([str(path), "--set", "failures_to_escalate=2", "--json"]))

    comparison = json.loads(capsys.readouterr().out)["comparison"]
    assert code == 0
    assert [(one["id"], one["turn"], one["turn_before"]) for one in comparison["moved"]] == [("stored", 2, 3)]
    assert comparison["extra_handoffs_per_day"] == 0.0


def test_moods_and_needs_are_scored_where_a_turn_has_none(tmp_path: Path) -> None:
    turns = [
        {"text": "never seen"},
        {"text": "an older model's", "polarity": -0.9},
        {"text": "stored", "polarity": -0.9, "needs": {"person": 0.1}},
    ]
    found = read_conversations([written(tmp_path, json.dumps({"id": "c", "turns": turns}), "stored.jsonl")])
    read = Sentiment(
        polarity=0.5, label="positive", confidence=None, frustration=0.0, words=(), reason=None, needs={"person": 0.8}
    )

    [scored] = escalation.score_moods(found, lambda _: read)

    assert [turn.polarity for turn in scored.past.turns] == [0.5, -0.9, -0.9]
    assert [turn.needs for turn in scored.past.turns] == [{"person": 0.8}, {"person": 0.8}, {"person": 0.1}]


def test_the_table_names_what_went_otherwise(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    escalation.add_arguments(parser)

    escalation.run(parser.parse_args([str(written(tmp_path, ONE_OF_EACH))]))

    printed = capsys.readouterr().out
    assert "recall                        66.7%  2 of 3" in printed
    assert "missed: missed (expected 1, offer None, handover None)" in printed


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("conversations: 3", "must be a list"),
        ("conversations: []", "no conversations"),
        ("conversations: [{id: a}]", "needs an `id` and a list of `turns`"),
        ("conversations: [{id: a, turns: []}]", "has no turns"),
        ("conversations: [{id: a, turns: [{}]}]", "turn 1: needs a `text`"),
        ("conversations: [{id: a, turns: [{text: b, mood: bad}]}]", "does not know `mood`"),
        ("conversations: [{id: a, step_in: {turn: 2}, turns: [{text: b}]}]", "a turn from 1 to 1"),
        ("conversations: [{id: a, turns: [{text: b}]}, {id: a, turns: [{text: b}]}]", "there twice"),
        ("conversations: [", "cannot be read"),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(ConversationsInvalid, match=complaint):
        read_conversations([written(tmp_path, text)])


def test_what_agents_said_of_handoffs_is_followed_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    turns = [{"text": f"what about thing {n}", "outcome": "fallback"} for n in range(3)]
    line = {"id": "stored", "turns": turns, "marks": ["needless_handoff"]}
    path = written(tmp_path, json.dumps(line), "stored.jsonl")
    parser = argparse.ArgumentParser()
    escalation.add_arguments(parser)

    escalation.run(parser.parse_args([str(path), "--set", "failures_to_escalate=4"]))

    assert "needless by agents' word 1, of these spared 1" in capsys.readouterr().out


@pytest.mark.parametrize("change", ["angry_turns", "angry_turns=1", "unheard_of=1"])
def test_thresholds_that_do_not_fit_are_refused(tmp_path: Path, change: str) -> None:
    parser = argparse.ArgumentParser()
    escalation.add_arguments(parser)

    with pytest.raises(ConversationsInvalid):
        escalation.run(parser.parse_args([str(written(tmp_path, ONE_OF_EACH)), "--set", change]))


def test_the_scripted_set_is_complete() -> None:
    conversations = read_conversations([SCRIPTED])

    calm = [one for one in conversations if one.step_in is not None and one.step_in.turn is None]
    assert len(conversations) >= 70
    assert len(calm) >= 25
    assert all(one.step_in is not None for one in conversations)
