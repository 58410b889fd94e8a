from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest

from bot.desk.conversation import Conversation
from bot.desk.errors import InvalidRequest
from bot.desk.events import ASSISTANT, CUSTOMER, SYSTEM, Author, Command, Event
from bot.desk.retention import COUNTED, MOST_DAYS, ask_for_deletion, counts, cutoff, notice_masked, read_days

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=timezone.utc)
MARA = Author(kind="agent", id="stf_1", name="Mara")


def event(type_: str, author: Author = CUSTOMER, at: datetime = NOW, name: str = "cnv_1", **body: Any) -> Event:
    return Event(conversation_id=name, seq=1, type=type_, author=author, at=at, body=body)


@pytest.mark.parametrize("days", [0, 1, 365, MOST_DAYS])
def test_days_that_an_owner_may_choose(days: int) -> None:
    assert read_days(days) == days


@pytest.mark.parametrize("days", [-1, MOST_DAYS + 1, 1.5, "365", None, True])
def test_other_days_are_refused(days: object) -> None:
    with pytest.raises(InvalidRequest) as refused:
        read_days(days)

    assert refused.value.errors[0]["field"] == "days"


def test_the_cutoff_lies_so_many_days_back_and_zero_is_for_ever() -> None:
    assert cutoff(30, now=NOW) == NOW - timedelta(days=30)
    assert cutoff(0, now=NOW) is None


def test_a_wish_is_told_to_both_sides_and_carries_its_command() -> None:
    command = Command(client_message_id="c-1", digest="d")

    step = ask_for_deletion(Conversation(id="cnv_1", status="waiting", created_at=NOW, updated_at=NOW), command)

    assert [(one.type, one.author, one.command) for one in step.drafts] == [("message", SYSTEM, command)]
    assert (step.drafts[0].body["kind"], notice_masked().body["kind"]) == ("deletion", "masked")
    assert step.conversation.status == "waiting"


def test_what_stays_are_numbers_per_day() -> None:
    later = NOW + timedelta(days=1)

    counted = counts(
        [
            event("message", ASSISTANT, kind="greeting"),
            event("message"),
            event("turn", ASSISTANT, outcome="answer"),
            event("message"),
            event("turn", ASSISTANT, outcome="fallback"),
            event("handoff.requested", SYSTEM),
            event("handoff.accepted", MARA, later),
            event("message", MARA, later),
            event("handoff.resolved", MARA, later),
            event("rating", at=later, score=5),
            event("note", MARA, later, text="secret"),
            event("message", name="cnv_2", at=later),
        ]
    )

    first, second = date(2026, 11, 22), date(2026, 11, 23)
    assert counted == {
        (first, "conversations"): 1,
        (first, "conversations_handed_over"): 1,
        (first, "customer_messages"): 2,
        (first, "answered"): 1,
        (first, "not_understood"): 1,
        (first, "handoffs"): 1,
        (second, "conversations"): 1,
        (second, "customer_messages"): 1,
        (second, "agent_messages"): 1,
        (second, "handoffs_claimed"): 1,
        (second, "handoffs_resolved"): 1,
        (second, "rated_5"): 1,
    }
    assert {name for _, name in counted} <= set(COUNTED)


def test_broken_events_count_for_nothing() -> None:
    counted = counts([event("rating", score=9), event("turn", ASSISTANT, outcome=None)])

    assert set(counted) == {(NOW.date(), "conversations")}
