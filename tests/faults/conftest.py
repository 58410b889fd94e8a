"""Seeds and sizes of the fault campaign: short in `make test`, long in `make faults SEED=n RUNS=n`."""

from __future__ import annotations

import gc
import os
import random
import socket
from collections.abc import Iterator
from dataclasses import dataclass

import pytest


@dataclass(frozen=True)
class Campaign:
    """How hard to try.

    Attributes:
        seed: Replays the same faults.
        runs: Kills per campaign.
    """

    seed: int
    runs: int

    def rng(self, name: str) -> random.Random:
        """The random source of one test; the same seed gives the same faults."""
        return random.Random(f"{self.seed}:{name}")


def pytest_itemcollected(item: pytest.Item) -> None:
    """These tests cut connections and kill processes on purpose.

    A socket that was torn in the middle of a write is closed by the garbage collector, at a moment that nobody chose:
    its ResourceWarning says nothing of the product, and must not fail whatever test runs just then.
    """
    item.add_marker(pytest.mark.filterwarnings("ignore::ResourceWarning"))
    item.add_marker(pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"))


@pytest.fixture(autouse=True)
def _collected_here() -> Iterator[None]:
    """Collect what a test left within the test, so that no later one meets it."""
    yield
    gc.collect()


@pytest.fixture
def campaign(request: pytest.FixtureRequest) -> Campaign:
    chosen = Campaign(
        seed=int(os.environ.get("FRONTDESK_FAULT_SEED", "1")), runs=int(os.environ.get("FRONTDESK_FAULT_RUNS", "25"))
    )
    request.node.user_properties.append(("seed", chosen.seed))
    # Shown by pytest beside a failure, so that it can be replayed.
    print(f"replay with: make faults SEED={chosen.seed} RUNS={chosen.runs}")  # noqa: T201
    return chosen


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
