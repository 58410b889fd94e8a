"""The figures, against values computed by hand or by scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import matthews_corrcoef, roc_auc_score

from bot.evaluation.measures import (
    Judged,
    accuracy,
    area_under_roc,
    calibration_error,
    confusions,
    matthews,
    per_label,
    risk_coverage,
)


def judged(truth: str, predicted: str, confidence: float = 0.5) -> Judged:
    return Judged(text="?", truth=truth, predicted=predicted, best=predicted, confidence=confidence)


PAIRS = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=2, max_size=40)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@given(PAIRS)
def test_matthews_agrees_with_scikit_learn(pairs: list[tuple[str, str]]) -> None:
    expected = matthews_corrcoef([truth for truth, _ in pairs], [guess for _, guess in pairs])

    assert matthews([judged(truth, guess) for truth, guess in pairs]) == pytest.approx(expected, abs=1e-9)


@given(st.lists(st.tuples(st.sampled_from([0.1, 0.2, 0.5, 0.9]), st.booleans()), min_size=2, max_size=40))
def test_area_under_roc_agrees_with_scikit_learn(rows: list[tuple[float, bool]]) -> None:
    scores, positive = np.array([score for score, _ in rows]), np.array([known for _, known in rows])

    area = area_under_roc(scores, positive)

    expected = None if positive.all() or not positive.any() else pytest.approx(roc_auc_score(positive, scores))
    assert area == expected


def test_accuracy_of_nothing_is_unknown() -> None:
    assert accuracy([]) is None
    assert accuracy([judged("a", "a"), judged("a", "b")]) == 0.5


def test_calibration_error_is_the_mean_gap() -> None:
    confidences, right = np.array([0.9, 0.9, 0.9, 0.9, 0.1, 0.1]), np.array([True, True, True, False, False, False])

    assert calibration_error(confidences, right) == pytest.approx(4 / 6 * 0.15 + 2 / 6 * 0.1)


def test_risk_rises_when_the_unsure_are_answered_too() -> None:
    coverage, risk = risk_coverage(np.array([0.2, 0.9]), np.array([False, True]))

    assert (list(coverage), list(risk)) == ([0.5, 1.0], [0.0, 0.5])


def test_the_weakest_label_and_the_commonest_confusion_come_first() -> None:
    rows = [judged("a", "a"), judged("b", "a"), judged("b", "a"), judged("c", "b")]

    assert [label for label, *_ in per_label(rows)] == ["b", "c", "a"]
    assert confusions(rows)[0] == ("b", "a", 2)
