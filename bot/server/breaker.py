"""Circuit breaker of the engine: customers do not wait for what failed for everyone before them.

closed ──5 failures in 30 s──► open ──the engine says it is ready──► half-open ──an answer──► closed
                                ▲                                      └──a failure──┘
"""

from collections import deque
from collections.abc import Callable
from time import monotonic
from typing import Literal

State = Literal["closed", "open", "half-open"]


class Breaker:
    """Lets turns through while the engine answers."""

    def __init__(self, *, failures: int = 5, window_s: float = 30.0, now: Callable[[], float] = monotonic) -> None:
        self._limit = failures
        self._window_s = window_s
        self._now = now
        self._failed: deque[float] = deque(maxlen=failures)
        self._canary_runs = False
        self.state: State = "closed"

    def admits(self) -> bool:
        """Whether a turn may go to the engine now; half-open admits one at a time, as a canary."""
        if self.state == "closed":
            return True
        if self.state == "open" or self._canary_runs:
            return False
        self._canary_runs = True
        return True

    def succeeded(self) -> None:
        """A turn was answered."""
        self._failed.clear()
        self._canary_runs = False
        self.state = "closed"

    def failed(self) -> None:
        """A turn was not answered."""
        now = self._now()
        self._failed.append(now)
        self._canary_runs = False
        too_many = len(self._failed) == self._limit and now - self._failed[0] <= self._window_s
        if self.state == "half-open" or too_many:
            self.state = "open"

    def ready(self) -> None:
        """The engine says it is ready: try one turn."""
        if self.state == "open":
            self.state = "half-open"
