"""What a check of the doctor found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing the doctor looked at.

    Attributes:
        level: `well`, `note` (works, but worth knowing) or `problem` (mend it).
        what: What was found.
        cure: How to mend it.
    """

    level: Literal["well", "note", "problem"]
    what: str
    cure: str = ""

    def __str__(self) -> str:
        sign = {"well": "ok  ", "note": "note", "problem": "!!  "}[self.level]
        return f"{sign} {self.what}" + (f"\n     → {self.cure}" if self.cure else "")


def well(what: str) -> Finding:
    """All is as it should be."""
    return Finding(level="well", what=what)


def note(what: str, cure: str = "") -> Finding:
    """It works, but the owner should know."""
    return Finding(level="note", what=what, cure=cure)


def problem(what: str, cure: str) -> Finding:
    """It does not work, or is not safe."""
    return Finding(level="problem", what=what, cure=cure)
