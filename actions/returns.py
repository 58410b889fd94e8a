"""Returns: who may return what, and the file in which a return is registered.

The rules are those of the articles on returns: 30 days from receipt; what was bought from 1 November to 24 December
has until 31 January; a mistake of the shop's is never refused by a machine.
"""

from __future__ import annotations

import csv
import fcntl
import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Literal

from actions.orders import Order

RETURN_DAYS = 30
_FIELDS = ("reference", "order_number", "reason", "requested_at")
_OUR_MISTAKE = ("damage", "wrong", "fault", "torn", "broken", "misprint", "missing", "defect")

Verdict = Literal["accepted", "not_yet", "closed", "too_late", "ask_a_person"]


class ReturnsUnavailable(Exception):
    """The file of returns cannot be written."""


@dataclass(frozen=True, kw_only=True)
class Eligibility:
    """Whether an order can be returned by itself, and until when."""

    verdict: Verdict
    until: date | None = None
    free_postage: bool = False


@dataclass(frozen=True, kw_only=True)
class Registered:
    """A return in the file; `is_new` is False when it was there before."""

    reference: str
    is_new: bool


def eligibility(order: Order, reason: str, *, today: date) -> Eligibility:
    """Decide about a return.

    Args:
        order: The customer's own.
        reason: In the customer's words; tells a mistake of the shop's from a change of mind.
        today: The shop's local day.
    """
    ours = any(word in reason.casefold() for word in _OUR_MISTAKE)
    if order.status in ("cancelled", "refunded"):
        return Eligibility(verdict="closed")
    if order.status != "delivered" or order.delivered_on is None:
        return Eligibility(verdict="ask_a_person" if ours else "not_yet")
    until = _until(order.placed_on, order.delivered_on)
    if today <= until:
        return Eligibility(verdict="accepted", until=until, free_postage=ours)
    return Eligibility(verdict="ask_a_person" if ours else "too_late", until=until)


def _until(placed_on: date, delivered_on: date) -> date:
    usual = delivered_on + timedelta(days=RETURN_DAYS)
    if date(placed_on.year, 11, 1) <= placed_on <= date(placed_on.year, 12, 24):
        return max(usual, date(placed_on.year + 1, 1, 31))
    return usual


class ReturnRegister:
    """The file of returns; one line per order, however often it is asked for."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def register(self, order_number: str, reason: str, *, now: datetime) -> Registered:
        """Write a return down, once.

        Args:
            order_number: Of an order that may be returned.
            reason: In the customer's words; line breaks become spaces.
            now: Aware.

        Raises:
            ReturnsUnavailable: The file cannot be written.
        """
        reference = reference_for(order_number)
        try:
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._file.open("a+", encoding="utf-8", newline="") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                file.seek(0)
                if any(row["reference"] == reference for row in csv.DictReader(file)):
                    return Registered(reference=reference, is_new=False)
                writer = csv.DictWriter(file, _FIELDS)
                if file.tell() == 0:
                    writer.writeheader()
                words = " ".join(reason.split())[:500]
                writer.writerow(
                    dict(zip(_FIELDS, (reference, order_number, _plain(words), now.isoformat()), strict=True))
                )
        except (OSError, KeyError, csv.Error) as exc:
            raise ReturnsUnavailable(f"{self._file} cannot be written: {exc}") from exc
        self._file.chmod(0o600)
        return Registered(reference=reference, is_new=True)


def reference_for(order_number: str) -> str:
    """The return reference of an order: always the same, and no order number to guess from it."""
    digest = hashlib.sha256(f"return of {order_number}".encode()).hexdigest()
    return f"RT-{int(digest[:12], 16) % 1_000_000:06d}"


def _plain(text: str) -> str:
    """A cell that a spreadsheet will not take for a formula."""
    return f"'{text}" if text[:1] in "=+-@\t" else text
