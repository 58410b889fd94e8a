"""Needs: a calibration for every head, read strictly, and None where nobody can tell."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sentiment.errors import ModelUnavailable
from sentiment.needs import MEANINGS, NEEDS, NEEDS_FILE, Calibration
from sentiment.scorer import Scorer


def test_every_need_has_a_meaning() -> None:
    assert tuple(MEANINGS) == NEEDS
    assert all(MEANINGS.values())


def test_a_calibration_turns_logits_into_probabilities_by_name(tmp_path: Path) -> None:
    heads = {name: {"slope": 2.0, "offset": -1.0} for name in NEEDS}
    (tmp_path / NEEDS_FILE).write_text(json.dumps({"heads": heads}), "utf-8")

    needs = Calibration.read(tmp_path).probabilities([0.5] * 9 + [1e9])

    assert list(needs) == list(NEEDS)
    assert needs["person"] == pytest.approx(0.5)
    assert needs["settled"] == pytest.approx(1.0)


@pytest.mark.parametrize("content", ["", "{}", '{"heads": {"person": {"slope": 1, "offset": 0}}}', '{"heads": 3}'])
def test_a_damaged_calibration_stops_the_start(tmp_path: Path, content: str) -> None:
    (tmp_path / NEEDS_FILE).write_text(content, "utf-8")

    with pytest.raises(ModelUnavailable, match=NEEDS_FILE):
        Calibration.read(tmp_path)


def test_the_lexicon_alone_knows_no_needs() -> None:
    assert Scorer.lexicon_only().score("can I talk to a person please").needs is None
