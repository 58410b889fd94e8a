"""Routes of the owner: what agents said the assistant got wrong."""

import json
from collections.abc import Iterable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response

from bot.desk.events import timestamp
from bot.server.parts import Server
from bot.server.sign_in import Owner
from bot.store import corrections
from bot.store.corrections import Given
from bot.store.database import Transaction

EXPORTED = 100_000
"""More corrections than agents give in years; a file of them is still some megabytes."""

router = APIRouter(prefix="/api/owner")

Kind = Literal["wrong_mood", "needless_handoff", "too_late"]


@router.get("/corrections")
async def list_corrections(
    _: Owner,
    server: Server,
    kind: Kind | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    before: Annotated[str | None, Query(max_length=64)] = None,
) -> dict[str, Any]:
    """Corrections, the newest first, page by page."""

    def read(tx: Transaction) -> tuple[list[Given], dict[str, int]]:
        return corrections.page(tx, kind=kind, before=before, limit=limit + 1), corrections.counts(tx)

    found, counts = await server.database.read(read)
    shown = found[:limit]
    following = shown[-1].id if len(found) > limit else None
    return {"corrections": [as_json(each) for each in shown], "counts": counts, "next": following}


@router.get("/corrections.jsonl")
async def export_corrections(_: Owner, server: Server) -> Response:
    """All corrections as a file."""
    found = await server.database.read(corrections.page, limit=EXPORTED)
    headers = {"Content-Disposition": 'attachment; filename="corrections.jsonl"', "Cache-Control": "no-store"}
    return Response(as_lines(found), media_type="application/jsonl", headers=headers)


def as_lines(found: Iterable[Given]) -> str:
    """One JSON object a line, as `bot sentiment calibrate` reads them."""
    return "".join(f"{json.dumps(as_json(each), ensure_ascii=False)}\n" for each in found)


def as_json(given: Given) -> dict[str, Any]:
    """A correction as in the protocol."""
    return {
        "id": given.id,
        "kind": given.kind,
        "label": given.label,
        "text": given.text,
        "conversation_id": given.conversation_id,
        "message_seq": given.message_seq,
        "given_by": {"id": given.staff_id, "name": given.staff_name},
        "created_at": timestamp(given.created_at),
    }
