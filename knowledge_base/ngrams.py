"""How alike texts are spelt: character n-grams, which see through typos and know words the encoder does not.

N-grams stay inside words, a word's edge counting as a letter, as in scikit-learn's `char_wb`; they are hashed into
buckets, so nothing of an example's text is kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt

__all__ = ["NgramIndex", "Spelling"]

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int32]

_BUCKETS = 2**18
_SHORTEST, _LONGEST = 2, 4
# What stands in more examples than this tells none of them apart, and would cost milliseconds to add up.
_COMMON_FROM = 2_000


@dataclass(frozen=True, kw_only=True)
class Spelling:
    """How a message is spelt.

    `similarity` (n,) are the cosines in [0, 1] to the indexed texts in their order; `known` is the share in [0, 1]
    of the message that is spelt of n-grams which occur in any of them.
    """

    similarity: Floats
    known: float


class NgramIndex:
    """For each n-gram the examples it occurs in, weighted by rarity (TF-IDF), every example of unit length."""

    def __init__(self, *, documents: Integers, starts: Integers, texts: Integers, weights: Floats, count: int) -> None:
        self._documents = documents
        self._starts = starts
        self._texts = texts
        self._weights = weights
        self._count = count
        self._rarity = (np.log((1 + count) / (1 + documents)) + 1).astype(np.float32)

    @classmethod
    def build(cls, texts: Sequence[str]) -> NgramIndex:
        """Index texts in their order."""
        counted = [_counted(text) for text in texts]
        lengths = np.array([len(buckets) for buckets, _ in counted], dtype=np.int64)
        owners = np.repeat(np.arange(len(texts), dtype=np.int32), lengths)
        buckets = np.concatenate([buckets for buckets, _ in counted])
        documents = np.bincount(buckets, minlength=_BUCKETS)
        rarity = np.where(documents < _COMMON_FROM, np.log((1 + len(texts)) / (1 + documents)) + 1, 0)
        weights = np.concatenate([damped for _, damped in counted]) * rarity[buckets]
        norms = np.sqrt(np.bincount(owners, weights=weights**2, minlength=len(texts)))
        weights /= np.maximum(norms, 1e-9)[owners]
        order = np.argsort(buckets, kind="stable")
        order = order[documents[buckets[order]] < _COMMON_FROM]
        kept = np.where(documents < _COMMON_FROM, documents, 0)
        return cls(
            documents=documents.astype(np.int32),
            starts=np.concatenate([[0], np.cumsum(kept)]).astype(np.int32),
            texts=owners[order],
            weights=weights[order].astype(np.float32),
            count=len(texts),
        )

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> NgramIndex:
        """Restore an index from `arrays()`."""
        return cls(
            documents=arrays["ngram_documents"],
            starts=arrays["ngram_starts"],
            texts=arrays["ngram_texts"],
            weights=arrays["ngram_weights"],
            count=int(arrays["ngram_count"]),
        )

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """The index as plain arrays."""
        return {
            "ngram_documents": self._documents,
            "ngram_starts": self._starts,
            "ngram_texts": self._texts,
            "ngram_weights": self._weights,
            "ngram_count": np.array(self._count),
        }

    def spelling(self, text: str) -> Spelling:
        """Compare a text with every indexed one."""
        buckets, damped = _counted(text)
        weights = damped * self._rarity[buckets]
        documents = self._documents[buckets]
        known = float((weights[documents > 0] ** 2).sum() / max(float((weights**2).sum()), 1e-9))
        weights[documents >= _COMMON_FROM] = 0
        weights /= max(float(np.linalg.norm(weights)), 1e-9)
        starts, lengths = self._starts[buckets], self._starts[buckets + 1] - self._starts[buckets]
        ends = np.cumsum(lengths)
        places = np.arange(ends[-1] if len(ends) else 0) + np.repeat(starts - ends + lengths, lengths)
        products = self._weights[places] * np.repeat(weights, lengths)
        similarity = np.bincount(self._texts[places], weights=products, minlength=self._count)
        return Spelling(similarity=similarity.astype(np.float32), known=known)

    def between(self, rows: Integers, columns: Integers) -> Floats:
        """The cosines between indexed texts, (rows, columns)."""
        by_row = self._by_row()
        product: Floats = (by_row[rows] @ by_row[columns].T).toarray()
        return product

    @lru_cache(maxsize=1)  # noqa: B019 - asked a dozen times while training, and the index is dropped with its ranker
    def _by_row(self) -> Any:
        from scipy.sparse import csc_matrix  # needed to train, not to answer

        return csc_matrix((self._weights, self._texts, self._starts), shape=(self._count, _BUCKETS)).tocsr()


def _counted(text: str) -> tuple[Integers, Floats]:
    """The buckets of a text's n-grams, each once, and their damped counts."""
    counts = Counter(chain.from_iterable(map(_buckets_of, text.lower().split())))
    buckets = np.fromiter(counts.keys(), dtype=np.int32, count=len(counts))
    damped = 1 + np.log(np.fromiter(counts.values(), dtype=np.float32, count=len(counts)))
    return buckets, damped.astype(np.float32)


@lru_cache(maxsize=4_096)  # words come again: ten thousand articles are counted in a tenth of the time
def _buckets_of(word: str) -> tuple[int, ...]:
    """The buckets of a word's n-grams."""
    edged = f" {word} "
    sizes = range(_SHORTEST, min(_LONGEST, len(edged)) + 1)
    grams = (edged[n : n + size] for size in sizes for n in range(len(edged) - size + 1))
    return tuple(crc32(gram.encode()) % _BUCKETS for gram in grams)
