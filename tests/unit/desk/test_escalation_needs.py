"""What a message reads like to the sentiment model, and when that brings in a person."""

from typing import Any

import pytest

from bot.desk.escalation import Decision, EscalationSettings, TurnFacts, decide
from bot.desk.needs import WORDS, Heard

TEXT = "quince jelly"  # says nothing to the phrases


def reads(text: str = TEXT, outcome: str = "answer", **needs: float) -> dict[str, Any]:
    """A turn of which the model thinks that; what is not named it does not believe."""
    facts = {name: value for name, value in needs.items() if name not in WORDS}
    read = {name: needs.get(name, 0.01) for name in WORDS}
    return {"text": text, "outcome": outcome, "polarity": -0.1, "needs": read} | facts


def conversation(*turns: dict[str, Any], **settings: Any) -> Decision:
    facts = [TurnFacts(message_id=f"c:{n}", **turn) for n, turn in enumerate(turns, start=1)]
    return decide(facts, settings=EscalationSettings(**settings))


@pytest.mark.parametrize(
    ("need", "reason", "priority"),
    [
        ("person", "customer_request", "normal"),
        ("danger", "policy_restriction", "urgent"),
        ("fraud", "policy_restriction", "urgent"),
        ("legal", "policy_restriction", "high"),
        ("leaving", "negative_sentiment", "high"),
    ],
)
def test_what_reads_surely_hands_over_and_what_reads_likely_offers(need: str, reason: str, priority: str) -> None:
    sure = conversation(reads(outcome="clarify", **{need: 0.97}))
    likely = conversation(reads(**{need: 0.6}))

    assert (sure.kind, sure.reason) == ("escalate", reason)
    assert (likely.kind, likely.reason) == ("offer", reason)
    assert priority in (sure.priority, "high")  # who leaves is unhappy, too
    assert likely.rule == f"The customer perhaps {WORDS[need]}: “{TEXT}”."
    assert likely.evidence[0].note == f"reads like: {WORDS[need]} (60 %)"
    assert conversation(reads(**{need: 0.3})).kind == "continue"


def test_a_phrase_needs_less_of_the_model() -> None:
    assert conversation(reads("can I talk to a human please", person=0.2)).kind == "escalate"
    assert conversation(reads("the charger exploded", danger=0.05)).kind == "offer"
    assert conversation(reads("My old phone exploded so I need a new one", danger=0.01)).kind == "continue"


def test_where_an_article_answers_the_model_alone_only_offers_a_person() -> None:
    assert conversation(reads("and can another person come in my place", person=0.99)).kind == "offer"
    assert conversation(reads("anybody alive at your end", "fallback", person=0.99)).kind == "escalate"


def test_a_clear_no_of_the_phrases_outweighs_the_model() -> None:
    assert conversation(reads("I don't want to talk to a person", person=0.99)).kind == "continue"
    assert conversation(reads("in the thriller the killer drowns", danger=0.99)).kind == "continue"


def test_the_model_alone_is_not_believed_of_praise_quotations_and_flows() -> None:
    assert conversation(reads("gonna tell all my friends about you", leaving=0.6, polarity=0.5)).kind == "continue"
    assert conversation(reads("print “call my lawyer” on a shirt", legal=0.6, person=0.6)).kind == "continue"
    assert conversation(reads("a table for four persons", "flow", person=0.9)).kind == "continue"


def test_the_owner_sets_how_sure_it_must_be() -> None:
    assert conversation(reads(legal=0.8), need_to_hand_over=0.75).kind == "escalate"
    assert conversation(reads(legal=0.8), need_to_offer=0.9).kind == "continue"
    assert conversation(reads(legal=0.99), hand_over_on_legal=False).kind == "continue"


def test_half_as_likely_is_enough_where_somebody_plainly_complains() -> None:
    assert conversation(reads(danger=0.3)).kind == "continue"
    assert conversation(reads(danger=0.3, complaint=0.8)).reason == "policy_restriction"


def test_a_calm_complaint_is_answered_once_and_offered_a_person_when_it_goes_on() -> None:
    first, again = reads("the jelly came open", complaint=0.9), reads("it is all over the box", complaint=0.35)

    assert conversation(first).kind == "continue"
    assert (conversation(first, again).kind, conversation(first, again).reason) == ("offer", "negative_sentiment")
    assert conversation(first, again).evidence[0].note == "reads like: complains (90 %)"
    assert conversation(again, again).kind == "continue"


def test_a_complaint_that_is_not_understood_is_offered_a_person() -> None:
    assert conversation(reads(), reads("the jelly came open", "fallback", complaint=0.9)).kind == "offer"
    assert conversation(reads(complaint=0.9), reads("it was for the wake", "fallback")).kind == "offer"
    assert conversation(reads(complaint=0.9), reads("oh, found it", "fallback")).kind == "continue"


def test_lost_patience_in_unheard_words_is_an_offer() -> None:
    decision = conversation(reads(impatient=0.8))

    assert decision.rule == f"The customer has lost patience: “{TEXT}”."
    assert decision.evidence[0].note == "reads like: has lost patience (80 %)"
    assert conversation(reads(impatient=0.8), offer_on_lost_patience=False, angry_turns_to_offer=3).kind == "continue"


def test_what_somebody_must_do_is_an_offer_unless_a_flow_does_it() -> None:
    assert conversation(reads(action=0.9)).reason == "unsupported_request"
    assert conversation(reads(outcome="flow", action=0.9)).kind == "continue"
    assert conversation(reads("how do I change the address?", action=0.9)).kind == "continue"


def test_unhelped_counts_as_a_failure_of_the_answer_before() -> None:
    decision = conversation(reads(), reads("quinces, not jelly", "fallback", unhelped=0.6))

    assert (decision.kind, decision.reason) == ("offer", "repeated_failure")


def test_content_lets_old_complaints_lose_their_weight() -> None:
    before, after = reads("the jelly came open", complaint=0.9), reads("the lid is bad, too", complaint=0.9)

    assert conversation(before, reads("spot on", settled=0.9), after).kind == "continue"
    assert conversation(before, after).kind == "offer"


def test_anger_at_others_is_not_ours_whatever_it_reads_like() -> None:
    turns = [reads("my boss is an idiot", complaint=0.9), reads("he is so rude", complaint=0.9)]

    assert conversation(*turns).kind == "continue"


def test_a_joke_of_which_the_model_makes_nothing_is_none_of_ours() -> None:
    assert conversation(reads(), reads("this is ridiculous"), reads("what a joke")).kind == "continue"


def test_an_offer_is_not_repeated_at_once() -> None:
    offered = reads(person=0.6, decision="offer")

    assert conversation(offered, reads(person=0.6)).kind == "continue"
    assert conversation(offered, reads(person=0.97)).kind == "escalate"


def test_no_to_an_offer_is_no_request() -> None:
    assert conversation(reads(action=0.9, decision="offer"), reads("no thanks, no person", person=0.99)).kind == (
        "continue"
    )


def test_a_message_that_could_not_be_read_is_left_to_the_phrases() -> None:
    unread = {"outcome": "answer", "polarity": None, "needs": None}

    assert conversation({"text": "puedo hablar con una persona", **unread}).kind == "escalate"
    assert conversation({"text": "bhai order kab aayega", **unread}).kind == "continue"


def test_one_of_several_moods_is_likelier_than_each() -> None:
    heard = Heard(needs={"complaint": 0.4, "leaving": 0.5}, sure=0.95, likely=0.45)

    assert heard.unhappy == pytest.approx(0.7)
    assert Heard(needs=None, sure=0.95, likely=0.45).unhappy == 0
