from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from bot.desk.events import ASSISTANT, CUSTOMER, EVENT_TYPES, SYSTEM, Author, Command, Event, timestamp

NOON = datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=timezone.utc)


def event(type_: str, body: dict[str, Any], author: Author = ASSISTANT) -> Event:
    return Event(conversation_id="cnv_1", seq=7, type=type_, author=author, at=NOON, body=body)


def test_times_are_utc_with_milliseconds() -> None:
    local = NOON.astimezone(timezone(timedelta(hours=-5)))

    assert timestamp(local) == "2026-11-22T12:00:00.123Z"


FOR_STAFF = {"turn", "sentiment", "note", "handoff.waiting", "conversation.snoozed", "conversation.woken"}


@pytest.mark.parametrize("type_", sorted(FOR_STAFF))
def test_what_is_for_staff_keeps_its_place_and_nothing_else(type_: str) -> None:
    shown = event(type_, {"text": "secret"}, Author(kind="agent", id="stf_1", name="Mara")).for_customer()

    assert shown["type"] == "hidden"
    assert shown["seq"] == 7
    assert shown["body"] == {}
    assert shown["author"] == {"kind": "system", "id": None, "name": None}


def test_a_suppressed_reply_is_hidden_from_its_customer_only() -> None:
    late = event("message", {"text": "late", "suppressed": True})

    assert late.for_customer()["type"] == "hidden"
    assert late.for_staff()["body"]["text"] == "late"


def test_a_customer_is_not_told_why_a_human_was_asked() -> None:
    body = {"handoff_id": "hnd_1", "reference": "LB-7K2M", "position": 2, "expected_wait_s": None}
    requested = event("handoff.requested", {**body, "reason": "negative_sentiment", "evidence": [{"text": "angry"}]})

    assert requested.for_customer()["body"] == body
    assert requested.for_staff()["body"]["reason"] == "negative_sentiment"


def test_a_customer_whom_an_agent_joined_is_not_told_to_wait() -> None:
    requested = event("handoff.requested", {"handoff_id": "hnd_1", "reason": "agent_joined"})

    assert requested.for_customer()["type"] == "hidden"
    assert requested.for_staff()["type"] == "handoff.requested"


def test_nobody_sees_what_a_button_does() -> None:
    asking = event("message", {"text": "Which?", "buttons": [{"id": "btn_7_a", "title": "Yes", "payload": "/affirm"}]})

    for shown in (asking.for_staff(), asking.for_customer()):
        assert shown["body"]["buttons"] == [{"id": "btn_7_a", "title": "Yes"}]


NOT_AS_IT_IS = FOR_STAFF | {"handoff.requested"}


@pytest.mark.parametrize("type_", sorted(set(EVENT_TYPES) - NOT_AS_IT_IS))
def test_everything_else_is_shown_as_it_is(type_: str) -> None:
    shown = event(type_, {"text": "x"}, CUSTOMER)

    assert shown.for_customer() == shown.for_staff()


def test_the_engine_knows_a_message_by_conversation_and_seq() -> None:
    assert event("message", {}, SYSTEM).message_id == "cnv_1:7"


def test_ids_of_two_agents_do_not_meet() -> None:
    keys = {Command(client_message_id="1", digest="d", author_id=author).key for author in (None, "stf_1", "stf_2")}

    assert len(keys) == 3
