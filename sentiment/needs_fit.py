"""Calibrates the heads of the needs on the exported model: ``python -m sentiment.needs_fit --data DATA``.

Uses the tenth of the messages that training never saw, and CLINC150's own validation questions as what an ordinary
day adds. Needs the engine's environment; writes needs.json and need_words.json. With ``--without AUTHOR``, after a
training with the same words, it writes nothing and says how well that author's needs are found.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from .corpus import read_all
from .example import Example
from .messages import read_messages
from .needs import CUT, NEEDS, NEEDS_FILE
from .questions import read_calm
from .regression import Array, fit, softmax
from .text import plain, window
from .transformer import MODEL_FOLDER, RECORD_FILE, Transformer
from .vader import VaderReader
from .words import NEED_WORDS_FILE, imitate

_PENALTY = 1.0  # pull to the head's own logit, in messages
_CALM_SHARE = 0.3  # of the weight; a desk reads more ordinary questions than our authors wrote
# Needs a long message is searched for: missing one of these costs most.
_SEARCHED = ("person", "danger", "fraud", "legal", "leaving", "impatient", "unhelped")
_SEARCHED_IN = {"messages": 6_000, "banking": 1_000, "calm": 1_500, "shop": 500}  # texts the linear model learns from


class NeedsReader:
    """Logits of texts, as the scorer reads them."""

    def __init__(self, folder: Path) -> None:
        self._transformer, self._emoji = Transformer.load(folder), VaderReader().emoji

    def spelled(self, text: str) -> str:
        """A text as the transformer reads it."""
        return plain(window(text), self._emoji)

    def logits(self, texts: Sequence[str]) -> Array:
        """Logits of shape (n, needs)."""
        return np.stack([self._one(self.spelled(text)) for text in texts])

    def _one(self, text: str) -> Array:
        needs = self._transformer.read(text).needs
        if needs is None:
            raise SystemExit("This model was trained without needs.")
        return needs


def platt(logits: Array, examples: Sequence[Example], weights: Array) -> tuple[Array, Array]:
    """Fit slope and offset of every head.

    Args:
        logits: (n, needs).
        examples: The n examples behind them.
        weights: (n,) weight of each; needs that an example does not know count nothing.

    Returns:
        Slopes and offsets, one per need.
    """
    rows = [
        _slope_and_offset(
            logits[:, place],
            np.array([(example.needs or {}).get(name, 0.0) for example in examples]),
            weights * _known(examples, name),
        )
        for place, name in enumerate(NEEDS)
    ]
    return np.array([row[0] for row in rows]), np.array([row[1] for row in rows])


def _known(examples: Sequence[Example], name: str) -> Array:
    return np.array([float(name in (example.needs or {})) for example in examples])


def _slope_and_offset(logits: Array, said: Array, weights: Array) -> tuple[float, float]:
    features = np.stack([logits, np.ones_like(logits)], axis=1)
    halves = np.array([[-0.5, 0.0], [0.5, 0.0]])  # the difference of both is the head's own logit
    found = fit(features, np.stack([1 - said, said], axis=1), weights, prior=halves, penalty=_PENALTY)
    return float(found[1, 0] - found[0, 0]), float(found[1, 1] - found[0, 1])


def figures(probabilities: Array, examples: Sequence[Example]) -> dict[str, dict[str, Any]]:
    """How well each need is found: number said, AUROC, precision and recall from `CUT` on."""
    report = {}
    for place, name in enumerate(NEEDS):
        known = _known(examples, name) > 0
        said = np.array([(example.needs or {}).get(name, 0.0) > 0 for example in examples])[known]
        score = probabilities[known, place]
        found = score >= CUT
        report[name] = {
            "n": int(said.sum()),
            "auroc": round(auroc(said, score), 4),
            "precision": round(float(said[found].mean()), 4) if found.any() else None,
            "recall": round(float(found[said].mean()), 4) if said.any() else None,
            "average": round(float(score.mean()), 4),
            "share": round(float(said.mean()), 4),
        }
    return report


def auroc(positive: Any, score: Array) -> float:
    """Area under the ROC curve by ranks (Mann and Whitney); ties count half."""
    _, place, counts = np.unique(score, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    count = int(positive.sum())
    pairs = count * (len(positive) - count)
    return float((ranks[positive].sum() - count * (count + 1) / 2) / pairs) if pairs else float("nan")


def main(argv: Sequence[str] | None = None) -> int:
    """Calibrate and write, or measure another author."""
    parser = argparse.ArgumentParser(prog="python -m sentiment.needs_fit", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with sentiment/ and intents/")
    parser.add_argument("--model", type=Path, default=MODEL_FOLDER)
    parser.add_argument("--without", nargs="*", default=[], help="authors the training left out: measure them")
    args = parser.parse_args(argv)
    reader = NeedsReader(args.model)
    messages = read_messages()
    tenth = [message for message in messages if message.held_out and message.author not in args.without]
    calm = read_calm(args.data / "intents" / "clinc150" / "data_full.json", parts=("val", "oos_val"))
    examples = [*tenth, *calm]
    weights = np.array([1.0] * len(tenth) + [_CALM_SHARE / (1 - _CALM_SHARE) * len(tenth) / len(calm)] * len(calm))
    logits = reader.logits([example.text for example in examples])
    slopes, offsets = platt(logits, examples, weights)
    if args.without:
        unseen = [message for message in messages if message.author in args.without]
        logits = reader.logits([message.text for message in unseen])
        print(json.dumps(figures(_sigmoid(logits * slopes + offsets), unseen), indent=2))  # noqa: T201
        return 0
    measured = figures(_sigmoid(logits * slopes + offsets)[: len(tenth)], tenth)
    quiet = _sigmoid(logits * slopes + offsets)[len(tenth) :] >= CUT
    document = {
        "cut": CUT,
        "heads": {
            name: {"slope": round(float(slope), 4), "offset": round(float(offset), 4)}
            for name, slope, offset in zip(NEEDS, slopes, offsets, strict=True)
        },
        "fitted": {
            "examples": {"messages": len(tenth), "calm": len(calm)},
            "figures": measured,
            "said_of_calm": {name: round(float(said), 4) for name, said in zip(NEEDS, quiet.mean(0), strict=True)},
        },
    }
    (args.model / NEEDS_FILE).write_text(json.dumps(document, indent=1) + "\n", "utf-8")
    print(json.dumps(document["fitted"], indent=2))  # noqa: T201
    seed = int(json.loads((args.model / RECORD_FILE).read_text("utf-8"))["training"]["seed"])
    searched(reader, args.data, seed=seed, slopes=slopes, offsets=offsets, folder=args.model)
    return 0


def searched(reader: NeedsReader, data: Path, *, seed: int, slopes: Array, offsets: Array, folder: Path) -> None:
    """Fit the linear imitation that says where in a long message a need may stand."""
    examples = [example for example in read_all(data, seed=seed) if not example.held_out]
    chance = np.random.default_rng(seed)
    texts: list[str] = []
    for source, count in _SEARCHED_IN.items():
        pool = [example.text for example in examples if example.source == source]
        texts += [pool[place] for place in chance.permutation(len(pool))[:count]]
    places = [NEEDS.index(name) for name in _SEARCHED]
    needed = (reader.logits(texts) * slopes + offsets)[:, places].max(1)
    imitate([reader.spelled(text) for text in texts], needed).write(folder, NEED_WORDS_FILE)


def _sigmoid(logits: Array) -> Array:
    return softmax(np.stack([np.zeros_like(logits), logits], axis=-1))[..., 1]


if __name__ == "__main__":
    raise SystemExit(main())
