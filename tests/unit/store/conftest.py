import secrets
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from bot.store.database import Database

POSTGRESQL = "postgresql://postgres@127.0.0.1:5432/test"


@pytest.fixture
def postgresql_url() -> Iterator[str]:
    """A fresh schema of our own, dropped afterwards."""
    schema = f"frontdesk_{secrets.token_hex(6)}"
    try:
        connection = psycopg.connect(POSTGRESQL, connect_timeout=2, autocommit=True)
    except psycopg.OperationalError as exc:
        pytest.skip(f"no PostgreSQL with a database `test` on 127.0.0.1:5432: {exc}")
    with connection:
        connection.execute(f"CREATE SCHEMA {schema}")
        yield f"postgresql+psycopg://postgres@127.0.0.1:5432/test?options=-csearch_path%3D{schema}"
        connection.execute(f"DROP SCHEMA {schema} CASCADE")
    connection.close()


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
