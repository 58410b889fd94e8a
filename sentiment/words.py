"""Says which words of a message weighed most.

Removing each word in turn and scoring again would answer this exactly, and cost as many passes as there are
words. Two cheap answers are averaged instead: how the transformer's last layer spread its decision over the
words (exact for that layer, but each word there has already seen its neighbours), and what a linear model that
imitates the transformer gives a word in general (a word after "not" is a word of its own there).
The model card says how often the heaviest word is indeed one of those whose removal changes most.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from .errors import ModelUnavailable
from .regression import Array

WORDS_FILE = "words.json"
NEED_WORDS_FILE = "need_words.json"  # the same for needs: where in a long message one may be said

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_NEGATIONS = frozenset(
    """not no never nothing nobody hardly without cannot can't don't didn't isn't wasn't won't doesn't haven't hasn't
    couldn't wouldn't ain't aren't weren't shouldn't""".split()
)
_REACH = 3  # words after a negation that it turns
_RARE = 3  # occurrences below which a word is left out
_PENALTY = 10.0
_SMALLEST = 0.1  # weights below this are noise and only make the file larger

Token = tuple[int, int, float]  # start, end, weight


class WordWeights:
    """A linear imitation of the transformer, one weight per word."""

    def __init__(self, weights: Mapping[str, float]) -> None:
        self._weights = weights

    @classmethod
    def load(cls, folder: Path, name: str = WORDS_FILE) -> WordWeights:
        """Load what `sentiment.fit` wrote.

        Raises:
            ModelUnavailable: The file is missing or damaged.
        """
        try:
            return cls({str(word): float(weight) for word, weight in _read(folder / name).items()})
        except (OSError, ValueError, TypeError, AttributeError) as exc:
            raise ModelUnavailable(f"Cannot read {folder / name}: {exc}. Restore the file.") from exc

    def explain(self, text: str, tokens: Sequence[Token]) -> list[tuple[str, float]]:
        """Weigh the words of a text.

        Args:
            text: The text the transformer read.
            tokens: Its tokens' spans in the text and their parts in "positive minus negative".

        Returns:
            Every word with its signed share; absolute shares sum to at most 1. In order of the text.
        """
        spans = [(match.start(), match.end()) for match in _WORD.finditer(text)]
        if not spans:
            return []
        in_context = np.array([sum(w for first, last, w in tokens if start <= first < end) for start, end in spans])
        in_general = np.array([self._weights.get(term, 0.0) for term in terms(text)])
        shares = (_shares(in_context) + _shares(in_general)) / 2
        return [(text[start:end], float(share)) for (start, end), share in zip(spans, shares, strict=True)]

    def sum_of(self, text: str) -> float:
        """What the words of a text weigh in all, each counted once."""
        return sum(self._weights.get(term, 0.0) for term in set(_terms(text)))

    def write(self, folder: Path, name: str = WORDS_FILE) -> None:
        """Write the weights, sorted by word."""
        kept = {word: round(w, 2) for word, w in sorted(self._weights.items()) if abs(w) >= _SMALLEST}
        (folder / name).write_text(json.dumps(kept, indent=0, ensure_ascii=False) + "\n", "utf-8")


def _read(path: Path) -> dict[str, float]:
    document: dict[str, float] = json.loads(path.read_text("utf-8"))
    return document


def _shares(weights: Array) -> Array:
    total = np.abs(weights).sum()
    return weights / total if total else weights


def terms(text: str) -> list[str]:
    """The words of a text in lower case, those shortly after a negation marked as such."""
    return list(_terms(text))


def _terms(text: str) -> Iterator[str]:
    reach = 0
    for match in _WORD.finditer(text):
        word = match[0].lower().replace("’", "'")
        if word in _NEGATIONS:
            yield word
            reach = _REACH
        else:
            yield f"not {word}" if reach > 0 else word
            reach -= 1


def without_each_word(text: str) -> list[str]:
    """The text with one word removed, for each of its words."""
    return [text[: match.start()] + text[match.end() :] for match in _WORD.finditer(text)]


def imitate(texts: Sequence[str], leans: Array) -> WordWeights:
    """Fit the linear imitation by ridge regression, solved by conjugate gradients.

    Args:
        texts: What the transformer read.
        leans: (n,) its "positive minus negative" logits.
    """
    bags = [set(terms(text)) for text in texts]
    counts = Counter(term for bag in bags for term in bag)
    places = {term: place for place, term in enumerate(term for term, n in counts.items() if n >= _RARE)}
    rows = np.array([row for row, bag in enumerate(bags) for term in bag if term in places])
    columns = np.array([places[term] for bag in bags for term in bag if term in places])
    centred = leans - leans.mean()

    def normal(vector: Array) -> Array:
        predicted = np.bincount(rows, weights=vector[columns], minlength=len(bags))
        return summed(predicted[rows]) + _PENALTY * vector

    def summed(values: Array) -> Array:
        return np.bincount(columns, weights=values, minlength=len(places)).astype(np.float64)

    weights = _conjugate_gradients(normal, summed(centred[rows]))
    return WordWeights({term: float(weights[place]) for term, place in places.items()})


def _conjugate_gradients(normal: Callable[[Array], Array], target: Array, *, steps: int = 200) -> Array:
    """Solve ``normal(x) = target`` for a positive definite `normal` (Hestenes and Stiefel 1952)."""
    solution = np.zeros_like(target)
    residual = target.copy()
    direction = residual.copy()
    size = float(residual @ residual)
    for _ in range(steps):
        if size < 1e-10:
            break
        image = normal(direction)
        length = size / float(direction @ image)
        solution = solution + length * direction
        residual = residual - length * image
        fresh = float(residual @ residual)
        direction = residual + (fresh / size) * direction
        size = fresh
    return solution
