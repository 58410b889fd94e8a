"""Failpoints are for tests alone: read strictly, refused where customers are, nothing where they are off."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from bot import failpoints
from bot.server.settings import Settings

SECRETS: dict[str, Any] = {"engine_secret": "e" * 43, "webhook_secret": "whsec_" + "A" * 43 + "="}


@pytest.fixture(autouse=True)
def _disarmed() -> Iterator[None]:
    yield
    failpoints.arm("")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("commit.after", "is no failpoint; one is"),
        ("commit.after:explode", "is no failpoint; one is"),
        ("commit.after:kill@0", "is no failpoint; one is"),
        ("commit.never:kill", "there are commit.before, commit.after"),
    ],
)
def test_a_failpoint_that_makes_no_sense_is_named(text: str, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Settings(**SECRETS, environment="test", failpoints=text)


def test_a_desk_for_customers_refuses_to_start_with_failpoints() -> None:
    with pytest.raises(ValidationError, match="needs FRONTDESK_ENVIRONMENT=test"):
        Settings(**SECRETS, failpoints="commit.after:kill")


def test_a_desk_is_for_customers_unless_it_is_told_otherwise() -> None:
    assert Settings(**SECRETS).environment == "production"


def test_without_failpoints_every_place_is_passed() -> None:
    failpoints.arm("")

    for place in failpoints.PLACES:
        failpoints.reach(place)
        asyncio.run(failpoints.pass_by(place))


def test_the_chosen_arrival_is_held_and_those_before_it_pass() -> None:
    failpoints.arm("turn.start:pause@2, feed.sent:pause@9")

    async def arrive() -> bool:
        holding = asyncio.create_task(failpoints.pass_by("turn.start"))
        done, _ = await asyncio.wait({holding}, timeout=0.05)
        holding.cancel()
        return not done

    assert [asyncio.run(arrive()) for _ in range(3)] == [False, True, True]
