from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from bot.server.app import create_app
from bot.server.settings import Settings
from bot.store.database import Database
from bot.store.schema import metadata
from tests.integration.server.desk_under_test import ENGINE_SECRET, WEBHOOK_SECRET, Desk, ScriptedEngine, served
from tests.postgresql import fresh_schema

Serve = Callable[..., Any]
BOTH_STORES = pytest.mark.parametrize(
    "store", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)


@pytest.fixture
def engine() -> ScriptedEngine:
    """The engine, answering every question until a test says otherwise."""
    return ScriptedEngine()


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """One store for all tests of this process: to migrate it takes longer than most of them."""
    with fresh_schema() as url:
        Database.open(url).close()
        yield url


@pytest.fixture
def store(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The settings of an empty store: SQLite, and also PostgreSQL for tests marked with `BOTH_STORES`."""
    if getattr(request, "param", "sqlite") == "sqlite":
        return {}
    url: str = request.getfixturevalue("postgresql_url")
    empty(url)
    return {"database_url": url}


def empty(url: str) -> None:
    """Delete all rows of a store on PostgreSQL."""
    engine = sa.create_engine(url)
    with engine.begin() as tx:
        for table in reversed(metadata.sorted_tables):
            tx.execute(sa.delete(table))
    engine.dispose()


@pytest.fixture
def serve(tmp_path: Path, engine: ScriptedEngine, store: dict[str, Any]) -> Serve:
    """Start a server on this test's store; several times, one after the other, for restarts."""

    @asynccontextmanager
    async def start(**changed: Any) -> AsyncIterator[Desk]:
        generous = {"messages_per_minute": 100_000, "messages_burst": 100_000, "conversations_per_hour": 100_000}
        settings = Settings(
            data_dir=tmp_path / "data",
            engine_secret=ENGINE_SECRET,  # type: ignore[arg-type]
            webhook_secret=WEBHOOK_SECRET,  # type: ignore[arg-type]
            **{**generous, "drain_s": 0.2, **store, **changed},
        )
        app = create_app(settings, engine_transport=engine)
        async with (
            served(app) as port,
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=30) as http,
        ):
            yield Desk(app, engine, http, port)

    return start


@pytest.fixture
async def desk(serve: Serve) -> AsyncIterator[Desk]:
    """A running server."""
    async with serve() as running:
        yield running


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
