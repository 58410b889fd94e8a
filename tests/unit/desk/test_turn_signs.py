"""Reading turns: anger at whom, questions without help, offers that were answered."""

from typing import Any

import pytest

from bot.desk.escalation_settings import EscalationSettings
from bot.desk.turn_signs import Signs, TurnFacts, read_turns


def last_of(*texts: str, **facts: Any) -> Signs:
    """The last of `texts` as a turn with `facts`, after answered turns."""
    turns = [TurnFacts(message_id=str(n), text=text, outcome="answer") for n, text in enumerate(texts[:-1])]
    turns.append(TurnFacts(message_id="last", text=texts[-1], **({"outcome": "answer"} | facts)))
    return read_turns(turns, EscalationSettings())[-1]


@pytest.mark.parametrize(
    "text",
    [
        "This is ridiculous",
        "worst service ever",
        "I'm absolutely furious with you",
        "you keep sending me the same link",
        "STOP SENDING ME THIS LINK AGAIN",
        "oh great, thanks for nothing",
        "😡",
        "how hard is it to read an order",
        "you are a bunch of amateurs",
    ],
)
def test_lost_patience_is_anger_whatever_the_scorer_says(text: str) -> None:
    assert last_of(text, polarity=0.0).angry


@pytest.mark.parametrize(
    "text",
    [
        "my boss is an idiot, this weather is awful",
        "the last shop was terrible, worst service ever",
        "the villain is a disgusting liar",
        "I'm so annoyed with myself",
        "that gig was absolutely filthy, killed it, love it",
        "your croissants have ruined my diet, I want compensation 😂",
    ],
)
def test_anger_elsewhere_and_jokes_are_none(text: str) -> None:
    assert not last_of(text, polarity=-0.8).angry


def test_they_are_still_the_others_named_before() -> None:
    assert not last_of("the last shop ruined my bike", "They never called. Terrible service.", polarity=-0.5).angry


def test_a_low_mood_about_the_service_is_anger() -> None:
    assert last_of("the delivery was bad", polarity=-0.5).angry
    assert not last_of("the delivery was bad", polarity=None).angry


def test_what_the_classifier_heard_counts_too() -> None:
    assert last_of("nope", intent="insult").angry
    assert last_of("how much", "nah mate", intent="did_not_help").says_unhelped


@pytest.mark.parametrize(
    ("text", "asked_on"),
    [("haha sorry my kid got the phone 😂", False), ("lol what do you put in it", True), ("asdf", True)],
)
def test_chatter_that_is_not_understood_is_no_failure(text: str, asked_on: bool) -> None:
    assert (last_of(text, outcome="fallback").failure is not None) is asked_on


def test_the_same_answer_to_an_unhappy_customer_is_a_failure() -> None:
    turns = [
        TurnFacts(message_id="1", text="where is my ring", outcome="answer", article_id="repairs"),
        TurnFacts(message_id="2", text="it was due on monday", outcome="answer", article_id="repairs", polarity=-0.6),
    ]

    assert read_turns(turns, EscalationSettings())[-1].failure == "the same answer again"


@pytest.mark.parametrize(
    ("text", "accepts"),
    [
        ("yes please", True),
        ("ok do that", True),
        ("Yes, that would be great, thank you", True),
        ("sure, put me through", True),
        ("ok thanks for the apology", False),
        ("no thanks", False),
        ("absolutely useless", False),
        ("sure, whatever", False),
        ("ok whatever this is useless", False),
        ("yes that's wrong", False),
        ("yes but first tell me the price", False),
        ("great, another form", False),
    ],
)
def test_only_a_yes_accepts_an_offer(text: str, accepts: bool) -> None:
    offer = TurnFacts(message_id="1", text="do you sell kites", outcome="fallback", decision="offer")
    turns = [offer, TurnFacts(message_id="2", text=text, outcome="small_talk")]

    assert read_turns(turns, EscalationSettings())[-1].accepts_offer is accepts


def test_the_no_of_a_button_declines() -> None:
    offer = TurnFacts(message_id="1", text="do you sell kites", outcome="fallback", decision="offer")
    pressed = TurnFacts(message_id="2", text="deny", intent="deny", outcome="small_talk")

    sign = read_turns([offer, pressed], EscalationSettings())[-1]

    assert sign.settles
    assert not sign.accepts_offer


@pytest.mark.parametrize(
    "text",
    [
        "Do you pay the postage for faulty items?",
        "oh wait, it just arrived while I was typing",
        "I could kick myself, I measured my order wrong",
        "GOOD MORNING. DO YOU STILL SEND ORDERS ON SATURDAY. REGARDS HEINRICH",
    ],
)
def test_a_low_mood_alone_is_no_anger_at_us(text: str) -> None:
    polarity, label = (0.8, "positive") if text.isupper() else (-0.7, "negative")

    assert not last_of(text, polarity=polarity, label=label).angry


def test_who_spoils_is_told_from_whose_day_is_spoilt() -> None:
    theirs = last_of("my boss shouted at me on my birthday, I hate him", polarity=-0.9)
    ours = last_of(
        "My order came with the wrong items.", "It was for my son's birthday and he has no present.", polarity=-0.9
    )

    assert not theirs.angry
    assert ours.angry


def test_calm_follow_up_questions_may_share_an_article() -> None:
    asked = ["do nematodes help", "how many packs for 60 square metres", "and they don't hurt the dog?"]
    turns = [TurnFacts(message_id=text, text=text, outcome="answer", article_id="nematodes") for text in asked]

    assert read_turns(turns, EscalationSettings())[-1].failure is None


@pytest.mark.parametrize(
    "text",
    [
        "someone used my card on your site",
        "omg someones in my account and buying gift cards",
        "£900 has gone from my bank account",
        "Front brake came off and I ended up in A&E",
        "it's hot and there's a bit of smoke",
        "The tablets are 5 mg, I am normally on 1 mg. I have already taken two.",
    ],
)
def test_danger_and_fraud_are_heard_as_stories_too(text: str) -> None:
    assert last_of(text).announced.keys() & {"danger", "fraud"}


@pytest.mark.parametrize(
    "text",
    [
        "do you accept cards?",
        "is it safe to use my card on your site?",
        "do you have smoked salmon",
        "is there a smoking area",
        "my points disappeared from my account",
        "which tablets do you sell for a cold",
    ],
)
def test_ordinary_questions_are_no_danger(text: str) -> None:
    assert not last_of(text).announced.keys() & {"danger", "fraud"}


@pytest.mark.parametrize(
    ("text", "leaving"),
    [
        ("I will never shop here again", True),
        ("I'll tell everyone to avoid you", True),
        ("sort it or me and my wife are joining PureFit", True),
        ("we start migrating to a competitor on Monday", True),
        ("I shall describe the evening on Tripadvisor exactly as it was", True),
        ("we no longer feel comfortable bringing him to you", True),
        ("I left a bad review for your competitor", False),
        ("I no longer want the blue one", False),
        ("I'm going to tell all my friends about you, love it", False),
        ("I'll never go anywhere else again", False),
    ],
)
def test_a_threat_to_leave_is_told_from_praise(text: str, leaving: bool) -> None:
    assert ("leaving" in last_of(text).announced) is leaving


@pytest.mark.parametrize(
    "text", ["a thriller in which she will sue you and the killer", "a book about my lawyer will say"]
)
def test_stories_are_not_announcements(text: str) -> None:
    assert "legal" not in last_of(text.replace("you", "them")).announced
