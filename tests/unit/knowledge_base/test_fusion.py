"""The fusion: probabilities that add up, and a shipped file that is checked."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from knowledge_base.fusion import Fusion, Shop
from knowledge_base.index import Evidence
from knowledge_base.ranker import RankerUnreadable

STRONG = [0.9, 0.9, 0.8, 0.8, 0.0, 1.0]
WEAK = [0.1, 0.3, 0.3, 0.1, 0.0, 1.0]


def evidence(*features: list[float], known: float = 1.0) -> Evidence:
    rows = np.array(features, dtype=np.float32)
    return Evidence(labels=np.arange(len(rows), dtype=np.int32), features=rows, known=known)


def test_strong_evidence_is_known_and_weak_is_not() -> None:
    shop = Shop(labels=2, examples=10)

    shares, sure = Fusion.shipped().judge(evidence(STRONG, WEAK), shop, words=5)
    _, unsure = Fusion.shipped().judge(evidence(WEAK, WEAK, known=0.2), shop, words=5)

    assert shares.sum() == pytest.approx(1)
    assert shares[0] > 0.95
    assert sure > 0.9
    assert unsure < 0.2


def test_equal_evidence_is_shared_equally() -> None:
    shares, _ = Fusion.shipped().judge(evidence(STRONG, STRONG), Shop(labels=2, examples=2), words=3)

    assert shares.tolist() == pytest.approx([0.5, 0.5])


@pytest.mark.parametrize("content", ["", "{}", '{"weights": "many"}', "[1]"])
def test_a_damaged_file_says_how_to_restore_it(tmp_path: Path, content: str) -> None:
    (tmp_path / "fusion.json").write_text(content, encoding="utf-8")

    with pytest.raises(RankerUnreadable, match="git checkout"):
        Fusion.load(tmp_path / "fusion.json")
