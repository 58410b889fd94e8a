"""A word or two: requests and small talk are no mood, complaints and thanks are."""

from __future__ import annotations

import pytest

from sentiment.scorer import Scorer

REQUESTS = """
refund|refund please|stop|STOP|cancel|cancel my order|cancel order|cancel subscription|return|return label|returns|
delivery?|order status|track order|where is my order|invoice|shipping|price?|opening hours|size M|tomorrow|order 10234|
change address|my account|password reset|unsubscribe|exchange|help|agent|human please|speak to agent|real person|
complaints form|lost property|yes|no|ok|hello|hi|bye|goodbye|wait|later|what?|why?|nothing else|end chat|menu|
gift card|discount code|book a table|card payment
"""
COMPLAINTS = """
broken|damaged|useless|terrible|awful|absolutely useless|not working|doesn't work|still waiting|wrong item|rubbish|
worst|never again|ridiculous|so slow|not good|charged twice|no reply|bad service|too late
"""
PRAISE = """
thanks|thank you|great|perfect|awesome|love it|cheers|well done|brilliant|very helpful|not bad at all|all good
"""


@pytest.fixture(scope="module")
def scorer() -> Scorer:
    return Scorer.load()


def listed(texts: str) -> list[str]:
    return [text.strip() for text in texts.split("|")]


def polarity(scorer: Scorer, text: str) -> float:
    found = scorer.score(text).polarity
    assert found is not None
    return found


@pytest.mark.parametrize("text", listed(REQUESTS))
def test_a_short_request_is_no_mood(scorer: Scorer, text: str) -> None:
    assert abs(polarity(scorer, text)) < 0.3


@pytest.mark.parametrize("text", listed(COMPLAINTS))
def test_a_short_complaint_is_negative(scorer: Scorer, text: str) -> None:
    assert polarity(scorer, text) < -0.3


@pytest.mark.parametrize("text", listed(PRAISE))
def test_short_praise_is_positive(scorer: Scorer, text: str) -> None:
    assert polarity(scorer, text) > 0.3
