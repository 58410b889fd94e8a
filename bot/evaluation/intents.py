"""`bot evaluate intents`: train on one CSV file, test on another, with the shipped configuration and threshold."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.evaluation.measures import Judged, accuracy, area_under_roc, calibration_error, matthews
from bot.evaluation.report import Report
from bot.evaluation.tables import LabelledText, read_labelled
from knowledge_base.encoder import MODEL_FOLDER, Encoder
from knowledge_base.ranker import CLARIFY_FROM, Example, Ranker, Ranking

__all__ = ["Measured", "add_arguments", "measure", "run"]

NOTHING = "(nothing)"


@dataclass(frozen=True, kw_only=True)
class Measured:
    """The messages as they were judged, and how long it took."""

    judged: tuple[Judged, ...]
    known: tuple[float, ...]
    oos_label: str | None
    train_s: float
    ms_per_message_p50: float

    def figures(self) -> dict[str, float | int | None]:
        """The figures of the contract, and calibration besides."""
        inside = [j for j in self.judged if j.truth != self.oos_label]
        outside = [j for j in self.judged if j.truth == self.oos_label]
        confidences = np.array([j.confidence for j in self.judged])
        right = np.array([j.best == j.truth for j in self.judged])
        belongs = np.array([j.truth != self.oos_label for j in self.judged])
        return {
            "accuracy": _rounded(accuracy(self.judged)),
            "inscope_accuracy": _rounded(accuracy(inside)),
            "oos_recall": _rounded(accuracy(outside)),
            "mcc": _rounded(matthews(self.judged)),
            "threshold": CLARIFY_FROM,
            "train_s": round(self.train_s, 2),
            "ms_per_message_p50": round(self.ms_per_message_p50, 2),
            "messages": len(self.judged),
            "ece": _rounded(calibration_error(confidences, right)),
            "oos_auroc": _rounded(area_under_roc(np.array(self.known), belongs)),
        }


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--train", type=Path, required=True, help="CSV with text,label (or sentence,category)")
    parser.add_argument("--test", type=Path, required=True, help="CSV with the same columns")
    parser.add_argument("--oos-label", help="the label of messages that belong to no intent; falling back counts as it")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON and nothing else")
    parser.add_argument("--report", type=Path, metavar="DIR", help="also write report.md and two diagrams there")
    parser.add_argument("--encoder", type=Path, default=MODEL_FOLDER, help=argparse.SUPPRESS)


def run(args: argparse.Namespace) -> int:
    """Measure and print.

    Raises:
        TableError: A CSV file cannot be used.
        KnowledgeBaseError: There is nothing to train on, or no encoder.
    """
    train = read_labelled(args.train, min_labels=2)
    test = read_labelled(args.test)
    measured = measure(train, test, oos_label=args.oos_label, encoder=Encoder.load(args.encoder))
    figures = measured.figures()
    if args.json:
        print(json.dumps(figures))  # noqa: T201
    else:
        report = Report(title="Intents", figures=figures, judged=measured.judged, none_label=args.oos_label)
        print(report.text())  # noqa: T201
    if args.report:
        report = Report(title="Intents", figures=figures, judged=measured.judged, none_label=args.oos_label)
        report.write(args.report)
    return 0


def measure(
    train: Sequence[LabelledText], test: Sequence[LabelledText], *, oos_label: str | None, encoder: Encoder
) -> Measured:
    """Train and judge every test message.

    A fallback counts as `oos_label`. Without one there is nothing else to predict, so the likeliest label counts.
    """
    started = time.perf_counter()
    examples = [Example(text=row.text, label=row.label) for row in train]
    ranker = Ranker.train(examples, encoder=encoder, oos_label=oos_label)
    train_s = time.perf_counter() - started
    judged, known, seconds = [], [], []
    for row in test:
        started = time.perf_counter()
        ranking = ranker.rank(row.text)
        seconds.append(time.perf_counter() - started)
        judged.append(_judge(row, ranking, oos_label))
        known.append(ranking.known)
    return Measured(
        judged=tuple(judged),
        known=tuple(known),
        oos_label=oos_label,
        train_s=train_s,
        ms_per_message_p50=float(np.median(seconds)) * 1000,
    )


def _judge(row: LabelledText, ranking: Ranking, oos_label: str | None) -> Judged:
    best, confidence = NOTHING, 0.0
    if ranking.matches:
        best, confidence = ranking.matches[0].label, ranking.matches[0].confidence
    fell_back = ranking.outcome == "fallback" and oos_label is not None
    predicted = str(oos_label) if fell_back else best
    return Judged(text=row.text, truth=row.label, predicted=predicted, best=best, confidence=confidence)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
