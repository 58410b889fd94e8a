"""When everybody comes at once: let in at a rate, told to come back, and nobody loses anything."""

import asyncio
import json
import random
from time import monotonic
from typing import Any

import pytest
import websockets
from websockets.exceptions import ConnectionClosed, InvalidStatus

from bot.server.metrics import REGISTRY
from tests.integration.server.conftest import Serve
from tests.integration.server.desk_under_test import Customer, Desk

pytestmark = pytest.mark.anyio

BROWSERS = 300
CONVERSATIONS = 15
PER_SECOND = 75


def refused_so_far(code: str) -> float:
    return REGISTRY.get_sample_value("frontdesk_refused_total", {"code": code}) or 0.0


def problem_of(refusal: InvalidStatus) -> dict[str, Any]:
    problem: dict[str, Any] = json.loads(refusal.response.body or b"")
    return problem


class Browser:
    """One page that lost its socket and wants it back, as the widget does."""

    def __init__(self, customer: Customer, rng: random.Random) -> None:
        self.customer = customer
        self.rng = rng
        self.let_in_at = 0.0
        self.refusals: list[InvalidStatus] = []
        self.seqs: list[int] = []

    async def comes_back(self, last_seq: int) -> None:
        while not self.seqs:
            try:
                async with self.customer.feed() as feed:
                    self.let_in_at = monotonic()
                    while not self.seqs or self.seqs[-1] < last_seq:
                        frame = json.loads(await feed.recv())
                        if frame["type"] == "event":
                            self.seqs.append(frame["event"]["seq"])
            except InvalidStatus as refusal:
                self.refusals.append(refusal)
                await asyncio.sleep(self.rng.uniform(0.2, 1.5))
            except (TimeoutError, OSError, ConnectionClosed):
                self.seqs = []  # a machine that is busy with other things; a browser would come again too


async def test_a_storm_of_reconnects_is_let_in_at_a_rate_and_loses_nothing(serve: Serve) -> None:
    everywhere = {"sockets_per_conversation": 10**6, "sockets_per_address": 10**6}
    rng = random.Random(1)
    counted = refused_so_far("busy")
    async with serve(**everywhere, sockets_per_second=PER_SECOND) as desk:
        customers = [await desk.customer() for _ in range(CONVERSATIONS)]
        for customer in customers:
            await customer.say("When do you open?")
            await customer.messages("answer")
        last_seqs = {customer.id: (await customer.events())[-1]["seq"] for customer in customers}
        browsers = [Browser(customers[n % CONVERSATIONS], rng) for n in range(BROWSERS)]
        began = monotonic()
        await asyncio.gather(*(each.comes_back(last_seqs[each.customer.id]) for each in browsers))

    refusals = [refusal for browser in browsers for refusal in browser.refusals]
    assert all(browser.seqs == list(range(1, last_seqs[browser.customer.id] + 1)) for browser in browsers)
    assert refusals
    assert {(each.response.status_code, problem_of(each)["code"]) for each in refusals} == {(503, "busy")}
    assert all(int(each.response.headers["Retry-After"]) >= 1 for each in refusals)
    assert refused_so_far("busy") - counted >= len(refusals)
    # Twice the rate at once, then the rate: whatever the machine, never more than that.
    let_in = sorted(browser.let_in_at - began for browser in browsers)
    assert all(n <= 2 * PER_SECOND + PER_SECOND * (at + 0.5) for n, at in enumerate(let_in))


async def say_nothing(desk: Desk) -> websockets.ClientConnection:
    return await websockets.connect(f"{desk.ws}/api/feed")


async def test_sockets_that_never_say_hello_count_too(serve: Serve) -> None:
    async with serve(sockets_per_address=3, hello_timeout_s=1.0) as desk:
        silent = [await say_nothing(desk) for _ in range(3)]
        with pytest.raises(InvalidStatus) as refusal:
            await say_nothing(desk)
        codes = []
        for each in silent:
            with pytest.raises(ConnectionClosed) as closed:
                await each.recv()
            codes.append(closed.value.rcvd and closed.value.rcvd.code)
        async with await say_nothing(desk):
            pass

    assert (refusal.value.response.status_code, problem_of(refusal.value)["code"]) == (429, "rate_limited")
    assert codes == [1008] * 3


async def test_a_full_house_says_so_before_the_upgrade(serve: Serve) -> None:
    async with serve(sockets_total=2) as desk:
        async with await say_nothing(desk), await say_nothing(desk):
            with pytest.raises(InvalidStatus) as refusal:
                await say_nothing(desk)

    assert (refusal.value.response.status_code, problem_of(refusal.value)["code"]) == (503, "busy")
    assert refusal.value.response.headers["Retry-After"] == "30"
