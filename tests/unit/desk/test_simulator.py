"""Replaying past conversations under other thresholds."""

from dataclasses import replace

from bot.desk.escalation import EscalationSettings, TurnFacts
from bot.desk.simulator import NEEDLESS, TOO_LATE, PastConversation, as_json, compare, replay

DEFAULTS = EscalationSettings()
PATIENT = EscalationSettings(failures_to_offer=4, failures_to_escalate=4)
STRICT = EscalationSettings(failures_to_offer=1, failures_to_escalate=1)


def unknown(name: str, *texts: str, days: float | None = None) -> PastConversation:
    """A conversation in which nothing is understood."""
    return PastConversation(
        id=name,
        turns=tuple(
            TurnFacts(
                message_id=f"{name}:{n}", text=text, outcome="fallback", at=None if days is None else days * 86_400 + n
            )
            for n, text in enumerate(texts, start=1)
        ),
    )


KITES = unknown("kites", "do you sell kites", "what about drones", "radio controlled cars perhaps")
ATLAS = unknown("atlas", "do you value antique atlases")


def test_a_replay_tells_offer_and_handover() -> None:
    result = replay(KITES, settings=DEFAULTS)

    assert (result.offered_at, result.handed_over_at, result.stepped_in_at) == (2, 3, 2)
    assert result.decision.reason == "missing_knowledge"


def test_a_replay_without_trouble_tells_nothing() -> None:
    result = replay(ATLAS, settings=DEFAULTS)

    assert (result.offered_at, result.handed_over_at, result.stepped_in_at) == (None, None, None)


def test_an_offer_that_was_really_made_is_answered_in_the_replay() -> None:
    offered = TurnFacts(message_id="c:1", text="can I bring a parrot", outcome="fallback", decision="offer")
    accepted = PastConversation(id="c", turns=(offered, TurnFacts(message_id="c:2", text="yes please")))

    assert replay(accepted, settings=DEFAULTS).handed_over_at == 2


def test_stricter_thresholds_escalate_what_did_not() -> None:
    found = as_json(compare([KITES, ATLAS], before=DEFAULTS, after=STRICT), limit=10)

    assert [one["id"] for one in found["newly_escalating"]] == ["atlas"]
    assert [(one["turn_before"], one["turn"]) for one in found["moved"]] == [(3, 1)]
    assert (found["handoffs_before"], found["handoffs_after"]) == (1, 2)


def test_milder_thresholds_spare_what_did() -> None:
    found = as_json(compare([KITES, ATLAS], before=DEFAULTS, after=PATIENT), limit=10)

    [spared] = found["no_longer_escalating"]
    assert (spared["id"], spared["turn"]) == ("kites", 3)
    assert spared["rule"].startswith("Three of the last questions got no helpful answer")
    assert found["newly_escalating"] == []


def test_the_same_thresholds_change_nothing() -> None:
    found = as_json(compare([KITES, ATLAS], before=DEFAULTS, after=DEFAULTS), limit=10)

    assert set(found["changed"].values()) == {0}


def test_an_offer_that_comes_or_goes_is_a_change_of_its_own() -> None:
    offers = EscalationSettings(failures_to_offer=1)

    there = as_json(compare([ATLAS], before=DEFAULTS, after=offers), limit=10)
    gone = as_json(compare([ATLAS], before=offers, after=DEFAULTS), limit=10)

    assert [one["id"] for one in there["newly_offering"]] == ["atlas"]
    assert [one["id"] for one in gone["no_longer_offering"]] == ["atlas"]


def test_what_agents_called_needless_or_too_late_is_followed_up() -> None:
    needless, late = replace(KITES, marks=frozenset({NEEDLESS})), replace(KITES, marks=frozenset({TOO_LATE}))

    milder = as_json(compare([needless, late], before=DEFAULTS, after=PATIENT), limit=10)["marked"]
    stricter = as_json(compare([needless, late], before=DEFAULTS, after=STRICT), limit=10)["marked"]

    assert milder == {"needless": 1, "needless_spared": 1, "too_late": 1, "too_late_earlier": 0}
    assert stricter == {"needless": 1, "needless_spared": 0, "too_late": 1, "too_late_earlier": 1}


def test_a_button_that_agents_called_needless_is_not_the_rules_doing() -> None:
    pressed = replace(ATLAS, marks=frozenset({NEEDLESS}))  # handed over, but by no rule

    marked = as_json(compare([pressed], before=DEFAULTS, after=PATIENT), limit=10)["marked"]

    assert marked["needless"] == 0


def test_only_so_many_are_named_and_all_are_counted() -> None:
    many = [unknown(f"c{n}", "do you sell kites") for n in range(5)]

    found = as_json(compare(many, before=DEFAULTS, after=STRICT), limit=2)

    assert (len(found["newly_escalating"]), found["changed"]["newly_escalating"]) == (2, 5)


def test_when_time_is_up_the_first_conversations_count() -> None:
    time_left = iter([True, False])

    result = compare([KITES, ATLAS], before=DEFAULTS, after=STRICT, has_time=lambda: next(time_left))

    assert [pair.past.id for pair in result.pairs] == ["kites"]


def test_extra_handoffs_are_counted_per_day() -> None:
    week = [unknown(f"c{day}", "do you sell kites", days=day) for day in range(8)]

    result = compare(week, before=DEFAULTS, after=STRICT)

    assert result.extra_handoffs_per_day is not None
    assert round(result.extra_handoffs_per_day, 2) == round(8 / 7, 2)


def test_without_times_there_is_no_rate() -> None:
    assert compare([ATLAS], before=DEFAULTS, after=STRICT).extra_handoffs_per_day is None
