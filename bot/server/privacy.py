"""Routes of the owner: how long conversations are kept, copies for customers, and deleting on request."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field, model_validator

from bot.desk.events import timestamp
from bot.desk.retention import MOST_DAYS, read_days
from bot.server.bodies import Body, StrictRoute
from bot.server.fields import Email
from bot.server.parts import Parts, Server
from bot.server.retention import Erasing
from bot.server.sign_in import Owner
from bot.store import copies, erasures, retention
from bot.store.copies import Found
from bot.store.database import Transaction
from bot.store.erasures import By, Erasure
from bot.store.retention import Saved

HISTORY = 20
"""Earlier times, and deleted conversations, that the page shows."""

Id = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]


class NewTime(Body):
    """How long conversations are to be kept, and the version it was made from."""

    version: int = Field(ge=0)
    days: int


class Whose(Body):
    """An e-mail address."""

    email: Email


class Wanted(Body):
    """Whose copy: a conversation's, or all of an address."""

    email: Email | None = None
    conversation_id: Id | None = None
    notes: bool = False

    @model_validator(mode="after")
    def _one_of_both(self) -> "Wanted":
        if (self.email is None) == (self.conversation_id is None):
            raise ValueError("give either `email` or `conversation_id`")
        return self


router = APIRouter(prefix="/api/owner/privacy", route_class=StrictRoute)


@router.get("")
async def privacy(_: Owner, server: Server) -> dict[str, Any]:
    """What counts now, what there is, and what was deleted lately."""
    return await server.database.read(_shown, server)


@router.put("")
async def keep_for(body: NewTime, owner: Owner, server: Server) -> dict[str, Any]:
    """Keep conversations for another time; what is older goes within minutes."""
    days = read_days(body.days)

    def work(tx: Transaction) -> dict[str, Any]:
        who = {"staff_id": owner.id, "staff_name": owner.name}
        retention.save(tx, days, version=body.version, **who, now=server.now())
        return _shown(tx, server)

    return await server.database.write(work)


@router.get("/effect")
async def effect(_: Owner, server: Server, days: Annotated[int, Query(ge=0, le=MOST_DAYS)]) -> dict[str, int]:
    """How many conversations would go with another time, before it is saved."""
    found = await server.database.read(retention.stock, days, now=server.now())
    return {"conversations": found.conversations, "due": found.due}


@router.post("/find")
async def find(body: Whose, _: Owner, server: Server) -> dict[str, Any]:
    """The conversations of an address, and those in which it was written; by POST, so that no log has the address."""
    return {"conversations": [_found(each) for each in await server.database.read(copies.by_email, body.email)]}


@router.post("/copy")
async def copy(body: Wanted, _: Owner, server: Server) -> dict[str, Any]:
    """Everything that is kept, to be handed to the person whose it is."""
    made = partial(copy_of, email=body.email, ids=[body.conversation_id or ""], notes=body.notes)
    return {"exported_at": timestamp(server.now()), **await server.database.read(made)}


def copy_of(tx: Transaction, *, email: str | None, ids: list[str], notes: bool) -> dict[str, Any]:
    """The conversations an address was given in, or these.

    Raises:
        NotFound: There is no conversation with this id.
        ConversationErased: It was deleted.
    """
    if email is not None:
        ids = [each.conversation.id for each in copies.by_email(tx, email) if each.gave]
    return {"conversations": [copies.whole(tx, each, notes=notes) for each in ids]}


@router.post("/conversations/{conversation_id}/erase")
async def erase(conversation_id: str, owner: Owner, erasing: Erasing) -> dict[str, bool]:
    """Delete a conversation with everything that belongs to it; again, it changes nothing."""
    await erasing.erase(conversation_id, By(reason="owner", staff_id=owner.id, staff_name=owner.name))
    return {"erased": True}


def _shown(tx: Transaction, server: Parts) -> dict[str, Any]:
    default = server.settings.retention_days
    now_is = retention.current(tx, default=default)
    stock = retention.stock(tx, now_is.days, now=server.now())
    return {
        "version": now_is.version,
        "days": now_is.days,
        "default_days": default,
        "most_days": MOST_DAYS,
        "history": [_saved(each) for each in retention.history(tx, limit=HISTORY)],
        "conversations": stock.conversations,
        "oldest_at": timestamp(stock.oldest_at) if stock.oldest_at else None,
        "erased": [_erased(each) for each in erasures.recent(tx, limit=HISTORY)],
        "masking": server.settings.masking,
        "privacy_url": server.settings.privacy_url or server.profile.for_widget(server.availability())["privacy_url"],
    }


def _saved(saved: Saved) -> dict[str, Any]:
    return {
        "version": saved.version,
        "days": saved.days,
        "saved_by": {"id": saved.staff_id, "name": saved.staff_name},
        "saved_at": timestamp(saved.saved_at) if saved.saved_at else None,
    }


def _erased(erasure: Erasure) -> dict[str, Any]:
    return {
        "conversation_id": erasure.conversation_id,
        "reason": erasure.reason,
        "erased_by": erasure.staff_name,
        "erased_at": timestamp(erasure.erased_at),
    }


def _found(found: Found) -> dict[str, Any]:
    now_is = found.conversation
    return {
        "id": now_is.id,
        "status": now_is.status,
        "contact": now_is.contact,
        "gave": found.gave,
        "events": now_is.last_seq,
        "created_at": timestamp(now_is.created_at),
        "updated_at": timestamp(now_is.updated_at),
    }
