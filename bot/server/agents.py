"""Routes of the agent console."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from bot.desk import conversation as desk
from bot.desk.conversation import Conversation, Step
from bot.desk.errors import InvalidRequest
from bot.desk.events import Author, Command
from bot.desk.snooze import snooze, wake
from bot.server import accounts, commands
from bot.server.bodies import Body, StrictRoute
from bot.server.brief import brief
from bot.server.fields import ClientMessageId, message_text
from bot.server.parts import Parts, Server
from bot.server.recorder import Change
from bot.server.views import events_page, summary
from bot.server.widget import MAX_SEQ, After, Limit
from bot.store import conversations, copies, corrections, log, proposals, staff
from bot.store.corrections import Correction
from bot.store.database import Transaction
from bot.store.staff import Staff

RECENT_EVENTS = 500
"""Events of a conversation that opening it loads; older ones follow by `events?after=`."""

router = APIRouter(prefix="/api/agent", route_class=StrictRoute)

SignedIn = Annotated[Staff, Depends(accounts.current_staff)]


class Presence(Body):
    """Whether this agent takes conversations."""

    available: bool


class Commanded(Body):
    """A command without more to say."""

    client_message_id: ClientMessageId


class Written(Body):
    """A command with a text."""

    client_message_id: ClientMessageId
    text: str


class Snoozed(Body):
    """Until when a conversation is put aside; without a time it is brought back."""

    client_message_id: ClientMessageId
    until: str | None = Field(max_length=40)


class Corrected(Body):
    """What the assistant got wrong."""

    client_message_id: ClientMessageId
    kind: Literal["wrong_mood", "needless_handoff", "too_late", "missing_article"]
    message_seq: int | None = Field(None, ge=1, le=MAX_SEQ)
    label: Literal["negative", "neutral", "positive"] | None = None


def _author(person: Staff) -> Author:
    return Author(kind="agent", id=person.id, name=person.name)


@router.post("/presence", status_code=204)
async def presence(body: Presence, person: SignedIn, server: Server) -> None:
    """Say whether one takes conversations, for the honest availability line."""
    await server.database.write(staff.set_available, person.id, body.available, now=server.now())
    server.feed.set_available(person.id, body.available)


@router.get("/conversations")
async def conversations_page(
    person: SignedIn,
    server: Server,
    status: Annotated[str, Query(max_length=100)] = "waiting,assigned,bot",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    before: Annotated[str | None, Query(max_length=40)] = None,
) -> dict[str, Any]:
    """Conversations, waiting ones first by priority and longest wait."""
    found = await server.database.read(conversations.page, _statuses(status), limit=limit, before=_moment(before))
    return {"conversations": [summary(each) for each in found.conversations], "counts": found.counts}


def _statuses(listed: str) -> list[str]:
    wanted = [each.strip() for each in listed.split(",") if each.strip()]
    if not wanted or set(wanted) - set(conversations.STATUSES):
        message = f"must be one or more of {', '.join(conversations.STATUSES)}, separated by commas"
        raise InvalidRequest([{"field": "status", "message": message}])
    return wanted


def _moment(text: str | None, field: str = "before") -> datetime | None:
    try:
        moment = datetime.fromisoformat(text) if text else None
    except ValueError:
        moment = None
    if text and (moment is None or moment.tzinfo is None):
        raise InvalidRequest([{"field": field, "message": "must be a time with its zone, as in `updated_at`"}])
    return moment


@router.get("/conversations/{conversation_id}")
async def conversation(conversation_id: str, person: SignedIn, server: Server) -> dict[str, Any]:
    """One conversation with its brief and its latest events."""
    now_is, events = await server.database.read(_latest, conversation_id)
    await asyncio.to_thread(server.answers.refresh)
    return {
        "conversation": summary(now_is),
        "brief": brief(now_is, events, server.answers.of),
        "events": [event.for_staff() for event in events],
        "last_seq": now_is.last_seq,
    }


def _latest(tx: Transaction, conversation_id: str) -> tuple[Conversation, list[Any]]:
    now_is = copies.find(tx, conversation_id)
    return now_is, log.after(tx, conversation_id, max(0, now_is.last_seq - RECENT_EVENTS), limit=RECENT_EVENTS)


@router.get("/conversations/{conversation_id}/events")
async def events(
    conversation_id: str, person: SignedIn, server: Server, after: After = 0, limit: Limit = 200
) -> dict[str, Any]:
    """What happened after `after`, with everything staff may see."""
    now_is = await server.database.read(conversations.get, conversation_id)
    found = await server.database.read(log.after, conversation_id, after, limit=limit)
    return events_page(now_is, found, server.database.epoch, staff=True)


@router.post("/conversations/{conversation_id}/claim", status_code=202)
async def claim(body: Commanded, conversation_id: str, person: SignedIn, server: Server) -> dict[str, Any]:
    """Become responsible."""
    return await _act(server, person, conversation_id, "claim", body, desk.claim)


@router.post("/conversations/{conversation_id}/join", status_code=202)
async def join(body: Commanded, conversation_id: str, person: SignedIn, server: Server) -> dict[str, Any]:
    """Take over a conversation that the assistant has, or that was resolved."""
    author = _author(person)
    command = commands.command_of("join", body.client_message_id, {}, author_id=person.id)
    work = partial(
        commands.join,
        conversation_id=conversation_id,
        agent=author,
        command=command,
        business=server.availability().business,
        now=server.now(),
    )
    return _accepted(await server.recorder.change(conversation_id, work))


@router.post("/conversations/{conversation_id}/hand-back", status_code=202)
async def hand_back(body: Commanded, conversation_id: str, person: SignedIn, server: Server) -> dict[str, Any]:
    """Return the conversation to the assistant."""
    return await _act(server, person, conversation_id, "hand-back", body, desk.hand_back)


@router.post("/conversations/{conversation_id}/resolve", status_code=202)
async def resolve(body: Commanded, conversation_id: str, person: SignedIn, server: Server) -> dict[str, Any]:
    """Close the conversation until the customer writes again."""
    return await _act(server, person, conversation_id, "resolve", body, desk.resolve)


@router.post("/conversations/{conversation_id}/snooze", status_code=202)
async def put_aside(body: Snoozed, conversation_id: str, person: SignedIn, server: Server) -> dict[str, Any]:
    """Put one's conversation aside until then, or bring it back now."""
    author, until = _author(person), _moment(body.until, "until")
    command = commands.command_of("snooze", body.client_message_id, {"until": body.until}, author_id=person.id)

    def decide(now_is: Conversation) -> Step:
        if until is None:
            return wake(now_is, author, command)
        return snooze(now_is, author, command, until=until, now=server.now())

    return _accepted(await server.run(conversation_id, author, command, decide))


Decision = Callable[[Conversation, Author, Command], Step]


async def _act(
    server: Parts, person: Staff, conversation_id: str, name: str, body: Commanded, decision: Decision
) -> dict[str, Any]:
    author = _author(person)
    command = commands.command_of(name, body.client_message_id, {}, author_id=person.id)
    change = await server.run(conversation_id, author, command, lambda now_is: decision(now_is, author, command))
    return _accepted(change)


@router.post("/conversations/{conversation_id}/messages", status_code=202)
async def reply(body: Written, conversation_id: str, person: SignedIn, server: Server) -> dict[str, Any]:
    """Say something to the customer."""
    author, text = _author(person), message_text(body.text, server.settings)
    command = commands.command_of("reply", body.client_message_id, {"text": text}, author_id=person.id)
    decide = partial(desk.reply, agent=author, text=text, command=command)
    return _accepted(await server.run(conversation_id, author, command, decide))


@router.post("/conversations/{conversation_id}/notes", status_code=202)
async def add_note(body: Written, conversation_id: str, person: SignedIn, server: Server) -> dict[str, Any]:
    """Keep something for colleagues."""
    author, text = _author(person), message_text(body.text, server.settings)
    command = commands.command_of("note", body.client_message_id, {"text": text}, author_id=person.id)
    noted: dict[str, Any] = {"text": text, "subject": None, "fields": {}}
    decide = partial(desk.note, author=author, body=noted, command=command)
    return _accepted(await server.run(conversation_id, author, command, decide))


def _accepted(change: Change) -> dict[str, Any]:
    assert change.event is not None  # noqa: S101 -- a command with an id always has its event
    return {"seq": change.event.seq, "event": change.event.for_staff()}


@router.post("/conversations/{conversation_id}/corrections", status_code=202)
async def correct(body: Corrected, conversation_id: str, person: SignedIn, server: Server) -> dict[str, str]:
    """Keep what the assistant got wrong, as labelled data."""
    asked = body.model_dump(exclude={"client_message_id"})
    command = commands.command_of("correction", body.client_message_id, asked, author_id=person.id)
    _check_whole(body)
    correction = Correction(conversation_id=conversation_id, staff_id=person.id, **asked)
    return {"correction_id": await server.database.write(_correct, correction, command, server.now())}


def _check_whole(body: Corrected) -> None:
    if body.kind == "wrong_mood" and (body.message_seq is None or body.label is None):
        missing = "message_seq" if body.message_seq is None else "label"
        message = "a wrong mood needs the message it is about and the label that is right"
        raise InvalidRequest([{"field": missing, "message": message}])
    if body.kind == proposals.MISSING_ARTICLE and (body.message_seq is None or body.label is not None):
        wrong = "message_seq" if body.message_seq is None else "label"
        message = "a missing article needs the agent's reply that would be one, and no label"
        raise InvalidRequest([{"field": wrong, "message": message}])


def _correct(tx: Transaction, correction: Correction, command: Command, now: datetime) -> str:
    conversations.lock(tx, correction.conversation_id)
    if correction.message_seq is not None:
        proposes = correction.kind == proposals.MISSING_ARTICLE
        about = log.one(tx, correction.conversation_id, correction.message_seq)
        if about.type != "message" or about.author.kind != ("agent" if proposes else "customer"):
            whose = "an agent's reply" if proposes else "a message of the customer's"
            raise InvalidRequest([{"field": "message_seq", "message": f"must be {whose}"}])
        known = proposals.known(tx, correction.conversation_id, correction.message_seq) if proposes else None
        if known:
            return known
    return corrections.add(tx, correction, command, now=now)
