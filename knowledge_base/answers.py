"""What the answers themselves say: one about parcels speaks for questions about parcels that nobody wrote down."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from knowledge_base.encoder import Encoder, Vectors
from knowledge_base.text import clean

__all__ = ["Answers", "sentences"]

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int32]

_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_MARKS = re.compile(r"[*_#>`|~]+|^\s*(?:[-+]|\d+[.)])\s", re.MULTILINE)
_END = re.compile(r"(?<=[.!?])\s+|\n+")
# A long answer is described by its beginning; more sentences only cost training time.
_MAX_SENTENCES = 12
_MIN_WORDS = 3


class Answers:
    """The vectors of the answers: for each label the whole first, then its sentences."""

    def __init__(self, *, vectors: Vectors, starts: Integers) -> None:
        self._vectors = vectors
        self._starts = starts

    @classmethod
    def build(cls, texts: Sequence[str], *, encoder: Encoder) -> Answers:
        """Encode the answers of all labels in their order; an empty text is a label without an answer."""
        rows: list[str] = []
        starts = [0]
        for text in texts:
            spoken = sentences(text)
            if spoken:
                rows += [" ".join(spoken), *spoken[:_MAX_SENTENCES]]
            starts.append(len(rows))
        return cls(vectors=encoder.encode(rows), starts=np.array(starts, dtype=np.int32))

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> Answers:
        """Restore from `arrays()`."""
        return cls(vectors=arrays["answer_vectors"], starts=arrays["answer_starts"])

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """The answers as plain arrays."""
        return {"answer_vectors": self._vectors, "answer_starts": self._starts}

    def only(self, labels: npt.NDArray[np.int64], *, kept: npt.NDArray[np.bool_]) -> Answers:
        """The answers of some labels in the given order; those not `kept` count as missing."""
        spans = [
            (self._starts[n], self._starts[n + 1] if keep else self._starts[n])
            for n, keep in zip(labels, kept, strict=True)
        ]
        rows = np.concatenate([np.arange(start, end) for start, end in spans])
        starts = np.cumsum([0, *(end - start for start, end in spans)]).astype(np.int32)
        return Answers(vectors=self._vectors[rows.astype(np.int64)], starts=starts)

    def similarity(self, vector: Vectors, labels: Integers) -> tuple[Floats, Floats]:
        """Compare a message's vector with the answers of some labels.

        Returns:
            Two arrays (n,): half the cosine to the whole answer and half that to its closest sentence; and 1 where
            there is no answer, whose cosine is given as 0.
        """
        starts, ends = self._starts[labels], self._starts[labels + 1]
        unanswered = (starts == ends).astype(np.float32)
        similarity = np.zeros(len(labels), dtype=np.float32)
        told = np.flatnonzero(starts < ends)
        if len(told):
            lengths = (ends - starts)[told]
            firsts = np.cumsum(lengths) - lengths
            rows = np.arange(lengths.sum()) - np.repeat(firsts - starts[told], lengths)
            # Rows picked out are copied, which takes longer than multiplying them all when most are wanted.
            most = 2 * len(rows) > len(self._vectors)
            cosines = (self._vectors @ vector)[rows] if most else self._vectors[rows] @ vector
            similarity[told] = (cosines[firsts] + np.maximum.reduceat(cosines, firsts)) / 2
        return similarity, unanswered


def sentences(markdown: str) -> tuple[str, ...]:
    """The sentences of an answer without its Markdown; bits of fewer than three words belong to none."""
    plain = _MARKS.sub(" ", _LINK.sub(r"\1", markdown))
    spoken = (clean(part) for part in _END.split(plain))
    return tuple(part for part in spoken if len(part.split()) >= _MIN_WORDS)
