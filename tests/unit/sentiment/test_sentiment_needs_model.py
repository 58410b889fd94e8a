"""The shipped model's needs, in clear cases only; how well it does in others is in the model card."""

from __future__ import annotations

import pytest

from sentiment.needs import NEEDS
from sentiment.scorer import Scorer


@pytest.fixture(scope="module")
def scorer() -> Scorer:
    return Scorer.load()


@pytest.mark.parametrize(
    ("text", "need"),
    [
        ("can I talk to a person please", "person"),
        ("could somebody from your side ring me", "person"),
        ("my son is having an allergic reaction to your cake", "danger"),
        ("someone used my card on your site, it was not me", "fraud"),
        ("my solicitor will be in touch", "legal"),
        ("I'm taking my business elsewhere", "leaving"),
        ("I have emailed you five times already and nobody answers", "impatient"),
        ("the lamp you sent me arrived broken", "complaint"),
        ("that is not what i asked", "unhelped"),
        ("please cancel my booking 4471", "action"),
        ("thanks, that's sorted now", "settled"),
    ],
)
def test_a_need_said_plainly_is_found(scorer: Scorer, text: str, need: str) -> None:
    needs = scorer.score(text).needs

    assert needs is not None
    assert needs[need] > 0.5


@pytest.mark.parametrize(
    "text",
    [
        "what time do you open on Sunday?",
        "do you have a nut free cake",
        "what is your refund policy",
        "how much is delivery to Leeds",
        "hello",
        "do you sell books about lawyers",
    ],
)
def test_an_ordinary_message_needs_nothing(scorer: Scorer, text: str) -> None:
    needs = scorer.score(text).needs

    assert needs is not None
    assert max(needs.values()) < 0.5


def test_every_need_has_a_probability(scorer: Scorer) -> None:
    needs = scorer.score("where is my order").needs

    assert needs is not None
    assert tuple(needs) == NEEDS
    assert all(0 <= probability <= 1 for probability in needs.values())


def test_a_need_in_the_middle_of_a_long_message_is_found(scorer: Scorer) -> None:
    chatter = "We came by train and the weather was fine, you know how it is in June. " * 12
    needs = scorer.score(f"{chatter}My little boy is choking on a piece of it. {chatter}").needs

    assert needs is not None
    assert needs["danger"] > 0.5


@pytest.mark.parametrize("text", ["", "???", "wo ist meine Bestellung, ich warte seit drei Wochen"])
def test_what_cannot_be_judged_has_no_needs(scorer: Scorer, text: str) -> None:
    assert scorer.score(text).needs is None
