"""Seeds and sizes of the fault campaign: short in `make test`, long in `make faults SEED=n RUNS=n`."""

from __future__ import annotations

import gc
import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

Report = Callable[[str], None]
MEASURED = "measured"
LONG_FROM = 100
TIMEOUT_S = 300
"""These tests start processes, which takes a busy machine its time."""


@dataclass(frozen=True)
class Campaign:
    """How hard to try.

    Attributes:
        seed: Replays the same faults.
        runs: Kills per campaign.
    """

    seed: int
    runs: int

    @property
    def is_long(self) -> bool:
        """Whether this is `make faults` and not the short campaign of `make test`."""
        return self.runs >= LONG_FROM

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
    if item.get_closest_marker("timeout") is None:
        item.add_marker(pytest.mark.timeout(TIMEOUT_S))


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


@pytest.fixture
def report(request: pytest.FixtureRequest) -> Report:
    """Says what a campaign measured, at the end of the run and also when it passed."""
    return lambda line: request.node.user_properties.append((MEASURED, line))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    for reports in terminalreporter.stats.values():
        for each in reports:
            for name, line in getattr(each, "user_properties", ()):
                if name == MEASURED and getattr(each, "when", "") == "call":
                    terminalreporter.write_line(line)
