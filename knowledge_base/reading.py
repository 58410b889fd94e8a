"""What one piece of text may mean, and what is made of it: answer, ask back, or admit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["ANSWER_FROM", "ARTICLE", "CLARIFY_FROM", "Match", "Outcome", "Part", "Reading"]

Outcome = Literal["answer", "clarify", "fallback"]

ARTICLE = "faq/"

# From expected cost (docs/decisions/0010-answer-clarify-fall-back.md); the same for every business.
ANSWER_FROM = 0.6
CLARIFY_FROM = 0.2


@dataclass(frozen=True, kw_only=True)
class Match:
    """A label that a message may mean.

    `confidence` is a calibrated probability in [0, 1]; `score` the raw similarity in [-1, 1] to its nearest example.
    """

    label: str
    confidence: float
    score: float


@dataclass(frozen=True, kw_only=True)
class Part:
    """One question of a message with its own outcome.

    `match` is None when nothing in it can be understood; `matches` are the candidates, best first.
    """

    text: str
    match: Match | None
    outcome: Outcome
    matches: tuple[Match, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What one piece of text may mean; `spelling` is how closely it is spelt like any example."""

    text: str
    matches: tuple[Match, ...]
    known: float
    spelling: float

    @property
    def best(self) -> Match | None:
        """The likeliest label."""
        return self.matches[0] if self.matches else None

    @property
    def label(self) -> str | None:
        """The name of the likeliest label."""
        return self.matches[0].label if self.matches else None

    @property
    def confidence(self) -> float:
        """Of the likeliest label, in [0, 1]."""
        return self.matches[0].confidence if self.matches else 0.0

    @property
    def outcome(self) -> Outcome:
        """What the confidence allows."""
        sure = self.confidence
        return "answer" if sure >= ANSWER_FROM else "clarify" if sure >= CLARIFY_FROM else "fallback"

    @property
    def is_sure(self) -> bool:
        """Whether it can be answered."""
        return self.outcome == "answer"

    def as_part(self) -> Part:
        """As one question of a message."""
        return Part(text=self.text, match=self.best, outcome=self.outcome, matches=self.matches)
