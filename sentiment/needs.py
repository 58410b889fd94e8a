"""What a message says its writer needs: ten answers, each a calibrated probability, several may hold at once.

The transformer has one head per need. `Calibration` turns a head's logit into a probability (Platt 1999); its numbers
are fitted by `sentiment.needs_fit` on messages held out from training.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from .errors import ModelUnavailable

NEEDS_FILE = "needs.json"

MEANINGS: Mapping[str, str] = MappingProxyType(
    {
        "person": "asks for a human being, in whatever words",
        "danger": "somebody's health or safety is at risk or was hurt",
        "fraud": "fraud, a stolen account, a payment they never made, a scam in the business's name",
        "legal": "lawyers, courts, regulators, ombudsman, chargeback, formal complaint, data-protection demands",
        "leaving": "will leave, cancel out of displeasure, go to a rival, warn others",
        "impatient": "has plainly lost patience, asked several times, is angry at the business",
        "complaint": "something of the business's went wrong for them and is not solved, however calmly said",
        "unhelped": "the assistant's answer did not help, was not what they asked, goes in circles",
        "action": "wants something done to their order, booking, account or bill that somebody must do",
        "settled": "says that it is solved, that they are content",
    }
)
NEEDS: tuple[str, ...] = tuple(MEANINGS)

CUT = 0.5  # from this probability on a need counts as said, in our figures


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """Turns logits of the heads into probabilities: ``sigmoid(slope * logit + offset)``."""

    slopes: tuple[float, ...]  # in the order of `NEEDS`
    offsets: tuple[float, ...]

    @classmethod
    def read(cls, folder: Path) -> Calibration:
        """Load what `sentiment.needs_fit` wrote.

        Raises:
            ModelUnavailable: The file is missing, damaged or for other needs.
        """
        path = folder / NEEDS_FILE
        try:
            document: dict[str, Any] = json.loads(path.read_text("utf-8"))
            heads = document["heads"]
            return cls(
                slopes=tuple(float(heads[name]["slope"]) for name in NEEDS),
                offsets=tuple(float(heads[name]["offset"]) for name in NEEDS),
            )
        except (OSError, ValueError, KeyError, TypeError) as exc:
            raise ModelUnavailable(f"Cannot read {path}: {exc}. Restore the file.") from exc

    def probabilities(self, logits: Sequence[float]) -> Mapping[str, float]:
        """Probability of each need, by name.

        Args:
            logits: One per need, in the order of `NEEDS`.
        """
        rows = zip(NEEDS, logits, self.slopes, self.offsets, strict=True)
        return MappingProxyType({name: _sigmoid(slope * logit + offset) for name, logit, slope, offset in rows})


def _sigmoid(logit: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))
