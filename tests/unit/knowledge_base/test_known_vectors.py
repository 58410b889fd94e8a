"""The vectors that one training leaves for the next."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from knowledge_base.encoder import Encoder
from knowledge_base.known_vectors import KnownVectors

MADE_BY = "an encoder"


def vector(value: float) -> np.ndarray:
    return np.full(384, value, dtype=np.float32)


def kept_in(file: Path, **texts: float) -> None:
    known = KnownVectors()
    for text, value in texts.items():
        known.add(text, vector(value))
    known.write(file, made_by=MADE_BY)


def test_what_was_kept_is_known_the_next_time(tmp_path: Path) -> None:
    kept_in(tmp_path / "new" / "vectors.npz", open=1.0, closed=2.0)

    known = KnownVectors.read(tmp_path / "new" / "vectors.npz", made_by=MADE_BY)

    assert len(known) == 2
    assert (known.get("closed") == vector(2.0)).all()
    assert known.get("parking") is None


def test_what_nobody_asks_for_any_more_is_dropped(tmp_path: Path) -> None:
    file = tmp_path / "vectors.npz"
    kept_in(file, open=1.0, closed=2.0)
    known = KnownVectors.read(file, made_by=MADE_BY)
    known.get("open")
    known.add("parking", vector(3.0))

    known.write(file, made_by=MADE_BY)

    after = KnownVectors.read(file, made_by=MADE_BY)
    assert [after.get(text) is not None for text in ("open", "closed", "parking")] == [True, False, True]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off", b"{}"])
def test_a_damaged_file_is_as_none(tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture) -> None:
    file = tmp_path / "vectors.npz"
    file.write_bytes(content)

    assert len(KnownVectors.read(file, made_by=MADE_BY)) == 0
    assert "are not used" in caplog.text


def test_vectors_of_another_encoder_are_not_read(tmp_path: Path) -> None:
    kept_in(tmp_path / "vectors.npz", open=1.0)

    assert len(KnownVectors.read(tmp_path / "vectors.npz", made_by="another encoder")) == 0


def test_a_folder_that_cannot_be_written_does_not_end_the_training(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()

    kept_in(tmp_path / "file" / "vectors.npz", open=1.0)

    assert "could not be kept" in caplog.text


def test_the_encoder_gives_the_same_vectors_from_the_file_without_running(
    encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [f"phrase number {n}" for n in range(70)]
    with encoder.remembering(tmp_path / "vectors.npz"):
        encoded = encoder.encode(texts)
    monkeypatch.setattr(encoder, "_session", None)

    with encoder.remembering(tmp_path / "vectors.npz"):
        assert (encoder.encode(texts) == encoded).all()
