"""Past conversations, read from the record and from files."""

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from bot.desk.errors import InvalidRequest
from bot.desk.events import Author, AuthorKind, Event
from bot.desk.past import Judgement, as_json, from_json, past_conversations

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=timezone.utc)


class Record:
    """A conversation's events, one a minute."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def add(self, type_: str, author: AuthorKind = "system", **body: Any) -> int:
        seq = len(self.events) + 1
        at = NOON + timedelta(minutes=seq)
        self.events.append(
            Event(conversation_id="cnv_1", seq=seq, type=type_, author=Author(kind=author), at=at, body=body)
        )
        return seq

    def asks(self, text: str, **turn: Any) -> int:
        seq = self.add("message", "customer", text=text)
        self.add("message", "assistant", text="…")
        self.add("turn", utterance_seq=seq, **{"state": "done", "outcome": "fallback", "decision": "continue", **turn})
        mood = {"polarity": -0.5, "label": "negative", "frustration": 0.7, "needs": {"complaint": 0.9}}
        self.add("sentiment", message_seq=seq, **mood)
        return seq


@pytest.fixture
def record() -> Record:
    return Record()


def test_a_turn_is_read_with_what_the_rules_judge(record: Record) -> None:
    ranking = [{"article_id": "delivery"}]
    record.asks("where is it", outcome="answer", intent="faq", article_ranking=ranking, tool_failed=True)

    [past] = past_conversations(record.events)

    [turn] = past.turns
    assert (past.id, turn.message_id, turn.text) == ("cnv_1", "cnv_1:1", "where is it")
    assert (turn.intent, turn.outcome, turn.article_id) == (None, "answer", "delivery")
    assert (turn.polarity, turn.label, turn.frustration, turn.tool_failed) == (-0.5, "negative", 0.7, True)
    assert turn.needs == {"complaint": 0.9}
    assert turn.at == (NOON + timedelta(minutes=1)).timestamp()


def test_a_hand_back_begins_a_new_part_and_what_people_heard_is_left_out(record: Record) -> None:
    record.asks("kites?")
    record.add("handoff.requested")
    record.add("message", "customer", text="hello, person")
    record.add("handoff.released", "agent")
    record.asks("drones?")

    past = past_conversations(record.events)

    assert [(one.id, [turn.text for turn in one.turns]) for one in past] == [
        ("cnv_1", ["kites?"]),
        ("cnv_1#2", ["drones?"]),
    ]


def test_a_turn_that_failed_was_decided_by_nobody(record: Record) -> None:
    record.asks("kites?", state="failed")

    assert past_conversations(record.events) == []


def test_a_judgement_belongs_to_the_last_handoff_before_it(record: Record) -> None:
    record.asks("kites?")
    record.add("handoff.requested")
    first = Judgement(kind="needless_handoff", at=NOON + timedelta(minutes=5, seconds=30))
    record.add("handoff.released", "agent")
    record.asks("drones?")
    record.add("handoff.requested")

    past = past_conversations(record.events, [first, Judgement(kind="too_late", at=NOON + timedelta(hours=1))])

    assert [sorted(one.marks) for one in past] == [["needless_handoff"], ["too_late"]]


def test_an_empty_record_has_no_past() -> None:
    assert past_conversations([]) == []


def test_a_line_of_a_file_reads_back_as_it_was(record: Record) -> None:
    record.asks("kites?", intent="insult")
    record.add("handoff.requested")
    needless = Judgement(kind="needless_handoff", at=NOON + timedelta(hours=1))
    [past] = past_conversations(record.events, [needless])

    line = as_json(past)

    assert from_json(line) == past
    assert line["step_in"] == "never"


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ([], "needs an `id`"),
        ({"id": "a", "turns": []}, "needs an `id`"),
        ({"id": "a", "turns": ["hello"]}, "turn 1 needs a `text`"),
        ({"id": "a", "turns": [{"text": "x"}, {"text": 7}]}, "turn 2 needs a `text`"),
        ({"id": "a", "turns": [{"text": "x", "mood": 1}]}, "unknown field `mood`"),
        ({"id": "a", "turns": [{"text": "x", "polarity": "bad"}]}, "`polarity` does not fit"),
        ({"id": "a", "turns": [{"text": "x", "polarity": True}]}, "`polarity` does not fit"),
        ({"id": "a", "turns": [{"text": "x", "needs": 0.9}]}, "`needs` does not fit"),
        ({"id": "a", "turns": [{"text": "x", "needs": {"person": "very"}}]}, "`needs` must hold numbers"),
        ({"id": "a", "turns": [{"text": "x", "outcome": "magic"}]}, "`outcome` must be one of"),
        ({"id": "a", "turns": [{"text": "x"}], "marks": "late"}, "`marks` must be a list"),
    ],
)
def test_a_line_that_does_not_fit_is_refused_in_words(line: Any, complaint: str) -> None:
    with pytest.raises(InvalidRequest, match=complaint):
        from_json(line)
