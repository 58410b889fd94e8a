"""`bot erase` and `bot export-conversations`: what a customer has a right to, from the command line.

They work on the database itself, beside a running server or without one; a server notices within seconds, closes what
shows the conversation, and makes the engine forget it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from bot.desk.errors import ConversationErased, NotFound
from bot.desk.events import timestamp
from bot.operate import Desk
from bot.store import copies, erasures
from bot.store.beside import open_beside
from bot.store.copies import Found
from bot.store.database import Database, Transaction
from bot.store.erasures import By

Say = Callable[[str], None]
AT_ONCE = 500
OWNER = By(reason="owner", staff_name="bot erase")


def run(options: argparse.Namespace, *, say: Say) -> int:
    """Run `bot erase` or `bot export-conversations`.

    Returns:
        Exit code.
    """
    database = open_beside(Desk.find().settings.store_location)
    try:
        return asyncio.run(_ACTIONS[options.action](database, options, say))
    finally:
        database.close()


async def _erase(database: Database, options: argparse.Namespace, say: Say) -> int:
    ids, mentioned = await _chosen(database, options)
    for each in mentioned:
        say(f"Left alone: {_line(each)}. The address is only written in it; erase it by its id if it is theirs.")
    if not ids:
        raise NotFound(f"No customer gave {options.email} as their address.")
    if not options.yes and not _agreed(len(ids)):
        say("Nothing was deleted.")
        return 1
    gone = await database.write(erasures.erase, ids, OWNER, now=datetime.now(UTC))
    for conversation_id in ids:
        say(f"{conversation_id}: {'deleted' if conversation_id in gone else 'was deleted before'}")
    say("Backups made before now hold them still; see docs/privacy.md.")
    return 0


def erase_again(store: Path, ids: Sequence[str]) -> int:
    """Delete what a backup brought back though it had been deleted.

    Returns:
        How many were there.
    """
    database = Database.open(store)
    by, now, found = By(reason="owner", staff_name="bot restore"), datetime.now(UTC), 0
    try:
        for start in range(0, len(ids), AT_ONCE):
            some = ids[start : start + AT_ONCE]
            found += len(asyncio.run(database.write(erasures.erase, some, by, now=now)))
    finally:
        database.close()
    return found


def _agreed(number: int) -> bool:
    sys.stdout.write(f"Delete {number} conversation(s) for good? Type yes: ")
    sys.stdout.flush()
    return sys.stdin.readline().strip().lower() == "yes"


async def _export(database: Database, options: argparse.Namespace, say: Say) -> int:
    ids, mentioned = await _chosen(database, options)
    made = await database.read(partial(_copies, ids=ids, notes=options.notes))
    say(json.dumps({"exported_at": timestamp(datetime.now(UTC)), "conversations": made}, ensure_ascii=False, indent=2))
    for each in mentioned:
        sys.stderr.write(f"Left out: {_line(each)}. The address is only written in it; export it by its id.\n")
    return 0


def _copies(tx: Transaction, *, ids: Sequence[str], notes: bool) -> list[dict[str, Any]]:
    return [copies.whole(tx, each, notes=notes) for each in ids]


async def _chosen(database: Database, options: argparse.Namespace) -> tuple[list[str], list[Found]]:
    """The conversations that are meant, and those in which the address is only written.

    Raises:
        NotFound: One of the ids is none.
    """
    if options.email is None:
        await database.read(partial(_check, ids=options.conversation))
        return list(options.conversation), []
    found = await database.read(copies.by_email, options.email)
    return [each.conversation.id for each in found if each.gave], [each for each in found if not each.gave]


def _check(tx: Transaction, *, ids: Sequence[str]) -> None:
    for each in ids:
        try:
            copies.find(tx, each)
        except ConversationErased:
            continue
        except NotFound:
            raise NotFound(f"There is no conversation {each}. Its id stands in the address of the desk.") from None


def _line(found: Found) -> str:
    return f"{found.conversation.id}, {found.conversation.updated_at:%Y-%m-%d}"


_ACTIONS = {"erase": _erase, "export": _export}
