"""Routes of the chat widget: a customer holds the bearer token of one conversation."""

import secrets
from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field, model_validator

from bot.desk import conversation as desk
from bot.desk.conversation import Conversation, Utterance, open_conversation
from bot.desk.errors import ConversationErased, NotAuthenticated, NotFound
from bot.desk.events import CUSTOMER
from bot.desk.masking import Masked, mask
from bot.server import commands
from bot.server.bodies import Body, StrictRoute
from bot.server.fields import ButtonId, ClientMessageId, Comment, Email, Locale, Name, PageUrl, message_text
from bot.server.origins import check_widget_origin
from bot.server.parts import Parts, Server
from bot.server.recorder import Change
from bot.server.retention import Erasing
from bot.server.views import events_page
from bot.store import conversations, erasures, log
from bot.store.tokens import hash_of, new_token

MAX_SEQ = 2**31 - 1
TOKEN_MAX_CHARS = 200

After = Annotated[int, Query(ge=0, le=MAX_SEQ)]
Limit = Annotated[int, Query(ge=1, le=500)]


async def _widget_origin(request: Request, server: Server) -> None:
    check_widget_origin(request, server.settings)
    server.limits.requests.take(server.limits.address_of(request))


router = APIRouter(route_class=StrictRoute, dependencies=[Depends(_widget_origin)])


class NewConversation(Body):
    """Where the customer is."""

    page_url: PageUrl | None = None
    locale: Locale | None = None


class Said(Body):
    """A message, by words or by a button."""

    client_message_id: ClientMessageId
    text: str | None = None
    button_id: ButtonId | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> "Said":
        if (self.text is None) == (self.button_id is None):
            raise ValueError("give either `text` or `button_id`")
        return self


class Wanted(Body):
    """A command without more to say."""

    client_message_id: ClientMessageId


class Contact(Body):
    """How the customer can be reached."""

    client_message_id: ClientMessageId
    email: Email
    name: Name | None = None


class Rating(Body):
    """How it was."""

    client_message_id: ClientMessageId
    score: int = Field(ge=1, le=5)
    comment: Comment | None = None


async def conversation_of_token(token: str, server: Parts) -> str:
    """The conversation a token opens.

    Raises:
        NotAuthenticated: None.
        ConversationErased: It was deleted.
    """
    if not token or len(token) > TOKEN_MAX_CHARS:
        raise NotAuthenticated("This token opens no conversation. Start a new one.")
    hashed = hash_of(token)
    found = server.tokens.get(hashed)
    if found is None:
        found = await server.database.read(conversations.id_by_token, hashed)
        if found is None:
            if await server.database.read(erasures.id_by_token, hashed):
                raise ConversationErased
            raise NotAuthenticated("This token opens no conversation. Start a new one.")
        server.tokens.put(hashed, found)
    return found


async def own_conversation(conversation_id: str, request: Request, server: Server) -> str:
    """The conversation in the path, if it is the caller's; anything else looks as if it did not exist.

    Raises:
        NotAuthenticated: No or an unknown token.
        NotFound: The token opens another conversation.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    own = await conversation_of_token(token.strip() if scheme.lower() == "bearer" else "", server)
    if own != conversation_id:
        raise NotFound
    return own


Own = Annotated[str, Depends(own_conversation)]


@router.get("/api/widget/config")
async def config(server: Server) -> dict[str, Any]:
    """What the widget shows before the first message."""
    server.profile.refresh()
    shown = server.profile.for_widget(server.availability())
    return {**shown, "privacy_url": server.settings.privacy_url or shown["privacy_url"]}


@router.post("/api/conversations", status_code=201)
async def begin(body: NewConversation, request: Request, server: Server) -> dict[str, Any]:
    """Begin a conversation; its token is told this once and kept nowhere."""
    server.limits.conversations.take(server.limits.address_of(request))
    token, now = new_token(), server.now()
    new = Conversation(
        id=f"cnv_{secrets.token_urlsafe(16)}",
        page_url=body.page_url,
        locale=body.locale or server.profile.locale,
        created_at=now,
        updated_at=now,
    )
    step = open_conversation(new, server.profile.greeting)
    change = await server.recorder.change(
        new.id, lambda tx: Change(recorded=log.create(tx, step, hash_of(token), now=now))
    )
    events = change.recorded.events if change.recorded else ()
    return {
        "conversation_id": new.id,
        "token": token,
        "epoch": server.database.epoch,
        "events": [event.for_customer() for event in events],
    }


@router.post("/api/conversations/{conversation_id}/messages", status_code=202)
async def say(body: Said, conversation_id: Own, server: Server) -> dict[str, Any]:
    """Take a message: answered once it is committed, before the assistant has read it."""
    server.limits.messages.take(conversation_id)
    # Masked before anything else, the command's digest included: a resend is masked to the same words.
    heard = _masked("" if body.text is None else message_text(body.text, server.settings), server)
    asked = {"text": heard.text, "button_id": body.button_id}
    command = commands.command_of("message", body.client_message_id, asked)
    said = Utterance(text=heard.text, command=command, button_id=body.button_id, masked=heard.kinds)
    change = await server.hear(conversation_id, said)
    return accepted(change)


def _masked(text: str, server: Parts) -> Masked:
    return mask(text) if server.settings.masking else Masked(text=text)


def accepted(change: Change) -> dict[str, Any]:
    """The answer to a customer's command."""
    assert change.event is not None  # noqa: S101 -- a command with an id always has its event
    return {"seq": change.event.seq, "event": change.event.for_customer()}


@router.get("/api/conversations/{conversation_id}/events")
async def events(conversation_id: Own, server: Server, after: After = 0, limit: Limit = 200) -> dict[str, Any]:
    """What happened after `after`: the truth, of which the socket is only the faster copy."""
    now_is = await server.database.read(conversations.get, conversation_id)
    found = await server.database.read(log.after, conversation_id, after, limit=limit)
    return events_page(now_is, found, server.database.epoch, staff=False)


@router.post("/api/conversations/{conversation_id}/handoff", status_code=202)
async def talk_to_a_person(body: Wanted, conversation_id: Own, server: Server) -> Mapping[str, str]:
    """Ask for a human without passing through the engine; a repeat answers the open handoff."""
    server.limits.messages.take(conversation_id)
    command = commands.command_of("handoff", body.client_message_id, {})
    work = partial(
        commands.talk_to_person,
        conversation_id=conversation_id,
        command=command,
        availability=server.availability(),
        now=server.now(),
    )
    change = await server.recorder.change(conversation_id, work)
    answer: Mapping[str, str] = change.answer
    return answer


@router.post("/api/conversations/{conversation_id}/contact", status_code=202)
async def leave_contact(body: Contact, conversation_id: Own, server: Server) -> dict[str, Any]:
    """Keep how the customer can be reached; it opens nothing that belongs to that address."""
    server.limits.messages.take(conversation_id)
    command = commands.command_of("contact", body.client_message_id, {"email": body.email, "name": body.name})
    decide = partial(desk.leave_contact, email=body.email, name=body.name, command=command)
    return accepted(await server.run(conversation_id, CUSTOMER, command, decide))


@router.post("/api/conversations/{conversation_id}/rating", status_code=202)
async def rate(body: Rating, conversation_id: Own, server: Server) -> dict[str, Any]:
    """Keep a rating."""
    server.limits.messages.take(conversation_id)
    comment = _masked(body.comment, server).text if body.comment else body.comment
    command = commands.command_of("rating", body.client_message_id, {"score": body.score, "comment": comment})
    decide = partial(desk.rate, score=body.score, comment=comment, command=command)
    return accepted(await server.run(conversation_id, CUSTOMER, command, decide))


@router.post("/api/conversations/{conversation_id}/erase", status_code=202)
async def erase(
    body: Wanted, conversation_id: str, request: Request, server: Server, erasing: Erasing
) -> dict[str, bool]:
    """Delete this conversation: at once, or when the person who is busy with it is done."""
    try:
        own = await own_conversation(conversation_id, request, server)
        server.limits.messages.take(own)
        command = commands.command_of("erase", body.client_message_id, {})
        return {"erased": await erasing.delete_own(own, command)}
    except ConversationErased:
        return {"erased": True}
