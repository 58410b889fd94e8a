from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from bot.desk.circuit import FAILURES_TO_OPEN, MAX_PAUSE_S, PAUSE_S, Circuit
from bot.desk.conversation import Conversation, Status
from bot.desk.endpoint_secrets import secret, valid_secrets
from bot.desk.events import Author, AuthorKind, Event
from bot.desk.outgoing import SUBSCRIBABLE, Outgoing, leaves, line
from bot.desk.webhooks import Signer

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=timezone.utc)
CONTACT = {"email": "ada@example.org", "name": "Ada"}


def event(type_: str, author: AuthorKind = "system", **body: Any) -> Event:
    return Event(conversation_id="cnv_1", seq=7, type=type_, author=Author(kind=author, id="stf_1"), at=NOW, body=body)


def conversation(status: Status = "bot", **fields: Any) -> Conversation:
    return Conversation(id="cnv_1", status=status, created_at=NOW, updated_at=NOW, **fields)


def told(happened: Event, now_is: Conversation, *, desk_open: bool = True) -> Outgoing | None:
    return leaves(happened, now_is, desk_open=desk_open, address="https://desk.example")


def test_a_handoff_request_leaves_with_ids_reason_and_link_and_nothing_else() -> None:
    asked = event(
        "handoff.requested",
        handoff_id="hnd_1",
        reference="LB-7K2M",
        reason="negative_sentiment",
        rule="anger",
        evidence=[{"message_id": "cnv_1:5", "text": "my card is 4111 1111 1111 1111"}],
        priority="high",
        position=1,
        expected_wait_s=None,
    )

    found = told(asked, conversation("waiting", contact=CONTACT))

    assert found is not None
    assert found.payload == {
        "type": "handoff.requested",
        "timestamp": "2026-11-22T09:30:00.000Z",
        "data": {
            "conversation_id": "cnv_1",
            "seq": 7,
            "handoff_id": "hnd_1",
            "reference": "LB-7K2M",
            "reason": "negative_sentiment",
            "priority": "high",
            "link": "https://desk.example/agent#cnv_1",
        },
    }


def test_nobody_is_told_that_a_customer_needs_a_person_when_an_agent_joined_unasked() -> None:
    requested = event("handoff.requested", "agent", handoff_id="hnd_1", reason="agent_joined")
    accepted = event("handoff.accepted", "agent", handoff_id="hnd_1")

    assert told(requested, conversation("assigned")) is None
    assert told(accepted, conversation("assigned")) is not None


def test_an_unclaimed_handoff_leaves_with_how_long_it_waited() -> None:
    waiting = event("handoff.waiting", handoff_id="hnd_1", reference="LB-7K2M", waited_s=300)

    found = told(waiting, conversation("waiting", contact=CONTACT))

    assert found is not None
    assert found.payload["data"]["waited_s"] == 300
    assert "ada@example.org" not in str(found.payload)
    assert "5 min" in line("handoff.waiting", found.payload["data"])


@pytest.mark.parametrize("type_", ["handoff.accepted", "handoff.released", "handoff.resolved"])
def test_what_agents_do_leaves(type_: str) -> None:
    done = event(type_, "agent", handoff_id="hnd_1", agent={"id": "stf_1", "name": "Mara"})

    found = told(done, conversation("assigned"))

    assert found is not None
    assert found.type == type_
    assert "Mara" not in str(found.payload)


def test_a_rating_leaves_without_its_comment() -> None:
    found = told(event("rating", "customer", score=2, comment="rude"), conversation())

    assert found is not None
    assert found.type == "conversation.rated"
    assert found.payload["data"]["score"] == 2
    assert "rude" not in str(found.payload)


@pytest.mark.parametrize("happened", [event("contact", "customer", **CONTACT), event("message", "customer", text="Hi")])
def test_a_customer_who_waits_for_mail_outside_hours_leaves_without_words_or_address(happened: Event) -> None:
    found = told(happened, conversation("waiting", contact=CONTACT), desk_open=False)

    assert found is not None
    assert found.type == "message.out_of_hours"
    assert "ada@" not in str(found.payload)
    assert "Hi" not in str(found.payload)


@pytest.mark.parametrize(
    ("happened", "now_is", "desk_open"),
    [
        (event("message", "customer", text="Hi"), conversation("waiting", contact=CONTACT), True),
        (event("message", "customer", text="Hi"), conversation("waiting"), False),
        (event("message", "customer", text="Hi"), conversation("bot", contact=CONTACT), False),
        (event("message", "assistant", text="Hi"), conversation("waiting", contact=CONTACT), False),
        (event("message", "agent", text="Hi"), conversation("assigned", contact=CONTACT), False),
        (event("turn"), conversation(), True),
        (event("sentiment"), conversation(), True),
        (event("note", "agent", text="secret"), conversation(), True),
        (event("conversation.reopened", "customer"), conversation(), True),
    ],
)
def test_everything_else_stays_at_the_desk(happened: Event, now_is: Conversation, desk_open: bool) -> None:
    assert told(happened, now_is, desk_open=desk_open) is None


@pytest.mark.parametrize("type_", [*SUBSCRIBABLE, "endpoint.test"])
def test_every_type_has_a_line_of_its_own(type_: str) -> None:
    others = {line(other, {}) for other in (*SUBSCRIBABLE, "endpoint.test") if other != type_}

    assert line(type_, {}) not in others


def test_the_circuit_opens_after_five_failures_in_a_row() -> None:
    circuit = Circuit()
    for _ in range(FAILURES_TO_OPEN - 1):
        circuit = circuit.after(succeeded=False, now=NOW)
        assert circuit.opens_again_at is None

    circuit = circuit.after(succeeded=False, now=NOW)

    assert circuit.opens_again_at == NOW + timedelta(seconds=PAUSE_S)
    assert circuit.on_trial


def test_a_success_closes_the_circuit_and_starts_the_count_again() -> None:
    circuit = Circuit(failures=4).after(succeeded=True, now=NOW).after(succeeded=False, now=NOW)

    assert circuit == Circuit(failures=1)


def test_every_failed_trial_doubles_the_pause_up_to_ten_minutes() -> None:
    pauses, circuit, now = [], Circuit(failures=FAILURES_TO_OPEN - 1), NOW
    for _ in range(7):
        circuit = circuit.after(succeeded=False, now=now)
        assert circuit.opens_again_at is not None
        pauses.append((circuit.opens_again_at - now).total_seconds())
        now = circuit.opens_again_at

    assert pauses == [30, 60, 120, 240, 480, MAX_PAUSE_S, MAX_PAUSE_S]


def test_tries_that_end_while_the_circuit_is_open_do_not_lengthen_the_pause() -> None:
    circuit = Circuit(failures=FAILURES_TO_OPEN - 1).after(succeeded=False, now=NOW)

    assert circuit.after(succeeded=False, now=NOW + timedelta(seconds=1)) == circuit


def test_secrets_differ_by_desk_endpoint_and_generation_and_stay_the_same() -> None:
    drawn = [secret("a", "end_1", 1), secret("b", "end_1", 1), secret("a", "end_2", 1), secret("a", "end_1", 2)]

    assert len(set(drawn)) == 4
    assert secret("a", "end_1", 1) == drawn[0]
    Signer(drawn)  # each is the base64 of 24 to 64 bytes


def test_both_secrets_are_valid_until_the_rotation_ends() -> None:
    new, old = secret("a", "end_1", 2), secret("a", "end_1", 1)
    until = NOW + timedelta(hours=24)

    assert valid_secrets("a", "end_1", 2, previous_until=until, now=NOW) == [new, old]
    assert valid_secrets("a", "end_1", 2, previous_until=until, now=until) == [new]
    assert valid_secrets("a", "end_1", 1, previous_until=None, now=NOW) == [old]
