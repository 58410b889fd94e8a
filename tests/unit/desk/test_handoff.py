"""What the customer is told around a handoff."""

import itertools
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk import handoff
from bot.desk.handoff import Notice, Reason, new_reference, next_steps


def steps(**changes: Any) -> Notice:
    situation: dict[str, Any] = {
        "open": True,
        "agents_online": 1,
        "position": 1,
        "expected_wait_s": 180,
        "reference": "LB-7K2M",
        "next_opening": None,
        "has_contact": False,
        "reason": "customer_request",
    }
    return next_steps(**(situation | changes))


def test_with_somebody_at_the_desk_place_and_wait_are_told() -> None:
    assert steps() == Notice(
        text=(
            "I'm passing you to a person. You are next in line. It usually takes about 3 minutes at this time."
            " Your reference is LB-7K2M. Keep writing here if you like: they will read all of it."
        )
    )


def test_an_unknown_wait_is_admitted() -> None:
    assert "I cannot say how long it will take." in steps(expected_wait_s=None).text


def test_a_long_wait_offers_e_mail() -> None:
    assert steps(expected_wait_s=1_800).wants_contact
    assert "leave your e-mail address" in steps(expected_wait_s=1_800).text


def test_outside_the_hours_the_next_opening_is_told_and_an_address_asked_for() -> None:
    notice = steps(open=False, agents_online=0, next_opening="on Monday at 9:00")

    assert "opens on Monday at 9:00" in notice.text
    assert notice.wants_contact


def test_an_address_is_asked_for_only_once() -> None:
    notice = steps(open=False, agents_online=0, has_contact=True)

    assert not notice.wants_contact
    assert "We have your e-mail address" in notice.text


def test_open_with_an_empty_desk_does_not_pretend_otherwise() -> None:
    notice = steps(agents_online=0, expected_wait_s=None)

    assert "nobody is at the desk at this moment" in notice.text
    assert "in line" not in notice.text
    assert notice.wants_contact


def test_an_agent_working_late_counts_more_than_the_hours() -> None:
    assert "somebody is still here" in steps(open=False, next_opening="tomorrow at 9:00").text


@pytest.mark.parametrize("reason", get_args(Reason))
def test_every_reason_has_its_own_lead_and_offer(reason: str) -> None:
    others = [other for other in get_args(Reason) if other != reason]

    assert steps(reason=reason).text not in [steps(reason=other).text for other in others]
    assert handoff.offer(reason) not in [handoff.offer(other) for other in others]


SITUATIONS = list(
    itertools.product([True, False], [0, 2], [None, 1, 7], [None, 60, 5_000], [None, "tomorrow at 9:00"], [True, False])
)


@pytest.mark.parametrize("situation", SITUATIONS)
def test_no_situation_is_silent_or_promises_a_time_without_anybody(situation: tuple[Any, ...]) -> None:
    names = ("open", "agents_online", "position", "expected_wait_s", "next_opening", "has_contact")
    facts = dict(zip(names, situation, strict=True))

    notice = steps(**facts)

    assert "LB-7K2M" in notice.text
    assert "None" not in notice.text
    if facts["agents_online"] == 0:
        assert "takes about" not in notice.text
        assert notice.wants_contact != facts["has_contact"]


def test_asking_again_keeps_the_place() -> None:
    notice = handoff.already_waiting(reference="LB-7K2M", position=2, agents_online=1, has_contact=False)

    assert "you keep your place" in notice.text
    assert "number 2" in notice.text


def test_asking_again_with_nobody_there_asks_for_an_address() -> None:
    assert handoff.already_waiting(reference="LB-7K2M", position=2, agents_online=0, has_contact=False).wants_contact


@pytest.mark.parametrize(
    ("waited_s", "words"),
    [(20, "a minute"), (601, "11 minutes"), (3_600, "an hour"), (5 * 3_600, "5 hours")],
)
def test_a_long_wait_is_named(waited_s: float, words: str) -> None:
    notice = handoff.still_waiting(reference="LB-7K2M", waited_s=waited_s, agents_online=0, has_contact=False)

    assert f"waiting for {words}," in notice.text
    assert notice.wants_contact


@pytest.mark.parametrize("agent", [None, "", "  "])
def test_an_agent_without_a_name_is_a_person(agent: str | None) -> None:
    assert handoff.claimed(agent).text.startswith("A person has joined")


def test_names_are_told_at_claim_hand_back_and_resolve() -> None:
    for notice in (handoff.claimed("Mara"), handoff.handed_back("Mara"), handoff.resolved("Mara")):
        assert notice.text.startswith("Mara has ")


def test_the_receipt_names_the_reference() -> None:
    assert "LB-7K2M" in handoff.contact_kept(reference="LB-7K2M").text


@given(st.binary(min_size=8, max_size=16))
def test_a_reference_can_be_read_out(random: bytes) -> None:
    prefix, _, rest = new_reference(random, business="Larkspur Books").partition("-")

    assert prefix == "LB"
    assert len(rest) == 4
    assert set(rest) <= set(handoff.REFERENCE_ALPHABET)


@pytest.mark.parametrize(
    ("business", "prefix"),
    [("Éclair & Co", "EC"), ("", "FD"), ("花屋", "FD"), ("The Old Mill Tea Room", "TOM"), ("larkspur", "L")],
)
def test_the_reference_begins_with_the_initials(business: str, prefix: str) -> None:
    assert new_reference(bytes(8), business=business) == f"{prefix}-2222"


def test_other_bytes_give_another_reference() -> None:
    references = {new_reference(n.to_bytes(8, "big")) for n in range(24**4)}

    assert len(references) == 24**4


def test_too_few_bytes_are_refused() -> None:
    with pytest.raises(ValueError, match="8 random bytes"):
        new_reference(b"1234567")
