from __future__ import annotations

import os
from pathlib import Path

import pytest

from actions.environment import ORDERS_FILE
from actions.order_status import describe
from actions.orders import OrderBook, OrdersUnavailable

HEADER = "order_number,email,placed_on,status,carrier,tracking,expected_on,delivered_on,items,total\n"
ROW = "LB-100001,ada@example.com,2026-11-01,{status},Royal Mail,RM1,2026-11-05,{delivered},Six Herons; Tea,12.50\n"


def book_of(tmp_path: Path, *rows: str) -> OrderBook:
    file = tmp_path / "orders.csv"
    file.write_text(HEADER + "".join(rows), encoding="utf-8")
    return OrderBook(file)


def test_an_order_is_found_by_number_and_address_in_any_case(tmp_path: Path) -> None:
    book = book_of(tmp_path, ROW.format(status="dispatched", delivered=""))

    order = book.find(" lb-100001", "ADA@example.com ")

    assert order is not None
    assert order.items == ("Six Herons", "Tea")


@pytest.mark.parametrize(
    ("number", "email"),
    [("LB-100001", "eve@example.com"), ("LB-999999", "ada@example.com"), ("", ""), ("LB-100001", "")],
)
def test_who_does_not_know_both_learns_nothing(tmp_path: Path, number: str, email: str) -> None:
    book = book_of(tmp_path, ROW.format(status="dispatched", delivered=""))

    assert book.find(number, email) is None


def test_a_changed_file_is_read_anew(tmp_path: Path) -> None:
    book = book_of(tmp_path, ROW.format(status="dispatched", delivered=""))
    book.find("LB-100001", "ada@example.com")
    file = tmp_path / "orders.csv"
    file.write_text(HEADER + ROW.format(status="delivered", delivered="2026-11-04"), encoding="utf-8")
    os.utime(file, ns=(1, 1))

    order = book.find("LB-100001", "ada@example.com")

    assert order is not None
    assert order.status == "delivered"


@pytest.mark.parametrize("content", ["", "nonsense\n1\n", HEADER + "LB-1,a@b.c,yesterday,x,,,,,,1\n"])
def test_a_file_that_cannot_be_used_is_said_to_be_unavailable(tmp_path: Path, content: str) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(content, encoding="utf-8")
    book = OrderBook(file) if content else OrderBook(tmp_path / "missing.csv")

    with pytest.raises(OrdersUnavailable):
        book.find("LB-1", "a@b.c")


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("placed", "getting it ready"),
        ("packed", "packed"),
        ("ready_to_collect", "collect"),
        ("dispatched", "**RM1**"),
        ("delivered", "delivered on 4 November 2026 by Royal Mail"),
        ("cancelled", "cancelled"),
        ("refunded", "£12.50"),
        ("lost_at_sea", "lost at sea"),
    ],
)
def test_every_status_has_its_words(tmp_path: Path, status: str, words: str) -> None:
    delivered = "2026-11-04" if status == "delivered" else ""
    order = book_of(tmp_path, ROW.format(status=status, delivered=delivered)).find("LB-100001", "ada@example.com")
    assert order is not None

    assert words in describe(order)


def test_the_shipped_orders_can_be_read() -> None:
    order = OrderBook(ORDERS_FILE).find("LB-104118", "ada.quill@example.com")

    assert order is not None
    assert order.status == "delivered"
