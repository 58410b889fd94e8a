"""The ranker under load: the sample business, churn after an edit, 600 examples, and ten thousand articles."""

from __future__ import annotations

import csv
import itertools
import resource
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from bot.evaluation.retrieval import NONE, figures_of, rank_all, train_on
from bot.evaluation.tables import LabelledText
from knowledge_base.article import Article, load_articles
from knowledge_base.encoder import Encoder
from knowledge_base.ranker import ARTICLE, Example, Ranker, Ranking

__all__ = ["made_up_articles", "sample_business", "size_and_speed"]

EDITS = 10
_SUBJECTS = (
    "the price of",
    "the delivery time of",
    "the warranty of",
    "the size of",
    "spare parts for",
    "the colour of",
    "the manual for",
    "repairs of",
    "returning",
    "gift wrapping for",
    "reserving",
    "renting",
    "the weight of",
    "cleaning",
    "assembling",
    "recycling",
    "upgrading",
    "insuring",
    "the maker of",
    "reviews of",
    "bulk orders of",
    "used",
    "the materials of",
    "trying out",
    "cancelling an order of",
)
_MAKES = (
    "oak steel travel folding garden kids office winter summer vintage compact large small pro basic deluxe".split()
)
_THINGS = (
    "desk lamp chair tent bicycle kettle jacket backpack mattress piano guitar ladder drill heater fan mirror clock "
    "carpet sofa shelf"
).split()
_MANNERS = ("what about {}", "tell me about {}", "i have a question on {}", "{} please", "can you help with {}")


def sample_business(articles: Path, questions: Path, encoder: Encoder) -> str:
    """How the sample business's golden questions are answered, and how many answers an edit elsewhere changes."""
    found = load_articles(articles).articles
    with questions.open(encoding="utf-8", newline="") as file:
        rows = [
            LabelledText(text=r["text"], label=r["article_id"], line=n) for n, r in enumerate(csv.DictReader(file), 2)
        ]
    phrases = sum(len(article.phrases) for article in found)
    lines = [f"### Sample business: {len(found)} articles, {phrases} phrases, {len(rows)} golden questions", ""]
    lines += ["| phrases per article | right first | among three | answered wrongly | no answer recognised | ECE |"]
    lines += ["| --- | ---: | ---: | ---: | ---: | ---: |"]
    for kept in (None, 2, 1):
        ranker = train_on([_with_phrases(article, kept) for article in found], encoder=encoder)
        figures = figures_of(rows, rank_all(ranker, rows)[0])
        names = ("top1_accuracy", "top3_accuracy", "wrong_answers", "oos_recall", "ece")
        cells = " | ".join(f"{float(figures[name] or 0):.3f}" for name in names)
        lines.append(f"| {kept or 'all'} | {cells} |")
    lines += ["", "The fusion was fitted on these questions among others; they are a regression test, not a benchmark."]
    lines += ["", _churn(found, rows, encoder)]
    return "\n".join(lines)


def size_and_speed(encoder: Encoder) -> str:
    """Training time, time per message and memory, small and large."""
    lines = ["### Size and speed, one process", ""]
    lines += ["| articles × phrases | train | one message p50 / p95 | memory |", "| --- | ---: | ---: | ---: |"]
    for count, phrases in ((1, 1), (10, 1), (28, 21), (500, 5), (10_000, 5)):
        examples = made_up_articles(count, phrases)
        started = time.perf_counter()
        ranker = Ranker.train(examples, encoder=encoder)
        train_s = time.perf_counter() - started
        p50, p95 = _latency(ranker, examples)
        added = ranker.memory_bytes / 2**20
        lines.append(f"| {count:,} × {phrases} | {train_s:.1f} s | {p50:.1f} / {p95:.1f} ms | {added:.0f} MB |")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    lines += ["", f"Peak of the whole process, libraries and training included: {peak:.0f} MB."]
    return "\n".join(lines)


def made_up_articles(count: int, phrases: int) -> list[Example]:
    """Examples of `count` made-up articles with `phrases` phrases each."""
    subjects = itertools.product(_SUBJECTS, _MAKES, _THINGS)
    matters = [f"{subject} the {make} {thing}" for subject, make, thing in subjects]
    matters += [f"{matter} for business customers" for matter in matters]
    step = max(len(matters) // count, 1)
    manners = [
        *_MANNERS,
        *(f"{manner} in {place}" for manner in _MANNERS for place in ("store", "town", "spring", "blue")),
    ]
    return [
        Example(text=manners[n].format(matter), label=f"{ARTICLE}{place}")
        for place, matter in enumerate(matters[::step][:count])
        for n in range(phrases)
    ]


def _churn(articles: Sequence[Article], rows: Sequence[LabelledText], encoder: Encoder) -> str:
    before = rank_all(train_on(articles, encoder=encoder), rows)[0]
    moved = asked = 0
    for place in np.linspace(0, len(articles) - 1, EDITS).astype(int):
        gone = articles[place].id
        rest = [article for article in articles if article.id != gone]
        after = rank_all(train_on(rest, encoder=encoder), rows)[0]
        for row, old, new in zip(rows, before, after, strict=True):
            unrelated = row.label not in (gone, NONE) and gone not in _shown(old)
            asked += unrelated
            moved += unrelated and _shown(old) != _shown(new)
    return (
        f"Churn: after taking out each of {EDITS} articles in turn, {moved} of {asked:,} answers to questions about "
        f"other articles changed ({moved / asked:.2%})."
    )


def _shown(ranking: Ranking) -> list[str]:
    if ranking.outcome == "fallback":
        return []
    matches = [part.match for part in ranking.parts] if ranking.outcome == "answer" else ranking.matches[:1]
    return [match.label.removeprefix(ARTICLE) for match in matches if match]


def _with_phrases(article: Article, kept: int | None) -> Article:
    return article if kept is None else replace(article, also_asked=article.also_asked[: kept - 1])


def _latency(ranker: Ranker, examples: Sequence[Example]) -> tuple[float, float]:
    seconds = []
    for example in examples[:: max(len(examples) // 200, 1)]:
        started = time.perf_counter()
        ranker.rank(f"hi, {example.text} thanks")
        seconds.append(time.perf_counter() - started)
    return float(np.median(seconds)) * 1000, float(np.percentile(seconds, 95)) * 1000
