"""Everything the examples tell about a message, as a few numbers per label.

Witnesses, each blind where another sees:
    regression  kernel ridge regression over meaning and spelling (Saunders et al. 1998), one label against the others
    nearest     the cosine to the label's closest example
    centre      the cosine to the mean of its examples
    spelling    the closest example by character n-grams
    answer      the cosine to the label's own answer: half to the whole, half to its closest sentence
    unanswered  1 where there is no answer to compare with
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from knowledge_base.answers import Answers
from knowledge_base.encoder import Vectors
from knowledge_base.ngrams import NgramIndex

__all__ = ["NEAREST", "SPELLING", "Evidence", "Index"]

# Columns of the features that are shown to people or decide alone.
NEAREST, SPELLING = 1, 3

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int32]

# exp(3 (cosine - 1)): chosen on held-out training intents; wide enough that a label reaches beyond its examples.
_WIDTH = 3.0
_SPELLING_SHARE = 0.3
_RIDGE = 0.2
# An exact solution costs the cube of the examples; above this many, some of them stand for all (Nyström).
_EXACT_UP_TO = 3_000
_LANDMARKS = 1_024
# With more labels than this only the likeliest are looked at closely.
_CANDIDATES = 128


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What speaks for each candidate label.

    `labels` (n,) are positions among the index's labels; `features` (n, 6) are the witnesses in the order above.
    `known` is the share in [0, 1] of the message's n-grams that occur in any example.
    """

    labels: Integers
    features: Floats
    known: float


class Index:
    """The examples of all labels, ready to be compared with a message."""

    def __init__(
        self,
        *,
        owners: Integers,
        vectors: Vectors,
        centres: Vectors,
        landmarks: Integers,
        duals: Floats,
        ngrams: NgramIndex,
        answers: Answers,
    ) -> None:
        self._owners = owners
        self._vectors = vectors
        self._centres = centres
        self._landmarks = landmarks
        self._duals = duals
        self._ngrams = ngrams
        self._answers = answers
        # Picked out once: with many examples this is a megabyte and a half, too much to copy for each message.
        self._landmark_vectors = vectors if len(landmarks) == len(vectors) else vectors[landmarks]
        self._order = np.argsort(owners, kind="stable")
        self._starts = np.searchsorted(owners[self._order], np.arange(len(centres) + 1))

    @classmethod
    def build(cls, texts: Sequence[str], vectors: Vectors, owners: Integers, answers: Answers) -> Index:
        """Index examples.

        Args:
            texts: Cleaned texts.
            vectors: Their vectors, (n, 384).
            owners: The label of each, (n,), from 0 without gaps.
            answers: What the labels' answers say.
        """
        ngrams = NgramIndex.build(texts)
        landmarks = np.arange(len(texts), dtype=np.int32)
        if len(texts) > _EXACT_UP_TO:
            landmarks = np.linspace(0, len(texts) - 1, _LANDMARKS).astype(np.int32)
        labels, centres = _summed(vectors, owners)
        count = len(labels)
        centres /= np.maximum(np.linalg.norm(centres, axis=1, keepdims=True), 1e-9)
        duals = _regress(vectors, ngrams, owners, landmarks, count)
        return cls(
            owners=owners,
            vectors=vectors,
            centres=centres,
            landmarks=landmarks,
            duals=duals,
            ngrams=ngrams,
            answers=answers,
        )

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> Index:
        """Restore an index from `arrays()`."""
        names = ("owners", "vectors", "centres", "landmarks", "duals")
        return cls(
            ngrams=NgramIndex.from_arrays(arrays),
            answers=Answers.from_arrays(arrays),
            **{name: arrays[name] for name in names},
        )

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """The index as plain arrays."""
        own = {
            "owners": self._owners,
            "vectors": self._vectors,
            "centres": self._centres,
            "landmarks": self._landmarks,
            "duals": self._duals,
        }
        return own | self._ngrams.arrays() | self._answers.arrays()

    def evidence(self, text: str, vector: Vectors) -> Evidence:
        """Compare one message with the examples.

        Args:
            text: Cleaned.
            vector: Its vector, (384,).
        """
        spelt = self._ngrams.spelling(text)
        spelling = spelt.similarity
        centre = self._centres @ vector
        labels = self._candidates(centre, spelling)
        if len(labels) == len(centre):
            order, starts = self._order, self._starts[:-1]
        else:
            lengths = self._starts[labels + 1] - self._starts[labels]
            starts = np.cumsum(lengths) - lengths
            order = self._order[np.arange(lengths.sum()) + np.repeat(self._starts[labels] - starts, lengths)]
        near, among = self._similar(vector, order)
        nearest = np.maximum.reduceat(near, starts)
        spelled = np.maximum.reduceat(spelling[order], starts)
        kernel = np.exp(_WIDTH * (among - 1))
        kernel += _SPELLING_SHARE * spelling[self._landmarks]
        regression = self._duals[labels] @ kernel
        answer, unanswered = self._answers.similarity(vector, labels)
        witnesses = [regression, nearest, centre[labels], spelled, answer, unanswered]
        features = np.stack(witnesses, axis=1).astype(np.float32)
        return Evidence(labels=labels, features=features, known=spelt.known)

    def _similar(self, vector: Vectors, order: Integers) -> tuple[Floats, Floats]:
        """The similarity to the examples in `order`, and to the landmarks.

        Picking rows out of the matrix copies them, which takes longer than multiplying them; with so many examples that
        few of them are candidates it is the other way round.
        """
        if len(self._landmarks) == len(self._vectors):
            every = self._vectors @ vector
            return every[order], every  # where all examples are landmarks they are in their own order
        return self._vectors[order] @ vector, self._landmark_vectors @ vector

    def _candidates(self, centre: Floats, spelling: Floats) -> Integers:
        if len(centre) <= 2 * _CANDIDATES:
            return np.arange(len(centre), dtype=np.int32)
        close = np.argpartition(-centre, _CANDIDATES)[:_CANDIDATES]
        spelled = self._owners[np.argpartition(-spelling, _CANDIDATES)[:_CANDIDATES]]
        return np.union1d(close, spelled).astype(np.int32)


def _regress(vectors: Vectors, ngrams: NgramIndex, owners: Integers, landmarks: Integers, count: int) -> Floats:
    """Solve the regression; returns (labels, landmarks) coefficients."""
    base = vectors[landmarks]
    among = np.exp(_WIDTH * (base @ base.T - 1)) + _SPELLING_SHARE * ngrams.between(landmarks, landmarks)
    if len(landmarks) == len(vectors):
        targets = np.zeros((len(vectors), count), dtype=np.float32)
        targets[np.arange(len(vectors)), owners] = 1
        targets -= targets.mean(0)
        among[np.diag_indices_from(among)] += _RIDGE
        return np.ascontiguousarray(np.linalg.solve(among, targets).T, dtype=np.float32)
    gram = _RIDGE * among.astype(np.float64)
    reached = np.zeros((len(landmarks), count), dtype=np.float64)
    total = np.zeros((len(landmarks), 1))
    for start in range(0, len(vectors), 4096):
        rows = np.arange(start, min(start + 4096, len(vectors)), dtype=np.int32)
        block = np.exp(_WIDTH * (vectors[rows] @ base.T - 1)) + _SPELLING_SHARE * ngrams.between(rows, landmarks)
        gram += block.T @ block
        total += block.sum(0)[:, None]
        labels, sums = _summed(block, owners[rows])
        reached[:, labels] += sums.T
    reached -= total * (np.bincount(owners, minlength=count) / len(owners))
    gram[np.diag_indices_from(gram)] += 1e-3
    return np.ascontiguousarray(np.linalg.solve(gram, reached).T, dtype=np.float32)


def _summed(rows: Floats, owners: Integers) -> tuple[Integers, Floats]:
    """The owners that occur, in ascending order, and for each the sum of its rows."""
    order = np.argsort(owners, kind="stable")
    labels, starts = np.unique(owners[order], return_index=True)
    return labels, np.add.reduceat(rows[order], starts, axis=0)
