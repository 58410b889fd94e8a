"""Ranks labels (articles and small-talk intents) for a message and decides whether to answer, ask or admit."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from knowledge_base.answers import Answers
from knowledge_base.encoder import Encoder
from knowledge_base.errors import NoExamples, RankerUnreadable
from knowledge_base.fusion import Fusion, Shop
from knowledge_base.index import NEAREST, SPELLING, Index
from knowledge_base.language import ENGLISH, detect_language
from knowledge_base.questions import Reader, questions_in
from knowledge_base.reading import ANSWER_FROM, ARTICLE, CLARIFY_FROM, Match, Outcome, Part, Reading
from knowledge_base.text import clean, is_follow_up, without_courtesy

__all__ = [
    "ANSWER_FROM",
    "ARTICLE",
    "CLARIFY_FROM",
    "Example",
    "Match",
    "NoExamples",
    "Part",
    "Ranker",
    "RankerUnreadable",
    "Ranking",
]

FORMAT = 4

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
class Ranking:
    """What a message means.

    `matches` are the candidates for the message, best first. `language` is None when it cannot be told. `parts` has one
    entry, or several when the message asks several things: then the first can be answered, and each of the others has
    its own outcome. `known` is the probability that the message belongs to any label at all.
    """

    outcome: Outcome
    matches: tuple[Match, ...]
    language: str | None
    parts: tuple[Part, ...]
    known: float = 0.0


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

    def rank(self, text: str, *, context: Sequence[str] = (), top_k: int = 5) -> Ranking:
        """Rank the labels for one message.

        Args:
            text: What the customer wrote, as it came.
            context: The labels answered before, for follow-ups such as “and on Sundays?”.
            top_k: Matches to return, at least 1.

        Raises:
            EncoderUnavailable: The encoder failed.
        """
        plain = clean(text)
        if not any(char.isalnum() for char in plain):
            return Ranking(outcome="fallback", matches=(), language=None, parts=())
        language = detect_language(plain)
        bare = without_courtesy(plain)
        follows = bool(context) and is_follow_up(bare)
        # What it follows may be far down the list; its score says whether they belong together.
        whole = self._read(bare, top_k=len(self.labels) if follows else top_k)
        if language not in (ENGLISH, None) and (whole.spelling < _FOREIGN_SPELLING or whole.outcome == "fallback"):
            part = Part(text=whole.text, match=whole.best, outcome="fallback")
            return Ranking(outcome="fallback", matches=whole.matches, language=language, parts=(part,), known=0.0)
        if follows:
            found = whole if whole.is_sure else self._follow_up(whole, context=context)
            whole = replace(found, matches=found.matches[:top_k])
        reader = Reader(read=lambda piece: self._read(piece, top_k=top_k), is_asked=self._is_asked)
        readings = questions_in(whole, reader)
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

    def _read(self, text: str, *, top_k: int) -> Reading:
        evidence = self._index.evidence(text, self._encoder.encode([text])[0])
        shares, known = self._fusion.judge(evidence, self._shop, words=len(text.split()))
        order = [n for n in np.argsort(-shares) if self.labels[evidence.labels[n]] != self.oos_label]
        matches = tuple(
            Match(
                label=self.labels[evidence.labels[n]],
                confidence=float(shares[n] * known),
                score=min(max(float(evidence.features[n, NEAREST]), -1.0), 1.0),
            )
            for n in order[:top_k]
        )
        inside = float(shares[order].sum()) if order else 0.0
        spelling = float(evidence.features[:, SPELLING].max())
        return Reading(text=text, matches=matches, known=known * inside, spelling=spelling)

    def _is_asked(self, reading: Reading) -> bool:
        """Whether a text means an article, where there are articles; without any, every label counts the same."""
        return reading.best is not None and (not self._has_articles or reading.best.label.startswith(ARTICLE))

    def _follow_up(self, alone: Reading, *, context: Sequence[str]) -> Reading:
        """Read a follow-up together with each question it may follow; itself again when none helps.

        Of what the readings mean the follow-up's own words decide: “what about the café” after opening times and
        delivery is about the café's hours.
        """
        near = {match.label: match.score for match in alone.matches}
        asked = [self._questions[self.labels.index(label)] for label in dict.fromkeys(context) if label in self.labels]
        readings = [self._read(f"{question} {alone.text}", top_k=1) for question in asked]
        fitting = [joined for joined in readings if near.get(str(joined.label), -1.0) >= _FOLLOW_UP_SCORE]
        if not fitting:
            return alone
        joined = max(fitting, key=lambda reading: near[str(reading.label)])
        trusted = tuple(replace(best, confidence=best.confidence * _FOLLOW_UP_TRUST) for best in joined.matches)
        others = tuple(match for match in alone.matches if match.label != joined.label)
        return replace(joined, text=alone.text, matches=(*trusted, *others))


def _spoken(label: str) -> str:
    """A label's name as words: `faq/opening-hours` and `OPENING_HOURS` are both “opening hours”."""
    name = label.rsplit("/", 1)[-1].replace("_", " ").replace("-", " ").lower()
    return clean(name) if any(char.isalpha() for char in name) else ""
