"""`bot evaluate sentiment`: how well the scorer reads the mood of labelled messages, with VADER beside it.

    bot evaluate sentiment --test TEST.csv [--json]

TEST.csv has the columns `text` and `label`; labels are negative, neutral and positive.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.evaluation.tables import LabelledText, RowInvalid, read_labelled
from sentiment import fairness
from sentiment.errors import SentimentError
from sentiment.labels import LABELS, NEGATIVE, NEUTRAL
from sentiment.scorer import Scorer, Sentiment
from sentiment.transformer import MODEL_FOLDER

_BINS = 15  # of the calibration error, as in Guo et al. 2017
_WARM_UP = 5  # messages that are not timed: the first ones pay for lazy loading

Labels = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("--test", type=Path, required=True, help="CSV with the columns text and label")
    parser.add_argument("--model", type=Path, default=MODEL_FOLDER, help="folder of another exported model")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Measure and print.

    Returns:
        0 when measured, 2 when the model cannot be loaded.

    Raises:
        TableError: The CSV file cannot be used; names row and column.
    """
    rows = read_moods(args.test)
    try:
        report = measure(rows, Scorer.load(args.model))
    except SentimentError as exc:
        print(f"bot evaluate sentiment: {exc}", file=sys.stderr)  # noqa: T201
        return 2
    print(json.dumps(report, indent=2) if args.json else as_text(report))  # noqa: T201
    return 0


def read_moods(path: Path) -> tuple[LabelledText, ...]:
    """Read a test file and check its labels.

    Raises:
        TableError: The file cannot be used; names row and column.
    """
    rows = read_labelled(path)
    for row in rows:
        if row.label.lower() not in LABELS:
            raise RowInvalid(
                f"{path}: row {row.line}, column “label” holds “{row.label[:40]}”, expected one of {', '.join(LABELS)}."
            )
    return rows


def measure(rows: Sequence[LabelledText], scorer: Scorer) -> dict[str, Any]:
    """Score every row with the scorer and with VADER alone.

    Returns:
        The scorer's figures, `fairness`, and VADER's figures under `vader`.
    """
    expected = np.array([LABELS.index(row.label.lower()) for row in rows])
    texts = [row.text for row in rows]
    lexicon = Scorer.lexicon_only()
    return {
        "n": len(rows),
        "version": scorer.version,
        **_figures(texts, expected, scorer),
        "vader": _figures(texts, expected, lexicon),
    }


def _figures(texts: Sequence[str], expected: Labels, scorer: Scorer) -> dict[str, Any]:
    for text in texts[:_WARM_UP]:
        scorer.score(text)
    scores: list[Sentiment] = []
    times: list[float] = []
    for text in texts:
        started = time.perf_counter()
        scores.append(scorer.score(text))
        times.append(time.perf_counter() - started)
    # A refusal is an answer too: whoever acts on it treats the message as neutral.
    chosen = np.array([NEUTRAL if score.label is None else LABELS.index(score.label) for score in scores])
    polarity = np.array([score.polarity or 0.0 for score in scores])
    fair = fairness.measure(lambda text: scorer.score(text).polarity)
    return {
        "accuracy": _rounded(np.mean(chosen == expected)),
        "macro_f1": _rounded(np.mean([_f1(expected, chosen, label) for label in np.unique(expected)])),
        "macro_recall": _rounded(np.mean([_recall(expected, chosen, label) for label in np.unique(expected)])),
        "negative_recall": _rounded(_recall(expected, chosen, NEGATIVE)) if NEGATIVE in expected else None,
        "accuracy_without_neutral": _without_neutral(expected, polarity),
        "auroc_negative": _auroc(expected == NEGATIVE, -polarity),
        "ece": _calibration_error(chosen == expected, [score.confidence for score in scores]),
        "refused": sum(score.reason is not None for score in scores),
        "ms_per_message_p50": _rounded(1000 * float(np.median(times))),
        "ms_per_message_max": _rounded(1000 * max(times)),
        "fairness": {
            "mean": _rounded(fair.mean),
            "worst": _rounded(fair.worst),
            "worst_text": fair.worst_text,
            "variants": fair.variants,
            "bound_mean": fairness.BOUND_MEAN,
            "bound_worst": fairness.BOUND_WORST,
            "by_kind": {k: {"mean": _rounded(m), "worst": _rounded(w)} for k, (m, w) in fair.by_kind.items()},
        },
    }


def _rounded(value: Any) -> float:
    return round(float(value), 4)


def _recall(expected: Labels, chosen: Labels, label: int) -> float:
    return float(np.mean(chosen[expected == label] == label))


def _f1(expected: Labels, chosen: Labels, label: int) -> float:
    hits = int(np.sum((chosen == label) & (expected == label)))
    return 2 * hits / (int(np.sum(chosen == label)) + int(np.sum(expected == label)))


def _without_neutral(expected: Labels, polarity: Numbers) -> float | None:
    """Whether the sign of the polarity is right where there is one to get right; 0 counts as wrong."""
    moody = expected != NEUTRAL
    if not moody.any():
        return None
    sign = np.where(expected == NEGATIVE, -1.0, 1.0)
    return _rounded(np.mean((polarity * sign)[moody] > 0))


def _auroc(positive: npt.NDArray[np.bool_], score: Numbers) -> float | None:
    """Area under the ROC curve by ranks (Mann and Whitney); ties count half."""
    count = int(positive.sum())
    if count in (0, len(positive)):
        return None
    _, place, counts = np.unique(score, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    pairs = count * (len(positive) - count)
    return _rounded((ranks[positive].sum() - count * (count + 1) / 2) / pairs)


def _calibration_error(right: npt.NDArray[np.bool_], confidences: Sequence[float | None]) -> float | None:
    """Expected calibration error (Guo et al. 2017, arXiv:1706.04599) over the messages that have a confidence."""
    known = np.array([confidence is not None for confidence in confidences])
    if not known.any():
        return None
    confidence = np.array([confidence or 0.0 for confidence in confidences])[known]
    correct = right[known]
    bins = np.minimum((confidence * _BINS).astype(int), _BINS - 1)
    gaps = [
        (bins == number).sum() * abs(correct[bins == number].mean() - confidence[bins == number].mean())
        for number in np.unique(bins)
    ]
    return _rounded(sum(gaps) / len(correct))


def as_text(report: dict[str, Any]) -> str:
    """A table for people: the scorer and VADER side by side."""
    lines = [f"{report['n']} messages, {report['version']}", f"{'':26}{'scorer':>10}{'VADER':>10}"]
    for name in (key for key, value in report["vader"].items() if not isinstance(value, dict)):
        lines.append(f"{name:26}{_cell(report[name])}{_cell(report['vader'][name])}")
    for name in ("mean", "worst"):
        ours, theirs = report["fairness"][name], report["vader"]["fairness"][name]
        bound = report["fairness"][f"bound_{name}"]
        lines.append(f"{'fairness_' + name:26}{_cell(ours)}{_cell(theirs)}   at most {bound} is promised")
    return "\n".join([*lines, f"most moved: “{report['fairness']['worst_text']}”"])


def _cell(value: float | None) -> str:
    return f"{'–':>10}" if value is None else f"{value:>10.4g}"
