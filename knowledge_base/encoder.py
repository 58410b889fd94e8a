"""The sentence encoder: a text becomes a point, and texts that mean the same lie close together.

all-MiniLM-L6-v2 (Wang et al. 2020, arXiv:2002.10957; Reimers and Gurevych 2019, arXiv:1908.10084), mean pooling and
unit length inside the graph, quantised to 8 bits by `knowledge_base/export.py`.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime
from tokenizers import Tokenizer

from knowledge_base.errors import EncoderUnavailable
from knowledge_base.known_vectors import KnownVectors

__all__ = ["DIMENSIONS", "MAX_TOKENS", "MODEL_FOLDER", "Encoder", "EncoderUnavailable", "Vectors"]

Vectors = npt.NDArray[np.float32]

MODEL_FOLDER = Path(__file__).parent / "model"
MAX_TOKENS = 128
DIMENSIONS = 384

# 128 tokens never need more, and a megabyte pasted by mistake must not cost a second of tokenizing.
_MAX_CHARACTERS = 4_000
# Below this many texts a second thread costs more than it saves.
_PARALLEL_FROM = 64
# Texts a thread takes at a time: few enough that all threads end together.
_AT_A_TIME = 16


class Encoder:
    """Turns texts into unit vectors. One instance serves any number of threads."""

    def __init__(self, *, tokenizer: Tokenizer, session: onnxruntime.InferenceSession, fingerprint: str) -> None:
        self._tokenizer = tokenizer
        self._session = session
        self.fingerprint = fingerprint
        self._kept: KnownVectors | None = None

    @classmethod
    def load(cls, folder: Path = MODEL_FOLDER) -> Encoder:
        """Load the model from a folder with `encoder.onnx`, `tokenizer.json` and `model.json`.

        Raises:
            EncoderUnavailable: A file is missing, damaged, or not what `model.json` promises.
        """
        try:
            fingerprint = _checked_hash(folder)
            tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            session = onnxruntime.InferenceSession(
                str(folder / "encoder.onnx"), _session_options(), providers=["CPUExecutionProvider"]
            )
        except EncoderUnavailable:
            raise
        except Exception as exc:  # onnxruntime and tokenizers raise bare Exception subclasses of their own
            raise EncoderUnavailable(f"The model in {folder} does not load: {exc}") from exc
        tokenizer.no_padding()
        tokenizer.enable_truncation(MAX_TOKENS)
        return cls(tokenizer=tokenizer, session=session, fingerprint=fingerprint)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Encode texts, each by itself.

        Texts are never padded into a batch: dynamic quantisation takes its scale from the whole batch, so a text's
        vector would depend on its neighbours, and editing one article would move the answers of others.

        Args:
            texts: Any strings; tokens past 128 are ignored, an empty text is the bare sentence frame.

        Returns:
            Shape (n, 384), float32, every row of unit length.

        Raises:
            EncoderUnavailable: The ONNX session failed.
        """
        if not texts:
            return np.zeros((0, DIMENSIONS), dtype=np.float32)
        workers = min(os.cpu_count() or 1, 4) if len(texts) >= _PARALLEL_FROM else 1
        if workers == 1:
            return self._encode_some(texts)
        parts = [texts[n : n + _AT_A_TIME] for n in range(0, len(texts), _AT_A_TIME)]
        with ThreadPoolExecutor(workers) as pool:
            return np.concatenate(list(pool.map(self._encode_some, parts)))

    @contextmanager
    def remembering(self, file: Path | None = None) -> Iterator[Encoder]:
        """Keep every vector while the block runs: training and its checks meet the same phrases again and again.

        A text costs 1.5 kB meanwhile; never used where messages are timed. A block inside another shares what that one
        knows.

        Args:
            file: Where the vectors are kept for the next time.
        """
        if self._kept is not None:
            yield self
            return
        made_by = f"{self.fingerprint} onnxruntime {onnxruntime.__version__}"
        kept = self._kept = KnownVectors() if file is None else KnownVectors.read(file, made_by=made_by)
        try:
            yield self
        finally:
            self._kept = None
        if file is not None:
            kept.write(file, made_by=made_by)

    def _encode_some(self, texts: Sequence[str]) -> Vectors:
        return np.stack([self._encode_one(text) for text in texts])

    def _encode_one(self, text: str) -> Vectors:
        kept = self._kept
        if kept is None:
            return self._run(text)
        vector = kept.get(text)
        if vector is None:
            vector = self._run(text)
            kept.add(text, vector)
        return vector

    def _run(self, text: str) -> Vectors:
        encoding = self._tokenizer.encode(text[:_MAX_CHARACTERS])
        feed = {
            "input_ids": np.array([encoding.ids], dtype=np.int64),
            "attention_mask": np.array([encoding.attention_mask], dtype=np.int64),
        }
        try:
            vector: Vectors = self._session.run(["embedding"], feed)[0][0]
        except Exception as exc:  # onnxruntime's errors have no common public base
            raise EncoderUnavailable(f"The sentence encoder failed: {exc}") from exc
        return vector


def _session_options() -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    # One message is too little work to share, and idle threads would spin on the server's cores.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return options


def _checked_hash(folder: Path) -> str:
    try:
        expected = str(json.loads((folder / "model.json").read_text(encoding="utf-8"))["onnx_sha256"])
        actual = hashlib.sha256((folder / "encoder.onnx").read_bytes()).hexdigest()
    except (OSError, ValueError, KeyError, TypeError) as exc:
        message = f"No sentence encoder in {folder} ({exc}). Restore the files with: git checkout -- {folder}"
        raise EncoderUnavailable(message) from exc
    if actual != expected:
        message = (
            f"{folder / 'encoder.onnx'} is damaged: SHA-256 {actual[:12]}…, expected {expected[:12]}…. Restore it."
        )
        raise EncoderUnavailable(message)
    return actual
