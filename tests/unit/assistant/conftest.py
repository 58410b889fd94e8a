"""Rasa, imported once and without its deprecation warnings, which are not ours to mend."""

from __future__ import annotations

import importlib
import warnings

import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    for name in ("rasa.core.run", "spacy.cli", "bot.assistant.channel", "bot.assistant.training"):
        importlib.import_module(name)
    from rasa.shared.core.domain import Domain


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "/unit/assistant/" in item.path.as_posix():
            item.add_marker(pytest.mark.filterwarnings("ignore::DeprecationWarning"))
            item.add_marker(pytest.mark.filterwarnings("ignore:Slot auto-fill has been removed:UserWarning"))


@pytest.fixture(scope="session")
def domain() -> Domain:
    """The shipped domain."""
    return Domain.load("bot/assistant/domain")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
