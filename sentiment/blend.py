"""Blends the transformer and VADER into calibrated probabilities; the weights are learned, never set by hand.

A softmax regression over the transformer's logits and what only the lexicon's reader sees: emoji, shouting,
exclamation marks, negation. Its confidence is calibrated for the mix of labels that `sentiment.fit` chose.
"""

from __future__ import annotations

import json
import logging
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from .errors import ModelUnavailable
from .labels import LABELS, NEGATIVE, POSITIVE, Label
from .regression import Array, softmax
from .transformer import TransformerReading
from .vader import VaderReader, VaderReading

_LOG = logging.getLogger(__name__)

BLEND_FILE = "blend.json"
CORRECTED_FILE = "blend.corrected.json"  # written by `sentiment.calibrate --save`, preferred when it is there

FEATURES = (
    "log_negative",
    "log_neutral",
    "log_positive",
    "compound",
    "lexicon_positive",
    "lexicon_negative",
    "emoji",
    "shouting",
    "exclamations",
    "questions",
    "negation",
    "length",
    "shouting_by_lean",
    "exclamations_by_lean",
    "negation_by_compound",
    "frustration",
    "constant",
)
_LOG_FLOOR = -8.0  # a saturated logit says nothing more
_SHOUTED_LETTERS = 3


def features_of(text: str, transformer: TransformerReading, vader: VaderReading, reader: VaderReader) -> Array:
    """Describe one text to the regression.

    Args:
        text: The message after `sentiment.text.window`.
        transformer: Its reading by the transformer.
        vader: Its reading by the lexicon.
        reader: Reads the emoji alone.

    Returns:
        One number per name in `FEATURES`.
    """
    shares = softmax(transformer.logits)
    logs = np.maximum(np.log(np.maximum(shares, 1e-12)), _LOG_FLOOR)
    lean = float(shares[POSITIVE] - shares[NEGATIVE])
    emoji = "".join(char for char in text if char in reader.emoji)
    shouting, exclamations = _shouting(text), math.log1p(min(text.count("!"), 10))
    return np.array(
        [
            *logs,
            vader.compound,
            vader.positive,
            vader.negative,
            reader.read(emoji).compound if emoji else 0.0,
            shouting,
            exclamations,
            min(text.count("?"), 3),
            float(vader.negation),
            math.log1p(len(text.split())),
            shouting * lean,
            exclamations * lean,
            vader.compound * vader.negation,
            max(-8.0, min(8.0, transformer.frustration)),
            1.0,
        ],
        dtype=np.float64,
    )


def _shouting(text: str) -> float:
    """Share of the longer words that are in capitals; a single one ("ISBN") is no shouting."""
    words = [word for word in text.split() if sum(map(str.isalpha, word)) >= _SHOUTED_LETTERS]
    shouted = sum(word.isupper() for word in words)
    return shouted / len(words) if shouted > 1 else 0.0


def _corrects(path: Path) -> str | None:
    """Version of the shipped weights that a corrected file was refitted from; its features may be others."""
    try:
        corrects: str | None = json.loads(path.read_text("utf-8")).get("corrects")
    except (OSError, ValueError, AttributeError) as exc:
        raise ModelUnavailable(f"Cannot read the blend's weights in {path}: {exc}. Restore the file.") from exc
    return corrects


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Calibrated numbers for one text."""

    polarity: float
    label: Label
    confidence: float
    frustration: float


@dataclass(frozen=True, kw_only=True)
class Blend:
    """The learned weights."""

    mean: Array  # (d,)
    scale: Array  # (d,)
    polarity: Array  # (3, d)
    frustration: Array  # (2, d): calm, frustrated
    label_shares: tuple[float, ...]  # the mix of labels the confidence is calibrated for
    version: str
    corrects: str | None = None  # version of the shipped weights these were refitted from

    @classmethod
    def load(cls, folder: Path) -> Blend:
        """Load the corrected weights if there are any for the shipped ones, else the shipped ones.

        Raises:
            ModelUnavailable: The file is missing or was written for other features.
        """
        shipped = cls.read(folder / BLEND_FILE)
        path = folder / CORRECTED_FILE
        if not path.exists():
            return shipped
        corrects = _corrects(path)
        if corrects == shipped.version:
            return cls.read(path)
        # An update brought another model; weights fitted for the old one would misread everything.
        _LOG.warning(
            "%s corrects %s, not the shipped %s; the shipped weights count. Run `bot sentiment calibrate` again.",
            path,
            corrects,
            shipped.version,
        )
        return shipped

    @classmethod
    def read(cls, path: Path) -> Blend:
        """Load weights from one file.

        Raises:
            ModelUnavailable: The file is missing or was written for other features.
        """
        try:
            document: dict[str, Any] = json.loads(path.read_text("utf-8"))
            if tuple(document["features"]) != FEATURES:
                raise ModelUnavailable(f"{path} was fitted for other features. Fit the blend again.")
            return cls(
                mean=np.array(document["mean"], dtype=np.float64),
                scale=np.array(document["scale"], dtype=np.float64),
                polarity=np.array(document["polarity"], dtype=np.float64).reshape(len(LABELS), len(FEATURES)),
                frustration=np.array(document["frustration"], dtype=np.float64).reshape(2, len(FEATURES)),
                label_shares=tuple(float(share) for share in document["label_shares"]),
                version=str(document["version"]),
                corrects=document.get("corrects"),
            )
        except (OSError, ValueError, KeyError, TypeError) as exc:
            raise ModelUnavailable(f"Cannot read the blend's weights in {path}: {exc}. Restore the file.") from exc

    def write(self, path: Path, *, fitted: dict[str, Any]) -> None:
        """Write the weights and, beside them, what they were fitted on."""
        document = {
            "version": self.version,
            "corrects": self.corrects,
            "features": FEATURES,
            "mean": self.mean.tolist(),
            "scale": self.scale.tolist(),
            "polarity": self.polarity.tolist(),
            "frustration": self.frustration.tolist(),
            "label_shares": self.label_shares,
            "fitted": fitted,
        }
        fresh = path.with_suffix(".new")  # an engine that starts meanwhile finds the old weights or the new ones
        fresh.write_text(json.dumps(document, indent=1) + "\n", "utf-8")
        fresh.replace(path)

    def standardise(self, features: Array) -> Array:
        """Bring features of shape (…, d) to the scale the weights were fitted on."""
        standard: Array = (features - self.mean) / self.scale
        return standard

    def judge(self, features: Array) -> Verdict:
        """Turn the features of one text into numbers."""
        standard = self.standardise(features)
        shares = softmax(self.polarity @ standard)
        best = int(shares.argmax())
        return Verdict(
            polarity=float(np.clip(shares[POSITIVE] - shares[NEGATIVE], -1.0, 1.0)),
            label=LABELS[best],
            confidence=float(shares[best]),
            frustration=float(softmax(self.frustration @ standard)[1]),
        )
