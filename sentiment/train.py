"""Fine-tunes MiniLM on mood: ``python -m sentiment.train --data DATA --run RUN``.

Needs the `train` dependency group. Writes checkpoints while it runs and continues from the last one when it
is started again with the same arguments. The result is RUN/network.pt (averaged weights) and RUN/run.json (what was
done and the held-out macro-recall); `sentiment.export` turns it into the files that are shipped.
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
import random
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import fmean
from typing import Any

import torch  # type: ignore[import-not-found, unused-ignore]
from torch.nn import functional  # type: ignore[import-not-found, unused-ignore]
from tqdm import tqdm  # type: ignore[import-untyped, unused-ignore]

from .batches import BATCH, MIX, Batch, Collator, batches, mix_of, tokenizer_of
from .corpus import read_all
from .example import Example, read_fingerprints
from .network import SentimentNetwork

_CHECKPOINT_EVERY = 200  # steps
_AVERAGE = 0.998  # decay of the averaged weights: about the last 500 steps
_AVERAGE_EVERY = 4  # steps
_EMOTIONS_WEIGHT = 0.5
_FRUSTRATION_WEIGHT = 0.5
_NEEDS_WEIGHT = 4.0  # most of them are absent in most messages, so their mean loss is small
_SMOOTHING = 0.05


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("--data", type=Path, required=True, help="folder with sentiment/ and intents/")
    parser.add_argument("--base", type=Path, required=True, help="folder of the pre-trained MiniLM")
    parser.add_argument("--run", type=Path, required=True, help="folder for checkpoints and results")
    parser.add_argument("--never", type=Path, nargs="*", default=[], help="evaluation files that must not leak in")
    parser.add_argument("--epochs", type=float, default=2.0)
    parser.add_argument("--rate", type=float, default=7e-5, help="peak learning rate of the encoder")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--start", type=Path, help="weights of an earlier run (network.pt) to go on from")
    parser.add_argument("--mix", nargs="*", default=[], metavar="SOURCE=N", help=f"examples per epoch; default {MIX}")
    parser.add_argument("--minutes", type=float, help="finish in this time; the rate falls with it")
    parser.add_argument(
        "--without", nargs="*", default=[], help="authors of messages to hold out, to measure across authors"
    )
    parser.add_argument("--freeze", type=int, default=0, help="lowest layers to leave as they are; two save a fifth")
    parser.add_argument("--float32", action="store_true", help="no bfloat16 (slower where the processor has it)")


def loss_of(network: SentimentNetwork, batch: Batch) -> torch.Tensor:
    """Weighted sum of the losses of the four heads, each over the examples that know its answer."""
    polarity, frustration, emotions, needs = (output.float() for output in network(batch.ids, batch.mask))
    polarity[:, 1] = polarity[:, 1].masked_fill(~batch.knows_neutral, -1e4)
    smoothing = _SMOOTHING * batch.knows_neutral.unsqueeze(-1)
    target = batch.target * (1 - smoothing) + smoothing / 3
    by_example = -(target * functional.log_softmax(polarity, dim=-1)).sum(-1)
    loss = (by_example * batch.weight).sum() / batch.weight.sum().clamp(min=1.0)
    anger = functional.binary_cross_entropy_with_logits(frustration, batch.frustration, reduction="none")
    loss = loss + _FRUSTRATION_WEIGHT * (anger * batch.known_frustration).mean()
    feelings = functional.binary_cross_entropy_with_logits(emotions, batch.emotions, reduction="none").mean(-1)
    loss = loss + _EMOTIONS_WEIGHT * 10 * (feelings * batch.known_emotions).mean()
    wants = functional.binary_cross_entropy_with_logits(needs, batch.needs, reduction="none")
    return loss + _NEEDS_WEIGHT * (wants * batch.known_needs).sum() / batch.known_needs.sum().clamp(min=1.0)


def go_on(network: SentimentNetwork, start: Path) -> None:
    """Fill a network with an earlier run's weights; heads that run did not have start fresh."""
    unfit = network.load_state_dict(torch.load(start, weights_only=True), strict=False)
    if unfit.unexpected_keys or not all(name.startswith("need") for name in unfit.missing_keys):
        raise SystemExit(f"{start} does not fit: {unfit}.")


class Trainer:
    """Holds everything a checkpoint holds."""

    def __init__(self, args: argparse.Namespace, examples: list[Example]) -> None:
        self.args = args
        self.examples = [example for example in examples if not example.held_out]
        # On a processor, eager attention in bfloat16 takes three quarters of the time of the fused one, and drawing
        # dropout masks in every layer a fifth; averaging, smoothing and rewritten texts regularise instead.
        self.network = SentimentNetwork(args.base, attention="eager", encoder_dropout=0.0)
        self.network.freeze(layers=args.freeze)
        if args.start is not None:
            go_on(self.network, args.start)
        self.mix = mix_of(args.mix)
        self.order = args.seed + (args.start is not None)  # a second run must not repeat the first one's order
        self.average = {name: value.clone() for name, value in self.network.state_dict().items()}
        encoder = [value for value in self.network.encoder.parameters() if value.requires_grad]
        heads = [value for name, value in self.network.named_parameters() if not name.startswith("encoder.")]
        groups = [{"params": encoder, "lr": args.rate}, {"params": heads, "lr": 10 * args.rate}]
        self.optimizer = torch.optim.AdamW(groups, weight_decay=0.01, betas=(0.9, 0.98), fused=True)
        per_epoch = sum(1 for _ in batches(self.examples, epoch=0, seed=self.order, mix=self.mix))
        self.total = round(per_epoch * args.epochs)
        self.step = 0
        self.spent = 0.0  # seconds in earlier starts
        self.started = time.monotonic()
        self.schedule = torch.optim.lr_scheduler.LambdaLR(self.optimizer, self._rate)

    def _rate(self, step: int) -> float:
        warm = 0.06 * self.total
        ramp: float = min(1.0, (step + 1) / warm)
        fall: float = 0.5 * (1 + math.cos(math.pi * self._progress(step)))
        return ramp * max(0.02, fall)

    def _progress(self, step: int) -> float:
        """Share of the training that is done, by steps or by time, whichever is further."""
        seconds = self.spent + time.monotonic() - self.started
        of_time = seconds / (60 * self.args.minutes) if self.args.minutes else 0.0
        done: float = min(1.0, max(step / self.total, of_time))
        return done

    @property
    def checkpoint(self) -> Path:
        """Where the state is kept between runs."""
        return Path(self.args.run) / "checkpoint.pt"

    def save(self) -> None:
        """Write the checkpoint beside the old one, then replace it."""
        state = {
            "network": self.network.state_dict(),
            "average": self.average,
            "optimizer": self.optimizer.state_dict(),
            "schedule": self.schedule.state_dict(),
            "step": self.step,
            "spent": self.spent + time.monotonic() - self.started,
        }
        fresh = self.checkpoint.with_suffix(".new")
        torch.save(state, fresh)
        fresh.replace(self.checkpoint)

    def resume(self) -> None:
        """Continue from the checkpoint if there is one."""
        if not self.checkpoint.exists():
            return
        state = torch.load(self.checkpoint, weights_only=True)
        self.network.load_state_dict(state["network"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.schedule.load_state_dict(state["schedule"])
        self.average, self.step, self.spent = state["average"], state["step"], state["spent"]

    def learn(self, batch: Batch) -> float:
        """Take one step."""
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=not self.args.float32):
            loss = loss_of(self.network, batch)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        self.schedule.step()
        self.step += 1
        if self.step % _AVERAGE_EVERY == 0:
            self._follow()
        return float(loss.detach())

    def _follow(self) -> None:
        """Move the averaged weights towards the current ones."""
        decay = min(_AVERAGE**_AVERAGE_EVERY, (1 + self.step) / (10 + self.step))
        for name, value in self.network.state_dict().items():
            if value.dtype.is_floating_point and not name.startswith("encoder.embeddings."):
                self.average[name].lerp_(value, 1 - decay)

    def run(self, collator: Collator) -> None:
        """Train all epochs, from wherever the checkpoint left off."""
        self.resume()
        self.network.train()
        losses: list[float] = []
        progress = tqdm(total=self.total, initial=self.step, unit="step", mininterval=10)
        for seed, examples in itertools.islice(self._schedule_of_batches(), self.step, self.total):
            torch.manual_seed(seed)
            losses.append(self.learn(collator(examples, random.Random(seed))))  # noqa: S311
            progress.update()
            if self.step % 20 == 0:
                progress.set_postfix(loss=f"{sum(losses[-100:]) / len(losses[-100:]):.3f}")
            if self.step % _CHECKPOINT_EVERY == 0:
                self.save()
            if self._progress(self.step) >= 1.0:
                break
        progress.close()
        self.save()

    def macro_recall(self, examples: list[Example], collator: Collator) -> float:
        """Mean recall of the labels by the averaged weights, before export and blend."""
        self.network.load_state_dict(self.average)
        self.network.eval()
        right: dict[int, list[bool]] = {}
        for start in range(0, len(examples), BATCH):
            batch = collator(examples[start : start + BATCH], random.Random(0))  # noqa: S311
            with torch.inference_mode():
                chosen = self.network(batch.ids, batch.mask)[0].argmax(-1)
            for label, hit in zip(batch.target.argmax(-1).tolist(), chosen.tolist(), strict=True):
                right.setdefault(label, []).append(label == hit)
        return round(fmean(fmean(hits) for hits in right.values()), 4)

    def _schedule_of_batches(self) -> Iterator[tuple[int, list[Example]]]:
        for epoch in range(math.ceil(self.args.epochs)):
            yield from batches(self.examples, epoch=epoch, seed=self.order, mix=self.mix)


def main(argv: list[str] | None = None) -> int:
    """Train, write the averaged weights and what the run was."""
    parser = argparse.ArgumentParser(prog="python -m sentiment.train", description=__doc__)
    add_arguments(parser)
    args = parser.parse_args(argv)
    args.run.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    started = time.monotonic()
    examples = read_all(args.data, seed=args.seed, never=read_fingerprints(args.never), without=args.without)
    trainer = Trainer(args, examples)
    tokenizer = tokenizer_of(args.base)
    trainer.run(Collator(tokenizer, augment=True))
    torch.save(trainer.average, args.run / "network.pt")
    held_out = [example for example in examples if example.held_out and example.source == "tweets"]
    before: dict[str, Any] = json.loads((args.start.parent / "run.json").read_text("utf-8")) if args.start else {}
    facts: dict[str, Any] = {
        "continues": before or None,
        "from_8_bits": before.get("restored_from"),
        "examples": {source: sum(e.source == source for e in trainer.examples) for source in MIX},
        "per_epoch": trainer.mix,
        "epochs": args.epochs,
        "steps": trainer.step,
        "batch": BATCH,
        "rate": args.rate,
        "frozen_layers": args.freeze,
        "seed": args.seed,
        "without": args.without,
        "held_out_macro_recall": trainer.macro_recall(held_out, Collator(tokenizer, augment=False)),
        "seconds_of_last_start": round(time.monotonic() - started),
    }
    (args.run / "run.json").write_text(json.dumps(facts, indent=2) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
