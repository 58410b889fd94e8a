from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.store.database import Database
from tests.postgresql import fresh_schema


@pytest.fixture
def postgresql_url() -> Iterator[str]:
    """A fresh schema of our own, dropped afterwards."""
    with fresh_schema() as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def location(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    """Where a store can be opened; every test that asks for it runs on both databases."""
    if request.param == "sqlite":
        return tmp_path / "data" / "frontdesk.db"
    url: str = request.getfixturevalue("postgresql_url")
    return url


@pytest.fixture
def database(location: Path | str) -> Iterator[Database]:
    """An opened, empty store."""
    opened = Database.open(location)
    yield opened
    opened.close()
