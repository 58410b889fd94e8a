"""The owner's thresholds: ranges, contradictions, JSON."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.desk.errors import InvalidRequest
from bot.desk.escalation_settings import EscalationSettings


def test_settings_survive_json() -> None:
    settings = EscalationSettings(angry_turns=2, always_phrases=("wholesale", "press"))

    assert EscalationSettings.from_dict(json.loads(json.dumps(settings.to_dict()))) == settings


def test_what_is_missing_keeps_its_default() -> None:
    assert EscalationSettings.from_dict({"angry_turns": 2}) == EscalationSettings(angry_turns=2)


def test_every_setting_is_described_with_its_default() -> None:
    described = {one["name"]: one for one in EscalationSettings.describe()}

    assert {name: one["default"] for name, one in described.items()} == EscalationSettings().to_dict()
    assert all(one["help"] for one in described.values())


@pytest.mark.parametrize("setting", EscalationSettings.describe(), ids=lambda one: one["name"])
def test_every_setting_is_documented_with_its_default_and_meaning(setting: dict[str, Any]) -> None:
    page = (Path(__file__).parents[3] / "docs" / "escalation.md").read_text("utf-8")
    default = "none" if setting["default"] == [] else json.dumps(setting["default"])

    assert f"| `{setting['name']}` | {default} |" in page
    assert setting["help"] in page


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"angry_turns": 1}, "angry_turns"),
        ({"angry_turns": 2.5}, "angry_turns"),
        ({"angry_turns": True}, "angry_turns"),
        ({"angry_turns": "3"}, "angry_turns"),
        ({"negative_polarity": 0.2}, "negative_polarity"),
        ({"negative_polarity": float("nan")}, "negative_polarity"),
        ({"hand_over_on_legal": 1}, "hand_over_on_legal"),
        ({"always_phrases": "wholesale"}, "always_phrases"),
        ({"always_phrases": [""]}, "always_phrases"),
        ({"always_phrases": ["x"] * 101}, "always_phrases"),
        ({"unheard_of": 1}, "unheard_of"),
        ({"angry_turns": 6}, "angry_turns"),
        ({"failures_to_offer": 4}, "failures_to_offer"),
        ({"failures_to_escalate": 5}, "failures_to_escalate"),
        ({"strong_polarity": -0.1}, "strong_polarity"),
        ({"need_to_offer": 0.9, "need_to_hand_over": 0.8}, "need_to_offer"),
    ],
)
def test_what_does_not_fit_is_named(values: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        EscalationSettings.from_dict(values)

    assert [error["field"] for error in refusal.value.errors] == [field]
