"""The model card is made of records, not typed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sentiment import card
from sentiment.errors import ModelUnavailable
from sentiment.needs import NEEDS

RUN = {
    "steps": 2610,
    "batch": 64,
    "rate": 7e-5,
    "seed": 7,
    "per_epoch": {"tweets": 60_000},
    "examples": {"tweets": 42_706},
}
RECORD: dict[str, Any] = {
    "sha256": "abc123",
    "bytes": 22_982_444,
    "training": {**RUN, "steps": 1135, "continues": {**RUN, "continues": None}},
    "parity": {"texts": 300, "same_label": 0.98, "mean_shift_of_polarity": 0.0204},
}
BLEND: dict[str, Any] = {
    "polarity": [[0.0] * 17] * 3,
    "frustration": [[0.0] * 17] * 2,
    "label_shares": [0.4, 0.3, 0.3],
    "fitted": {"examples": {"tweets": 4_703}, "heaviest_word_confirmed": 0.6},
}
FIGURES = dict.fromkeys((key for key, _ in card._FIGURES), 0.5)
REPORT: dict[str, Any] = {
    **FIGURES,
    "n": 2726,
    "version": "minilm-abc",
    "vader": FIGURES,
    "fairness": {
        "mean": 0.02,
        "worst": 0.3,
        "worst_text": "Kofi here, thanks!",
        "variants": 700,
        "by_kind": {"names": {"mean": 0.01, "worst": 0.3}},
    },
}

FOUND = {name: {"n": 12, "auroc": 0.97, "precision": 0.8, "recall": None} for name in NEEDS}
NEEDED: dict[str, Any] = {
    "cut": 0.5,
    "fitted": {
        "examples": {"messages": 460, "calm": 3100},
        "figures": FOUND,
        "said_of_calm": dict.fromkeys(NEEDS, 0.004),
    },
}


def test_the_card_tells_runs_sources_figures_and_limits() -> None:
    text = card.render(RECORD, BLEND, {"airline": REPORT}, NEEDED, FOUND)

    assert "Run 1: 2,610 steps" in text
    assert "Run 2: 1,135 steps" in text
    assert "| 42,706 |" in text
    assert "airline (n = 2,726)" in text
    assert "0.500 (VADER 0.500)" in text
    assert "0.020 on average, 0.300 at worst (names 0.30)" in text
    assert "in 60% of held-out messages" in text
    assert "| `danger` | somebody's health or safety is at risk or was hurt | 12 | 0.970 | 0.800 | – |" in text


def test_the_command_writes_beside_the_model(tmp_path: Path) -> None:
    documents = {"model": RECORD, "blend": BLEND, "needs": NEEDED, "report": REPORT, "unseen": FOUND}
    for name, document in documents.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(document), "utf-8")
    report, unseen = tmp_path / "report.json", tmp_path / "unseen.json"

    card.main(["--figures", f"airline={report}", "--unseen", str(unseen), "--model", str(tmp_path)])

    assert (tmp_path / "MODEL_CARD.md").read_text("utf-8").startswith("# Model card")


def test_a_missing_record_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="Run train, export, fit and evaluate first"):
        card.main(["--figures", f"airline={tmp_path / 'none.json'}", "--unseen", "none", "--model", str(tmp_path)])
