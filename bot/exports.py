"""`bot sentiment corrections` and `bot conversations`: what the desk learned, as JSONL on the standard output."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.desk.past import as_json
from bot.operate import Desk
from bot.server.corrections import EXPORTED, as_lines
from bot.store import corrections
from bot.store.beside import open_beside
from bot.store.past import recent

Say = Callable[[str], None]
MOST_TURNS = 1_000_000


def corrections_as_lines() -> str:
    """All corrections of the desk, one JSON object a line."""
    database = open_beside(Desk.find().settings.store_location)
    try:
        return as_lines(asyncio.run(database.read(corrections.page, limit=EXPORTED)))
    finally:
        database.close()


def print_corrections(*, say: Say) -> int:
    """Print all corrections.

    Returns:
        Exit code.
    """
    for line in corrections_as_lines().splitlines():
        say(line)
    return 0


@contextmanager
def calibration(arguments: Sequence[str]) -> Iterator[list[str]]:
    """Arguments of `bot sentiment calibrate`; without a file of corrections those of the desk are used."""
    if any(one == "--undo" or one == "--corrections" or one.startswith("--corrections=") for one in arguments):
        yield list(arguments)
        return
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "corrections.jsonl"
        file.write_text(corrections_as_lines(), "utf-8")
        yield [*arguments, "--corrections", str(file)]


def print_conversations(*, days: int, limit: int, say: Say) -> int:
    """Print the newest conversations as `bot evaluate escalation` reads them.

    Returns:
        Exit code.
    """
    database = open_beside(Desk.find().settings.store_location)
    since = datetime.now(UTC) - timedelta(days=days)
    try:
        found = asyncio.run(database.read(recent, since=since, limit=limit, most_turns=MOST_TURNS))
    finally:
        database.close()
    for past in found.past:
        say(json.dumps(as_json(past), ensure_ascii=False))
    return 0
