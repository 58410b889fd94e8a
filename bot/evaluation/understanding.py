"""The parts of RESULTS.md about understanding: benchmark sets, the sample business, size, speed and churn.

.venv-engine/bin/python -m bot.evaluation.understanding hint3 --data DIR
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from bot.evaluation import stress
from bot.evaluation.intents import Measured, measure
from bot.evaluation.tables import LabelledText, read_labelled
from knowledge_base.encoder import Encoder

__all__ = ["HINT3_NONE", "NEED_DATA", "PARTS", "few_shot", "main"]

PARTS = ("hint3", "few_shot", "out_of_scope", "sample_business", "size_and_speed")
NEED_DATA = frozenset({"hint3", "few_shot", "out_of_scope"})

SEEDS = range(5)
OUT_OF_SCOPE = "oos"
HINT3_NONE = "NO_NODES_DETECTED"
ARTICLES = Path("knowledge_base/articles")
QUESTIONS = Path("tests/data/questions.csv")

# Zhang et al. 2021 (CPFT, arXiv:2109.06349), RoBERTa-base on a GPU.
CPFT = {("banking77", 5): 80.86, ("banking77", 10): 87.20, ("clinc150", 5): 92.34, ("clinc150", 10): 94.18}
# Arora et al. 2020 (HINT3, arXiv:2009.13833), v1, full training set, each at its own best threshold.
HINT3_PUBLISHED = (
    ("Dialogflow", 0.719, 0.645, 0.638),
    ("BERT", 0.636, 0.765, 0.617),
    ("Haptik", 0.654, 0.669, 0.588),
    ("LUIS", 0.593, 0.753, 0.581),
    ("Rasa DIET", 0.481, 0.855, 0.526),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Print one part of the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=PARTS)
    parser.add_argument("--data", type=Path, help="folder of the benchmark sets, which three of the parts need")
    parser.add_argument(
        "--encoders", type=Path, help="folder with banking77/ and clinc150/ that never saw that data set"
    )
    args = parser.parse_args(argv)
    if args.data is None and args.part in NEED_DATA:
        parser.error(f"{args.part} needs --data, the folder of the benchmark sets")
    encoder = Encoder.load()
    parts: dict[str, Callable[[], str]] = {
        "hint3": lambda: _hint3(args.data, encoder),
        "few_shot": lambda: _few_shot(args.data, args.encoders, encoder),
        "out_of_scope": lambda: _out_of_scope(args.data, args.encoders, encoder),
        "sample_business": lambda: stress.sample_business(ARTICLES, QUESTIONS, encoder),
        "size_and_speed": lambda: stress.size_and_speed(encoder),
    }
    print(parts[args.part](), flush=True)  # noqa: T201
    return 0


def few_shot(
    train: Sequence[LabelledText], per_label: int, *, seed: int, keep: frozenset[str] = frozenset()
) -> list[LabelledText]:
    """`per_label` random rows of each label, the same for the same seed; all rows of the labels in `keep`."""
    rng = np.random.default_rng(seed)
    by_label: dict[str, list[LabelledText]] = {}
    for row in train:
        by_label.setdefault(row.label, []).append(row)
    drawn: list[LabelledText] = []
    for label, rows in sorted(by_label.items()):
        count = len(rows) if label in keep else min(per_label, len(rows))
        drawn += [rows[n] for n in rng.choice(len(rows), count, replace=False)]
    return drawn


def _few_shot(data: Path, encoders: Path | None, encoder: Encoder) -> str:
    sets = {"banking77": _banking77(data), "clinc150": _clinc150(data)}
    lines = ["### Few examples: BANKING77 and CLINC150", "", _FEW_SHOT_NOTE, ""]
    lines += ["| data | per intent | accuracy (5 seeds) | saw the data set | today's best (CPFT, GPU) |"]
    lines += ["| --- | ---: | ---: | --- | ---: |"]
    for name, (train, test) in sets.items():
        for saw, used in _encoders_for(name, encoders, encoder):
            for per_label in (5, 10):
                with used.remembering():
                    accuracies = [_accuracy(train, test, per_label, seed, used) for seed in SEEDS]
                shown = f"{np.mean(accuracies):.1f} ± {np.std(accuracies):.1f}"
                lines.append(
                    f"| {name} (n = {len(test):,}) | {per_label} | {shown} | {saw} | {CPFT[name, per_label]:.1f} |"
                )
    return "\n".join(lines)


_FEW_SHOT_NOTE = (
    "The projection inside the shipped encoder was trained on the training splits of both sets, so its figures on them "
    "are not those of new business. The rows “no” use a projection trained without that data set: that is what a new "
    "business may expect. Intent names count as one more example."
)


def _encoders_for(name: str, encoders: Path | None, shipped: Encoder) -> Iterator[tuple[str, Encoder]]:
    yield "yes", shipped
    if encoders is not None:
        yield "no", Encoder.load(encoders / name)


def _hint3(data: Path, encoder: Encoder) -> str:
    folder = data / "intents/hint3_sofmattress"
    train, test = read_labelled(folder / "train.csv"), read_labelled(folder / "test.csv")
    ours = measure(train, test, oos_label=HINT3_NONE, encoder=encoder).figures()
    lines = [f"### HINT3 SOFMattress (n = {len(test)}, {len(train)} examples)", ""]
    lines += ["| | in-scope accuracy | out-of-scope recall | MCC |", "| --- | ---: | ---: | ---: |"]
    row = [ours["inscope_accuracy"], ours["oos_recall"], ours["mcc"]]
    lines.append(
        f"| **ours**, shipped threshold {ours['threshold']} | " + " | ".join(f"{value:.3f}" for value in row) + " |"
    )
    lines += [f"| {name} (own best threshold) | {a:.3f} | {b:.3f} | {c:.3f} |" for name, a, b, c in HINT3_PUBLISHED]
    lines += ["", f"Calibration error {ours['ece']:.3f}, AUROC in scope against out {ours['oos_auroc']:.3f},"]
    lines += [f"training {ours['train_s']} s, one message {ours['ms_per_message_p50']} ms (median)."]
    return "\n".join(lines)


def _accuracy(
    train: Sequence[LabelledText], test: Sequence[LabelledText], per_label: int, seed: int, encoder: Encoder
) -> float:
    measured = measure(few_shot(train, per_label, seed=seed), test, oos_label=None, encoder=encoder)
    return 100 * float(measured.figures()["accuracy"] or 0)


def _out_of_scope(data: Path, encoders: Path | None, encoder: Encoder) -> str:
    train, test = _clinc150(data)
    strangers = _clinc150_part(data, "oos_test")
    lines = ["### Out of scope: CLINC150, 10 per intent, 5 seeds", ""]
    lines += ["| saw the data set | examples out of scope | AUROC | in-scope accuracy | recall | MCC | ECE |"]
    lines += ["| --- | ---: | ---: | ---: | ---: | ---: | ---: |"]
    for saw, used in _encoders_for("clinc150", encoders, encoder):
        for given in (0, 100):
            known = [*train, *(_clinc150_part(data, "oos_train") if given else [])]
            with used.remembering():
                runs = [_with_strangers(known, [*test, *strangers], seed, used).figures() for seed in SEEDS]
            means = [
                float(np.mean([float(run[name] or 0) for run in runs]))
                for name in ("oos_auroc", "inscope_accuracy", "oos_recall", "mcc", "ece")
            ]
            lines.append(f"| {saw} | {given} | " + " | ".join(f"{value:.3f}" for value in means) + " |")
    return "\n".join(lines)


def _with_strangers(
    train: Sequence[LabelledText], test: Sequence[LabelledText], seed: int, encoder: Encoder
) -> Measured:
    drawn = few_shot(train, 10, seed=seed, keep=frozenset({OUT_OF_SCOPE}))
    return measure(drawn, test, oos_label=OUT_OF_SCOPE, encoder=encoder)


def _banking77(data: Path) -> tuple[Sequence[LabelledText], Sequence[LabelledText]]:
    folder = data / "intents/banking77"
    return read_labelled(folder / "train.csv"), read_labelled(folder / "test.csv")


def _clinc150(data: Path) -> tuple[Sequence[LabelledText], Sequence[LabelledText]]:
    return _clinc150_part(data, "train"), _clinc150_part(data, "test")


def _clinc150_part(data: Path, part: str) -> list[LabelledText]:
    rows = json.loads((data / "intents/clinc150/data_full.json").read_text(encoding="utf-8"))[part]
    return [LabelledText(text=text, label=label, line=n) for n, (text, label) in enumerate(rows, start=1)]


if __name__ == "__main__":
    sys.exit(main())
