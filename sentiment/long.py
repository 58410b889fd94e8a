"""Finds the parts of a long message that are worth reading for needs.

Mood is in a message's beginning and end, and the rest may be skipped. A need is not: "my son is allergic to it"
may stand in the middle of thirty lines. Reading everything would cost 4 ms per forty words, so a long message is cut
into pieces, a linear model that costs next to nothing says which hold the strongest words, and those are read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

MAX_PIECES = 2  # read beside the short reading; 3 to 5 ms each
_PIECE = 150  # characters; some thirty-five tokens
_MAX_CHARS = 12_000  # past this a text is no message
_SENTENCE = re.compile(r"[^.!?\n]*[.!?\n]+\s*|[^.!?\n]+")


def pieces(text: str) -> list[str]:
    """Cut a text into pieces of whole sentences.

    Args:
        text: A message as it was typed.

    Returns:
        Pieces of at most 150 characters, in order; what stands past 12,000 characters is left out.
    """
    found: list[str] = []
    for sentence in _sentences(text[:_MAX_CHARS]):
        if found and len(found[-1]) + len(sentence) < _PIECE:
            found[-1] += " " + sentence
        else:
            found.append(sentence)
    return found


def _sentences(text: str) -> Iterator[str]:
    """Sentences on one line each; those that are too long are cut between words."""
    for match in _SENTENCE.finditer(text):
        words = match[0].split()
        start = length = 0
        for position, word in enumerate(words):
            if length + len(word) + 1 > _PIECE and position > start:
                yield " ".join(words[start:position])[:_PIECE]
                start, length = position, 0
            length += len(word) + 1
        if start < len(words):
            yield " ".join(words[start:])[:_PIECE]


def strongest(text: str, strength: Callable[[str], float]) -> list[str]:
    """The pieces of a text to read.

    Args:
        text: A message as it was typed.
        strength: How much a sentence promises to hold a need.

    Returns:
        At most `MAX_PIECES`, the one with the most promising sentence first.
    """
    return sorted(pieces(text), key=lambda piece: max(map(strength, _sentences(piece))), reverse=True)[:MAX_PIECES]
