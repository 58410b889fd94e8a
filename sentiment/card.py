"""Writes the model card: ``python -m sentiment.card --figures NAME=REPORT.json …``.

The card is made of what training, export, fit and `bot evaluate sentiment --json` recorded, so no figure in it
is typed by hand.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .blend import BLEND_FILE
from .errors import ModelUnavailable
from .fairness import BOUND_MEAN, BOUND_WORST
from .needs import MEANINGS, NEEDS_FILE
from .transformer import MODEL_FOLDER, RECORD_FILE

CARD_FILE = "MODEL_CARD.md"

_SOURCES = {
    "tweets": ("SemEval-2017 task 4 A, tweets of 2013–2016", "research data; open models trained on it are common"),
    "comments": ("GoEmotions (Demszky et al. 2020)", "Apache-2.0 / CC BY 4.0"),
    "reviews": ("Stanford Sentiment Treebank, SST-2 (Socher et al. 2013)", "research data"),
    "rated": ("rated tweets and product reviews (Hutto and Gilbert 2014)", "MIT"),
    "snippets": ("rated sentences of film reviews and editorials (Hutto and Gilbert 2014)", "MIT"),
    "requests": ("routine requests of CLINC150 (Larson et al. 2019), taken as neutral", "CC BY 3.0"),
    "banking": (
        "BANKING77 (Casanueva et al. 2020); problems taken as 65 % negative, questions as neutral",
        "CC BY 4.0",
    ),
    "shop": ("sentences composed by this project (`sentiment/training/shop.yml`)", "Apache-2.0"),
    "calm": ("CLINC150 (Larson et al. 2019), for needs only: ordinary questions need nobody", "CC BY 3.0"),
    "messages": ("customers' messages made up for this project (`sentiment/training/messages/`)", "Apache-2.0"),
    "phrases": ("worn phrases for each need, composed by this project (`sentiment/training/needs.yml`)", "Apache-2.0"),
    "joined": ("two or three of these messages joined to one", "Apache-2.0"),
}
_FIGURES = (
    ("accuracy", "accuracy"),
    ("macro_f1", "macro-F1"),
    ("macro_recall", "macro-recall"),
    ("negative_recall", "recall of negatives"),
    ("accuracy_without_neutral", "accuracy without neutral"),
    ("auroc_negative", "AUROC of negative"),
    ("ece", "calibration error"),
)

_TEMPLATE = Path(__file__).parent / "training" / "card.md"


def render(
    record: Mapping[str, Any],
    blend: Mapping[str, Any],
    reports: Mapping[str, Mapping[str, Any]],
    needs: Mapping[str, Mapping[str, Any]],
    unseen: Mapping[str, Mapping[str, Any]],
) -> str:
    """Fill in the card.

    Args:
        record: model.json.
        blend: blend.json.
        reports: Outputs of `bot evaluate sentiment --json`, by name of the set; at least one.
        needs: needs.json.
        unseen: Output of `sentiment.needs_fit --without`.
    """
    training, parity = record["training"], record["parity"]
    fair = next(iter(reports.values()))["fairness"]
    return _TEMPLATE.read_text("utf-8").format(
        megabytes=record["bytes"] / 1e6,
        sha256=record["sha256"],
        weights=sum(len(row) for row in blend["polarity"]) + sum(len(row) for row in blend["frustration"]),
        version=next(iter(reports.values()))["version"],
        sources="\n".join(_source(name, count) for name, count in training["examples"].items()),
        runs="\n".join(_runs(training)),
        fitted=", ".join(f"{count:,} {name}" for name, count in blend["fitted"]["examples"].items()),
        shares=" : ".join(f"{share:.0%}" for share in blend["label_shares"]),
        same_label=parity["same_label"],
        parity_texts=parity["texts"],
        mean_shift=parity["mean_shift_of_polarity"],
        figures=_table(reports),
        variants=fair["variants"],
        bound_mean=BOUND_MEAN,
        bound_worst=BOUND_WORST,
        fairness=f"{fair['mean']:.3f} on average, {fair['worst']:.3f} at worst ("
        + ", ".join(f"{kind} {figures['worst']:.2f}" for kind, figures in fair["by_kind"].items())
        + ")",
        worst_text=fair["worst_text"],
        confirmed=blend["fitted"]["heaviest_word_confirmed"],
        needs=_needs_table(needs["fitted"], unseen),
        cut=needs["cut"],
        tenth=needs["fitted"]["examples"]["messages"],
        calm=needs["fitted"]["examples"]["calm"],
    )


def _source(name: str, count: int) -> str:
    title, licence = _SOURCES[name]
    return f"| {title} | {count:,} | {licence} |"


def _runs(training: Mapping[str, Any]) -> list[str]:
    """One line per run, the first one first."""
    earlier = _runs(training["continues"]) if training.get("continues") else []
    mix = ", ".join(f"{count:,} {source}" for source, count in training["per_epoch"].items())
    line = (
        f"Run {len(earlier) + 1}: {training['steps']:,} steps of {training['batch']} texts at a peak rate of "
        f"{training['rate']}, seed {training['seed']}; at most {mix} an epoch."
    )
    if training.get("from_8_bits"):
        line += f" It went on from the 8-bit file `{training['from_8_bits']}…`, as the 32-bit weights were not kept."
    if training.get("mean_with"):
        line += f" The shipped weights are the mean of its weights and those of {training['mean_with']}."
    if training.get("without"):
        line += f" The messages of {', '.join(training['without'])} were left out."
    if layers := training.get("frozen_layers"):
        line += f" The lowest {'layer' if layers == 1 else f'{layers} layers'} stayed as before."
    line += "\n"
    return [*earlier, line]


def _table(reports: Mapping[str, Mapping[str, Any]]) -> str:
    heads = [f"{name} (n = {report['n']:,})" for name, report in reports.items()]
    rows = ["| | " + " | ".join(heads) + " |", "| --- |" + " --- |" * len(heads)]
    for key, title in _FIGURES:
        cells = [f"{_cell(report[key])} (VADER {_cell(report['vader'][key])})" for report in reports.values()]
        rows.append(f"| {title} | " + " | ".join(cells) + " |")
    return "\n".join(rows)


def _needs_table(fitted: Mapping[str, Any], unseen: Mapping[str, Mapping[str, Any]]) -> str:
    rows = [
        "| need | meaning | n | AUROC | precision | recall | n, unseen authors | AUROC | precision | recall "
        "| ordinary questions |",
        "| --- |" + " --- |" * 10,
    ]
    for name, meaning in MEANINGS.items():
        cells = [
            f"{found['n']} | {_cell(found['auroc'])} | {_cell(found['precision'])} | {_cell(found['recall'])}"
            for found in (fitted["figures"][name], unseen[name])
        ]
        rows.append(f"| `{name}` | {meaning} | {' | '.join(cells)} | {fitted['said_of_calm'][name]:.1%} |")
    return "\n".join(rows)


def _cell(value: float | None) -> str:
    return "–" if value is None else f"{value:.3g}" if value >= 1 else f"{value:.3f}"


def main(argv: Sequence[str] | None = None) -> int:
    """Read the records and write the card beside the model."""
    parser = argparse.ArgumentParser(prog="python -m sentiment.card", description=__doc__)
    parser.add_argument("--figures", nargs="+", required=True, metavar="NAME=REPORT.json")
    parser.add_argument("--unseen", type=Path, required=True, help="what sentiment.needs_fit --without printed")
    parser.add_argument("--model", type=Path, default=MODEL_FOLDER)
    args = parser.parse_args(argv)
    reports = {name: _read(Path(path)) for name, _, path in (word.partition("=") for word in args.figures)}
    record, blend, needs = (_read(args.model / name) for name in (RECORD_FILE, BLEND_FILE, NEEDS_FILE))
    card = render(record, blend, reports, needs, _read(args.unseen))
    (args.model / CARD_FILE).write_text(card, "utf-8")
    return 0


def _read(path: Path) -> dict[str, Any]:
    try:
        document: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as exc:
        raise ModelUnavailable(f"Cannot read {path}: {exc}. Run train, export, fit and evaluate first.") from exc
    return document


if __name__ == "__main__":
    raise SystemExit(main())
