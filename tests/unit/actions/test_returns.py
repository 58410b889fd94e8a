from __future__ import annotations

import csv
from datetime import date, datetime, timezone
from pathlib import Path
from typing import Any

import httpx
import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions.desk import Desk
from actions.environment import ORDERS_FILE, ActionSettings
from actions.orders import Order, OrderBook
from actions.return_request import ActionReturnRequest
from actions.returns import ReturnRegister, eligibility, reference_for
from tests.unit.actions.calls import slots_set, tracker_with

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=timezone.utc)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def order(**changes: Any) -> Order:
    fields: dict[str, Any] = {
        "number": "LB-100001",
        "email": "ada@example.com",
        "placed_on": date(2026, 9, 1),
        "status": "delivered",
        "carrier": "",
        "tracking": "",
        "expected_on": None,
        "delivered_on": date(2026, 9, 5),
        "items": ("Six Herons",),
        "total": "9.99",
    }
    return Order(**{**fields, **changes})


@pytest.mark.parametrize(
    ("changes", "reason", "today", "verdict"),
    [
        ({}, "changed my mind", date(2026, 10, 5), "accepted"),
        ({}, "changed my mind", date(2026, 10, 6), "too_late"),
        ({}, "Arrived damaged", date(2026, 10, 6), "ask_a_person"),
        ({"status": "dispatched", "delivered_on": None}, "changed my mind", date(2026, 9, 4), "not_yet"),
        ({"status": "refunded"}, "Arrived damaged", date(2026, 9, 6), "closed"),
        ({"status": "cancelled"}, "x", date(2026, 9, 6), "closed"),
        ({"placed_on": date(2026, 11, 1), "delivered_on": date(2026, 11, 3)}, "x", date(2027, 1, 31), "accepted"),
        ({"placed_on": date(2026, 11, 1), "delivered_on": date(2026, 11, 3)}, "x", date(2027, 2, 1), "too_late"),
        ({"placed_on": date(2026, 12, 25), "delivered_on": date(2026, 12, 28)}, "x", date(2027, 1, 28), "too_late"),
    ],
)
def test_who_may_return_what(changes: dict[str, Any], reason: str, today: date, verdict: str) -> None:
    assert eligibility(order(**changes), reason, today=today).verdict == verdict


@pytest.mark.parametrize(("reason", "free"), [("Wrong item", True), ("the spine is TORN", True), ("too long", False)])
def test_postage_is_free_when_the_mistake_is_ours(reason: str, free: bool) -> None:
    assert eligibility(order(), reason, today=date(2026, 9, 6)).free_postage is free


def test_a_return_is_registered_once(tmp_path: Path) -> None:
    register = ReturnRegister(tmp_path / "data" / "returns.csv")

    first = register.register("LB-100001", "too\nlong", now=NOW)
    second = register.register("LB-100001", "other words", now=NOW)

    assert (first.is_new, second.is_new) == (True, False)
    assert first.reference == second.reference == reference_for("LB-100001")
    with (tmp_path / "data" / "returns.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [row["reason"] for row in rows] == ["too long"]
    assert (tmp_path / "data" / "returns.csv").stat().st_mode & 0o077 == 0


def test_a_reason_is_no_formula_for_a_spreadsheet(tmp_path: Path) -> None:
    ReturnRegister(tmp_path / "returns.csv").register("LB-1", "=cmd|' /C calc'!A0", now=NOW)

    assert "'=cmd" in (tmp_path / "returns.csv").read_text(encoding="utf-8")


@pytest.mark.anyio
@pytest.mark.parametrize("desk_status", [200, 503])
async def test_a_return_ends_with_a_reference_also_while_the_desk_is_away(tmp_path: Path, desk_status: int) -> None:
    settings = ActionSettings.read({"FRONTDESK_WEBHOOK_SECRET": SECRET})
    desk = Desk(settings, transport=httpx.MockTransport(lambda _: httpx.Response(desk_status, json={})))
    action = ActionReturnRequest(
        OrderBook(ORDERS_FILE), ReturnRegister(tmp_path / "returns.csv"), desk, now=lambda: NOW
    )
    slots = {"order_number": "LB-104350", "email": "ada.quill@example.com", "return_reason": "Changed my mind"}
    dispatcher = CollectingDispatcher()

    events = await action.run(dispatcher, tracker_with(slots), {})

    assert reference_for("LB-104350") in dispatcher.messages[0]["text"]
    assert "31 January 2027" in dispatcher.messages[0]["text"]
    assert slots_set(events) == {"failed_lookups": 0.0, "order_number": None, "return_reason": None}


@pytest.mark.anyio
async def test_a_wrong_address_keeps_the_reason_for_the_next_try(tmp_path: Path) -> None:
    action = ActionReturnRequest(OrderBook(ORDERS_FILE), ReturnRegister(tmp_path / "returns.csv"), now=lambda: NOW)
    slots = {"order_number": "LB-104350", "email": "eve@example.com", "return_reason": "Changed my mind"}

    events = await action.run(CollectingDispatcher(), tracker_with(slots), {})

    assert "return_reason" not in slots_set(events)
    assert not (tmp_path / "returns.csv").exists()
