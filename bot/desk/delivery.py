"""When to try an outgoing webhook again, and when to stop.

The schedule of Standard Webhooks: ten tries over 75 h 35 min 5 s, spread by ±20 % so that a receiver that comes back is
not met by everything at once. `Retry-After` is a lower bound that a receiver sets; 410 means that it wants no more.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Literal

# Waits after the first, second … ninth failed try, in seconds: 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h.
WAITS_S: tuple[int, ...] = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
MAX_TRIES = len(WAITS_S) + 1
JITTER = 0.2
MAX_RETRY_AFTER_S = 86_400  # a receiver may slow us down for a day, not park an event for ever

Verdict = Literal["delivered", "retry", "dead", "disable"]


@dataclass(frozen=True, kw_only=True)
class NextStep:
    """What becomes of a delivery after one try."""

    verdict: Verdict
    reason: str
    at: datetime | None = None


def after_try(
    *,
    tries: int,
    status: int | None,
    now: datetime,
    jitter: float,
    headers: Mapping[str, str] | None = None,
    error: str | None = None,
) -> NextStep:
    """Decide what becomes of a delivery after one try.

    Args:
        tries: Tries so far, this one included; at least 1.
        status: The receiver's HTTP status; None when there was no answer.
        now: Aware; when the try ended.
        jitter: Random in [0, 1); spreads the wait over ±20 %.
        headers: The receiver's headers, for `Retry-After`.
        error: Why there was no answer, in words.

    Returns:
        `delivered` after 2xx; `disable` after 410; `retry` with `at`; `dead` after the tenth try.
    """
    if status is not None and 200 <= status < 300:
        return NextStep(verdict="delivered", reason=f"The receiver answered {status}.")
    reason = _reason(status, error)
    if status == 410:
        return NextStep(verdict="disable", reason=reason)
    if tries >= MAX_TRIES:
        return NextStep(verdict="dead", reason=f"{reason} That was try {tries} of {MAX_TRIES}.")
    wait_s = wait_after(tries, jitter=jitter)
    asked_s = retry_after_s(headers or {}, now=now)
    at = now + timedelta(seconds=max(wait_s, asked_s or 0))
    return NextStep(verdict="retry", reason=reason, at=at)


def wait_after(tries: int, *, jitter: float) -> float:
    """Seconds to wait after a failed try.

    Args:
        tries: Tries so far, 1 to 9.
        jitter: Random in [0, 1); 0.5 gives the schedule's own figure.

    Raises:
        ValueError: There is no further try, or the jitter is out of range.
    """
    if not 1 <= tries < MAX_TRIES:
        raise ValueError(f"After try {tries} there is no further one; the schedule has {MAX_TRIES}.")
    if not 0 <= jitter < 1:
        raise ValueError(f"The jitter must be in [0, 1), not {jitter}.")
    return WAITS_S[tries - 1] * (1 - JITTER + 2 * JITTER * jitter)


def retry_after_s(headers: Mapping[str, str], *, now: datetime) -> float | None:
    """How long the receiver asks us to wait.

    Args:
        headers: The receiver's headers; names in any case.
        now: Aware; needed because `Retry-After` may be a date.

    Returns:
        Seconds in [0, 86,400]; None when the header is missing or cannot be read.
    """
    value = next((text.strip() for name, text in headers.items() if name.lower() == "retry-after"), "")
    if value.isascii() and value.isdigit():
        return float(min(int(value[:9]), MAX_RETRY_AFTER_S))
    try:
        moment = parsedate_to_datetime(value)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return min(max((moment - now).total_seconds(), 0.0), float(MAX_RETRY_AFTER_S))


def _reason(status: int | None, error: str | None) -> str:
    if status is None:
        return f"The receiver did not answer: {error or 'no reason known'}."
    if 300 <= status < 400:
        return f"The receiver answered {status}; redirects are not followed. Enter the address it points to."
    if status == 410:
        return "The receiver answered 410: it wants no more webhooks."
    return f"The receiver answered {status}."
