"""The SDK, imported once and without its deprecation warnings, which are not ours to mend."""

from __future__ import annotations

import importlib
import warnings

import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    importlib.import_module("rasa_sdk.endpoint")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"
