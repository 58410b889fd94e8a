"""The circuit of one receiver: after failures in a row it is left alone for a while, then tried with one delivery."""

from dataclasses import dataclass
from datetime import datetime, timedelta

FAILURES_TO_OPEN = 5
PAUSE_S = 30  # doubles with every further failure
MAX_PAUSE_S = 600  # a receiver that is back is noticed within ten minutes


@dataclass(frozen=True, kw_only=True)
class Circuit:
    """The state of one receiver.

    Attributes:
        failures: In a row.
        opens_again_at: Nothing is sent before; None while the circuit is closed.
    """

    failures: int = 0
    opens_again_at: datetime | None = None

    @property
    def on_trial(self) -> bool:
        """Whether only one delivery at a time may go out, until one succeeds."""
        return self.failures >= FAILURES_TO_OPEN

    def after(self, *, succeeded: bool, now: datetime, speed: float = 1.0) -> "Circuit":
        """The circuit after one more try.

        Args:
            succeeded: Whether the receiver took it.
            now: Aware; when the try ended.
            speed: How many times faster than planned pauses pass; above 1 in tests only.
        """
        if succeeded:
            return Circuit()
        if self.opens_again_at is not None and now < self.opens_again_at:
            return self  # a try that began before the circuit opened tells nothing new
        failures = self.failures + 1
        if failures < FAILURES_TO_OPEN:
            return Circuit(failures=failures)
        doublings = min(failures - FAILURES_TO_OPEN, 10)
        pause_s = min(PAUSE_S * 2**doublings, MAX_PAUSE_S) / speed
        return Circuit(failures=failures, opens_again_at=now + timedelta(seconds=pause_s))
