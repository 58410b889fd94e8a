"""The owner's thresholds on both databases."""

import asyncio
from datetime import UTC, datetime
from functools import partial

import pytest
import sqlalchemy as sa

from bot.desk.errors import ThresholdsChanged
from bot.desk.escalation_settings import EscalationSettings
from bot.store import escalation_settings
from bot.store.database import Database, Transaction

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)

pytestmark = pytest.mark.anyio


def saving(settings: EscalationSettings, version: int, name: str = "Olga") -> partial[escalation_settings.Saved]:
    return partial(
        escalation_settings.save, settings=settings, version=version, staff_id="stf_1", staff_name=name, now=NOW
    )


async def test_without_anything_saved_the_defaults_count(database: Database) -> None:
    found = await database.read(escalation_settings.current)

    assert (found.version, found.thresholds, found.saved_at) == (0, {}, None)


async def test_the_newest_counts_and_says_who_and_when(database: Database) -> None:
    await database.write(saving(EscalationSettings(angry_turns=2), 0))
    await database.write(saving(EscalationSettings(always_phrases=("gift card",)), 1, "Ben"))

    found = await database.read(escalation_settings.current)

    assert found.thresholds == {"always_phrases": ["gift card"]}
    assert (found.version, found.staff_name, found.saved_at) == (2, "Ben", NOW)
    assert [each.version for each in await database.read(escalation_settings.history, limit=5)] == [2, 1]


async def test_a_save_from_an_old_version_is_refused(database: Database) -> None:
    await database.write(saving(EscalationSettings(angry_turns=2), 0))

    with pytest.raises(ThresholdsChanged):
        await database.write(saving(EscalationSettings(angry_turns=4), 0))

    assert (await database.read(escalation_settings.current)).thresholds == {"angry_turns": 2}


async def test_of_two_who_save_at_once_one_is_refused(database: Database) -> None:
    saves = [database.write(saving(EscalationSettings(angry_turns=turns), 0)) for turns in (2, 4)]

    done = await asyncio.gather(*saves, return_exceptions=True)

    assert sorted(type(each).__name__ for each in done) == ["Saved", "ThresholdsChanged"]


async def test_the_table_takes_no_version_below_one(database: Database) -> None:
    def broken(tx: Transaction) -> None:
        row = {"version": 0, "thresholds": {}, "staff_id": "stf_1", "staff_name": "Olga", "saved_at": NOW}
        tx.execute(sa.insert(escalation_settings.escalation_settings), row)

    with pytest.raises(sa.exc.IntegrityError):
        await database.write(broken)
