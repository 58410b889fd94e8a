"""The shipped encoder, loaded once."""

from __future__ import annotations

import pytest

from knowledge_base.encoder import Encoder


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    """The shipped encoder."""
    return Encoder.load()
