"""`bot evaluate retrieval`: does each message of a CSV file find its article?"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bot.evaluation.intents import NOTHING
from bot.evaluation.measures import Judged, accuracy, area_under_roc, calibration_error, matthews
from bot.evaluation.report import Report
from bot.evaluation.tables import LabelledText, RowInvalid, read_labelled
from knowledge_base.article import Article, load_articles
from knowledge_base.encoder import MODEL_FOLDER, Encoder
from knowledge_base.overlap import find_overlaps
from knowledge_base.ranker import ARTICLE, CLARIFY_FROM, Example, Ranker, Ranking

__all__ = ["NONE", "add_arguments", "figures_of", "rank_all", "run", "train_on"]

NONE = "none"
CHOICES = 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--articles", type=Path, required=True, help="folder of the articles")
    parser.add_argument(
        "--test", type=Path, required=True, help=f"CSV with text,article_id ({NONE}: no article answers)"
    )
    parser.add_argument("--json", action="store_true", help="print the figures as JSON and nothing else")
    parser.add_argument("--report", type=Path, metavar="DIR", help="also write report.md and two diagrams there")
    parser.add_argument("--encoder", type=Path, default=MODEL_FOLDER, help=argparse.SUPPRESS)


def run(args: argparse.Namespace) -> int:
    """Measure and print.

    Raises:
        TableError: The CSV file cannot be used, or names an article that does not exist.
        KnowledgeBaseError: There are no articles, or no encoder.
    """
    articles = load_articles(args.articles).articles
    rows = read_labelled(args.test, label_columns=("article_id", "label"))
    known = {article.id for article in articles} | {NONE}
    for row in rows:
        if row.label not in known:
            raise RowInvalid(
                f"{args.test}: row {row.line}: no article has the id “{row.label}” (write {NONE} for none)."
            )
    encoder = Encoder.load(args.encoder)
    started = time.perf_counter()
    ranker = train_on(articles, encoder=encoder)
    train_s = time.perf_counter() - started
    rankings, ms_per_message_p50 = rank_all(ranker, rows)
    judged = [_judge(row, ranking) for row, ranking in zip(rows, rankings, strict=True)]
    figures = figures_of(rows, rankings) | {
        "threshold": CLARIFY_FROM,
        "train_s": round(train_s, 2),
        "ms_per_message_p50": round(ms_per_message_p50, 2),
    }
    overlaps = find_overlaps(_examples(articles), encoder=encoder)
    notes = [str(overlap) for overlap in overlaps]
    report = Report(title="Retrieval", figures=figures, judged=judged, none_label=NONE, notes=notes)
    print(json.dumps(figures) if args.json else report.text())  # noqa: T201
    if args.report:
        report.write(args.report)
    return 0


def train_on(articles: Sequence[Article], *, encoder: Encoder) -> Ranker:
    """A ranker of articles alone, as the assistant trains it."""
    return Ranker.train(
        _examples(articles),
        evidence={ARTICLE + article.id: article.answer for article in articles},
        encoder=encoder,
    )


def _examples(articles: Sequence[Article]) -> list[Example]:
    return [Example(text=phrase, label=ARTICLE + article.id) for article in articles for phrase in article.phrases]


def rank_all(ranker: Ranker, rows: Sequence[LabelledText]) -> tuple[list[Ranking], float]:
    """Rank every message; the second value is the median of milliseconds for one."""
    rankings, seconds = [], []
    for row in rows:
        started = time.perf_counter()
        rankings.append(ranker.rank(row.text, top_k=10))
        seconds.append(time.perf_counter() - started)
    return rankings, float(np.median(seconds)) * 1000


def figures_of(rows: Sequence[LabelledText], rankings: Sequence[Ranking]) -> dict[str, float | int | None]:
    """The figures of merit of some rankings."""
    judged = [_judge(row, ranking) for row, ranking in zip(rows, rankings, strict=True)]
    inside = [judge for judge in judged if judge.truth != NONE]
    places = [_place(row, ranking) for row, ranking in zip(rows, rankings, strict=True) if row.label != NONE]
    wrong = sum(
        ranking.outcome == "answer" and row.label not in _answered(ranking)
        for row, ranking in zip(rows, rankings, strict=True)
    )
    confidences = np.array([judge.confidence for judge in judged])
    return {
        "accuracy": _rounded(accuracy(judged)),
        "inscope_accuracy": _rounded(accuracy(inside)),
        "top1_accuracy": _rounded(sum(place == 1 for place in places) / len(places) if places else None),
        "top3_accuracy": _rounded(sum(place is not None and place <= CHOICES for place in places) / len(places))
        if places
        else None,
        "mrr": _rounded(sum(1 / place for place in places if place) / len(places)) if places else None,
        "wrong_answers": _rounded(wrong / len(rows)),
        "oos_recall": _rounded(accuracy([judge for judge in judged if judge.truth == NONE])),
        "mcc": _rounded(matthews(judged)),
        "messages": len(rows),
        "ece": _rounded(calibration_error(confidences, np.array([judge.best == judge.truth for judge in judged]))),
        "oos_auroc": _rounded(
            area_under_roc(np.array([r.known for r in rankings]), np.array([j.truth != NONE for j in judged]))
        ),
    }


def _judge(row: LabelledText, ranking: Ranking) -> Judged:
    best, confidence = NOTHING, 0.0
    if ranking.matches:
        best, confidence = ranking.matches[0].label.removeprefix(ARTICLE), ranking.matches[0].confidence
    predicted = NONE if ranking.outcome == "fallback" else best
    return Judged(text=row.text, truth=row.label, predicted=predicted, best=best, confidence=confidence)


def _place(row: LabelledText, ranking: Ranking) -> int | None:
    labels = [match.label.removeprefix(ARTICLE) for match in ranking.matches]
    return labels.index(row.label) + 1 if row.label in labels else None


def _answered(ranking: Ranking) -> set[str]:
    return {part.match.label.removeprefix(ARTICLE) for part in ranking.parts if part.match and part.outcome == "answer"}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
