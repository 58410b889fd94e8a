"""What is left out of Rasa, and how it comes back."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.assistant import stand_ins

OURS: dict[str, Any] = {
    "recipe": "default.v1",
    "pipeline": [{"name": "bot.assistant.components.ranker.ArticleRanker"}],
    "policies": [{"name": "bot.assistant.policy.EscalationPolicy"}, {"name": "RulePolicy"}],
}
HEAVY = """
LOADED.append(__name__)

class Classifier:
    default = {"epochs": 300}

    def __init__(self, size):
        self.size = size

def read(text):
    return text.upper()
"""


@pytest.fixture
def loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """A package with one heavy module, left out; the list tells when it is really imported."""
    (tmp_path / "slow_library").mkdir()
    (tmp_path / "slow_library" / "__init__.py").touch()
    (tmp_path / "slow_library" / "heavy.py").write_text("from builtins import LOADED\n" + HEAVY)
    found: list[str] = []
    monkeypatch.setattr("builtins.LOADED", found, raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(stand_ins, "MODULES", ("slow_library.heavy",))
    monkeypatch.setattr(sys, "meta_path", [each for each in sys.meta_path if each is not stand_ins._FINDER])
    stand_ins.put_in(OURS)
    yield found
    for name in ("slow_library", "slow_library.heavy"):
        sys.modules.pop(name, None)


def heavy() -> Any:
    return importlib.import_module("slow_library.heavy")


def test_importing_names_and_asking_what_belongs_to_them_loads_nothing(loaded: list[str]) -> None:
    classifier = heavy().Classifier

    assert isinstance(classifier, type)
    assert not isinstance(3, classifier)
    assert not issubclass(int, classifier)
    assert {classifier, heavy().Classifier} == {classifier}
    assert loaded == []


def test_reading_an_attribute_brings_the_real_module(loaded: list[str]) -> None:
    stand_in = heavy().Classifier

    assert stand_in.default == {"epochs": 300}
    assert loaded == ["slow_library.heavy"]
    assert heavy().Classifier is not stand_in


def test_a_stand_in_kept_by_another_module_goes_on_working(loaded: list[str]) -> None:
    classifier, read = heavy().Classifier, heavy().read

    made = classifier(7)

    assert (made.size, read("shout")) == (7, "SHOUT")
    assert isinstance(made, classifier)
    assert issubclass(heavy().Classifier, classifier)
    assert loaded == ["slow_library.heavy"]


def test_what_is_imported_already_stays(loaded: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    stand_ins.bring_back()

    assert not stand_ins.put_in(OURS)
    assert loaded == ["slow_library.heavy"]


@pytest.mark.parametrize(
    ("change", "safe"),
    [
        ({}, True),
        ({"pipeline": [{"name": "DIETClassifier", "epochs": 5}]}, False),
        ({"pipeline": [{"name": "WhitespaceTokenizer"}]}, False),
        ({"pipeline": [{"name": "my.company.Component"}]}, False),
        ({"pipeline": [{"epochs": 5}]}, False),
        ({"pipeline": None}, False),
        ({"pipeline": "supervised_embeddings"}, False),
        ({"pipeline": 5}, False),
        ({"pipeline": []}, False),
        ({"policies": [{"name": "TEDPolicy"}]}, False),
        ({"policies": None}, False),
        ({"recipe": "graph.v1"}, False),
        ({"recipe": None}, False),
    ],
)
def test_only_a_configuration_of_known_names_does_without(change: dict[str, Any], safe: bool) -> None:
    assert stand_ins.are_safe({**OURS, **change}) is safe


def test_the_shipped_configuration_does_without() -> None:
    assert stand_ins.are_safe(yaml.safe_load(Path("config.yml").read_text(encoding="utf-8")))


def test_training_with_the_shipped_configuration_imports_neither_tensorflow_nor_scikit_learn() -> None:
    program = """
import sys
from bot.assistant.importer import ArticleImporter
ArticleImporter("config.yml")
import rasa.validator, rasa.model_training
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
DefaultV1Recipe().graph_config_for_recipe(ArticleImporter("config.yml").get_config(), {})
print([name for name in ("tensorflow", "sklearn", "matplotlib") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout.split("\n")[-2] == "[]"


@pytest.mark.parametrize("content", [None, b"", b"- a list", b"pipeline: [", b"\xff\xfe"])
def test_a_configuration_that_cannot_be_read_leaves_rasa_as_it_is(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "config.yml"
    if content is not None:
        file.write_bytes(content)

    assert stand_ins.put_in_for(file) is False
