"""The gate closes on evidence only."""

from __future__ import annotations

import pytest

from sentiment.language import LanguageGate


@pytest.fixture(scope="module")
def gate() -> LanguageGate:
    return LanguageGate()


@pytest.mark.parametrize(
    "text",
    [
        "ok",
        "No",
        "Les Misérables",
        "order LB-10234",
        "where is my order",
        "thx bye",
        "Crème brûlée cookbook pls",
        "Gabriel García Márquez",
        "@LarkspurBooks https://x.example/abc",
        "my kindle isnt syncing lol",
        "delivery to São Paulo?",
        "is Frankenstein in stock?",
        "looking for Les Misérables",
        "best café in town",
        "do you sell the Kama Sutra",
        "it was for my nan",
        "el capitan tickets",
        "refund",
        "die hard on blu-ray",
        "hi, quick question",
        "Service was bad",
        "9 am est",
        "open mon?",
        "5 min",
        "los angeles",
        "dove soap",
        "chicago il",
        "non refundable",
    ],
)
def test_english_and_names_are_judged(gate: LanguageGate, text: str) -> None:
    assert gate.judges(text)


@pytest.mark.parametrize(
    "text",
    [
        "wo ist meine Bestellung, ich warte seit drei Wochen",
        "¿dónde está mi pedido? llevo tres semanas esperando",
        "je suis très déçu, mon colis n'est jamais arrivé",
        "il mio pacco è in ritardo di tre settimane",
        "mijn pakket is drie weken te laat en niemand antwoordt",
        "где мой заказ",
        "طلبي لم يصل بعد",
        "我的包裹在哪里",
        "고객센터 전화번호 알려주세요",
        # Short, and without the accents a keyboard may lack.
        "Was für ein schlechter Service",
        "Was kostet der Versand",
        "kommt noch was",
        "Das ist eine Frechheit",
        "keine Antwort seit Montag",
        "danke",
        "donde esta mi pedido",
        "mi pedido no llego",
        "muy mal servicio",
        "no funciona",
        "hola",
        "ou est ma commande",
        "je veux un remboursement",
        "merci beaucoup",
        "pessimo servizio",
        "dove il mio pacco",
        "waar is mijn pakket",
        "onde esta minha encomenda",
        "obrigado",
        "hvor er min pakke",
        "gdzie jest moja paczka",
        "siparisim nerede",
    ],
)
def test_other_languages_are_not(gate: LanguageGate, text: str) -> None:
    assert not gate.judges(text)
