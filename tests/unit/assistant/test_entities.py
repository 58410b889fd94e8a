from __future__ import annotations

import time

import pytest

from bot.assistant.entities import EntityFinder, valid_isbn


@pytest.fixture(scope="module")
def finder() -> EntityFinder:
    return EntityFinder()


@pytest.mark.parametrize(
    ("text", "entity", "value"),
    [
        ("where is LB-104118?", "order_number", "LB-104118"),
        ("lb104118", "order_number", "LB-104118"),
        ("it's lb 104 118", "order_number", "LB-104118"),
        ("LB – 104118, please", "order_number", "LB-104118"),
        ("the number is 104118", "order_number", "LB-104118"),
        ("order #104118", "order_number", "LB-104118"),
        ("write to Ada.Quill@Example.com.", "email", "ada.quill@example.com"),
        ("o'neill+books@mail.example.co.uk", "email", "o'neill+books@mail.example.co.uk"),
        ("ISBN 978-0-14-143951-8", "isbn", "9780141439518"),
        ("0-306-40615-2", "isbn", "0306406152"),
        ("080442957x", "isbn", "080442957X"),
        ("ring +44 1632 960142", "phone", "+441632960142"),
        ("01632 960142", "phone", "01632960142"),
        ("it cost £12.50", "price", "GBP 12.50"),
        ("about 20 pounds", "price", "GBP 20"),
        ("1,299.00 € in all", "price", "EUR 1299.00"),
        ("on 3rd of May 2026", "date", "3rd of may 2026"),
        ("next friday", "date", "next friday"),
        ("by 24/12/2026", "date", "24/12/2026"),
    ],
)
def test_finds_an_entity_in_its_normal_form(finder: EntityFinder, text: str, entity: str, value: str) -> None:
    found = finder.find(text)

    assert [(one.entity, one.value) for one in found] == [(entity, value)]


@pytest.mark.parametrize(
    "text",
    [
        "LB-1041187 has a digit too many",
        "ISBN 978-0-14-143951-9 has a wrong check digit",
        "may I ask you something",
        "the second one, please",
        "a@b",
        "call 999",
        "in 1984 by Orwell",
    ],
)
def test_finds_nothing_where_nothing_is(finder: EntityFinder, text: str) -> None:
    found = finder.find(text)

    assert found == []


def test_two_entities_of_one_message_keep_their_places(finder: EntityFinder) -> None:
    text = "LB-104118 and ada@example.com"

    found = finder.find(text)

    assert [text[one.start : one.end] for one in found] == ["LB-104118", "ada@example.com"]


def test_digits_of_a_telephone_number_are_no_order_number(finder: EntityFinder) -> None:
    found = finder.find("my number is 020 7946 0958")

    assert [one.entity for one in found] == ["phone"]


@pytest.mark.parametrize("text", ["(" * 2000, "a@" * 1000, "1 " * 1000, "lb" * 1000, "a." * 1000 + "@", "£" * 2000])
def test_a_hostile_text_costs_little(finder: EntityFinder, text: str) -> None:
    started = time.process_time()

    finder.find(text)

    assert time.process_time() - started < 0.2


@pytest.mark.parametrize("digits", ["9780141439518", "0306406152", "080442957X"])
def test_a_sound_isbn_is_valid(digits: str) -> None:
    assert valid_isbn(digits)


@pytest.mark.parametrize("digits", ["9780141439519", "0306406153", "", "123", "97801414395١8"])
def test_an_unsound_isbn_is_not(digits: str) -> None:
    assert not valid_isbn(digits)
