"""The shop's orders, as the assistant may see them: an adapter over a CSV file.

To connect a real shop system, write a class with the same `find` and give it to the two actions that use it. Keep
the promise: who does not know both the number and its e-mail address learns nothing, not even whether the order
exists.
"""

from __future__ import annotations

import csv
import hmac
from dataclasses import dataclass
from datetime import date
from pathlib import Path


class OrdersUnavailable(Exception):
    """The order file is missing or not what it should be."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """One order. Dates are the shop's local days; `total` is pounds."""

    number: str
    email: str
    placed_on: date
    status: str  # placed, packed, ready_to_collect, dispatched, delivered, cancelled, refunded
    carrier: str
    tracking: str
    expected_on: date | None
    delivered_on: date | None
    items: tuple[str, ...]
    total: str


class OrderBook:
    """Looks orders up in a file with the columns of `sample_orders.csv`; the file is read anew when it changes."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._changed_at: int | None = None
        self._orders: dict[str, Order] = {}

    def find(self, number: str, email: str) -> Order | None:
        """The order with this number, if the e-mail address is the one it was placed with.

        Args:
            number: In any case; `LB-` and six digits.
            email: In any case.

        Returns:
            The order; None alike for a number that does not exist and for another's.

        Raises:
            OrdersUnavailable: The file cannot be read.
        """
        self._refresh()
        order = self._orders.get(number.strip().upper())
        owner = order.email if order else "nobody@invalid"
        # Compared in constant time also when there is no order, so that the duration tells no more than the answer.
        same = hmac.compare_digest(owner.casefold().encode(), email.strip().casefold().encode())
        return order if order and same else None

    def _refresh(self) -> None:
        try:
            changed_at = self._file.stat().st_mtime_ns
            if changed_at == self._changed_at:
                return
            with self._file.open(encoding="utf-8", newline="") as lines:
                orders = [_order(row) for row in csv.DictReader(lines)]
        except (OSError, ValueError, KeyError, TypeError) as exc:
            raise OrdersUnavailable(f"{self._file} cannot be read: {type(exc).__name__}: {exc}") from exc
        self._orders = {order.number: order for order in orders}
        self._changed_at = changed_at


def _order(row: dict[str, str]) -> Order:
    return Order(
        number=row["order_number"].strip().upper(),
        email=row["email"].strip(),
        placed_on=date.fromisoformat(row["placed_on"]),
        status=row["status"].strip(),
        carrier=row["carrier"].strip(),
        tracking=row["tracking"].strip(),
        expected_on=_day(row["expected_on"]),
        delivered_on=_day(row["delivered_on"]),
        items=tuple(item.strip() for item in row["items"].split(";") if item.strip()),
        total=row["total"].strip(),
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text.strip() else None
