"""Phrases of different articles that mean nearly the same: the assistant will have to ask which is meant.

    .venv-engine/bin/python -m knowledge_base.overlap [--articles knowledge_base/articles]

prints one JSON object per pair of articles, for programs that have no encoder.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from knowledge_base.article import Article, load_articles
from knowledge_base.encoder import Encoder
from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.ranker import ARTICLE, Example
from knowledge_base.text import clean

__all__ = ["Overlap", "advice", "find_overlaps", "overlapping_articles"]

# The closest neighbours among the 128 articles of the sample business that belong apart come to 0.86.
_TOO_CLOSE = 0.88
_ROWS = 2_048
# Comparing each with each costs the square; of larger knowledge only the articles' own questions are compared.
_MAX_PHRASES = 10_000


@dataclass(frozen=True, kw_only=True)
class Overlap:
    """Two phrases with different labels and the cosine between them."""

    first: Example
    second: Example
    score: float

    def __str__(self) -> str:
        return (
            f"“{self.first.text}” ({self.first.label}) and “{self.second.text}” ({self.second.label}) mean nearly the "
            f"same ({self.score:.2f}); merge them or say how they differ"
        )


def find_overlaps(
    examples: Sequence[Example], *, encoder: Encoder, from_score: float = _TOO_CLOSE, limit: int = 50
) -> tuple[Overlap, ...]:
    """The closest pairs of phrases with different labels, closest first.

    Time grows with the square of the examples: a second for 3,000, minutes for 50,000.

    Args:
        examples: All phrases of the knowledge base.
        encoder: The shipped one.
        from_score: The cosine from which a pair counts.
        limit: Pairs to return at most.

    Raises:
        EncoderUnavailable: The encoder failed.
    """
    vectors = encoder.encode([clean(example.text) for example in examples])
    labels = np.unique([example.label for example in examples], return_inverse=True)[1]
    pairs: list[tuple[float, int, int]] = []
    for start in range(0, len(examples), _ROWS):
        cosines = vectors[start : start + _ROWS] @ vectors.T
        cosines[labels[start : start + _ROWS, None] == labels[None]] = -1
        for row, column in np.argwhere(cosines >= from_score):
            if start + row < column:
                pairs.append((float(cosines[row, column]), int(start + row), int(column)))
    pairs.sort(key=lambda pair: (-pair[0], pair[1], pair[2]))
    return tuple(Overlap(first=examples[a], second=examples[b], score=score) for score, a, b in pairs[:limit])


def overlapping_articles(articles: Sequence[Article], *, encoder: Encoder, limit: int = 20) -> tuple[Overlap, ...]:
    """The pairs of articles that overlap, each with its closest phrases, closest first.

    The very same phrase in two articles is left out: `load_articles` names it with file and line.

    Args:
        articles: All of the knowledge base.
        encoder: The shipped one.
        limit: Pairs to return at most.

    Raises:
        EncoderUnavailable: The encoder failed.
    """
    examples = [Example(text=phrase, label=ARTICLE + article.id) for article in articles for phrase in article.phrases]
    if len(examples) > _MAX_PHRASES:
        examples = [Example(text=article.question, label=ARTICLE + article.id) for article in articles]
    pairs: dict[tuple[str, str], Overlap] = {}
    for overlap in find_overlaps(examples, encoder=encoder, limit=50 * limit):
        if _words(overlap.first.text) != _words(overlap.second.text):
            first, second = sorted((overlap.first.label, overlap.second.label))
            pairs.setdefault((first, second), overlap)
    return tuple(pairs.values())[:limit]


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def advice(overlap: Overlap) -> str:
    """The overlap of two articles in words for their owner."""
    first, second = (example.label.removeprefix(ARTICLE) for example in (overlap.first, overlap.second))
    return (
        f"“{overlap.first.text}” ({first}) and “{overlap.second.text}” ({second}) mean nearly the same: customers will "
        "be asked which they mean. Merge the articles, or say in their questions how they differ."
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Print the overlaps of a folder.

    Returns:
        The exit code: 2 when the articles or the encoder cannot be read.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=Path, default=Path("knowledge_base/articles"))
    args = parser.parse_args(argv)
    try:
        found = overlapping_articles(load_articles(args.articles).articles, encoder=Encoder.load())
    except KnowledgeBaseError as exc:
        print(exc, file=sys.stderr)  # noqa: T201
        return 2
    for overlap in found:
        articles = [example.label.removeprefix(ARTICLE) for example in (overlap.first, overlap.second)]
        print(json.dumps({"articles": articles, "score": round(overlap.score, 3), "message": advice(overlap)}))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
