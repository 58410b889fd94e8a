import inspect

import pytest

from bot.desk import errors as desk
from bot.server import problems

OURS = [
    error
    for module in (desk, problems)
    for _, error in inspect.getmembers(module, inspect.isclass)
    if issubclass(error, desk.DeskError) and error.__module__ == module.__name__
]


@pytest.mark.parametrize("error", OURS)
def test_every_error_class_has_its_own_line_in_the_table(error: type[desk.DeskError]) -> None:
    assert error in problems.STATUS


def test_a_class_without_a_line_takes_that_of_its_family() -> None:
    class NewRefusal(desk.Conflict): ...

    assert problems.status_of(NewRefusal()) == 409


def test_an_unknown_error_is_internal() -> None:
    assert problems.status_of(KeyError("x")) == 500
