"""The blend: what it sees of a text, and what it makes of it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sentiment.blend import BLEND_FILE, CORRECTED_FILE, FEATURES, Blend, features_of
from sentiment.errors import ModelUnavailable
from sentiment.transformer import TransformerReading
from sentiment.vader import VaderReader

READER = VaderReader()
READING = TransformerReading(logits=np.array([2.0, 0.0, -1.0]), frustration=1.5, tokens=())


def described(text: str) -> dict[str, float]:
    features = features_of(text, READING, READER.read(text), READER)
    return dict(zip(FEATURES, features.tolist(), strict=True))


def made(version: str) -> Blend:
    polarity = np.zeros((3, len(FEATURES)))
    for label, name in enumerate(("log_negative", "log_neutral", "log_positive")):
        polarity[label, FEATURES.index(name)] = 1.0
    frustration = np.zeros((2, len(FEATURES)))
    frustration[1, FEATURES.index("frustration")] = 1.0
    return Blend(
        mean=np.zeros(len(FEATURES)),
        scale=np.ones(len(FEATURES)),
        polarity=polarity,
        frustration=frustration,
        label_shares=(0.4, 0.3, 0.3),
        version=version,
    )


@pytest.mark.parametrize(
    ("text", "feature", "expected"),
    [
        ("WHERE IS MY PARCEL", "shouting", 1.0),
        ("the ISBN is wrong", "shouting", 0.0),
        ("I do not like it", "negation", 1.0),
        ("I like it", "negation", 0.0),
        ("why?? why?? why??", "questions", 3.0),
        ("late 😡", "emoji", VaderReader().read("😡").compound),
        ("late", "emoji", 0.0),
        ("late", "constant", 1.0),
        ("late", "frustration", 1.5),
    ],
)
def test_features(text: str, feature: str, expected: float) -> None:
    assert described(text)[feature] == pytest.approx(expected)


def test_probabilities_become_label_polarity_and_confidence() -> None:
    verdict = made("a").judge(features_of("late", READING, READER.read("late"), READER))

    assert verdict.label == "negative"
    assert -1 <= verdict.polarity < 0
    assert 1 / 3 <= verdict.confidence <= 1
    assert verdict.frustration == pytest.approx(1 / (1 + np.exp(-1.5)))


def test_a_blend_survives_its_file(tmp_path: Path) -> None:
    made("a").write(tmp_path / BLEND_FILE, fitted={})

    blend = Blend.load(tmp_path)

    assert blend.version == "a"
    assert np.array_equal(blend.polarity, made("a").polarity)


def test_corrected_weights_are_preferred(tmp_path: Path) -> None:
    made("shipped").write(tmp_path / BLEND_FILE, fitted={})
    replace(made("corrected"), corrects="shipped").write(tmp_path / CORRECTED_FILE, fitted={})

    assert Blend.load(tmp_path).version == "corrected"


def test_weights_for_other_features_are_refused(tmp_path: Path) -> None:
    made("a").write(tmp_path / BLEND_FILE, fitted={})
    document = json.loads((tmp_path / BLEND_FILE).read_text("utf-8"))
    (tmp_path / BLEND_FILE).write_text(json.dumps({**document, "features": ["other"]}), "utf-8")

    with pytest.raises(ModelUnavailable, match="fitted for other features"):
        Blend.load(tmp_path)


def test_a_missing_blend_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"blend\.json"):
        Blend.load(tmp_path)


def test_a_correction_of_a_model_with_other_features_does_not_stop_the_start(tmp_path: Path) -> None:
    made("shipped").write(tmp_path / BLEND_FILE, fitted={})
    old = {"corrects": "last-year", "features": ["log_negative"]}
    (tmp_path / CORRECTED_FILE).write_text(json.dumps(old), "utf-8")

    assert Blend.load(tmp_path).version == "shipped"
