"""The error tree: every class says what happened, and its code is in the protocol."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.desk import errors

PROTOCOL = Path(__file__).parents[3] / "docs" / "protocol.md"


def subclasses(parent: type[errors.DeskError]) -> Iterator[type[errors.DeskError]]:
    """Of this module: errors of other modules draw their own trees."""
    for child in parent.__subclasses__():
        if child.__module__ == errors.__name__:
            yield child
        yield from subclasses(child)


def documented_codes() -> set[str]:
    table = PROTOCOL.read_text("utf-8").split("## Errors")[1].split("\n## ")[0]
    return {code for row in re.findall(r"^\| (`.*?) \|", table, re.M) for code in re.findall(r"`(\w+)`", row)}


@pytest.mark.parametrize("kind", list(subclasses(errors.DeskError)), ids=lambda kind: kind.__name__)
def test_every_code_is_in_the_protocol(kind: type[errors.DeskError]) -> None:
    assert kind.code in documented_codes()


@pytest.mark.parametrize("kind", list(subclasses(errors.DeskError)), ids=lambda kind: kind.__name__)
def test_every_class_is_drawn_in_the_tree(kind: type[errors.DeskError]) -> None:
    assert errors.__doc__ is not None
    assert re.search(rf"\b{kind.__name__}\b", errors.__doc__)


@pytest.mark.parametrize("kind", list(subclasses(errors.DeskError)), ids=lambda kind: kind.__name__)
def test_every_class_belongs_to_one_family(kind: type[errors.DeskError]) -> None:
    assert issubclass(kind, errors.Refused) != issubclass(kind, errors.WorldFailed)


def test_the_docstring_is_the_default_message() -> None:
    assert str(errors.NotAssignee()) == "This conversation is not assigned to you. Claim it first."


def test_a_message_of_ones_own_replaces_it() -> None:
    assert str(errors.NotFound("There is no article `opening-hours`.")) == "There is no article `opening-hours`."


def test_a_second_claim_learns_who_was_first() -> None:
    error = errors.HandoffAlreadyClaimed({"id": "stf_1", "name": "Mara"})

    assert error.data == {"assignee": {"id": "stf_1", "name": "Mara"}}
    assert str(error).startswith("Mara has claimed")


def test_too_long_says_how_long_and_how_long_it_may_be() -> None:
    error = errors.MessageTooLong(100_000, 2_000)

    assert str(error) == "The message has 100,000 characters; at most 2,000 are allowed. Shorten it and send it again."


@pytest.mark.parametrize(("difference_s", "side"), [(412, "behind"), (-412, "ahead of")])
def test_a_wrong_clock_is_told_by_how_much(difference_s: int, side: str) -> None:
    error = errors.TimestampOutOfTolerance(difference_s)

    assert "differs by 412 s" in str(error)
    assert side in str(error)
