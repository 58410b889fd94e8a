"""The figures of merit, over what was asked, what was predicted and how sure the ranker was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = [
    "Floats",
    "Judged",
    "accuracy",
    "area_under_roc",
    "bins_of_reliability",
    "calibration_error",
    "confusions",
    "matthews",
    "per_label",
    "risk_coverage",
]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Judged:
    """One message, its true label, the prediction, the likeliest label before any threshold, and its confidence."""

    text: str
    truth: str
    predicted: str
    best: str
    confidence: float


def accuracy(judged: Sequence[Judged]) -> float | None:
    """The share of right predictions; None without messages."""
    return sum(j.predicted == j.truth for j in judged) / len(judged) if judged else None


def matthews(judged: Sequence[Judged]) -> float:
    """The multi-class Matthews correlation (Gorodkin 2004); 0 when either side names one label only."""
    truths, guesses = Counter(j.truth for j in judged), Counter(j.predicted for j in judged)
    n, right = len(judged), sum(j.predicted == j.truth for j in judged)
    both = sum(truths[label] * guesses[label] for label in truths)
    spread = (n * n - sum(c * c for c in truths.values())) * (n * n - sum(c * c for c in guesses.values()))
    return (right * n - both) / float(np.sqrt(spread)) if spread else 0.0


def calibration_error(confidences: Floats, right: npt.NDArray[np.bool_], *, bins: int = 15) -> float:
    """The expected calibration error (Naeini et al. 2015) over equally wide bins."""
    return float(
        sum(share * abs(sure - true) for _, share, sure, true in bins_of_reliability(confidences, right, bins=bins))
    )


def bins_of_reliability(
    confidences: Floats, right: npt.NDArray[np.bool_], *, bins: int = 15
) -> list[tuple[int, float, float, float]]:
    """For each bin that is not empty: its number, its share of messages, its mean confidence and its accuracy."""
    places = np.minimum((confidences * bins).astype(int), bins - 1)
    found = []
    for place in np.unique(places):
        inside = places == place
        found.append((int(place), float(inside.mean()), float(confidences[inside].mean()), float(right[inside].mean())))
    return found


def area_under_roc(scores: Floats, positive: npt.NDArray[np.bool_]) -> float | None:
    """The probability that a positive scores above a negative, ties counting half; None when one kind is missing."""
    ups, downs = int(positive.sum()), int((~positive).sum())
    if not ups or not downs:
        return None
    ordered = np.sort(scores)
    below = np.searchsorted(ordered, scores, side="left")
    upto = np.searchsorted(ordered, scores, side="right")
    ranks = (below + upto + 1) / 2
    return float((ranks[positive].sum() - ups * (ups + 1) / 2) / (ups * downs))


def risk_coverage(confidences: Floats, right: npt.NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Answering the surest first: the share answered, and the share of wrong ones among them (arXiv:1705.08500)."""
    order = np.argsort(-confidences, kind="stable")
    counts = np.arange(1, len(order) + 1)
    return counts / len(order), np.cumsum(~right[order]) / counts


def per_label(judged: Sequence[Judged]) -> list[tuple[str, int, float, float]]:
    """For each true label: messages, recall and precision; the weakest first."""
    truths, guesses = Counter(j.truth for j in judged), Counter(j.predicted for j in judged)
    right = Counter(j.truth for j in judged if j.predicted == j.truth)
    rows = [(label, n, right[label] / n, right[label] / max(guesses[label], 1)) for label, n in truths.items()]
    return sorted(rows, key=lambda row: (row[2] + row[3], row[0]))


def confusions(judged: Sequence[Judged]) -> list[tuple[str, str, int]]:
    """The pairs of true and predicted label that differ, the most frequent first."""
    pairs = Counter((j.truth, j.predicted) for j in judged if j.predicted != j.truth)
    return [(truth, guess, n) for (truth, guess), n in sorted(pairs.items(), key=lambda item: (-item[1], item[0]))]
