"""The owner's view of what customers could not find out."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query

from bot.desk.errors import InvalidRequest
from bot.desk.events import Event, timestamp
from bot.desk.feedback import KINDS, Choice, Kind, Question, gather
from bot.server.bodies import StrictRoute
from bot.server.parts import Server
from bot.server.sign_in import Owner
from bot.store import feedback

DEFAULT_DAYS = 30

router = APIRouter(prefix="/api/owner", route_class=StrictRoute)

Since = Annotated[datetime | None, Query(description="with time zone; the last 30 days without it")]
Limit = Annotated[int, Query(ge=1, le=200)]
Offset = Annotated[int, Query(ge=0, le=feedback.MAX_MISSES)]


@router.get("/feedback")
async def list_feedback(
    _: Owner,
    server: Server,
    since: Since = None,
    kind: Annotated[list[Kind] | None, Query()] = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> dict[str, Any]:
    """Questions that were not simply answered, and what customers chose or refused when they were asked back."""
    begin = _aware(since) if since else server.now() - timedelta(days=DEFAULT_DAYS)
    found = await server.database.read(partial(feedback.read, since=begin, kinds=kind or KINDS))
    questions = gather(found.misses, found.offers, found.pressed)
    shown = questions[offset : offset + limit]
    replies = await server.database.read(partial(feedback.replies, questions=shown))
    return {
        "since": timestamp(begin),
        "outcomes": found.outcomes,
        "complete": found.is_complete,
        "total": len(questions),
        "questions": [_question(*each) for each in zip(shown, replies, strict=True)],
    }


def _question(question: Question, reply: Event | None) -> dict[str, Any]:
    latest = question.latest
    return {
        "kind": question.kind,
        "text": latest.text,
        "count": question.count,
        "first_at": timestamp(question.first_at),
        "last_at": timestamp(latest.at),
        "language": latest.language,
        "latest": {"conversation_id": latest.conversation_id, "seq": latest.seq},
        "answered_by": _answered_by(reply) if reply else None,
        "candidates": [
            {
                "article_id": each.get("article_id"),
                "question": each.get("question"),
                "confidence": each.get("confidence"),
            }
            for each in latest.candidates
        ],
        "choices": [_choice(each) for each in question.choices],
        "refused": question.refused,
        "passed_over": question.passed_over,
    }


def _answered_by(reply: Event) -> dict[str, Any]:
    return {"conversation_id": reply.conversation_id, "seq": reply.seq, "name": reply.author.name}


def _choice(choice: Choice) -> dict[str, Any]:
    return {
        "title": choice.title,
        "article_id": choice.article_id,
        "intent": choice.intent,
        "offered": choice.offered,
        "chosen": choice.chosen,
    }


def _aware(moment: datetime) -> datetime:
    """A time without a zone is UTC, as everywhere in the protocol.

    Raises:
        InvalidRequest: No calendar reaches there.
    """
    try:
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except OverflowError as exc:
        raise InvalidRequest([{"field": "since", "message": "must be a time like 2026-11-22T09:30:00Z"}]) from exc
