"""Replaying past conversations under other thresholds."""

from bot.desk.escalation import EscalationSettings, TurnFacts
from bot.desk.simulator import PastConversation, compare, replay

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
    result = compare([KITES, ATLAS], before=DEFAULTS, after=STRICT)

    assert [one.conversation_id for one in result.newly] == ["atlas"]
    assert [(old.handed_over_at, new.handed_over_at) for old, new in result.moved] == [(3, 1)]
    assert (result.handoffs_before, result.handoffs_after) == (1, 2)


def test_milder_thresholds_spare_what_did() -> None:
    result = compare([KITES, ATLAS], before=DEFAULTS, after=PATIENT)

    assert [one.conversation_id for one in result.no_longer] == ["kites"]
    assert result.newly == ()


def test_the_same_thresholds_change_nothing() -> None:
    result = compare([KITES, ATLAS], before=DEFAULTS, after=DEFAULTS)

    assert (result.newly, result.no_longer, result.moved) == ((), (), ())


def test_extra_handoffs_are_counted_per_day() -> None:
    week = [unknown(f"c{day}", "do you sell kites", days=day) for day in range(8)]

    result = compare(week, before=DEFAULTS, after=STRICT)

    assert result.extra_handoffs_per_day is not None
    assert round(result.extra_handoffs_per_day, 2) == round(8 / 7, 2)


def test_without_times_there_is_no_rate() -> None:
    assert compare([ATLAS], before=DEFAULTS, after=STRICT).extra_handoffs_per_day is None
