"""The index at every size: exact, by landmarks, and with more labels than are looked at closely."""

from __future__ import annotations

import numpy as np
import pytest

from knowledge_base.answers import Answers, sentences
from knowledge_base.encoder import Encoder
from knowledge_base.index import NEAREST, SPELLING, Index, _summed
from knowledge_base.ngrams import NgramIndex


def made_up(labels: int, depth: int) -> tuple[list[str], np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(labels, 384))
    vectors = np.repeat(centres, depth, axis=0) + 0.4 * rng.normal(size=(labels * depth, 384))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    texts = [f"matter number {n} in manner {m}" for n in range(labels) for m in range(depth)]
    return texts, vectors, np.repeat(np.arange(labels, dtype=np.int32), depth)


def without_answers(labels: int) -> Answers:
    return Answers(vectors=np.zeros((0, 384), np.float32), starts=np.zeros(labels + 1, np.int32))


@pytest.mark.parametrize(("labels", "depth"), [(1, 1), (2, 1), (20, 5), (300, 2), (400, 8)])
def test_the_right_label_has_the_strongest_evidence_at_every_size(labels: int, depth: int) -> None:
    texts, vectors, owners = made_up(labels, depth)
    index = Index.build(texts, vectors, owners, without_answers(labels))

    for row in (0, len(texts) // 2, len(texts) - 1):
        evidence = index.evidence(texts[row], vectors[row])
        place = int(np.flatnonzero(evidence.labels == owners[row])[0])
        assert evidence.features[:, :4].argmax(axis=0).tolist() == [place] * 4
        assert evidence.features[place, NEAREST] == pytest.approx(1, abs=1e-5)
        assert evidence.features[place, SPELLING] == pytest.approx(1, abs=1e-5)


def test_a_message_of_unknown_letters_is_not_known() -> None:
    texts, vectors, owners = made_up(3, 2)
    index = Index.build(texts, vectors, owners, without_answers(3))

    assert index.evidence("zzyzx", vectors[0]).known == 0
    assert index.evidence(texts[0], vectors[0]).known == pytest.approx(1)


def test_a_restored_index_sees_the_same() -> None:
    texts, vectors, owners = made_up(20, 3)
    index = Index.build(texts, vectors, owners, without_answers(20))

    restored = Index.from_arrays(index.arrays())

    before, after = index.evidence(texts[4], vectors[4]), restored.evidence(texts[4], vectors[4])
    assert np.array_equal(before.features, after.features)
    assert before.known == after.known


def test_spelling_sees_through_a_typing_mistake() -> None:
    index = NgramIndex.build(["gift cards", "opening hours", "parking"])

    assert int(index.spelling("openig huors").similarity.argmax()) == 1


def test_n_grams_that_stand_everywhere_count_as_known_but_not_as_alike() -> None:
    index = NgramIndex.build([f"book {n}" for n in range(2_500)])

    spelling = index.spelling("book")

    assert spelling.known == pytest.approx(1)
    assert spelling.similarity.max() == 0


def test_a_label_without_an_answer_is_marked(encoder: Encoder) -> None:
    answers = Answers.build(["We open at nine in the morning.", ""], encoder=encoder)
    question = encoder.encode(["when do you open in the morning"])[0]

    similarity, unanswered = answers.similarity(question, np.arange(2, dtype=np.int32))

    assert similarity[0] > 0.4
    assert (similarity[1], unanswered.tolist()) == (0, [0, 1])


def test_markdown_is_taken_off_an_answer() -> None:
    opening = "## Hours\n\nWe are **open** [every day](https://example.com/hours).\n\n"
    markdown = opening + "- Closed on New Year's Day\n1. Ask us first"

    assert sentences(markdown) == (
        "We are open every day.",
        "Closed on New Year's Day",
        "Ask us first",
    )


@pytest.mark.parametrize(("labels", "depth"), [(20, 5), (400, 8)])
def test_the_shortcuts_of_large_indexes_change_no_evidence(labels: int, depth: int) -> None:
    texts, vectors, owners = made_up(labels, depth)
    mixed = np.random.default_rng(1).permutation(len(texts))
    texts, vectors, owners = [texts[n] for n in mixed], vectors[mixed], owners[mixed]
    index = Index.build(texts, vectors, owners, without_answers(labels))

    evidence = index.evidence("matter number 7 in some manner", vectors[3])

    spelling = index._ngrams.spelling("matter number 7 in some manner").similarity
    landmarks = index._landmarks
    kernel = np.exp(3 * (vectors[landmarks] @ vectors[3] - 1)) + 0.3 * spelling[landmarks]
    for label, (regression, nearest, centre, spelled, *_) in zip(evidence.labels, evidence.features, strict=True):
        own = owners == label
        mean = vectors[own].mean(0)
        assert regression == pytest.approx(index._duals[label] @ kernel, abs=1e-4)
        assert nearest == pytest.approx((vectors[own] @ vectors[3]).max(), abs=1e-5)
        assert centre == pytest.approx(mean @ vectors[3] / np.linalg.norm(mean), abs=1e-5)
        assert spelled == pytest.approx(spelling[own].max(), abs=1e-5)


def test_rows_are_summed_by_their_owners() -> None:
    rows = np.arange(12, dtype=np.float32).reshape(6, 2)

    labels, sums = _summed(rows, np.array([4, 0, 4, 2, 0, 4], dtype=np.int32))

    assert labels.tolist() == [0, 2, 4]
    assert sums.tolist() == [[10, 12], [6, 7], [14, 17]]
