"""Reads a message with VADER, the lexicon of Hutto and Gilbert (2014).

VADER knows what a subword model does not see: shouting, emoji, exclamation marks, boosters. It does not
know that a parcel three weeks late is bad news. So it is one voice of two, and the only one until the
transformer's files are there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from vaderSentiment.vaderSentiment import (
    BOOSTER_DICT,
    SentimentIntensityAnalyzer,
    SentiText,
    negated,
)

from .labels import Label

# Unicode names of these say what the face does, not what it means; no lexicon knows "face with steam from nose".
_CLEARER = {
    "😡": "angry face",
    "🤬": "furious angry face",
    "😤": "annoyed angry face",
    "🙄": "annoyed face with rolling eyes",
    "😒": "annoyed face",
    "💔": "heartbroken",
    "👍": "thumbs up good",
    "👎": "thumbs down bad",
    "🙏": "please thank you hands",
    "🔥": "flame",
    "🤩": "thrilled face",
    "👏": "applause",
    "🤮": "disgusted face",
    "🤢": "disgusted face",
    "🤦": "frustrated facepalm",
    "😬": "awkward face",
}

# The authors' own thresholds on the compound score.
POSITIVE_FROM = 0.05
NEGATIVE_TO = -0.05


@dataclass(frozen=True, kw_only=True)
class VaderReading:
    """What the lexicon finds in one text."""

    compound: float  # [-1, 1]
    positive: float  # share of the text, [0, 1]
    negative: float  # share of the text, [0, 1]
    negation: bool
    words: tuple[tuple[str, float], ...]  # lexicon words in order, signed valence in the text

    @property
    def label(self) -> Label:
        """The label by the authors' thresholds."""
        if self.compound >= POSITIVE_FROM:
            return "positive"
        return "negative" if self.compound <= NEGATIVE_TO else "neutral"


class VaderReader:
    """VADER with its words: one pass gives the compound score and who made it."""

    def __init__(self) -> None:
        self._analyzer = SentimentIntensityAnalyzer()
        self._analyzer.emojis.update(_CLEARER)

    @property
    def emoji(self) -> Mapping[str, str]:
        """English names of emoji, by character."""
        emoji: dict[str, str] = self._analyzer.emojis
        return emoji

    def knows_emoji(self, text: str) -> bool:
        """Whether the text holds an emoji or an emoticon the lexicon has a word for."""
        return any(char in self.emoji for char in text) or any(word in self._analyzer.lexicon for word in text.split())

    def read(self, text: str) -> VaderReading:
        """Weigh every word of a text.

        Args:
            text: A message with its capitals, marks and emoji.

        Returns:
            Compound score and shares as VADER computes them, and the words of the lexicon.
        """
        spelled = self._spell_emoji(text)
        document = SentiText(spelled)
        words: list[str] = document.words_and_emoticons
        valences: list[float] = []
        for position, word in enumerate(words):
            if self._is_modifier(words, position):
                valences.append(0.0)
            else:
                valences = self._analyzer.sentiment_valence(0, document, word, position, valences)
        valences = self._analyzer._but_check(words, valences)
        scores = self._analyzer.score_valence(valences, spelled)
        return VaderReading(
            compound=float(scores["compound"]),
            positive=float(scores["pos"]),
            negative=float(scores["neg"]),
            negation=bool(negated(words)),
            words=tuple((word, float(valence)) for word, valence in zip(words, valences, strict=True) if valence),
        )

    @staticmethod
    def _is_modifier(words: list[str], position: int) -> bool:
        word = words[position].lower()
        if word in BOOSTER_DICT:
            return True
        return word == "kind" and position + 1 < len(words) and words[position + 1].lower() == "of"

    def _spell_emoji(self, text: str) -> str:
        """Replace emoji by their names with spaces around them, which VADER's own loop leaves out."""
        emoji = self.emoji
        return " ".join("".join(f" {emoji[char]} " if char in emoji else char for char in text).split())
