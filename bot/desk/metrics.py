"""The desk's figures, each with its formula and, where it is a share, with its interval.

The trade disagrees on what containment and deflection are, so a figure is never shown without its formula. A small
business has forty conversations a week: an interval says what a bare percentage hides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt

Z_95 = 1.959964  # two-sided 95 %
DEFLECTION_WINDOW = timedelta(hours=72)
SATISFIED_FROM = 4  # of 5


@dataclass(frozen=True, kw_only=True)
class Share:
    """A share of cases with its 95 % interval (Wilson 1927); None where there are no cases."""

    hits: int
    n: int
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, kw_only=True)
class ClosedConversation:
    """What the figures need of one closed conversation.

    Attributes:
        customer: The same for conversations of the same customer, where that is known; else None.
        started_at: Aware.
        closed_at: Aware.
        handed_off: Whether a handoff was ever requested.
        confirmed: Whether the customer said that it was solved.
        reopened: Whether the customer wrote again in it after it was closed.
        rating: 1 to 5; None when not rated.
    """

    customer: str | None
    started_at: datetime
    closed_at: datetime
    handed_off: bool = False
    confirmed: bool = False
    reopened: bool = False
    rating: int | None = None


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One figure of the desk and how it was counted."""

    name: str
    share: Share
    formula: str


def share(hits: int, n: int) -> Share:
    """A share with its Wilson interval, which stays inside [0, 1] and is honest for small counts.

    Raises:
        ValueError: Not 0 <= hits <= n; a programming error.
    """
    if not 0 <= hits <= n:
        raise ValueError(f"{hits} of {n} is no share.")
    if n == 0:
        return Share(hits=0, n=0, value=None, low=None, high=None)
    value = hits / n
    centre = (value + Z_95**2 / (2 * n)) / (1 + Z_95**2 / n)
    reach = Z_95 / (1 + Z_95**2 / n) * sqrt(value * (1 - value) / n + Z_95**2 / (4 * n**2))
    low = 0.0 if hits == 0 else max(centre - reach, 0.0)
    high = 1.0 if hits == n else min(centre + reach, 1.0)
    return Share(hits=hits, n=n, value=value, low=low, high=high)


def figures(closed: Sequence[ClosedConversation]) -> list[Figure]:
    """Count the desk's figures over closed conversations; each has its own formula."""
    total = len(closed)
    contained = [one for one in closed if not one.handed_off]
    confirmed = sum(one.confirmed for one in closed)
    assumed = sum(not one.confirmed and not one.reopened for one in contained)
    rated = [one.rating for one in closed if one.rating is not None]
    return [
        Figure(
            name="containment",
            share=share(len(contained), total),
            formula="closed conversations without a handoff / closed conversations",
        ),
        Figure(
            name="deflection",
            share=_deflection(closed),
            formula="closed without a handoff and no new contact by that customer within 72 h"
            " / closed conversations of known customers",
        ),
        Figure(
            name="resolution_confirmed",
            share=share(confirmed, total),
            formula="closed conversations in which the customer said it was solved / closed conversations",
        ),
        Figure(
            name="resolution_assumed",
            share=share(assumed, total),
            formula="closed without a handoff, not confirmed, and the customer did not ask on / closed conversations",
        ),
        Figure(
            name="csat",
            share=share(sum(rating >= SATISFIED_FROM for rating in rated), len(rated)),
            formula="ratings of 4 and 5 / ratings",
        ),
    ]


def _deflection(closed: Sequence[ClosedConversation]) -> Share:
    """Anonymous customers cannot be seen to return, so counting them would flatter."""
    known = [one for one in closed if one.customer is not None]
    return share(sum(not one.handed_off and not _came_back(one, known) for one in known), len(known))


def _came_back(one: ClosedConversation, known: Sequence[ClosedConversation]) -> bool:
    until = one.closed_at + DEFLECTION_WINDOW
    later = (other for other in known if other is not one and other.customer == one.customer)
    return one.reopened or any(one.closed_at < other.started_at <= until for other in later)
