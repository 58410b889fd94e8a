"""Routes of the owner: when a person is brought in."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from pydantic import Field

from bot.desk.errors import InvalidRequest
from bot.desk.escalation_settings import EscalationSettings
from bot.desk.events import timestamp
from bot.server.bodies import Body, StrictRoute
from bot.server.parts import Server
from bot.server.sign_in import Owner
from bot.store import escalation_settings
from bot.store.database import Transaction
from bot.store.escalation_settings import Saved

HISTORY = 20
"""Earlier thresholds that the page shows; all are kept."""


class ThresholdsRoute(StrictRoute):
    """A route whose body may hold two full lists of words."""

    max_bytes = 65_536


class NewThresholds(Body):
    """Thresholds, and the version they were made from; what is left out has its default."""

    version: int = Field(ge=0)
    thresholds: dict[str, Any]


router = APIRouter(prefix="/api/owner/escalation", route_class=ThresholdsRoute)


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
