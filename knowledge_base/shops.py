"""Made-up businesses for fitting the fusion: random labels of a data set with random numbers of examples.

Their customers ask what the examples do not say word for word, half of them in a hurry, and two in five ask something
no label answers: mostly about the labels that were left out, which is the hard kind, partly about something else.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from knowledge_base.answers import Answers
from knowledge_base.encoder import Encoder, Vectors
from knowledge_base.fusion import Shop
from knowledge_base.index import Evidence, Index
from knowledge_base.noise import hurried
from knowledge_base.text import clean

__all__ = ["Case", "Source", "cases_of"]

OUT_OF_SCOPE = -1
QUERIES_PER_SHOP = 150
IN_SCOPE_SHARE, LEFT_OUT_SHARE, STRANGE_SHARE = 0.62, 0.25, 0.13
# How many examples a label has at most, drawn per shop.
DEPTHS = (1, 3, 6, 12, 25)
NAMED_SHARE = 0.7
ANSWERED_SHARE = 0.9


@dataclass(frozen=True, kw_only=True)
class Case:
    """One message put to one shop; `truth` is the position among the evidence's labels, or -1 when none is right."""

    evidence: Evidence
    shop: Shop
    words: int
    truth: int


class Source:
    """A data set embedded once.

    Args:
        phrases: (text, label) that shops are stocked from.
        strange: What customers of quite another business ask.
        questions: (text, label) that customers really asked; hurried phrases stand in when there are none.
        answers: The labels' answers, when the data has them.
        encoder: Must not have been trained on these labels, or the shops will trust it too much.
        seed: For the hurry.
    """

    def __init__(
        self,
        phrases: Sequence[tuple[str, str]],
        *,
        strange: Sequence[str],
        questions: Sequence[tuple[str, str]] = (),
        answers: dict[str, str] | None = None,
        encoder: Encoder,
        seed: int,
    ) -> None:
        rng = random.Random(seed)  # noqa: S311 - reproducible, nothing secret
        self.labels = sorted({label for _, label in phrases})
        self.encoder = encoder
        self.answers = answers or {}
        self.texts, self.owners, self.vectors = self._embed(phrases)
        asked = list(questions) or [(hurried(text, rng), label) for text, label in phrases]
        self.asked_texts, self.asked_owners, self.asked_vectors = self._embed(asked)
        self.hurried_phrases = not questions
        self.strange_texts = [clean(hurried(text, rng)) for text in strange]
        self.strange_vectors = encoder.encode(self.strange_texts)
        names = [label.replace("_", " ").replace("-", " ").lower() for label in self.labels]
        self.names, self.name_vectors = names, encoder.encode(names)
        self.answer_index = Answers.build([self.answers.get(label, "") for label in self.labels], encoder=encoder)

    def _embed(self, pairs: Sequence[tuple[str, str]]) -> tuple[list[str], npt.NDArray[np.int32], Vectors]:
        place = {label: n for n, label in enumerate(self.labels)}
        texts = [clean(text) for text, _ in pairs]
        owners = np.array([place.get(label, OUT_OF_SCOPE) for _, label in pairs], dtype=np.int32)
        return texts, owners, self.encoder.encode(texts)


def cases_of(source: Source, *, shops: int, seed: int) -> Iterator[Case]:
    """Open shops one after the other and put messages to each."""
    rng = np.random.default_rng(seed)
    for _ in range(shops):
        count = int(np.exp(rng.uniform(np.log(2), np.log(0.9 * len(source.labels)))))
        chosen = rng.choice(len(source.labels), count, replace=False)
        rows = _stock(source, chosen, rng)
        index, examples = _open(source, chosen, rows, rng)
        shop = Shop(labels=count, examples=examples)
        for text, vector, owner in _customers(source, chosen, rows, rng):
            evidence = index.evidence(text, vector)
            truth = np.flatnonzero(chosen[evidence.labels] == owner)
            yield Case(
                evidence=evidence,
                shop=shop,
                words=len(text.split()),
                truth=int(truth[0]) if len(truth) else OUT_OF_SCOPE,
            )


def _stock(source: Source, chosen: npt.NDArray[np.int64], rng: np.random.Generator) -> npt.NDArray[np.int64]:
    most = int(rng.choice(DEPTHS))
    rows = []
    for label in chosen:
        own = np.flatnonzero(source.owners == label)
        wanted = round(np.exp(rng.uniform(np.log(max(1, most // 3)), np.log(most + 0.49))))
        spare = 0 if not source.hurried_phrases else 1  # what is asked must not stand among the examples
        count = max(1, min(wanted, len(own) - spare))
        rows.append(np.sort(rng.choice(own, count, replace=False)))
    return np.concatenate(rows)


def _open(
    source: Source, chosen: npt.NDArray[np.int64], rows: npt.NDArray[np.int64], rng: np.random.Generator
) -> tuple[Index, int]:
    texts = [source.texts[row] for row in rows]
    vectors = source.vectors[rows]
    place = {int(label): n for n, label in enumerate(chosen)}
    owners = np.array([place[int(source.owners[row])] for row in rows], dtype=np.int32)
    if not source.answers and rng.random() < NAMED_SHARE:
        texts += [source.names[label] for label in chosen]
        vectors = np.vstack([vectors, source.name_vectors[chosen]])
        owners = np.concatenate([owners, np.arange(len(chosen), dtype=np.int32)])
    kept = rng.random(len(chosen)) < ANSWERED_SHARE
    answers = source.answer_index.only(chosen, kept=kept)
    return Index.build(texts, vectors, owners, answers), len(texts)


def _customers(
    source: Source,
    chosen: npt.NDArray[np.int64],
    rows: npt.NDArray[np.int64],
    rng: np.random.Generator,
) -> Iterator[tuple[str, Vectors, int]]:
    inside = np.isin(source.asked_owners, chosen)
    if source.hurried_phrases:
        inside[rows] = False
    for mask, share in ((inside, IN_SCOPE_SHARE), (~np.isin(source.asked_owners, chosen), LEFT_OUT_SHARE)):
        pool = np.flatnonzero(mask)
        for row in rng.choice(pool, min(int(share * QUERIES_PER_SHOP), len(pool)), replace=False):
            owner = int(source.asked_owners[row]) if mask is inside else OUT_OF_SCOPE
            if source.hurried_phrases and rng.random() < 0.5:
                yield source.texts[row], source.vectors[row], owner
            else:
                yield source.asked_texts[row], source.asked_vectors[row], owner
    for row in rng.choice(len(source.strange_texts), int(STRANGE_SHARE * QUERIES_PER_SHOP), replace=False):
        yield source.strange_texts[row], source.strange_vectors[row], OUT_OF_SCOPE
