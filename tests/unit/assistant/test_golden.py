"""What is said of two models that answered the same questions."""

from __future__ import annotations

from bot.assistant.golden import Verdict, changed, churn
from tests.unit.assistant.dialogue import article

HOURS, EDITED = article("hours"), article("hours", answer="Ten to six.")


def verdict(answered: str | None, *, expected: str = "hours", said: dict[str, object] | None = None) -> Verdict:
    return Verdict(text="when?", expected=expected, answered=answered, outcome="answer", article=said)


def test_churn_counts_answers_that_nobody_touched_and_that_moved() -> None:
    live = [verdict("hours", said=HOURS)] * 3
    new = [verdict("hours", said=HOURS), verdict("parking"), verdict(None)]

    assert churn(live, new, {"hours": HOURS}) == {"asked": 3, "changed": 2}


def test_an_edited_a_removed_and_a_new_article_are_no_churn() -> None:
    live = [verdict("hours", said=HOURS), verdict("hours", said=HOURS), verdict("parking", expected="new")]
    new = [verdict("parking"), verdict(None), verdict("new", expected="new")]

    assert churn(live[:1], new[:1], {"hours": EDITED}) == {"asked": 0, "changed": 0}
    assert churn(live[1:2], new[1:2], {}) == {"asked": 0, "changed": 0}
    assert churn(live[2:], new[2:], {"new": article("new")}) == {"asked": 0, "changed": 0}


def test_changed_answers_say_what_got_worse() -> None:
    (change,) = changed([verdict("hours")], [verdict(None)])

    assert change == {"text": "when?", "before": "hours", "after": None, "expected": "hours", "worse": True}
