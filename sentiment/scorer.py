"""Scores the sentiment of one message: the public face of this package.

The blend of transformer and VADER; VADER alone only where an evaluation asks for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from .blend import Blend, features_of
from .labels import Label
from .language import LanguageGate
from .long import strongest
from .needs import NEEDS, Calibration
from .requests import REQUEST, is_bare_request
from .text import has_words, plain, window
from .transformer import MODEL_FOLDER, Transformer, TransformerReading
from .vader import VaderReader, VaderReading
from .words import NEED_WORDS_FILE, WordWeights

MAX_WORDS = 5
VADER_VERSION = "vader-3.3.2"
_CLUTTER = 20  # characters that cleaning may drop of a message that is read whole
_SURELY_WHOLE = 72  # characters; no text has more tokens than that

Logits = Sequence[float]


@dataclass(frozen=True, kw_only=True)
class Sentiment:
    """The mood of one message, or the reason why nobody can tell."""

    polarity: float | None  # [-1, 1]
    label: Label | None
    confidence: float | None  # calibrated probability of the label, [0, 1]
    frustration: float | None  # [0, 1]
    words: tuple[tuple[str, float], ...]  # weighed most first, signed share of the whole
    reason: str | None  # why it cannot judge: "empty", "no_words", "unknown_language"
    needs: Mapping[str, float] | None = None  # calibrated probability by name of `sentiment.needs.NEEDS`


@dataclass(frozen=True, kw_only=True)
class _Needs:
    """What `sentiment.needs_fit` wrote."""

    calibration: Calibration
    words: WordWeights

    @classmethod
    def load(cls, folder: Path) -> _Needs:
        return cls(calibration=Calibration.read(folder), words=WordWeights.load(folder, NEED_WORDS_FILE))


@dataclass(frozen=True, kw_only=True)
class _Model:
    """What `sentiment.export` and `sentiment.fit` wrote."""

    transformer: Transformer
    blend: Blend
    words: WordWeights
    needs: _Needs | None  # None of a file that was trained without them

    @classmethod
    def load(cls, folder: Path) -> _Model:
        transformer = Transformer.load(folder)
        return cls(
            transformer=transformer,
            blend=Blend.load(folder),
            words=WordWeights.load(folder),
            needs=_Needs.load(folder) if transformer.reads_needs else None,
        )


class Scorer:
    """Scores messages; holds the models and nothing else, so one instance serves all conversations."""

    def __init__(self, *, vader: VaderReader, gate: LanguageGate, model: _Model | None) -> None:
        self._vader = vader
        self._gate = gate
        self._model = model
        self.version = VADER_VERSION if model is None else f"{model.transformer.version}+{model.blend.version}"

    @classmethod
    def load(cls, folder: Path = MODEL_FOLDER) -> Scorer:
        """Load the models.

        Args:
            folder: Where the exported model is.

        Returns:
            A scorer ready to be shared.

        Raises:
            ModelUnavailable: A file of the model is missing or damaged.
        """
        return cls(vader=VaderReader(), gate=LanguageGate(), model=_Model.load(folder))

    @classmethod
    def lexicon_only(cls) -> Scorer:
        """VADER by itself: the figure every evaluation prints beside the blend's."""
        return cls(vader=VaderReader(), gate=LanguageGate(), model=None)

    def score(self, text: str) -> Sentiment:
        """Score one message.

        Args:
            text: Anything a customer can send; past 600 characters only its beginning and end are read for its mood,
                and what promises most for its needs.

        Returns:
            The sentiment; its numbers are ``None`` when `reason` is set.

        Raises:
            ModelUnavailable: The transformer's session failed.
        """
        typed, text = text, window(text)
        reason = self._refusal(text)
        if reason is not None:
            return Sentiment(polarity=None, label=None, confidence=None, frustration=None, words=(), reason=reason)
        lexicon = self._vader.read(text)
        if self._model is None:
            return _from_vader(lexicon)
        spelled = plain(text, self._vader.emoji)
        if not _is_long(self._model, typed, text, spelled):
            return self._judged(self._model, text, spelled, lexicon, lambda: ())
        # Read beside the message on the second core; a thread of its own, as a pool would not survive a fork.
        with ThreadPoolExecutor(max_workers=1) as beside:
            pieces = beside.submit(self._read_pieces, self._model, typed)
            return self._judged(self._model, text, spelled, lexicon, pieces.result)

    def _judged(
        self,
        model: _Model,
        text: str,
        spelled: str,
        lexicon: VaderReading,
        pieces: Callable[[], Sequence[Logits]],
    ) -> Sentiment:
        reading = REQUEST if is_bare_request(text) else model.transformer.read(spelled)
        verdict = model.blend.judge(features_of(text, reading, lexicon, self._vader))
        return Sentiment(
            polarity=verdict.polarity,
            label=verdict.label,
            confidence=verdict.confidence,
            frustration=verdict.frustration,
            words=() if reading is REQUEST else _heaviest(model.words.explain(spelled, reading.tokens)),
            reason=None,
            needs=_needs(model, spelled, reading, pieces()),
        )

    def _read_pieces(self, model: _Model, typed: str) -> list[Logits]:
        if model.needs is None:
            return []
        found = strongest(typed, model.needs.words.sum_of)
        return [_logits(model.transformer.read(plain(window(piece), self._vader.emoji))) for piece in found]

    def _refusal(self, text: str) -> str | None:
        if not text:
            return "empty"
        if has_words(text):
            return None if self._gate.judges(text) else "unknown_language"
        return None if self._vader.knows_emoji(text) else "no_words"


def _is_long(model: _Model, typed: str, text: str, spelled: str) -> bool:
    """Whether the transformer skips something of a message that may hold a need."""
    if model.needs is None or len(spelled) <= _SURELY_WHOLE:
        return False
    return len(text) < len(typed.strip()) - _CLUTTER or not model.transformer.reads_whole(spelled)


def _needs(
    model: _Model, spelled: str, reading: TransformerReading, pieces: Sequence[Logits]
) -> Mapping[str, float] | None:
    """What a message says its writer needs; what pieces of it say counts, too."""
    if model.needs is None:
        return None
    if reading.needs is None:  # a bare request has a mood of its own, but needs like any other message
        reading = model.transformer.read(spelled)
    logits = _logits(reading)
    for read in pieces:
        # Who is content in one sentence of a rant is not settled.
        logits = [
            old if name == "settled" else max(old, new) for name, old, new in zip(NEEDS, logits, read, strict=True)
        ]
    return model.needs.calibration.probabilities(logits)


def _from_vader(reading: VaderReading) -> Sentiment:
    """A lexicon has no calibrated confidence, so it claims none."""
    return Sentiment(
        polarity=reading.compound,
        label=reading.label,
        confidence=None,
        frustration=max(0.0, -reading.compound),
        words=_heaviest(reading.words),
        reason=None,
    )


def _logits(reading: TransformerReading) -> list[float]:
    return [] if reading.needs is None else [float(logit) for logit in reading.needs]


def _heaviest(words: Sequence[tuple[str, float]]) -> tuple[tuple[str, float], ...]:
    return tuple(sorted(words, key=lambda pair: -abs(pair[1]))[:MAX_WORDS])
