"""A report an owner can read: what is weak, what is mistaken for what, and how far the confidence can be trusted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bot.evaluation.measures import Floats, Judged, bins_of_reliability, confusions, per_label, risk_coverage

__all__ = ["Report"]

_WEAKEST = 15
_WORST = 15
_MEANINGS = {
    "accuracy": "messages understood as their label says",
    "inscope_accuracy": "… of those that have an answer",
    "oos_recall": "messages without an answer that were recognised as such",
    "mcc": "Matthews correlation: 1 perfect, 0 guessing",
    "threshold": "confidence below which the assistant falls back",
    "train_s": "seconds of training",
    "ms_per_message_p50": "milliseconds for a message, median",
    "messages": "messages in the test",
    "ece": "calibration error: mean gap between confidence and truth",
    "oos_auroc": "how well known and unknown are told apart: 1 perfect, 0.5 guessing",
    "top3_accuracy": "right article among the first three",
    "wrong_answers": "messages answered with a wrong article",
}


@dataclass(frozen=True, kw_only=True)
class Report:
    """Figures and judged messages, readable as text; `none_label` marks messages that nothing answers."""

    title: str
    figures: Mapping[str, float | int | None]
    judged: Sequence[Judged]
    none_label: str | None = None
    notes: Sequence[str] = ()

    def text(self) -> str:
        """The report as Markdown."""
        return "\n".join(self._lines())

    def write(self, folder: Path) -> None:
        """Write `report.md`, `reliability.png` and `risk-coverage.png`, making the folder when it is missing."""
        folder.mkdir(parents=True, exist_ok=True)
        _draw(self.judged, folder)
        pictures = "\n![Reliability](reliability.png)\n\n![Risk and coverage](risk-coverage.png)\n"
        (folder / "report.md").write_text(self.text() + "\n" + pictures, encoding="utf-8")

    def _lines(self) -> Iterator[str]:
        yield f"# {self.title}\n"
        yield "| figure | value | meaning |\n| --- | ---: | --- |"
        for name, value in self.figures.items():
            yield f"| {name} | {'–' if value is None else value} | {_MEANINGS.get(name, '')} |"
        yield "\n## Weakest labels\n\n| label | messages | recall | precision |\n| --- | ---: | ---: | ---: |"
        for label, count, recall, precision in per_label(self.judged)[:_WEAKEST]:
            yield f"| {_cell(label)} | {count} | {recall:.2f} | {precision:.2f} |"
        yield "\n## Taken for something else\n\n| is | taken for | times |\n| --- | --- | ---: |"
        for truth, guess, count in confusions(self.judged)[:_WEAKEST]:
            yield f"| {_cell(truth)} | {_cell(guess)} | {count} |"
        yield "\n## Wrong and sure of it\n\n| message | is | taken for | confidence |\n| --- | --- | --- | ---: |"
        for judged in self._worst():
            cells = [_cell(judged.text), _cell(judged.truth), _cell(judged.predicted), f"{judged.confidence:.2f}"]
            yield f"| {' | '.join(cells)} |"
        yield "\n## If only the surest were answered\n\n| answered | of these wrong |\n| ---: | ---: |"
        for coverage, risk in self._risks():
            yield f"| {coverage:.0%} | {risk:.1%} |"
        if self.notes:
            yield "\n## Worth a look\n"
            yield from (f"- {note}" for note in self.notes)

    def _worst(self) -> list[Judged]:
        wrong = [j for j in self.judged if j.predicted != j.truth and j.predicted != self.none_label]
        return sorted(wrong, key=lambda judged: -judged.confidence)[:_WORST]

    def _risks(self) -> Iterator[tuple[float, float]]:
        confidences, right = _arrays(self.judged)
        coverage, risk = risk_coverage(confidences, right)
        for share in (0.1, 0.25, 0.5, 0.75, 0.9, 1.0):
            place = max(int(np.ceil(share * len(coverage))) - 1, 0)
            yield float(coverage[place]), float(risk[place])


def _arrays(judged: Sequence[Judged]) -> tuple[Floats, npt.NDArray[np.bool_]]:
    return np.array([j.confidence for j in judged]), np.array([j.best == j.truth for j in judged])


def _draw(judged: Sequence[Judged], folder: Path) -> None:
    # Imported here: only this report draws, and it takes a second.
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    confidences, right = _arrays(judged)
    figure, axes = pyplot.subplots(figsize=(5, 5))
    found = bins_of_reliability(confidences, right)
    axes.plot([0, 1], [0, 1], color="#999999", linestyle="--", label="perfectly honest")
    axes.bar([sure for _, _, sure, _ in found], [true for _, _, _, true in found], width=0.05, color="#4878a8")
    axes.set(xlabel="confidence", ylabel="share that was right", xlim=(0, 1), ylim=(0, 1), title="Reliability")
    axes.legend()
    figure.savefig(folder / "reliability.png", dpi=120, bbox_inches="tight")
    pyplot.close(figure)
    figure, axes = pyplot.subplots(figsize=(5, 4))
    axes.plot(*risk_coverage(confidences, right), color="#a85448")
    axes.set(
        xlabel="share answered, surest first", ylabel="share of these wrong", xlim=(0, 1), title="Risk and coverage"
    )
    axes.set_ylim(bottom=0)
    figure.savefig(folder / "risk-coverage.png", dpi=120, bbox_inches="tight")
    pyplot.close(figure)


def _cell(text: str) -> str:
    plain = " ".join(text.replace("|", "\\|").split())
    return plain if len(plain) <= 100 else plain[:99] + "…"
