"""Ranks labels (articles and small-talk intents) for a message and decides whether to answer, ask or admit."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np

from knowledge_base.answers import Answers
from knowledge_base.encoder import Encoder
from knowledge_base.errors import NoExamples, RankerUnreadable
from knowledge_base.fusion import Fusion, Shop
from knowledge_base.index import NEAREST, SPELLING, Index
from knowledge_base.language import ENGLISH, detect_language
from knowledge_base.text import clean, is_follow_up, split_questions, without_courtesy

__all__ = ["Example", "Match", "NoExamples", "Part", "Ranker", "RankerUnreadable", "Ranking"]

Outcome = Literal["answer", "clarify", "fallback"]

FORMAT = 4
ARTICLE = "faq/"

# From expected cost (docs/decisions/0010-answer-clarify-fall-back.md); the same for every business.
ANSWER_FROM = 0.6
CLARIFY_FROM = 0.3

# A message of 2,000 characters, the most a customer may send, has about so many sentences.
_MAX_PIECES = 40
# Of a message in a language the encoder hardly knows, only what is spelt like an example is believed.
_FOREIGN_SPELLING = 0.6
# A follow-up must at least be about the same sort of thing as what it follows.
_FOLLOW_UP_SCORE = 0.2
_FOLLOW_UP_TRUST = 0.9


@dataclass(frozen=True, kw_only=True)
class Example:
    """One phrase and what it means: `faq/<article id>` or the name of an intent."""

    text: str
    label: str


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
    """One question of a message with its own outcome; `match` is None when nothing in it can be understood."""

    text: str
    match: Match | None
    outcome: Outcome


@dataclass(frozen=True, kw_only=True)
class Ranking:
    """What a message means.

    `matches` are the candidates for the message, best first. `language` is None when it cannot be told. `parts` has one
    entry, or several when the message asks several things that can be answered. `known` is the probability that the
    message belongs to any label at all.
    """

    outcome: Outcome
    matches: tuple[Match, ...]
    language: str | None
    parts: tuple[Part, ...]
    known: float = 0.0


@dataclass(frozen=True, kw_only=True)
class _Reading:
    """What one piece of text may mean; `spelling` is how closely it is spelt like any example."""

    text: str
    matches: tuple[Match, ...]
    known: float
    spelling: float

    @property
    def best(self) -> Match | None:
        return self.matches[0] if self.matches else None

    @property
    def confidence(self) -> float:
        return self.matches[0].confidence if self.matches else 0.0

    @property
    def outcome(self) -> Outcome:
        sure = self.confidence
        return "answer" if sure >= ANSWER_FROM else "clarify" if sure >= CLARIFY_FROM else "fallback"

    def as_part(self) -> Part:
        return Part(text=self.text, match=self.best, outcome=self.outcome)


class Ranker:
    """Knows the examples of every label. Does not change after training; any number of threads may share it."""

    def __init__(
        self,
        *,
        labels: tuple[str, ...],
        questions: tuple[str, ...],
        examples: int,
        oos_label: str | None,
        index: Index,
        fusion: Fusion,
        encoder: Encoder,
    ) -> None:
        self.labels = labels
        self.oos_label = oos_label
        self._questions = questions
        self._shop = Shop(labels=len(labels), examples=examples)
        self._index = index
        self._fusion = fusion
        self._encoder = encoder
        self._has_articles = any(label.startswith(ARTICLE) for label in labels)

    @classmethod
    def train(
        cls,
        examples: Sequence[Example],
        *,
        evidence: Mapping[str, str] | None = None,
        encoder: Encoder,
        seed: int = 0,
        oos_label: str | None = None,
    ) -> Ranker:
        """Learn from examples.

        Nothing is drawn at random: the same examples give the same ranker.

        Args:
            examples: At least one; one label with one phrase is enough.
            evidence: The answer's own text in Markdown, by label. A label without one lends its name as an example.
            encoder: Must be the same when the ranker is loaded again.
            seed: Kept for callers; no step needs it.
            oos_label: The label of examples that no answer fits, if the owner has such.

        Raises:
            NoExamples: There is no example with words in it.
            EncoderUnavailable: The encoder failed.
        """
        del seed
        told = evidence or {}
        phrases = {(clean(example.text), example.label): None for example in examples}
        pairs = [(text, label) for text, label in phrases if text]
        if not pairs:
            raise NoExamples("There is no example to learn from: write an article with a question, or an intent.")
        labels = tuple(sorted({label for _, label in pairs}))
        names = ((_spoken(label), label) for label in labels if not told.get(label) and label != oos_label)
        pairs += [(name, label) for name, label in names if name and (name, label) not in phrases]
        place = {label: n for n, label in enumerate(labels)}
        owners = np.array([place[label] for _, label in pairs], dtype=np.int32)
        texts = [text for text, _ in pairs]
        answers = Answers.build([told.get(label, "") for label in labels], encoder=encoder)
        first = {label: text for text, label in reversed(pairs)}
        return cls(
            labels=labels,
            questions=tuple(first[label] for label in labels),
            examples=len(pairs),
            oos_label=oos_label,
            index=Index.build(texts, encoder.encode(texts), owners, answers),
            fusion=Fusion.shipped(),
            encoder=encoder,
        )

    def rank(self, text: str, *, context: str | None = None, top_k: int = 5) -> Ranking:
        """Rank the labels for one message.

        Args:
            text: What the customer wrote, as it came.
            context: The label answered before, for follow-ups such as “and on Sundays?”.
            top_k: Matches to return, at least 1.

        Raises:
            EncoderUnavailable: The encoder failed.
        """
        plain = clean(text)
        if not any(char.isalnum() for char in plain):
            return Ranking(outcome="fallback", matches=(), language=None, parts=())
        language = detect_language(plain)
        whole = self._read(without_courtesy(plain), top_k=top_k)
        if language not in (ENGLISH, None) and (whole.spelling < _FOREIGN_SPELLING or whole.outcome == "fallback"):
            part = Part(text=whole.text, match=whole.best, outcome="fallback")
            return Ranking(outcome="fallback", matches=whole.matches, language=language, parts=(part,), known=0.0)
        if context is not None and whole.outcome != "answer" and is_follow_up(whole.text):
            whole = self._follow_up(whole, context=context, top_k=top_k)
        readings = self._questions_in(whole, top_k=top_k)
        best = readings[0]
        return Ranking(
            outcome=best.outcome,
            matches=best.matches,
            language=language,
            parts=tuple(reading.as_part() for reading in readings),
            known=best.known,
        )

    @property
    def memory_bytes(self) -> int:
        """What the ranker holds in memory besides the encoder."""
        return sum(array.nbytes for array in self._index.arrays().values())

    def save(self, folder: Path) -> None:
        """Write the ranker to a folder, which is made if it is missing."""
        folder.mkdir(parents=True, exist_ok=True)
        np.savez(folder / "ranker.npz", **self._index.arrays())
        record = {
            "format": FORMAT,
            "encoder": self._encoder.fingerprint,
            "labels": self.labels,
            "questions": self._questions,
            "examples": self._shop.examples,
            "oos_label": self.oos_label,
        }
        (folder / "ranker.json").write_text(json.dumps(record), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path, *, encoder: Encoder) -> Ranker:
        """Read a saved ranker.

        Raises:
            RankerUnreadable: It is missing, damaged, of another format, or was trained with another encoder.
        """
        try:
            record = json.loads((folder / "ranker.json").read_text(encoding="utf-8"))
            found = (record["format"], record["encoder"])
            if found != (FORMAT, encoder.fingerprint):
                raise RankerUnreadable(f"{folder} was trained by another version; train again (make train).")
            with np.load(folder / "ranker.npz", allow_pickle=False) as stored:
                index = Index.from_arrays(dict(stored))
            return cls(
                labels=tuple(record["labels"]),
                questions=tuple(record["questions"]),
                examples=int(record["examples"]),
                oos_label=record["oos_label"],
                index=index,
                fusion=Fusion.shipped(),
                encoder=encoder,
            )
        except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as exc:
            raise RankerUnreadable(f"No ranker in {folder} ({exc}); train one (make train).") from exc

    def _read(self, text: str, *, top_k: int) -> _Reading:
        evidence = self._index.evidence(text, self._encoder.encode([text])[0])
        shares, known = self._fusion.judge(evidence, self._shop, words=len(text.split()))
        order = [n for n in np.argsort(-shares) if self.labels[evidence.labels[n]] != self.oos_label]
        matches = tuple(
            Match(
                label=self.labels[evidence.labels[n]],
                confidence=float(shares[n] * known),
                score=float(np.clip(evidence.features[n, NEAREST], -1, 1)),
            )
            for n in order[:top_k]
        )
        inside = float(shares[order].sum()) if order else 0.0
        spelling = float(evidence.features[:, SPELLING].max())
        return _Reading(text=text, matches=matches, known=known * inside, spelling=spelling)

    def _questions_in(self, whole: _Reading, *, top_k: int) -> tuple[_Reading, ...]:
        """The questions of a message that can be answered each for itself; else its likeliest reading."""
        pieces = split_questions(whole.text)[:_MAX_PIECES]
        if len(pieces) < 2:
            return (whole,)
        asked = [self._read(without_courtesy(piece), top_k=top_k) for piece in pieces]
        asked = [reading for reading in asked if self._is_asked(reading)]
        answered = {reading.best.label: reading for reading in reversed(asked) if reading.best and _is_sure(reading)}
        if len(answered) > 1:
            return tuple(reversed(answered.values()))
        best = max(asked, key=lambda reading: reading.confidence, default=whole)
        # One sentence of a rant may say plainly what the whole hides; a greeting never overrules a question.
        hidden = best.confidence > whole.confidence or not self._is_asked(whole)
        return (best,) if hidden and best.outcome != "fallback" else (whole,)

    def _is_asked(self, reading: _Reading) -> bool:
        """Whether a text means an article, where there are articles; without any, every label counts the same."""
        return reading.best is not None and (not self._has_articles or reading.best.label.startswith(ARTICLE))

    def _follow_up(self, alone: _Reading, *, context: str, top_k: int) -> _Reading:
        """Read a follow-up together with the question it follows; itself again when that does not help."""
        if context not in self.labels:
            return alone
        question = self._questions[self.labels.index(context)]
        joined = self._read(f"{question} {alone.text}", top_k=top_k)
        near = next((match.score for match in alone.matches if match.label == context), -1.0)
        if joined.best is None or joined.best.label != context or near < _FOLLOW_UP_SCORE:
            return alone
        trusted = replace(joined.best, confidence=joined.confidence * _FOLLOW_UP_TRUST)
        others = tuple(match for match in alone.matches if match.label != context)
        return replace(joined, text=alone.text, matches=(trusted, *others)[:top_k])


def _is_sure(reading: _Reading) -> bool:
    return reading.outcome == "answer"


def _spoken(label: str) -> str:
    """A label's name as words: `faq/opening-hours` and `OPENING_HOURS` are both “opening hours”."""
    name = label.rsplit("/", 1)[-1].replace("_", " ").replace("-", " ").lower()
    return clean(name) if any(char.isalpha() for char in name) else ""
