from __future__ import annotations

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, SlotSet, UserUttered

from bot.assistant import understanding
from bot.assistant.turn import OFFERING_ACTIONS, answer_of, facts_of, find_turn, turns_of
from bot.desk import past
from tests.unit.assistant.dialogue import article, decided, replied, said, tracker_of


def test_turns_are_the_messages_with_what_followed(domain: Domain) -> None:
    tracker = tracker_of(
        domain,
        said("hi", seq=1),
        *replied("Hello!", "utter_greet"),
        said("bye", seq=3),
        *replied("Bye!", "utter_goodbye"),
    )

    turns = turns_of(tracker.events)

    assert [(turn.message_id, [reply.text for reply in turn.replies]) for turn in turns] == [
        ("cnv_1:1", ["Hello!"]),
        ("cnv_1:3", ["Bye!"]),
    ]


def test_only_the_latest_turns_count(domain: Domain) -> None:
    tracker = tracker_of(domain, *(said("hi", seq=seq) for seq in range(30)))

    turns = turns_of(tracker.events, limit=5)

    assert [turn.message_id for turn in turns] == [f"cnv_1:{seq}" for seq in range(25, 30)]


def test_turns_before_the_boundary_do_not_count(domain: Domain) -> None:
    tracker = tracker_of(domain, said("a", seq=3), said("b", seq=9), said("c", seq=12))

    facts = facts_of(turns_of(tracker.events), boundary="cnv_1:9")

    assert [fact.message_id for fact in facts] == ["cnv_1:9", "cnv_1:12"]


def test_yes_to_the_offer_of_a_person_is_the_wish_for_one(domain: Domain) -> None:
    tracker = tracker_of(
        domain,
        said("?", seq=1),
        *replied("Shall I bring in a person?", "utter_fallback", kind="fallback", offers_person=True),
        said("yes", seq=3, intent="affirm", outcome="small_talk"),
    )

    facts = facts_of(turns_of(tracker.events))

    assert facts[-1].intent == "talk_to_person"


@pytest.mark.parametrize("name", ["utter_fallback", "utter_none_of_these", "utter_did_not_help", "utter_tool_failed"])
def test_words_that_offer_a_person_say_so_to_the_policy(domain: Domain, name: str) -> None:
    said_so = [bool((variant.get("metadata") or {}).get("offers_person")) for variant in domain.responses[name]]

    assert said_so == [True] * len(said_so)
    assert name in OFFERING_ACTIONS


def test_yes_to_anything_else_is_just_yes(domain: Domain) -> None:
    tracker = tracker_of(
        domain,
        said("hi", seq=1, intent="greet", outcome="small_talk"),
        *replied("Hello!", "utter_greet"),
        said("yes", seq=3, intent="affirm", outcome="small_talk"),
    )

    assert facts_of(turns_of(tracker.events))[-1].intent == "affirm"


def test_facts_carry_what_escalation_judges(domain: Domain) -> None:
    tracker = tracker_of(
        domain,
        said(
            "rubbish",
            intent="faq",
            outcome="answer",
            polarity=-0.8,
            needs={"complaint": 0.9},
            answers=[article("fees", escalate="always")],
        ),
        decided("offer"),
        SlotSet("tool_failed", True),
    )

    fact = facts_of(turns_of(tracker.events))[-1]

    assert (fact.intent, fact.outcome, fact.polarity) == (None, "answer", -0.8)
    assert fact.needs == {"complaint": 0.9}
    assert (fact.article_id, fact.article_escalates) == ("fees", "always")
    assert (fact.tool_failed, fact.decision) == (True, "offer")


def test_evidence_quotes_the_meaning_of_a_button_not_its_payload(domain: Domain) -> None:
    pressed = said('/choose_article{"article_id": "fees"}', intent="choose_article", answers=[article("fees")])

    fact = facts_of(turns_of(tracker_of(domain, pressed).events))[-1]

    assert fact.text == "What about fees?"


def test_the_answer_holds_every_part_and_the_explanation(domain: Domain) -> None:
    parts = [
        {"text": "One.\n\nStill one.", "article_id": "a", "buttons": []},
        {"text": "Two.", "article_id": "b", "buttons": [{"title": "More", "payload": "/help"}]},
    ]
    tracker = tracker_of(
        domain,
        said("a and b?", intent="faq", outcome="answer", article_ranking=[{"article_id": "a"}]),
        decided(),
        *replied("One. Two.", "utter_article", kind="answer", parts=parts),
    )
    turn = find_turn(tracker, "cnv_1:1")
    assert turn is not None

    answer = answer_of(turn, model_id="m1")

    assert [(message["text"], message["article_id"]) for message in answer["messages"]] == [
        ("One.\n\nStill one.", "a"),
        ("Two.", "b"),
    ]
    assert answer["messages"][1]["buttons"] == [{"title": "More", "payload": "/help"}]
    assert answer["turn"]["article_ranking"] == [{"article_id": "a"}]
    assert (answer["turn"]["decision"], answer["turn"]["model_id"]) == ("continue", "m1")
    assert answer["turn"]["handoff_requested"] is False


def test_words_of_a_custom_action_belong_to_a_flow(domain: Domain) -> None:
    tracker = tracker_of(domain, said("x"), BotUttered("Your order is on its way.", {}, {}))
    turn = find_turn(tracker, "cnv_1:1")
    assert turn is not None

    assert answer_of(turn, model_id=None)["messages"][0]["kind"] == "flow"


def test_a_recorded_handoff_is_told(domain: Domain) -> None:
    tracker = tracker_of(domain, said("x"), decided("escalate"), SlotSet("handoff_requested", "F-12"))
    turn = find_turn(tracker, "cnv_1:1")
    assert turn is not None

    assert answer_of(turn, model_id=None)["turn"]["handoff_requested"] is True


def test_a_button_that_rasa_reads_has_no_sentiment(domain: Domain) -> None:
    intent = {"name": "talk_to_person", "confidence": 1.0}
    pressed = UserUttered("/talk_to_person", intent, message_id="cnv_1:4")

    turn = turns_of(tracker_of(domain, pressed).events)[-1]

    assert turn.sentiment["reason"] == "button"
    assert turn.understanding["outcome"] == "flow"


def test_the_simulator_knows_the_engines_questions() -> None:
    assert past.QUESTION_INTENTS == understanding.QUESTION_INTENTS
