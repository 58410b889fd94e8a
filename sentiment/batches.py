"""Makes batches of examples: chooses per source, groups by length, rewrites some texts, builds tensors.

Training only (torch).
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch  # type: ignore[import-not-found, unused-ignore]
from tokenizers import Tokenizer

from .corpus import EMOTIONS
from .example import Example
from .needs import NEEDS
from .swaps import dialects, swap_gender
from .text import plain, window
from .vader import VaderReader

MAX_TOKENS = 72
BATCH = 64
_BUCKET = 50  # batches sorted together by length: little padding, still random
# Examples of a source per epoch; the large ones take turns, so that no phrase is seen in every epoch.
MIX = {
    "tweets": 60_000,
    "comments": 14_000,
    "reviews": 22_000,
    "rated": 8_000,
    "snippets": 15_000,
    "shop": 8_000,
    "requests": 1_500,
    "banking": 7_000,
    "calm": 4_000,
    "messages": 4_500,
    "joined": 1_500,
    "phrases": 600,
}


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Tensors of one step; `known_*` are 0 where a source does not know."""

    ids: torch.Tensor
    mask: torch.Tensor
    target: torch.Tensor
    weight: torch.Tensor
    knows_neutral: torch.Tensor
    frustration: torch.Tensor
    known_frustration: torch.Tensor
    emotions: torch.Tensor
    known_emotions: torch.Tensor
    needs: torch.Tensor
    known_needs: torch.Tensor


class Collator:
    """Turns examples into batches; rewrites some texts so that mood is not learned from who speaks."""

    def __init__(self, tokenizer: Tokenizer, *, augment: bool) -> None:
        self._tokenizer = tokenizer
        self._emoji = VaderReader().emoji
        self._augment = augment
        self._dialects = dialects()

    def __call__(self, examples: list[Example], chance: random.Random) -> Batch:
        """Build the tensors of one batch."""
        texts = [plain(window(self._rewritten(example.text, chance)), self._emoji) for example in examples]
        encodings = self._tokenizer.encode_batch(texts)
        known_target = [example.target is not None for example in examples]
        return Batch(
            ids=torch.tensor([encoding.ids for encoding in encodings]),
            mask=torch.tensor([encoding.attention_mask for encoding in encodings]),
            target=torch.tensor([example.target or (0.0, 0.0, 0.0) for example in examples]),
            weight=torch.tensor([e.weight * known for e, known in zip(examples, known_target, strict=True)]),
            knows_neutral=torch.tensor([example.knows_neutral for example in examples]),
            frustration=torch.tensor([example.frustration or 0.0 for example in examples]),
            known_frustration=torch.tensor([float(example.frustration is not None) for example in examples]),
            emotions=torch.tensor([[float(n in (e.emotions or ())) for n in EMOTIONS] for e in examples]),
            known_emotions=torch.tensor([float(example.emotions is not None) for example in examples]),
            needs=torch.tensor([[(example.needs or {}).get(name, 0.0) for name in NEEDS] for example in examples]),
            known_needs=torch.tensor(
                [[e.needs_weight * (name in (e.needs or {})) for name in NEEDS] for e in examples]
            ),
        )

    def _rewritten(self, text: str, chance: random.Random) -> str:
        if not self._augment:
            return text
        if chance.random() < 0.3:
            text = swap_gender(text)
        if chance.random() < 0.3:
            for rewrite in chance.sample(self._dialects, 4):
                text = rewrite(text)
        if chance.random() < 0.1:
            text = text.rstrip(".!? ")
        if chance.random() < 0.08 and len(text) > 8:
            position = chance.randrange(len(text) - 1)
            text = text[:position] + text[position + 1 :]  # a slip of the finger
        return text


def mix_of(words: list[str]) -> dict[str, int]:
    """Read ``SOURCE=N`` words; sources that are not named keep their default.

    Raises:
        SystemExit: A word is not a known source and a number.
    """
    mix = dict(MIX)
    for word in words:
        source, _, count = word.partition("=")
        if source not in MIX or not count.isdigit():
            raise SystemExit(f"--mix {word}: expected SOURCE=N with a source of {', '.join(MIX)}.")
        mix[source] = int(count)
    return mix


def batches(
    examples: list[Example], *, epoch: int, seed: int, mix: dict[str, int]
) -> Iterator[tuple[int, list[Example]]]:
    """Yield an epoch's batches, each with a seed of its own, the same on every run."""
    chance = random.Random(f"{seed}-{epoch}")  # noqa: S311 - reproducible, not secret
    chosen: list[Example] = []
    for source, count in mix.items():
        pool = [example for example in examples if example.source == source]
        random.Random(f"{seed}-{source}").shuffle(pool)  # noqa: S311
        start = epoch * count % max(1, len(pool)) if len(pool) > count else 0
        chosen += (pool + pool)[start : start + min(count, len(pool))]
    chance.shuffle(chosen)
    grouped: list[list[Example]] = []
    for start in range(0, len(chosen), BATCH * _BUCKET):
        part = sorted(chosen[start : start + BATCH * _BUCKET], key=lambda example: len(example.text))
        grouped += [part[first : first + BATCH] for first in range(0, len(part), BATCH)]
    chance.shuffle(grouped)
    for batch in grouped:
        yield chance.randrange(2**31), batch


def tokenizer_of(base: Path) -> Tokenizer:
    """The base model's tokenizer, cut and padded for batches."""
    tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
    tokenizer.enable_truncation(MAX_TOKENS)
    tokenizer.enable_padding(pad_id=0, pad_token="[PAD]")  # noqa: S106 - a token of the vocabulary, not a secret
    return tokenizer
