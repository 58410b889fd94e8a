"""A crowd of customers for the campaigns, and the check that every promise to them was kept."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Sequence
from typing import Any, Protocol

import httpx

from tests.faults.customer import Customer
from tests.faults.history import violations

MESSAGES_EACH = 12
THINKS_S = 0.05
ASKS_FOR_A_PERSON = 0.1
SETTLE_S = 60.0


class Crowd:
    """Customers who come, write and go; somebody new takes each one's place until the crowd is sent home."""

    def __init__(self, http: httpx.AsyncClient, rng: random.Random) -> None:
        self._http, self._rng = http, rng
        self._is_over = False
        self.customers: list[Customer] = []

    @property
    def acked(self) -> int:
        """Messages that were accepted so far."""
        return sum(len(customer.log.acked) for customer in self.customers)

    async def write(self) -> None:
        """Fill one place until the end."""
        while not self._is_over:
            customer = Customer(self._http, random.Random(self._rng.random()))
            await customer.arrive()
            self.customers.append(customer)
            await self._chat(customer)

    async def _chat(self, customer: Customer) -> None:
        for count in range(MESSAGES_EACH):
            if self._is_over:
                return
            await customer.say(f"message {count}", resends=self._rng.choice((0, 0, 0, 1, 4)))
            await asyncio.sleep(self._rng.uniform(0, THINKS_S))
        if self._rng.random() < ASKS_FOR_A_PERSON:
            await asyncio.gather(customer.ask_for_a_person(), customer.ask_for_a_person())

    def go_home(self) -> None:
        """Let everybody finish what they are saying."""
        self._is_over = True


class Recorded(Protocol):
    """A desk whose record can be read."""

    def record(self) -> dict[str, list[dict[str, Any]]]: ...


def settle(desk: Recorded, customers: Sequence[Customer]) -> list[str]:
    """Wait until every promise holds, at most `SETTLE_S`; what is still broken then."""
    deadline = time.monotonic() + SETTLE_S
    while True:
        record = desk.record()
        found = [f for c in customers for f in violations(c.log, record.get(c.log.conversation_id, []))]
        if not found or time.monotonic() > deadline:
            return found
        time.sleep(0.5)
