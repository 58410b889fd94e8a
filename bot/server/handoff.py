"""`POST /webhooks/handoff`: what the actions tell the server, signed by Standard Webhooks, once."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from pydantic import Field, TypeAdapter, ValidationError

from bot.desk import conversation as desk
from bot.desk.conversation import RULE_MAX_CHARS, Conversation, Step
from bot.desk.errors import DeskError, InvalidRequest
from bot.desk.events import ASSISTANT
from bot.desk.handoff import Reason
from bot.desk.queue import Priority
from bot.desk.webhooks import Signer
from bot.server import metrics
from bot.server.bodies import Body, parse_json, read_bounded
from bot.server.escalate import Wish, open_handoff
from bot.server.fields import Email, Name, clean
from bot.server.parts import Parts, Server
from bot.server.problems import InvalidJson, field_errors
from bot.server.profile import Availability
from bot.server.recorder import Change
from bot.store import conversations, handoffs, log, webhooks
from bot.store.database import Transaction

MAX_BYTES = 20_480

router = APIRouter()

Id = Annotated[str, Field(min_length=1, max_length=96)]


class Evidence(Body):
    """One message that speaks for a handoff."""

    message_id: Id | None = None
    text: str | None = Field(None, max_length=4000)
    polarity: float | None = Field(None, ge=-1, le=1)
    note: str | None = Field(None, max_length=500)


class Contact(Body):
    """How the customer can be reached."""

    email: Email
    name: Name | None = None


class Requested(Body):
    """Why a human is needed."""

    conversation_id: Id
    message_id: Id | None = None
    reason: Reason
    rule: str | None = Field(None, max_length=RULE_MAX_CHARS)
    evidence: list[Evidence] = Field(default_factory=list, max_length=20)
    priority: Priority = "normal"
    contact: Contact | None = None


class Note(Body):
    """Something for staff."""

    conversation_id: Id
    message_id: Id | None = None
    subject: str | None = Field(None, max_length=200)
    text: str = Field(max_length=8000)
    fields: dict[str, str | int | float | bool | None] = Field(default_factory=dict, max_length=50)


class HandoffRequested(Body):
    """A human is needed."""

    type: Literal["handoff.requested"]
    timestamp: str = Field(max_length=40)
    data: Requested


class NoteAdded(Body):
    """The assistant took a note."""

    type: Literal["note.added"]
    timestamp: str = Field(max_length=40)
    data: Note


Webhook = HandoffRequested | NoteAdded
_WEBHOOK: TypeAdapter[Webhook] = TypeAdapter(Annotated[Webhook, Field(discriminator="type")])


@router.post("/webhooks/handoff")
async def receive(request: Request, server: Server) -> Mapping[str, Any]:
    """Take a webhook: authentic, fresh, and once."""
    try:
        webhook_id, webhook = await _verified(request, server)
        answer = await _take(server, webhook_id, webhook)
    except DeskError as error:
        metrics.WEBHOOKS.labels(error.code).inc()
        raise
    metrics.WEBHOOKS.labels("accepted").inc()
    return answer


async def _verified(request: Request, server: Parts) -> tuple[str, Webhook]:
    raw = await read_bounded(request, MAX_BYTES)
    verified = _signer(server).verify(request.headers, raw, now=server.now())
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise InvalidJson("The webhook must be JSON: send it with `Content-Type: application/json`.")
    try:
        return verified.webhook_id, _WEBHOOK.validate_python(parse_json(raw))
    except ValidationError as exc:
        raise InvalidRequest(field_errors(exc.errors()), "The webhook does not fit the protocol.") from None


def _signer(server: Parts) -> Signer:
    settings = server.settings
    secrets = [settings.webhook_secret.get_secret_value()]
    if settings.previous_webhook_secret:
        secrets.append(settings.previous_webhook_secret.get_secret_value())
    return Signer(secrets)


async def _take(server: Parts, webhook_id: str, webhook: Webhook) -> Mapping[str, Any]:
    work = partial(
        _receive, webhook_id=webhook_id, webhook=webhook, availability=server.availability(), now=server.now()
    )
    change = await server.recorder.change(webhook.data.conversation_id, work)
    answer: Mapping[str, Any] = change.answer
    return answer


def _receive(
    tx: Transaction, *, webhook_id: str, webhook: Webhook, availability: Availability, now: datetime
) -> Change:
    """The webhook's effect and its mark, in one transaction."""
    now_is = conversations.lock(tx, webhook.data.conversation_id)
    digest = _digest(webhook)
    before = webhooks.earlier(tx, webhook_id, digest)
    if before is not None:
        return Change(answer=before)
    if isinstance(webhook, NoteAdded):
        change = _note(tx, now_is, webhook.data, now=now)
    else:
        change = _request(tx, now_is, webhook.data, availability, now=now)
    webhooks.remember(tx, webhook_id, digest, change.answer, now=now)
    return change


def _digest(webhook: Webhook) -> str:
    """Of what is asked for; the timestamp may differ from try to try."""
    asked = json.dumps(webhook.model_dump(exclude={"timestamp"}), sort_keys=True)
    return hashlib.sha256(asked.encode()).hexdigest()


def _note(tx: Transaction, now_is: Conversation, data: Note, *, now: datetime) -> Change:
    body = {"text": clean(data.text), "subject": data.subject, "fields": data.fields}
    recorded = log.record(tx, desk.note(now_is, ASSISTANT, body), now=now)
    return Change(recorded=recorded, answer=_answer(None, None, recorded.conversation, created=True))


def _request(
    tx: Transaction, now_is: Conversation, data: Requested, availability: Availability, *, now: datetime
) -> Change:
    known = handoffs.for_message(tx, now_is.id, data.message_id) if data.message_id else None
    if known:
        return Change(answer=_answer(*known, now_is, created=False))
    step = _contacted(now_is, data.contact)
    if now_is.handoff is not None:
        recorded = log.record(tx, step, now=now) if step.drafts else None
        return Change(
            recorded=recorded,
            answer=_answer(now_is.handoff["id"], now_is.handoff["reference"], now_is, created=False),
        )
    step = step.then(open_handoff(tx, step.conversation, _wish(data), availability, now=now, author=ASSISTANT))
    recorded = log.record(tx, step, now=now)
    opened = recorded.conversation.handoff or {}
    return Change(
        recorded=recorded, answer=_answer(opened["id"], opened["reference"], recorded.conversation, created=True)
    )


def _contacted(now_is: Conversation, contact: Contact | None) -> Step:
    if contact is None or now_is.contact == {"email": contact.email, "name": contact.name}:
        return Step(conversation=now_is)
    return desk.leave_contact(now_is, email=contact.email, name=contact.name, command=None)


def _wish(data: Requested) -> Wish:
    wish = Wish(
        reason=data.reason,
        source="webhook",
        rule=data.rule,
        evidence=tuple(each.model_dump() for each in data.evidence),
        message_id=data.message_id,
    )
    return replace(wish, priority=data.priority)


def _answer(handoff_id: str | None, reference: str | None, now_is: Conversation, *, created: bool) -> dict[str, Any]:
    return {"handoff_id": handoff_id, "reference": reference, "status": now_is.status, "created": created}
