"""The shipped sentence encoder."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from knowledge_base.encoder import MODEL_FOLDER, Encoder, EncoderUnavailable


def test_vectors_have_unit_length(encoder: Encoder) -> None:
    vectors = encoder.encode(["When are you open?", "", "x" * 100_000, "🙂"])

    assert (vectors.shape, vectors.dtype) == ((4, 384), np.float32)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_no_texts_are_no_vectors(encoder: Encoder) -> None:
    assert encoder.encode([]).shape == (0, 384)


def test_texts_that_mean_the_same_lie_closer(encoder: Encoder) -> None:
    open_, hours, refund = encoder.encode(["When are you open?", "your opening hours", "I want my money back"])

    assert open_ @ hours > 0.6 > open_ @ refund


def test_a_vector_does_not_depend_on_its_neighbours(encoder: Encoder) -> None:
    many = encoder.encode(["do you ship to france", *(f"order {n} {'is late ' * n}" for n in range(80))])

    assert np.array_equal(many[0], encoder.encode(["do you ship to france"])[0])


def test_a_missing_model_says_how_to_restore_it(tmp_path: Path) -> None:
    with pytest.raises(EncoderUnavailable, match="git checkout"):
        Encoder.load(tmp_path)


def test_a_damaged_model_is_not_loaded(tmp_path: Path) -> None:
    shutil.copytree(MODEL_FOLDER, tmp_path, dirs_exist_ok=True)
    with (tmp_path / "encoder.onnx").open("r+b") as file:
        file.seek(1_000_000)
        file.write(b"\x00\xff\x00\xff")

    with pytest.raises(EncoderUnavailable, match="damaged"):
        Encoder.load(tmp_path)


def test_what_is_remembered_is_the_same_and_forgotten_afterwards(encoder: Encoder) -> None:
    plain = encoder.encode(["When are you open?", "car park"])

    with encoder.remembering():
        first = encoder.encode(["When are you open?"])
        again = encoder.encode(["When are you open?"])
        kept = len(encoder._kept or ())

    assert kept == 1
    assert encoder._kept is None
    assert (first == again).all()
    assert (first[0] == plain[0]).all()
