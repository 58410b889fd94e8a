"""Kill -9 at the steps of a publication: the live model is the old one or the new one, never something between."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot import live_model
from bot.places import Places
from bot.publishing import Made
from bot.server.engine import EngineClient
from bot.server.feed import Feed
from bot.server.training import Publisher
from bot.store import publications
from bot.store.database import Database
from tests.faults.fork_server import ROOT
from tests.integration.ops.scripts import EngineScript

PATIENCE_S = 90.0


async def after_the_restart(folder: Path, engine: EngineScript) -> tuple[str, str]:
    """What the next start makes of the publication that was killed: its state, and the live model."""
    places = Places(
        root=folder / "checkout", data=folder / "data", models=folder / "models", articles=folder / "articles"
    )
    client = EngineClient("http://engine", "s" * 32, concurrency=1, transport=engine)
    database = Database.open(places.data / "frontdesk.db")
    publisher = Publisher(places=places, database=database, engine=client, feed=Feed(), make=_never)
    try:
        killed = await database.read(publications.running)
        assert killed is not None
        async with publisher.running(), asyncio.timeout(PATIENCE_S):
            while (found := await database.read(publications.by_id, killed.id)).finished_at is None:
                await asyncio.sleep(0.02)
    finally:
        await client.close()
        database.close()
    return found.state, live_model.read_live(places.models).model_id


async def _never(work: str, on_state: object) -> Made:
    raise AssertionError(f"{work} was to be made again")


@pytest.mark.parametrize(
    ("place", "runs", "state", "live"),
    [
        pytest.param("publish.kept:kill", "mdl_old", "failed", "mdl_old", id="T3-kept-and-not-swapped"),
        pytest.param("publish.swapped:kill", "mdl_new", "live", "mdl_new", id="T5-swapped-and-not-pointed-to"),
    ],
)
def test_a_killed_publication_is_settled_at_the_next_start(
    tmp_path: Path, place: str, runs: str, state: str, live: str
) -> None:
    command = [sys.executable, "-m", "tests.faults.publication", str(tmp_path), place]
    died = subprocess.run(command, cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, check=False)
    assert died.returncode == -9, died.stderr

    engine = EngineScript(runs)

    assert asyncio.run(after_the_restart(tmp_path, engine)) == (state, live)
    assert engine.runs == live
