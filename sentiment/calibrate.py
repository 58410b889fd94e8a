"""Refits the blend on agents' corrections: ``bot sentiment calibrate --corrections FILE.jsonl [--save]``.

``bot sentiment calibrate --undo`` returns to the shipped blend.

A line is ``{"text": "…", "label": "negative"}``; lines of another `kind` than ``wrong_mood`` are counted and left
alone. Prints precision and recall of every label before and after, on the corrections (each scored by a fit
that has not seen it) and on held-out examples from training. Writes only with ``--save``, and never a blend that
does worse.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from .blend import BLEND_FILE, CORRECTED_FILE, Blend
from .errors import CorrectionsInvalid, ModelUnavailable, SentimentError
from .fit import ANCHOR_FILE, Reader, macro_recall, named
from .labels import LABELS
from .regression import Array, fit, softmax
from .transformer import MODEL_FOLDER

MIN_CORRECTIONS = 10  # fewer say more about one agent's day than about the model
_FOLDS = 5
_CORRECTION_WEIGHT = 2.0  # of one correction, in held-out examples
_PENALTY = 20.0  # pull to the shipped weights, in held-out examples
_TOLERATED_LOSS = 0.01  # of macro-recall on the held-out examples

Labels = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Corrections:
    """Texts an agent labelled, and how many lines were about something else."""

    texts: tuple[str, ...]
    labels: Labels
    others: int


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """A refitted blend and what it changes."""

    blend: Blend
    report: dict[str, Any]
    worse: str | None  # why it must not be saved


def read_corrections(path: Path) -> Corrections:
    """Read and check the lines of a file.

    Raises:
        CorrectionsInvalid: A line does not fit, or there are too few; names file and line.
    """
    texts, labels, others = [], [], 0
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as exc:
        raise CorrectionsInvalid(f"Cannot read {path}: {exc}.") from exc
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        row = _row(line, f"{path}:{number}")
        if row.get("kind", "wrong_mood") != "wrong_mood":
            others += 1
            continue
        text, label = row.get("text"), row.get("label")
        if not isinstance(text, str) or not text.strip() or label not in LABELS:
            raise CorrectionsInvalid(f"{path}:{number} needs a text and a label of {', '.join(LABELS)}.")
        texts.append(text)
        labels.append(LABELS.index(label))
    if len(texts) < MIN_CORRECTIONS:
        raise CorrectionsInvalid(f"{path} holds {len(texts)} corrections; at least {MIN_CORRECTIONS} are needed.")
    return Corrections(texts=tuple(texts), labels=np.array(labels), others=others)


def _row(line: str, where: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except ValueError as exc:
        raise CorrectionsInvalid(f"{where} is not JSON: {exc}.") from exc
    if not isinstance(row, dict):
        raise CorrectionsInvalid(f"{where} is not a JSON object.")
    return row


def calibrate(folder: Path, corrections: Corrections) -> Outcome:
    """Refit the blend and compare.

    Raises:
        ModelUnavailable: The model folder is incomplete.
    """
    shipped = Blend.read(folder / BLEND_FILE)
    anchor, anchor_labels = _anchor(folder)
    anchor = shipped.standardise(anchor)
    features = shipped.standardise(Reader(folder).features(corrections.texts))

    def refitted(chosen: npt.NDArray[np.bool_]) -> Array:
        rows = np.concatenate([anchor, features[chosen]])
        labels = np.concatenate([anchor_labels, corrections.labels[chosen]])
        shares = len(LABELS) * np.array(shipped.label_shares)[anchor_labels]
        weights = np.concatenate([shares, np.full(int(chosen.sum()), _CORRECTION_WEIGHT)])
        return fit(rows, np.eye(len(LABELS))[labels], weights, prior=shipped.polarity, penalty=_PENALTY)

    every = np.ones(len(features), dtype=bool)
    final = refitted(every)
    unseen = np.zeros(len(features), dtype=np.int64)
    folds = np.arange(len(features)) % _FOLDS
    for fold in range(_FOLDS):
        unseen[folds == fold] = _chosen(features[folds == fold], refitted(folds != fold))
    before, anchor_before = _chosen(features, shipped.polarity), _chosen(anchor, shipped.polarity)
    anchor_after = _chosen(anchor, final)
    report = {
        "corrections": len(corrections.texts),
        "other_lines": corrections.others,
        "before": _figures(corrections.labels, before),
        "after": _figures(corrections.labels, unseen),
        "held_out_before": _figures(anchor_labels, anchor_before),
        "held_out_after": _figures(anchor_labels, anchor_after),
    }
    blend = named(replace(shipped, polarity=final))
    blend = replace(blend, version=f"{blend.version}-corrected", corrects=shipped.version)
    return Outcome(blend=blend, report=report, worse=_worse(report))


def _anchor(folder: Path) -> tuple[Array, Labels]:
    try:
        with np.load(folder / ANCHOR_FILE) as kept:
            return kept["features"].astype(np.float64), kept["labels"].astype(np.int64)
    except (OSError, ValueError, KeyError) as exc:
        raise ModelUnavailable(f"Cannot read {folder / ANCHOR_FILE}: {exc}. Restore the file.") from exc


def _chosen(features: Array, weights: Array) -> Labels:
    labels: Labels = softmax(features @ weights.T).argmax(1)
    return labels


def _figures(expected: Labels, chosen: Labels) -> dict[str, Any]:
    figures: dict[str, Any] = {"macro_recall": round(macro_recall(expected, chosen), 4)}
    for label, name in enumerate(LABELS):
        hits = int(((expected == label) & (chosen == label)).sum())
        named, true = int((chosen == label).sum()), int((expected == label).sum())
        figures[name] = {
            "precision": round(hits / named, 4) if named else None,
            "recall": round(hits / true, 4) if true else None,
            "n": true,
        }
    return figures


def _worse(report: dict[str, Any]) -> str | None:
    if report["after"]["macro_recall"] < report["before"]["macro_recall"]:
        return "Corrections it has not seen are judged worse than before."
    if report["held_out_after"]["macro_recall"] < report["held_out_before"]["macro_recall"] - _TOLERATED_LOSS:
        return "It forgets what it knew about other messages."
    return None


def as_text(report: dict[str, Any]) -> str:
    """A table for people: before and after, label by label."""
    lines = [f"{report['corrections']} corrections ({report['other_lines']} lines about other things left alone)"]
    for title, first, second in (
        ("on corrections it has not seen", "before", "after"),
        ("on held-out examples", "held_out_before", "held_out_after"),
    ):
        lines.append(f"\n{title:34}{'precision':>20}{'recall':>20}")
        for name in LABELS:
            old, new = report[first][name], report[second][name]
            cells = "".join(f"{_cell(old[key])} → {_cell(new[key])}".rjust(20) for key in ("precision", "recall"))
            lines.append(f"  {name:24}n={new['n']:<6}{cells}")
    return "\n".join(lines)


def _cell(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def main(argv: Sequence[str] | None = None) -> int:
    """Refit, report, and save when told to.

    Returns:
        0 when reported (and saved, if asked) or undone, 1 when saving was refused, 2 when the input does not fit.
    """
    parser = argparse.ArgumentParser(prog="bot sentiment calibrate", description=__doc__)
    parser.add_argument("command", nargs="?", choices=["calibrate"], help=argparse.SUPPRESS)  # as `bot` passes it on
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--corrections", type=Path, help="JSONL with text and label")
    source.add_argument("--undo", action="store_true", help="return to the shipped blend")
    parser.add_argument("--model", type=Path, default=MODEL_FOLDER)
    parser.add_argument("--save", action="store_true", help="write blend.corrected.json beside the shipped blend")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    args = parser.parse_args(argv)
    if args.undo:
        return _undo(args.model / CORRECTED_FILE)
    try:
        outcome = calibrate(args.model, read_corrections(args.corrections))
    except SentimentError as exc:
        print(f"bot sentiment calibrate: {exc}", file=sys.stderr)  # noqa: T201
        return 2
    print(json.dumps(outcome.report, indent=2) if args.json else as_text(outcome.report))  # noqa: T201
    if outcome.worse is not None:
        print(f"Not {'saved' if args.save else 'worth saving'}: {outcome.worse}", file=sys.stderr)  # noqa: T201
        return 1 if args.save else 0
    if args.save:
        path = args.model / CORRECTED_FILE
        outcome.blend.write(path, fitted=outcome.report)
        print(f"Saved {path}; it counts from the engine's next start.", file=sys.stderr)  # noqa: T201
    return 0


def _undo(path: Path) -> int:
    there = path.exists()
    path.unlink(missing_ok=True)
    said = f"Removed {path}; the shipped blend counts from the engine's next start." if there else "Nothing to undo."
    print(said, file=sys.stderr)  # noqa: T201
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
