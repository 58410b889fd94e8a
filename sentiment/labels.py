"""The three labels of a message and their order in every array of this package."""

from __future__ import annotations

from typing import Literal

Label = Literal["negative", "neutral", "positive"]

LABELS: tuple[Label, Label, Label] = ("negative", "neutral", "positive")
NEGATIVE, NEUTRAL, POSITIVE = range(3)
