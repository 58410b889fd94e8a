"""Which passwords are refused."""

import pytest

from bot.desk.errors import WeakPassword
from bot.server.passwords import check_rules


@pytest.mark.parametrize(
    "password",
    [
        "",
        "123456789",
        "x" * 129,
        "password123",
        "PassWord123",
        "aaaaaaaaaaaa",
        "abababababab",
        "Olga Owner ",
        "olga.owner",
    ],
)
def test_what_is_guessed_first_is_refused(password: str) -> None:
    with pytest.raises(WeakPassword):
        check_rules(password, name="Olga Owner", email="olga.owner@shop.example")


@pytest.mark.parametrize(
    "password", ["ten chars!", "four random words", "x y z " * 21, "пароль-на-русском", "nul\0l inside it"]
)
def test_everything_else_is_the_persons_choice(password: str) -> None:
    check_rules(password, name="Olga Owner", email="olga.owner@shop.example")
