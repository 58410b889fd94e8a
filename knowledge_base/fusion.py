"""Turns what the witnesses say into probabilities: which label, and whether any label at all.

Two small models, fitted once by `knowledge_base/calibrate.py` on made-up shops and the same for every business: a
conditional logit (McFadden 1974) chooses among the labels, a logistic model says whether the message belongs to any of
them. Their product is the confidence. Both know how many labels and examples there are, so that a shop of three
articles and one of three hundred get the same honesty from the same numbers.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from knowledge_base.encoder import MODEL_FOLDER
from knowledge_base.errors import RankerUnreadable
from knowledge_base.index import Evidence

__all__ = ["CENTRE_DEPTH", "CENTRE_SIZE", "Fusion", "Shop"]

Floats = npt.NDArray[np.float64]

# A shop of e³ ≈ 20 labels with e^1.5 ≈ 4.5 examples each is the middle the weights are stated for.
CENTRE_SIZE = 3.0
CENTRE_DEPTH = 1.5


@dataclass(frozen=True, kw_only=True)
class Shop:
    """How large a business's knowledge is."""

    labels: int
    examples: int

    @property
    def size(self) -> float:
        """The logarithm of the number of labels."""
        return float(np.log(self.labels))

    @property
    def depth(self) -> float:
        """The logarithm of the examples per label."""
        return float(np.log(self.examples / self.labels))


@dataclass(frozen=True, kw_only=True)
class Fusion:
    """The fitted numbers.

    `weights` and `depth_slopes` (one per witness) and `size_slope` belong to the choice among labels, `known` to the
    question whether any label fits: constant, the best label's witnesses, share of known n-grams, size, depth,
    logarithm of the words, logarithm of the best label's share, known n-grams times nearest.
    """

    weights: tuple[float, ...]
    depth_slopes: tuple[float, ...]
    size_slope: float
    known: tuple[float, ...]

    @classmethod
    @lru_cache(maxsize=1)
    def shipped(cls) -> Fusion:
        """The fusion that ships with the encoder.

        Raises:
            RankerUnreadable: Its file is missing or damaged.
        """
        return cls.load(MODEL_FOLDER / "fusion.json")

    @classmethod
    def load(cls, path: Path) -> Fusion:
        """Read a fusion from its file.

        Raises:
            RankerUnreadable: The file is missing or damaged.
        """
        try:
            fields = json.loads(path.read_text(encoding="utf-8"))
            return cls(
                weights=_numbers(fields["weights"]),
                depth_slopes=_numbers(fields["depth_slopes"]),
                size_slope=float(fields["size_slope"]),
                known=_numbers(fields["known"]),
            )
        except (OSError, ValueError, KeyError, TypeError) as exc:
            raise RankerUnreadable(f"{path} cannot be read ({exc}). Restore it: git checkout -- {path}") from exc

    def judge(self, evidence: Evidence, shop: Shop, *, words: int) -> tuple[Floats, float]:
        """Weigh the evidence for one message.

        Args:
            evidence: Of at least one label.
            shop: The size of the knowledge.
            words: How many words the message has.

        Returns:
            The share of each candidate among the labels, (n,), summing to 1; and the probability that the message
            belongs to any label.
        """
        features = evidence.features.astype(np.float64)
        weights = np.array(self.weights) + np.array(self.depth_slopes) * (shop.depth - CENTRE_DEPTH)
        logits = features @ weights * np.exp(self.size_slope * (shop.size - CENTRE_SIZE))
        logits -= logits.max()
        shares = np.exp(logits)
        shares /= shares.sum()
        best = int(shares.argmax())
        witnesses = features[best]
        told = [
            1.0,
            *witnesses,
            evidence.known,
            shop.size,
            shop.depth,
            np.log(1 + words),
            np.log(shares[best]),
            evidence.known * witnesses[1],
        ]
        return shares, float(1 / (1 + np.exp(-np.dot(self.known, told))))


def _numbers(values: Sequence[float]) -> tuple[float, ...]:
    return tuple(float(value) for value in values)
