"""Languages: the foreign is recognised, the English is never mistaken."""

from __future__ import annotations

import pytest

from knowledge_base.language import detect_language


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Wo ist meine Bestellung?", "de"),
        ("¿Hacen envíos a Francia?", "es"),
        ("Avez-vous des livres en anglais ?", "fr"),
        ("vorrei restituire il libro", "it"),
        ("ik wil mijn boek retourneren", "nl"),
        ("где мой заказ", "ru"),
        ("営業時間は何時ですか", "ja"),
        ("متى تفتحون", "ar"),
    ],
)
def test_a_foreign_message_is_recognised(text: str, code: str) -> None:
    assert detect_language(text) == code


@pytest.mark.parametrize(
    "text",
    [
        "hello",
        "cod available?",
        "gift card balance check",
        "opening hours sunday",
        "wat time u open tmrw",
        "refund pls!!!",
        "do u ship 2 france",
        "agatha christie signed first edition",
        "LB-20418",
        "12345",
        "",
        "HOW LONG DO I HAVE TO RETURN A BOOK",
        "café menu",
    ],
)
def test_english_is_never_taken_for_another_language(text: str) -> None:
    assert detect_language(text) in ("en", None)
