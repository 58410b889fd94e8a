"""Seeds and sizes of the fault campaign: short in `make test`, long in `make faults SEED=n RUNS=n`."""

from __future__ import annotations

import os
import random
import socket
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
