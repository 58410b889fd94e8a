"""Fits the fusion on made-up shops and says how it does on shops from data it was not fitted on.

    uv run --group train python -m knowledge_base.calibrate --data DIR --encoders DIR

An encoder that was trained on a data set knows its labels better than it will ever know a customer's business, so shops
made from that data set must be opened with an encoder that never saw it: `DIR/banking77` and `DIR/clinc150` hold
exports of projections trained without them (`projection --corpora`, `export --projection`). The result,
`knowledge_base/model/fusion.json`, ships with the encoder and is the same for every business.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
import torch  # type: ignore[import-not-found, unused-ignore]

from knowledge_base.article import load_articles
from knowledge_base.encoder import MODEL_FOLDER, Encoder
from knowledge_base.fusion import CENTRE_DEPTH, CENTRE_SIZE
from knowledge_base.projection import read_banking77, read_clinc150
from knowledge_base.shops import Case, Source, cases_of

WITNESSES = 6
KNOWN = WITNESSES + 7
PHRASES_PER_LABEL = 40
SHOPS = 60
STRANGERS = 600
# Keeps the slopes from explaining noise; the weights themselves are hardly held.
SHRINKAGE = 1e-3


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Cases as tensors: features (n, m, 6), which of them exist (n, m), context (n, 4) and truth (n,)."""

    features: torch.Tensor
    exists: torch.Tensor
    context: torch.Tensor
    truth: torch.Tensor


class FusionModel(torch.nn.Module):  # type: ignore[misc, unused-ignore]
    """`knowledge_base.fusion.Fusion` with gradients."""

    def __init__(self) -> None:
        super().__init__()
        self.weights = torch.nn.Parameter(torch.tensor([4.0, 4.0, 4.0, 3.0, 1.0, 0.3]))
        self.depth_slopes = torch.nn.Parameter(torch.zeros(WITNESSES))
        self.size_slope = torch.nn.Parameter(torch.zeros(1))
        self.known = torch.nn.Parameter(torch.zeros(KNOWN))

    def forward(self, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
        """The logarithms of the shares (n, m) and the logit of being known (n,)."""
        spelt, size, depth, words = batch.context.T
        weights = self.weights + self.depth_slopes * (depth[:, None] - CENTRE_DEPTH)
        logits = (batch.features * weights[:, None]).sum(-1) * torch.exp(
            self.size_slope * (size[:, None] - CENTRE_SIZE)
        )
        shares = torch.log_softmax(logits.masked_fill(~batch.exists, -1e4), dim=1)
        best = shares.argmax(1)
        witnesses = batch.features[torch.arange(len(best)), best]
        told = [
            torch.ones_like(size),
            *witnesses.T,
            spelt,
            size,
            depth,
            words,
            shares.max(1).values,
            spelt * witnesses[:, 1],
        ]
        return shares, torch.stack(told, dim=1) @ self.known

    def loss(self, batch: Batch) -> torch.Tensor:
        """The mean negative log-likelihood of the truths."""
        shares, known = self(batch)
        inside = batch.truth >= 0
        right = shares[torch.arange(len(shares)), batch.truth.clamp(min=0)]
        unknown = torch.nn.functional.logsigmoid(-known)
        return -torch.where(inside, torch.nn.functional.logsigmoid(known) + right, unknown).mean()

    def as_json(self) -> dict[str, object]:
        """The fields of the fusion's file."""
        fields: dict[str, object] = {
            name: [round(float(value), 5) for value in parameter] for name, parameter in self.named_parameters()
        }
        return fields | {"size_slope": round(float(self.size_slope), 5)}


def collate(cases: Sequence[Case]) -> Batch:
    """Pad cases to one shape."""
    most = max(len(case.evidence.labels) for case in cases)
    features = np.zeros((len(cases), most, WITNESSES), dtype=np.float32)
    exists = np.zeros((len(cases), most), dtype=bool)
    for row, case in enumerate(cases):
        features[row, : len(case.evidence.labels)] = case.evidence.features
        exists[row, : len(case.evidence.labels)] = True
    context = [[c.evidence.known, c.shop.size, c.shop.depth, np.log(1 + c.words)] for c in cases]
    return Batch(
        features=torch.from_numpy(features),
        exists=torch.from_numpy(exists),
        context=torch.tensor(context, dtype=torch.float32),
        truth=torch.tensor([case.truth for case in cases]),
    )


def fit(batches: Sequence[Batch]) -> FusionModel:
    """Fit by maximum likelihood, every source counting the same."""
    model = FusionModel()
    optimizer = torch.optim.LBFGS(model.parameters(), max_iter=200, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        slopes = (model.depth_slopes**2).sum() + (model.size_slope**2).sum()
        held = (
            SHRINKAGE * slopes + 0.1 * SHRINKAGE * (model.known**2).sum() + 0.01 * SHRINKAGE * (model.weights**2).sum()
        )
        total = sum((model.loss(batch) for batch in batches), start=torch.zeros(())) / len(batches) + held
        total.backward()
        return total

    optimizer.step(closure)
    return model


def examine(model: FusionModel, batch: Batch) -> dict[str, float]:
    """Loss, accuracy in scope and expected calibration error (15 bins) on cases."""
    with torch.inference_mode():
        shares, known = model(batch)
        confidence, best = (shares.exp() * torch.sigmoid(known)[:, None]).max(1)
        right = (best == batch.truth).float()
        bins = (confidence * 15).long().clamp(max=14)
        gaps = [
            float((confidence[bins == n].mean() - right[bins == n].mean()).abs() * (bins == n).float().mean())
            for n in range(15)
            if bool((bins == n).any())
        ]
        return {
            "loss": round(float(model.loss(batch)), 3),
            "inscope_accuracy": round(float(right[batch.truth >= 0].mean()), 3),
            "ece": round(sum(gaps), 3),
        }


def sources_of(data: Path, articles: Path, questions: Path, encoders: Path, *, seed: int) -> dict[str, Source]:
    """Embed everything once, each source with an encoder that was not trained on it."""
    found = load_articles(articles).articles
    phrases = [(phrase, article.id) for article in found for phrase in article.phrases]
    answers = {article.id: article.answer for article in found}
    with questions.open(encoding="utf-8", newline="") as file:
        asked = [(row["text"], row["article_id"]) for row in csv.DictReader(file)]
    rng = np.random.default_rng(seed)
    banking, clinc = _thin(read_banking77(data), rng), _thin(read_clinc150(data), rng)
    bankers, others = _some(banking, rng), _some(clinc, rng)
    return {
        "banking77": Source(banking, strange=others, encoder=Encoder.load(encoders / "banking77"), seed=seed),
        "clinc150": Source(clinc, strange=bankers, encoder=Encoder.load(encoders / "clinc150"), seed=seed),
        "articles": Source(
            phrases, strange=bankers + others, questions=asked, answers=answers, encoder=Encoder.load(), seed=seed
        ),
    }


def _some(pairs: Sequence[tuple[str, str]], rng: np.random.Generator) -> list[str]:
    return [pairs[n][0] for n in rng.choice(len(pairs), STRANGERS, replace=False)]


def _thin(pairs: Sequence[tuple[str, str]], rng: np.random.Generator) -> list[tuple[str, str]]:
    by_label: dict[str, list[str]] = {}
    for text, label in pairs:
        by_label.setdefault(label, []).append(text)
    return [
        (texts[n], label)
        for label, texts in sorted(by_label.items())
        for n in rng.choice(len(texts), min(PHRASES_PER_LABEL, len(texts)), replace=False)
    ]


def main(argv: Sequence[str] | None = None) -> int:
    """Fit, examine, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with intents/banking77 and intents/clinc150")
    parser.add_argument("--encoders", type=Path, required=True, help="folder with banking77/ and clinc150/")
    parser.add_argument("--articles", type=Path, default=Path("knowledge_base/articles"))
    parser.add_argument("--questions", type=Path, default=Path("tests/data/questions.csv"), help="text,article_id")
    parser.add_argument("--out", type=Path, default=MODEL_FOLDER / "fusion.json")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args(argv)
    torch.manual_seed(args.seed)
    sources = sources_of(args.data, args.articles, args.questions, args.encoders, seed=args.seed)
    batches = {
        name: collate(list(cases_of(source, shops=SHOPS, seed=args.seed + n)))
        for n, (name, source) in enumerate(sources.items())
    }
    held_out = {}
    for names in combinations(batches, 2):
        (left,) = set(batches) - set(names)
        held_out[left] = examine(fit([batches[name] for name in names]), batches[left])
    model = fit(list(batches.values()))
    together = {name: examine(model, batch) for name, batch in batches.items()}
    record = model.as_json() | {"seed": args.seed, "held_out": held_out, "fitted": together}
    args.out.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(record, indent=2))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
