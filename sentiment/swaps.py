"""Rewrites a sentence so that only who speaks, or who is spoken of, changes.

Used twice: in training, where such rewrites must not change the label, and in the fairness check, which
uses names the training never saw.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_GENDERED = [
    ("he", "she"),
    ("him", "her"),
    ("his", "her"),
    ("himself", "herself"),
    ("man", "woman"),
    ("men", "women"),
    ("boy", "girl"),
    ("boys", "girls"),
    ("father", "mother"),
    ("dad", "mom"),
    ("son", "daughter"),
    ("brother", "sister"),
    ("husband", "wife"),
    ("boyfriend", "girlfriend"),
    ("uncle", "aunt"),
    ("sir", "madam"),
    ("mr", "ms"),
    ("guy", "lady"),
    ("gay", "straight"),
    ("black", "white"),
    ("muslim", "christian"),
]
_SWAPPED = {**{first: second for first, second in reversed(_GENDERED)}, **{b: a for a, b in reversed(_GENDERED)}}
_WORD = re.compile(r"[A-Za-z]+")

# Markers of dialects and registers of English, none of which carries mood.
_DIALECT: list[tuple[re.Pattern[str], str]] = [
    (re.compile(r"\b(\w{2,}?)ing\b", re.IGNORECASE), r"\1in'"),
    (re.compile(r"\bgoing to\b", re.IGNORECASE), "gonna"),
    (re.compile(r"\bwant to\b", re.IGNORECASE), "wanna"),
    (re.compile(r"\b(?:isn't|aren't|am not|hasn't|haven't)\b", re.IGNORECASE), "ain't"),
    (re.compile(r"\byou\b", re.IGNORECASE), "y'all"),
    (re.compile(r"\bmy\b", re.IGNORECASE), "ma"),
    (re.compile(r"\bthe\b", re.IGNORECASE), "da"),
    (re.compile(r"\bth(?=(?:is|at|ey|em|ere|en)\b)", re.IGNORECASE), "d"),
    (re.compile(r"\bth(?=ings?\b)", re.IGNORECASE), "t"),
    (re.compile(r"\bthis is\b", re.IGNORECASE), "dis be"),
    (re.compile(r"\bisn't it\b", re.IGNORECASE), "innit"),
    (re.compile(r"\bmy\b", re.IGNORECASE), "me"),
    (re.compile(r"\byou are\b", re.IGNORECASE), "you is"),
    (re.compile(r"\byou\b", re.IGNORECASE), "u"),
    (re.compile(r"\bare\b", re.IGNORECASE), "r"),
    (re.compile(r"\bplease\b", re.IGNORECASE), "pls"),
    (re.compile(r"\b(?:th)e\b", re.IGNORECASE), "teh"),
]


def swap_gender(text: str) -> str:
    """Swap pronouns, kinship words and a few group words for their counterparts."""

    def swapped(match: re.Match[str]) -> str:
        word = match[0]
        other = _SWAPPED.get(word.lower(), word)
        return other.capitalize() if word[0].isupper() else other

    return _WORD.sub(swapped, text)


def dialects() -> list[Callable[[str], str]]:
    """One rewriting function per marker of dialect."""

    def rewriter(pattern: re.Pattern[str], replacement: str) -> Callable[[str], str]:
        return lambda text: pattern.sub(replacement, text)

    return [rewriter(pattern, replacement) for pattern, replacement in _DIALECT]
