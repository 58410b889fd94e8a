from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.server.app import create_app
from bot.server.settings import Settings
from tests.integration.server.desk_under_test import ENGINE_SECRET, WEBHOOK_SECRET, Desk, ScriptedEngine, served

Serve = Callable[..., Any]


@pytest.fixture
def engine() -> ScriptedEngine:
    """The engine, answering every question until a test says otherwise."""
    return ScriptedEngine()


@pytest.fixture
def serve(tmp_path: Path, engine: ScriptedEngine) -> Serve:
    """Start a server on this test's store; several times, one after the other, for restarts."""

    @asynccontextmanager
    async def start(**changed: Any) -> AsyncIterator[Desk]:
        generous = {"messages_per_minute": 100_000, "messages_burst": 100_000, "conversations_per_hour": 100_000}
        settings = Settings(
            data_dir=tmp_path / "data",
            engine_secret=ENGINE_SECRET,  # type: ignore[arg-type]
            webhook_secret=WEBHOOK_SECRET,  # type: ignore[arg-type]
            **{**generous, "drain_s": 0.2, **changed},
        )
        app = create_app(settings, engine_transport=engine)
        async with (
            served(app) as port,
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as http,
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
