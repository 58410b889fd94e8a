"""An agent at work: a signed-in browser that sends each command again, under one id, until it is answered."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timezone
from typing import Any

import httpx

from bot.store import sessions, staff
from bot.store.database import Database
from tests.faults.customer import until_answered
from tests.faults.desk_process import DeskProcess


class Agent:
    """One agent's browser."""

    def __init__(self, url: str, cookie: str, csrf: str) -> None:
        self._headers = {"Cookie": f"frontdesk_session={cookie}", "X-CSRF-Token": csrf, "Origin": url}

    async def act(
        self, http: httpx.AsyncClient, conversation_id: str, what: str, **body: Any
    ) -> tuple[int, dict[str, Any]]:
        """Do something in a conversation, until it is answered; the status and the answer."""
        path = f"/api/agent/conversations/{conversation_id}/{what}"
        asked = {"client_message_id": f"{what}-1", **body}
        answer = await until_answered(http, "POST", path, asked, self._headers, accept=(409,))
        return answer.status_code, answer.json()


def sign_in(desk: DeskProcess, names: Sequence[str]) -> list[Agent]:
    """Make agents with live sessions in the store, before the desk starts on it."""

    def make(tx: Any) -> list[tuple[str, str]]:
        now = datetime.now(timezone.utc)
        people = [
            staff.add(tx, email=f"{name}@desk.example", name=name, role="agent", password_hash="-", now=now)
            for name in names
        ]
        return [sessions.start(tx, staff_id=person.id, now=now) for person in people]

    database = Database.open(desk.data / "frontdesk.db")
    try:
        found = asyncio.run(database.write(make))
    finally:
        database.close()
    return [Agent(desk.url, cookie, csrf) for cookie, csrf in found]
