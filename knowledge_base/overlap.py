"""Phrases of different articles that mean nearly the same: the assistant will have to ask which is meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from knowledge_base.encoder import Encoder
from knowledge_base.ranker import Example
from knowledge_base.text import clean

__all__ = ["Overlap", "find_overlaps"]

# The closest neighbours among the 128 articles of the sample business that belong apart come to 0.86.
_TOO_CLOSE = 0.88
_ROWS = 2_048


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
