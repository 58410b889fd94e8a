"""When a conversation needs a person, rule by rule."""

from typing import Any

import pytest

from bot.desk.escalation import Decision, EscalationSettings, TurnFacts, decide


def conversation(*turns: str | dict[str, Any], **settings: Any) -> Decision:
    """Decide at the last of `turns`; a plain text was answered."""
    facts = [
        TurnFacts(message_id=f"c:{n}", **({"outcome": "answer"} | (turn if isinstance(turn, dict) else {"text": turn})))
        for n, turn in enumerate(turns, start=1)
    ]
    return decide(facts, settings=EscalationSettings(**settings))


def said(text: str, polarity: float | None = None, **facts: Any) -> dict[str, Any]:
    return {"text": text, "polarity": polarity} | facts


def unknown(text: str, **facts: Any) -> dict[str, Any]:
    return said(text, outcome="fallback", **facts)


def test_nothing_said_nothing_decided() -> None:
    assert decide([]) == Decision(kind="continue")


def test_a_question_that_is_answered_needs_nobody() -> None:
    assert conversation("When are you open?").kind == "continue"


def test_who_asks_for_a_person_gets_one() -> None:
    decision = conversation("hello", "can I talk to a human please")

    assert (decision.kind, decision.reason, decision.priority) == ("escalate", "customer_request", "normal")
    assert decision.rule == "The customer asks for a person: “can I talk to a human please”."
    assert [evidence.message_id for evidence in decision.evidence] == ["c:2"]


def test_the_classifiers_word_counts_where_the_wording_is_unclear() -> None:
    assert conversation(said("this is too complicated for you", intent="talk_to_person")).reason == "customer_request"


def test_a_negation_outweighs_the_classifier() -> None:
    assert conversation(said("I don't want to talk to a person", intent="talk_to_person")).kind == "continue"


def test_who_says_yes_to_an_offer_gets_a_person() -> None:
    decision = conversation(unknown("do you sell kites", decision="offer"), "yes please")

    assert decision.kind == "escalate"
    assert decision.rule == "The customer said yes when a person was offered: “yes please”."


def test_who_says_no_to_an_offer_is_left_in_peace() -> None:
    turns = [unknown("do you sell kites"), unknown("or drones", decision="offer"), said("no thanks")]

    assert conversation(*turns).kind == "continue"
    assert conversation(*turns, unknown("and balloons?")).kind == "continue"


def test_three_angry_messages_hand_over() -> None:
    decision = conversation(
        said("my order is late", -0.4), said("you said monday", -0.4), said("your delivery is bad", -0.5)
    )

    assert (decision.kind, decision.reason, decision.priority) == ("escalate", "negative_sentiment", "high")
    assert decision.rule == "Three messages in a row were angry; the last said “your delivery is bad”."
    assert len(decision.evidence) == 3


def test_one_kind_word_between_does_not_hide_the_trend() -> None:
    decision = conversation(
        said("my order is late", -0.4),
        said("you said monday", -0.4),
        said("ok thanks", 0.5),
        said("your delivery is bad", -0.5),
    )

    assert decision.rule == "Three of the last four messages were angry; the last said “your delivery is bad”."


def test_one_bad_word_is_no_trend() -> None:
    assert conversation(said("damn, when do you open?", -0.4)).kind == "continue"


def test_praise_after_anger_does_not_hand_over() -> None:
    turns = [said("my order is late", -0.4), said("you said monday", -0.4)]

    assert conversation(*turns, said("oh it just arrived, thank you!", 0.6)).kind == "continue"


def test_after_all_is_settled_old_anger_has_no_weight() -> None:
    turns = [said("my order is late", -0.4), said("you said monday", -0.4), said("ok that is sorted, thanks", 0.5)]

    assert conversation(*turns, said("your opening hours are bad", -0.4)).kind == "continue"


def test_sarcasm_does_not_clear_anger() -> None:
    turns = [said("my order is late", -0.4), said("oh great, thanks for nothing", 0.6)]

    assert conversation(*turns, said("your service is awful", -0.6)).kind == "escalate"


def test_anger_at_others_is_not_ours() -> None:
    turns = [said("my boss is an idiot", -0.6), said("he is so rude", -0.6), said("my boss ruined the day", -0.6)]

    assert conversation(*turns).kind == "continue"


def test_one_very_angry_message_is_an_offer() -> None:
    assert conversation(said("This is a fucking joke, where is my order", -0.7)).kind == "offer"


def test_two_unhappy_messages_in_a_row_are_an_offer() -> None:
    turns = (
        said("You replaced my wheel bearing two weeks ago and the noise is back.", -0.8),
        said("I paid for this to be fixed and it isn't.", -0.8),
    )

    decision = conversation(*turns)

    assert conversation(turns[0]).kind == "continue"
    assert (decision.kind, decision.reason) == ("offer", "negative_sentiment")
    assert (
        decision.rule
        == "Two messages in a row were unhappy; the last said “I paid for this to be fixed and it isn't.”."
    )
    assert conversation(*turns, angry_turns_to_offer=3).kind == "continue"


def test_who_is_unhappy_and_not_understood_is_offered_a_person() -> None:
    burnt = unknown("It is not a stain, it is a burn on the coat I paid you to clean.", polarity=-0.7)

    assert conversation(said("There is something on the sleeve."), burnt).kind == "offer"
    assert conversation(burnt).kind == "continue"  # a first message may still turn out to be a joke


def test_more_than_the_price_hangs_on_it() -> None:
    assert conversation(said("The wreath for my father's funeral was not delivered.", -0.7)).kind == "offer"
    assert conversation(said("my grandmother died, what flowers are right for a funeral", -0.7)).kind == "continue"


def test_a_grumbling_question_is_answered_first() -> None:
    grumble = said("why on earth can't I find the vat report, this is driving me up the wall", -0.9)

    assert conversation(grumble).kind == "continue"
    assert conversation({**grumble, "outcome": "fallback"}).kind == "offer"


def test_an_offer_is_not_repeated_at_once() -> None:
    angry = said("This is a fucking joke, where is my order", -0.7, decision="offer")

    assert conversation(angry, "where is it", said("what a shambles, this is ridiculous", -0.5)).kind == "continue"


@pytest.mark.parametrize(
    ("text", "reason", "priority"),
    [
        ("You will hear from my solicitor", "policy_restriction", "high"),
        ("I had an allergic reaction to your cake", "policy_restriction", "urgent"),
        ("someone used my card, I never made this payment", "policy_restriction", "urgent"),
        ("I will never shop here again", "negative_sentiment", "high"),
        ("I'm going to leave a one star review", "negative_sentiment", "high"),
    ],
)
def test_announcements_hand_over_at_once(text: str, reason: str, priority: str) -> None:
    decision = conversation(text)

    assert (decision.kind, decision.reason, decision.priority) == ("escalate", reason, priority)


@pytest.mark.parametrize("setting", ["hand_over_on_legal", "hand_over_on_leaving"])
def test_the_owner_may_switch_announcements_off(setting: str) -> None:
    text = {"hand_over_on_legal": "my lawyer will call", "hand_over_on_leaving": "I will never shop here again"}[
        setting
    ]

    assert conversation(text).kind == "escalate"
    assert conversation(text, **{setting: False}).kind == "continue"


def test_two_questions_without_an_answer_are_an_offer_and_three_a_handoff() -> None:
    turns = [unknown("do you sell kites"), unknown("what about drones"), unknown("or radio controlled cars")]

    assert conversation(turns[0]).kind == "continue"
    assert (conversation(*turns[:2]).kind, conversation(*turns[:2]).reason) == ("offer", "missing_knowledge")
    assert (conversation(*turns).kind, conversation(*turns).reason) == ("escalate", "missing_knowledge")


def test_small_talk_between_does_not_hide_failures() -> None:
    greeting = said("hello?", outcome="small_talk")

    assert conversation(unknown("do you sell kites"), greeting, unknown("what about drones")).kind == "offer"


def test_the_same_question_again_says_that_the_answer_did_not_help() -> None:
    decision = conversation("how do I reset my password", "How do I reset my password??", "how do i reset my password!")

    assert (decision.kind, decision.reason) == ("offer", "repeated_failure")
    assert [evidence.note for evidence in decision.evidence] == ["asked before", "asked before"]


def test_an_answer_that_did_not_help_counts_as_a_failure() -> None:
    decision = conversation("can I bring a pram", unknown("that's not what I asked"))

    assert (decision.kind, decision.reason) == ("offer", "repeated_failure")
    assert [evidence.note for evidence in decision.evidence] == ["the answer did not help", "not understood"]


def test_a_failed_look_up_is_an_offer_and_the_second_a_handoff() -> None:
    turns = [said("where is order 1001", outcome="flow", tool_failed=True)] * 2

    assert (conversation(*turns[:1]).kind, conversation(*turns[:1]).reason) == ("offer", "tool_failure")
    assert (conversation(*turns).kind, conversation(*turns).reason) == ("escalate", "tool_failure")


def test_what_only_a_person_can_do_is_an_offer_at_once() -> None:
    decision = conversation(unknown("please cancel my booking for Friday"))

    assert (decision.kind, decision.reason) == ("offer", "unsupported_request")


def test_an_article_marked_always_goes_to_a_person() -> None:
    decision = conversation(said("I found a bug in my soup", article_id="food-complaint", article_escalates="always"))

    assert (decision.kind, decision.reason) == ("escalate", "policy_restriction")
    assert decision.rule == "You marked the article “food-complaint” for a person: “I found a bug in my soup”."


def test_an_article_marked_never_spares_the_milder_rules() -> None:
    turns = [
        said(text, -0.5, article_escalates="never") for text in ("your app is bad", "it is bad", "your app is bad")
    ]

    assert conversation(*turns).kind == "continue"


def test_the_owners_words_and_intents_go_to_a_person() -> None:
    assert conversation("Do you do Wholesale?", always_phrases=("wholesale",)).reason == "policy_restriction"
    assert conversation(said("hi", intent="press"), always_intents=("press",)).reason == "policy_restriction"
    assert conversation("wholesome books", always_phrases=("wholesale",)).kind == "continue"


def test_a_long_message_is_quoted_in_part() -> None:
    decision = conversation("I want a human " + "now " * 200)

    assert decision.rule is not None
    assert len(decision.rule) < 140


@pytest.mark.parametrize("text", ["", " ", "🙂", "\u0000", "a" * 10_000, "ẕ̷̢̛a̶lgo", "(((((", "‮human"])
def test_nothing_a_customer_types_breaks_it(text: str) -> None:
    assert conversation(unknown(text), said(text, None, outcome=None), said(text, -1.0)).kind in (
        "continue",
        "offer",
        "escalate",
    )
