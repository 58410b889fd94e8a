"""Trains the encoder's last layer: a 384 × 384 matrix that draws questions of one intent together.

    uv run --group train python -m knowledge_base.export --no-projection --out BASE
    uv run --group train python -m knowledge_base.projection --data DIR --base BASE

Supervised contrastive learning (Khosla et al. 2020, arXiv:2004.11362) over intents of BANKING77 and CLINC150, with
hurried versions of the questions among the views and a strong pull towards the published vectors, so that what the
encoder knows about businesses it never saw here is kept. `knowledge_base/export.py` puts the matrix into the graph.

With `--others` it also writes `without-banking77.npy` and `without-clinc150.npy`, which never saw that data set: with
them the fusion is calibrated and the results on those data sets are honest.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch  # type: ignore[import-not-found, unused-ignore]

from knowledge_base.encoder import MODEL_FOLDER, Encoder
from knowledge_base.noise import hurried
from knowledge_base.text import clean

STEPS = 600
LEARNING_RATE = 1e-3
TEMPERATURE = 0.1
# Cosine lost against the published vector costs ten times this; smaller values lose on businesses not seen in training.
FAITHFULNESS = 1.0
LABELS_PER_STEP = 48
VIEWS_PER_LABEL = 6
HURRIED_SHARE = 0.5
NAME_SHARE = 0.05


@dataclass(frozen=True, kw_only=True)
class Corpus:
    """The questions of one data set: their vectors, those of their hurried versions, and which are of one intent."""

    plain: torch.Tensor
    hurried: torch.Tensor
    names: torch.Tensor
    members: Mapping[int, npt.NDArray[np.int64]]


def read_banking77(folder: Path) -> list[tuple[str, str]]:
    """The training split of BANKING77 as (text, label)."""
    with (folder / "intents/banking77/train.csv").open(encoding="utf-8", newline="") as file:
        return [(row["text"], row["category"]) for row in csv.DictReader(file)]


def read_clinc150(folder: Path) -> list[tuple[str, str]]:
    """The training split of CLINC150, without out-of-scope, as (text, label)."""
    data = json.loads((folder / "intents/clinc150/data_full.json").read_text(encoding="utf-8"))
    return [(text, label) for text, label in data["train"]]


READERS = {"banking77": read_banking77, "clinc150": read_clinc150}


def train(corpora: Sequence[Corpus], *, seed: int) -> torch.Tensor:
    """Fit the matrix; returns (384, 384), to be multiplied from the right."""
    rng = np.random.default_rng(seed)
    size = corpora[0].plain.shape[1]
    matrix = torch.eye(size, requires_grad=True)
    optimizer = torch.optim.Adam([matrix], LEARNING_RATE)
    for step in range(STEPS):
        for group in optimizer.param_groups:
            group["lr"] = LEARNING_RATE * (1 - step / STEPS)
        views, anchors, labels = _draw(corpora[step % len(corpora)], rng)
        projected = torch.nn.functional.normalize(views @ matrix, dim=-1)
        lost = (1 - (projected * anchors).sum(1)).mean()
        loss = contrast(projected, labels) + FAITHFULNESS * 10 * lost
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    result: torch.Tensor = matrix.detach()
    return result


def contrast(vectors: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """The supervised contrastive loss of unit vectors."""
    itself = torch.eye(len(labels), dtype=torch.bool)
    same = (labels[:, None] == labels[None]) & ~itself
    logits = (vectors @ vectors.T / TEMPERATURE).masked_fill(itself, -1e9)
    shares = torch.log_softmax(logits, dim=1)
    return -((shares * same).sum(1) / same.sum(1)).mean()


def load_corpus(pairs: Sequence[tuple[str, str]], encoder: Encoder, *, seed: int) -> Corpus:
    """Embed a data set and hurried versions of its texts."""
    rng = random.Random(seed)  # noqa: S311 - reproducible, nothing secret
    labels = sorted({label for _, label in pairs})
    owners = np.array([labels.index(label) for _, label in pairs])

    def embed(texts: Sequence[str]) -> torch.Tensor:
        return torch.from_numpy(encoder.encode([clean(text) for text in texts]))

    return Corpus(
        plain=embed([text for text, _ in pairs]),
        hurried=embed([hurried(text, rng) for text, _ in pairs]),
        names=embed([label.replace("_", " ").lower() for label in labels]),
        members={n: np.flatnonzero(owners == n) for n in range(len(labels))},
    )


def _draw(corpus: Corpus, rng: np.random.Generator) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    count = min(LABELS_PER_STEP, len(corpus.members))
    chosen = rng.choice(len(corpus.members), count, replace=False)
    rows = np.concatenate([rng.choice(corpus.members[n], VIEWS_PER_LABEL, replace=False) for n in chosen])
    owners = np.repeat(chosen, VIEWS_PER_LABEL)
    anchors = corpus.plain[rows]
    in_a_hurry = torch.from_numpy(rng.random(len(rows)) < HURRIED_SHARE)[:, None]
    views = torch.where(in_a_hurry, corpus.hurried[rows], anchors)
    by_name = torch.from_numpy(rng.random(len(rows)) < NAME_SHARE)[:, None]
    views = torch.where(by_name, corpus.names[owners], views)
    anchors = torch.where(by_name, corpus.names[owners], anchors)
    return views, anchors, torch.from_numpy(owners)


def main(argv: Sequence[str] | None = None) -> int:
    """Train on everything, and on everything but each data set."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with intents/banking77 and intents/clinc150")
    parser.add_argument("--base", type=Path, required=True, help="the exported encoder without a projection")
    parser.add_argument("--out", type=Path, default=MODEL_FOLDER, help="folder for projection.npy")
    parser.add_argument("--others", type=Path, help="folder for without-*.npy; none are trained without it")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args(argv)
    encoder = Encoder.load(args.base)
    corpora = {name: load_corpus(read(args.data), encoder, seed=args.seed) for name, read in READERS.items()}
    args.out.mkdir(parents=True, exist_ok=True)
    _write(args.out / "projection.npy", train(list(corpora.values()), seed=args.seed))
    for left_out in corpora if args.others else ():
        kept = [corpus for name, corpus in corpora.items() if name != left_out]
        _write(args.others / f"without-{left_out}.npy", train(kept, seed=args.seed))
    return 0


def _write(path: Path, matrix: torch.Tensor) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    np.save(path, matrix.numpy().astype(np.float16))


if __name__ == "__main__":
    sys.exit(main())
