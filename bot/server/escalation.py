"""Routes of the owner: when a person is brought in."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from fastapi import APIRouter
from pydantic import Field

from bot import simulating
from bot.desk.errors import InvalidRequest
from bot.desk.escalation_settings import EscalationSettings
from bot.desk.events import timestamp
from bot.desk.past import from_json
from bot.desk.simulator import PastConversation
from bot.server.bodies import Body, StrictRoute
from bot.server.parts import Server
from bot.server.sign_in import Owner
from bot.store import escalation_settings
from bot.store.database import Transaction
from bot.store.escalation_settings import Saved
from bot.store.past import recent

MOST_CONVERSATIONS = 1_000
MOST_TURNS = 5_000
MOST_UPLOADED_CHARS = 2_000_000
BUDGET_S = 8.0
"""Seconds to replay; the console waits 15."""
NAMED = 50
"""Conversations that are named of each kind of change; the counts are of all."""

HISTORY = 20
"""Earlier thresholds that the page shows; all are kept."""


class ThresholdsRoute(StrictRoute):
    """A route whose body may hold two full lists of words."""

    max_bytes = 65_536


class SimulationRoute(StrictRoute):
    """A route whose body may hold uploaded conversations."""

    max_bytes = 2_500_000


class NewThresholds(Body):
    """Thresholds, and the version they were made from; what is left out has its default."""

    version: int = Field(ge=0)
    thresholds: dict[str, Any]


class Simulate(Body):
    """Thresholds to try, and on what: the desk's own conversations of the last days, or uploaded ones."""

    thresholds: dict[str, Any]
    days: int = Field(30, ge=1, le=365)
    conversations: int = Field(300, ge=1, le=MOST_CONVERSATIONS)
    jsonl: str | None = Field(None, max_length=MOST_UPLOADED_CHARS)


router = APIRouter(prefix="/api/owner/escalation", route_class=ThresholdsRoute)
_simulation = APIRouter(route_class=SimulationRoute)


@router.get("")
async def read_thresholds(_: Owner, server: Server) -> dict[str, Any]:
    """The thresholds that count, what each means, and who changed them when."""
    return await server.database.read(_shown)


@router.put("")
async def save_thresholds(body: NewThresholds, owner: Owner, server: Server) -> dict[str, Any]:
    """Save thresholds, unless somebody else did since `version`; they count from the next message on."""
    settings = read_settings(body.thresholds)

    def save(tx: Transaction) -> dict[str, Any]:
        escalation_settings.save(
            tx, settings, version=body.version, staff_id=owner.id, staff_name=owner.name, now=server.now()
        )
        return _shown(tx)

    return await server.database.write(save)


@_simulation.post("/simulation")
async def simulate(body: Simulate, _: Owner, server: Server) -> dict[str, Any]:
    """What other thresholds would change, before they are saved."""
    after = read_settings(body.thresholds)
    before = await server.thresholds.settings()
    days: float | None = None
    is_complete = True
    if body.jsonl is not None:
        past: Sequence[PastConversation] = await asyncio.to_thread(_uploaded, body.jsonl)
    else:
        now = server.now()
        since = now - timedelta(days=body.days)
        found = await server.database.read(recent, since=since, limit=body.conversations, most_turns=MOST_TURNS)
        past, is_complete = found.past, found.is_complete
        days = max((now - (found.since or now)) / timedelta(days=1), 1.0)
    async with server.simulating:
        result = await simulating.run(past, before=before, after=after, days=days, limit=NAMED, budget_s=BUDGET_S)
    return {**result, "is_complete": is_complete and result["conversations"] == len(past)}


def _uploaded(jsonl: str) -> list[PastConversation]:
    """Conversations of an uploaded file.

    Raises:
        InvalidRequest: A line does not fit; says which.
    """
    past: list[PastConversation] = []
    turns = 0
    for number, line in enumerate(jsonl.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            past.append(from_json(json.loads(line)))
        except (InvalidRequest, ValueError, RecursionError) as exc:
            what = exc.errors[0]["message"] if isinstance(exc, InvalidRequest) else "is not JSON"
            raise InvalidRequest([{"field": "jsonl", "message": f"line {number}: {what}"}]) from None
        turns += len(past[-1].turns)
        if len(past) > MOST_CONVERSATIONS or turns > MOST_TURNS:
            message = f"at most {MOST_CONVERSATIONS:,} conversations and {MOST_TURNS:,} turns can be tried at once"
            raise InvalidRequest([{"field": "jsonl", "message": message}])
    if not past:
        raise InvalidRequest([{"field": "jsonl", "message": "holds no conversations, one JSON object a line"}])
    return past


def read_settings(thresholds: Mapping[str, Any]) -> EscalationSettings:
    """Thresholds of a request body.

    Raises:
        InvalidRequest: Some do not fit; its fields are named as in the body.
    """
    try:
        return EscalationSettings.from_dict(thresholds)
    except InvalidRequest as exc:
        errors = [{**error, "field": f"thresholds.{error['field']}"} for error in exc.errors]
        raise InvalidRequest(errors, exc.message) from None


def _shown(tx: Transaction) -> dict[str, Any]:
    saved = escalation_settings.history(tx, limit=HISTORY)
    now_is = saved[0] if saved else Saved(thresholds={})
    return {
        "version": now_is.version,
        "thresholds": EscalationSettings.from_dict(now_is.thresholds).to_dict(),
        "settings": EscalationSettings.describe(),
        "history": [_entry(each) for each in saved],
    }


def _entry(saved: Saved) -> dict[str, Any]:
    return {
        "version": saved.version,
        "thresholds": dict(saved.thresholds),
        "saved_by": {"id": saved.staff_id, "name": saved.staff_name},
        "saved_at": timestamp(saved.saved_at) if saved.saved_at else None,
    }


router.include_router(_simulation)
