"""Reads a message with the fine-tuned transformer (onnxruntime, one thread, 8 bits).

The heads are linear on a weighted mean of token states, so "positive minus negative" is exactly the sum of
one number per token and a constant.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime
from tokenizers import Tokenizer

from .errors import ModelUnavailable

MODEL_FOLDER = Path(__file__).parent / "model"
MODEL_FILE = "sentiment.onnx"
TOKENIZER_FILE = "tokenizer.json"
RECORD_FILE = "model.json"
NEEDS_OUTPUT = "needs"

_HEAD_TOKENS = 48
_TAIL_TOKENS = 24  # people say what they want at the end; 72 in all, as in training
Vector = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class TransformerReading:
    """Raw outputs for one text; the blend makes probabilities of them."""

    logits: Vector  # (3,), in the order of `LABELS`
    frustration: float  # logit
    tokens: tuple[tuple[int, int, float], ...]  # start and end in the text, part of "positive minus negative"
    needs: Vector | None = None  # logits, in the order of `NEEDS`; None of a file without such an output
    whole: bool = True  # False: the middle was skipped


class Transformer:
    """The exported network and its tokenizer."""

    def __init__(self, *, session: Any, tokenizer: Tokenizer, version: str) -> None:
        self._session = session
        self._tokenizer = tokenizer
        self.version = version
        self.reads_needs = any(output.name == NEEDS_OUTPUT for output in session.get_outputs())

    @classmethod
    def load(cls, folder: Path) -> Transformer:
        """Load the files `sentiment.export` wrote.

        Args:
            folder: Holds sentiment.onnx, tokenizer.json and model.json.

        Raises:
            ModelUnavailable: A file is missing, unreadable or not the one model.json was written for.
        """
        digest = _verified(folder)
        try:
            session = onnxruntime.InferenceSession(
                str(folder / MODEL_FILE), _options(), providers=["CPUExecutionProvider"]
            )
            tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_FILE))
        except Exception as exc:  # onnxruntime and tokenizers raise bare exceptions of many kinds
            raise ModelUnavailable(f"Cannot load the sentiment model in {folder}: {exc}. Restore the folder.") from exc
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return cls(session=session, tokenizer=tokenizer, version=f"minilm-{digest[:12]}")

    def reads_whole(self, text: str) -> bool:
        """Whether `read` skips nothing of a text."""
        return len(self._tokenizer.encode(text).ids) <= _HEAD_TOKENS + _TAIL_TOKENS

    def read(self, text: str) -> TransformerReading:
        """Read one text.

        Args:
            text: A message after `sentiment.text.plain`; past 72 tokens its middle is skipped.

        Raises:
            ModelUnavailable: The ONNX session failed.
        """
        encoding = self._tokenizer.encode(text)
        kept = _kept(len(encoding.ids))
        ids = np.asarray([encoding.ids], dtype=np.int64)[:, kept]
        try:
            logits, frustration, weights, *needs = self._session.run(None, {"ids": ids, "mask": np.ones_like(ids)})
        except Exception as exc:
            raise ModelUnavailable(f"The sentiment model failed on a text of {len(text)} characters: {exc}.") from exc
        return TransformerReading(
            logits=logits[0].astype(np.float64),
            frustration=float(frustration[0]),
            tokens=tuple(
                (*encoding.offsets[position], float(weight))
                for position, weight in zip(kept, weights[0], strict=True)
                if not encoding.special_tokens_mask[position]
            ),
            needs=needs[0][0].astype(np.float64) if needs else None,
            whole=len(kept) == len(encoding.ids),
        )


def _verified(folder: Path) -> str:
    digest = hashlib.sha256()
    try:
        with (folder / MODEL_FILE).open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
        expected = str(json.loads((folder / RECORD_FILE).read_text("utf-8"))["sha256"])
    except (OSError, ValueError, KeyError) as exc:
        raise ModelUnavailable(f"Cannot read the sentiment model in {folder}: {exc}. Restore the folder.") from exc
    actual = digest.hexdigest()
    if actual != expected:
        raise ModelUnavailable(
            f"{folder / MODEL_FILE} has SHA-256 {actual[:12]}…, expected {expected[:12]}…. Restore the file."
        )
    return actual


def _options() -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # one message at a time; the engine has other work for the second core
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False  # costs little here and returns its memory
    options.log_severity_level = 3
    return options


def _kept(count: int) -> list[int]:
    if count <= _HEAD_TOKENS + _TAIL_TOKENS:
        return list(range(count))
    return [*range(_HEAD_TOKENS), *range(count - _TAIL_TOKENS, count)]
