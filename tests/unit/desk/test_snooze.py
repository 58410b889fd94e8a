from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from bot.desk.conversation import Conversation, Utterance, hand_back, resolve
from bot.desk.errors import HandoffNotOpen, InvalidRequest, NotAssignee
from bot.desk.events import CUSTOMER, SYSTEM, Author, Command
from bot.desk.snooze import LONGEST, hear_awake, snooze, wake

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=timezone.utc)
LATER = NOW + timedelta(hours=1)
COMMAND = Command(client_message_id="c-1", digest="d")
MARA = Author(kind="agent", id="stf_mara", name="Mara")
TOM = Author(kind="agent", id="stf_tom", name="Tom")
ASSIGNED = Conversation(
    id="cnv_1", status="assigned", assignee_id="stf_mara", assignee_name="Mara", created_at=NOW, updated_at=NOW
)
SNOOZED = snooze(ASSIGNED, MARA, COMMAND, until=LATER, now=NOW).conversation
HELLO = Utterance(text="Any news?", command=COMMAND)


def test_what_is_snoozed_stays_its_agents() -> None:
    step = snooze(ASSIGNED, MARA, COMMAND, until=LATER, now=NOW)

    assert [draft.type for draft in step.drafts] == ["conversation.snoozed"]
    assert step.conversation == replace(ASSIGNED, snoozed_until=LATER)


@pytest.mark.parametrize("until", [NOW, NOW - timedelta(hours=1), NOW + LONGEST + timedelta(seconds=1)])
def test_a_snooze_ends_in_a_time_to_come(until: datetime) -> None:
    with pytest.raises(InvalidRequest):
        snooze(ASSIGNED, MARA, COMMAND, until=until, now=NOW)


def test_only_its_agent_snoozes_and_wakes() -> None:
    with pytest.raises(NotAssignee):
        snooze(ASSIGNED, TOM, COMMAND, until=LATER, now=NOW)
    with pytest.raises(NotAssignee):
        wake(SNOOZED, TOM, COMMAND)
    with pytest.raises(HandoffNotOpen):
        snooze(replace(ASSIGNED, status="bot"), MARA, COMMAND, until=LATER, now=NOW)


@pytest.mark.parametrize("by", [MARA, SYSTEM], ids=["agent", "time"])
def test_it_comes_back_to_the_same_agent(by: Author) -> None:
    step = wake(SNOOZED, by)

    assert step.conversation == ASSIGNED
    assert (step.drafts[0].type, step.drafts[0].author) == ("conversation.woken", by)


def test_what_is_awake_cannot_be_woken() -> None:
    with pytest.raises(InvalidRequest):
        wake(ASSIGNED, MARA)


def test_the_customers_next_message_wakes_it_and_the_assistant_stays_silent() -> None:
    step = hear_awake(SNOOZED, HELLO)

    assert [(draft.type, draft.author) for draft in step.drafts] == [
        ("conversation.woken", CUSTOMER),
        ("message", CUSTOMER),
    ]
    assert step.conversation == ASSIGNED
    assert not step.runs_turn


def test_a_message_to_what_is_awake_is_just_heard() -> None:
    assert [draft.type for draft in hear_awake(ASSIGNED, HELLO).drafts] == ["message"]


def test_nothing_stays_snoozed_that_is_no_agents_any_more() -> None:
    assert hand_back(SNOOZED, MARA, COMMAND).conversation.snoozed_until is None
    assert resolve(SNOOZED, MARA, COMMAND).conversation.snoozed_until is None
