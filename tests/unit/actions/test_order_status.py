from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions.environment import ORDERS_FILE
from actions.lookup import MAX_FAILED_LOOKUPS
from actions.order_status import ActionOrderStatus
from actions.orders import OrderBook
from tests.unit.actions.calls import slots_set, tracker_with

pytestmark = pytest.mark.anyio


async def run(slots: dict[str, Any], *, file: Path = ORDERS_FILE) -> tuple[list[str], dict[str, Any]]:
    dispatcher = CollectingDispatcher()
    events = await ActionOrderStatus(OrderBook(file)).run(dispatcher, tracker_with(slots), {})
    return [message["text"] for message in dispatcher.messages], slots_set(events)


async def test_the_owner_of_an_order_is_told_how_it_stands() -> None:
    said, slots = await run({"order_number": "LB-104118", "email": "ada.quill@example.com"})

    assert "delivered on 7 October 2026" in said[0]
    assert slots == {"failed_lookups": 0.0, "order_number": None}


async def test_a_wrong_address_and_an_unknown_order_get_the_same_words() -> None:
    wrong, wrong_slots = await run({"order_number": "LB-104118", "email": "eve@example.com"})
    unknown, unknown_slots = await run({"order_number": "LB-999999", "email": "eve@example.com"})

    assert wrong == unknown
    assert wrong_slots == unknown_slots == {"order_number": None, "email": None, "failed_lookups": 1.0}


async def test_guessing_ends_after_three_tries_even_with_the_right_pair() -> None:
    right = {"order_number": "LB-104118", "email": "ada.quill@example.com"}

    said, slots = await run({**right, "failed_lookups": float(MAX_FAILED_LOOKUPS)})

    assert "delivered" not in said[0]
    assert "person" in said[0]
    assert slots == {"order_number": None, "email": None}


async def test_orders_that_cannot_be_read_are_a_tool_failure(tmp_path: Path) -> None:
    said, slots = await run({"order_number": "LB-104118", "email": "x@y.z"}, file=tmp_path / "none.csv")

    assert said == []
    assert slots["tool_failed"] is True
