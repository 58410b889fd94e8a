"""`bot users`: the people who sign in, from the command line.

It works on the database itself, beside a running server or without one, so that an owner who lost their password can
always get back in by the machine they own.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import UTC, datetime

from bot.desk.errors import NotFound
from bot.operate import Desk
from bot.server.settings import Settings
from bot.store import setup_links, staff
from bot.store.beside import open_beside
from bot.store.database import Database, Transaction
from bot.store.staff import Staff

Say = Callable[[str], None]


async def manage(options: argparse.Namespace, *, say: Say) -> int:
    """Run one action of `bot users`.

    Returns:
        Exit code.
    """
    settings = Desk.find().settings
    database = open_beside(settings.store_location)
    try:
        await _ACTIONS[options.action](database, options, settings, say)
    finally:
        database.close()
    return 0


async def _list(database: Database, _: argparse.Namespace, settings: Settings, say: Say) -> None:
    people = await database.read(staff.everyone)
    for person in people:
        state = "disabled" if person.disabled_at else person.role
        say(f"{state:<9} {person.email:<32} {person.name}")
    if not people:
        say(f"Nobody yet. `bot serve` prints a link for the owner; see {settings.address}/owner.")


async def _owner_link(database: Database, _: argparse.Namespace, settings: Settings, say: Say) -> None:
    token = await database.write(setup_links.first_owner, now=datetime.now(UTC))
    if token:
        say(_link(settings, token))


async def _add(database: Database, options: argparse.Namespace, settings: Settings, say: Say) -> None:
    token = await database.write(
        setup_links.invite,
        email=options.email,
        name=options.name,
        role="owner" if options.owner else "agent",
        now=datetime.now(UTC),
    )
    say(f"Give this link to {options.email}. It works once, within 24 hours:\n{_link(settings, token)}")


async def _reset(database: Database, options: argparse.Namespace, settings: Settings, say: Say) -> None:
    person, token = await database.write(setup_links.reset, email=options.email, now=datetime.now(UTC))
    say(f"{person.name} sets a new password here, once, within 24 hours:\n{_link(settings, token)}")


async def _disable(database: Database, options: argparse.Namespace, settings: Settings, say: Say) -> None:
    person = await database.write(_disable_by_email, email=options.email, now=datetime.now(UTC))
    say(f"{person.name} <{person.email}> can no longer sign in and is being signed out.")


def _disable_by_email(tx: Transaction, *, email: str, now: datetime) -> Staff:
    login = staff.by_email(tx, email)
    if login is None:
        raise NotFound(f"Nobody signs in with {email}. `bot users list` shows who does.")
    return staff.disable(tx, login.staff.id, now=now)


def _link(settings: Settings, token: str) -> str:
    # Behind `#`: a browser sends that part to no server, so the token reaches no log and no Referer.
    return f"{settings.address}/setup#{token}"


_ACTIONS = {"list": _list, "owner-link": _owner_link, "add": _add, "reset": _reset, "disable": _disable}
