"""Stand-ins for the parts of Rasa that our configuration has no use for: TensorFlow, scikit-learn, plots.

Rasa imports them whatever is configured: four of the seven seconds of processor time that importing it takes, and half
of its memory. Here their modules are empty until somebody really uses one: calls it, or reads an attribute of it. Then
all of them are imported as they are, and everything works as if they had always been there.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

# Imported by Rasa's recipe whatever is configured, and importing something large.
MODULES = (
    "rasa.core.policies.ted_policy",
    "rasa.core.policies.unexpected_intent_policy",
    "rasa.nlu.classifiers.diet_classifier",
    "rasa.nlu.classifiers.logistic_regression_classifier",
    "rasa.nlu.classifiers.sklearn_intent_classifier",
    "rasa.nlu.extractors.crf_entity_extractor",
    "rasa.nlu.featurizers.dense_featurizer.convert_featurizer",
    "rasa.nlu.featurizers.dense_featurizer.lm_featurizer",
    "rasa.nlu.featurizers.sparse_featurizer.count_vectors_featurizer",
    "rasa.nlu.selectors.response_selector",
    "rasa.utils.plotting",
    "rasa.utils.tensorflow.callback",
    "rasa.utils.tensorflow.data_generator",
    "rasa.utils.tensorflow.model_data",
)
_OURS = "bot.assistant."
# Rasa's own that need none of it; any other name, even a new one, has Rasa as it is.
_PLAIN = frozenset({"RulePolicy", "MemoizationPolicy", "AugmentedMemoizationPolicy", "FallbackClassifier"})


def are_safe(config: Mapping[str, Any]) -> bool:
    """Whether a configuration names only components that need nothing of what is left out."""
    pipeline, policies = config.get("pipeline") or (), config.get("policies") or ()
    if config.get("recipe") != "default.v1" or not (isinstance(pipeline, list) and isinstance(policies, list)):
        return False  # what is not named Rasa would choose
    names = [str(entry.get("name")) if isinstance(entry, dict) else str(entry) for entry in [*pipeline, *policies]]
    return all(name in _PLAIN or name.startswith(_OURS) for name in names)


def put_in(config: Mapping[str, Any]) -> bool:
    """Puts the stand-ins in place unless `config` needs the real modules; answers whether they are in place.

    Where one of the modules is imported already, all stay as they are: this is for the beginning of a process.
    """
    if _FINDER in sys.meta_path:
        return True
    if not are_safe(config) or any(name in sys.modules for name in MODULES):
        return False
    sys.meta_path.insert(0, _FINDER)
    return True


def put_in_for(file: Path = Path("config.yml")) -> bool:
    """As `put_in`, for the configuration in a file; one that cannot be read is left to Rasa to report."""
    try:
        config = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError):
        return False
    return isinstance(config, dict) and put_in(config)


def bring_back() -> None:
    """Imports the real modules in place of the stand-ins."""
    if _FINDER in sys.meta_path:
        sys.meta_path.remove(_FINDER)
    for name in MODULES:
        if isinstance(sys.modules.get(name), _StandInModule):
            del sys.modules[name]
    for name in MODULES:
        importlib.import_module(name)


class _StandIn(type):
    """The class of stand-ins; each stands for one name of one module."""

    def _real(cls) -> Any:
        bring_back()
        return getattr(sys.modules[cls.__module__], cls.__name__)

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):  # what Python and `typing` look for in any class
            raise AttributeError(name)
        return getattr(cls._real(), name)

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        return cls._real()(*args, **kwargs)

    def __instancecheck__(cls, instance: Any) -> bool:
        return not cls._is_out() and isinstance(instance, cls._real())

    def __subclasscheck__(cls, subclass: type) -> bool:
        return subclass is cls or (not cls._is_out() and issubclass(subclass, cls._real()))

    def _is_out(cls) -> bool:
        return isinstance(sys.modules.get(cls.__module__), _StandInModule)


class _StandInModule(ModuleType):
    """Has every public name that is asked of it."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        stand_in = _StandIn(name, (), {"__module__": self.__name__})
        setattr(self, name, stand_in)
        return stand_in


class _Finder(MetaPathFinder, Loader):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        return ModuleSpec(fullname, self) if fullname in MODULES else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _StandInModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        pass


_FINDER = _Finder()
