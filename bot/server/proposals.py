"""Routes of the owner: replies that agents propose as articles."""

from typing import Any

from fastapi import APIRouter

from bot.desk.events import timestamp
from bot.server.bodies import Body, StrictRoute
from bot.server.parts import Server
from bot.server.sign_in import Owner
from bot.store import proposals
from bot.store.proposals import Outcome, Proposal

router = APIRouter(prefix="/api/owner/proposals", route_class=StrictRoute)


class Settled(Body):
    """What the owner made of a proposal."""

    outcome: Outcome


@router.get("")
async def list_proposals(_: Owner, server: Server) -> dict[str, Any]:
    """What agents propose and nobody has settled yet, the newest first."""
    return {"proposals": [_as_json(each) for each in await server.database.read(proposals.unsettled)]}


@router.post("/{proposal_id}", status_code=204)
async def settle(proposal_id: str, body: Settled, _: Owner, server: Server) -> None:
    """An article was written from it, or it needs none."""
    await server.database.write(proposals.settle, proposal_id, body.outcome)


def _as_json(proposal: Proposal) -> dict[str, Any]:
    return {
        "id": proposal.id,
        "question": proposal.question,
        "answer": proposal.answer,
        "conversation_id": proposal.conversation_id,
        "message_seq": proposal.message_seq,
        "given_by": {"id": proposal.staff_id, "name": proposal.staff_name},
        "created_at": timestamp(proposal.created_at),
    }
