"""The models that every assistant of this process shares.

They belong to the installation, not to a trained model, and are the larger part of the memory; a hot swap therefore
loads only what training made. Loaded at first use.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from bot.assistant.entities import EntityFinder
from bot.assistant.settings import EngineSettings
from knowledge_base.encoder import Encoder
from sentiment.scorer import Scorer


@lru_cache(maxsize=1)
def encoder() -> Encoder:
    """The sentence encoder.

    Raises:
        EncoderUnavailable: Its files are missing or damaged.
    """
    # The matrices of one message are small: threads of the linear algebra would only wait for each other, and cost
    # 47 ms of processor time per turn instead of 13.
    threadpool_limits(limits=1, user_api="blas")
    return Encoder.load()


def vectors_file() -> Path:
    """Where one training leaves its vectors for the next; beside what Rasa keeps for the same purpose."""
    return EngineSettings.read().cache_dir / "vectors.npz"


@lru_cache(maxsize=1)
def scorer() -> Scorer:
    """The sentiment scorer.

    Raises:
        ModelUnavailable: Its files are missing or damaged.
    """
    return Scorer.load()


@lru_cache(maxsize=1)
def entity_finder() -> EntityFinder:
    """The tokenizer and patterns of the entities."""
    return EntityFinder()
