"""Commands as transactions: look for a resend, decide, record."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.desk.conversation import Conversation, Step, Utterance
from bot.desk.errors import InvalidRequest, NotFound
from bot.desk.events import CUSTOMER, Author, Command, Event
from bot.desk.retention import MASKED, ask_for_deletion, notice_masked
from bot.desk.snooze import hear_awake, wake
from bot.desk.turns import SERVER_HANDOFF, Turn
from bot.server.escalate import Wish, join_conversation, open_handoff
from bot.server.profile import Availability
from bot.server.recorder import Change
from bot.store import conversations, erasures, log, retention, turns
from bot.store.database import Transaction
from bot.store.erasures import By

PERSON_WISH = Wish(
    reason="customer_request",
    source="button",
    rule="The customer pressed “Talk to a person”.",
    priority="normal",
)


def command_of(name: str, client_message_id: str, asked: Mapping[str, Any], *, author_id: str | None = None) -> Command:
    """The identity of a command: its id, and a digest of all it asks for."""
    canonical = json.dumps([name, author_id, asked], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    return Command(client_message_id=client_message_id, digest=digest, author_id=author_id)


def run(
    tx: Transaction,
    conversation_id: str,
    author: Author,
    command: Command,
    decide: Callable[[Conversation], Step],
    *,
    now: datetime,
) -> Change:
    """Decide and record a command once; a resend answers the event that the first one made.

    Raises:
        Conflict: The command's id was used for something else.
        NotFound: There is no such conversation.
        DeskError: What `decide` refuses.
    """
    now_is = conversations.lock(tx, conversation_id)
    earlier = log.earlier(tx, conversation_id, author.kind, command)
    if earlier is not None:
        return Change(event=earlier)
    return record(tx, decide(now_is), now=now)


def record(tx: Transaction, step: Step, *, now: datetime) -> Change:
    """Record a step; its event is the one that carries the command."""
    recorded = log.record(tx, step, now=now)
    own = [event for event, draft in zip(recorded.events, step.drafts, strict=True) if draft.command]
    return Change(recorded=recorded, event=own[0] if own else None)


def hear(
    tx: Transaction,
    conversation_id: str,
    said: Utterance,
    availability: Availability,
    *,
    server_id: str,
    now: datetime,
) -> Change:
    """Take a customer's message, by words or by button, and owe it a turn unless a human owns the conversation.

    Raises:
        InvalidRequest: The button is not one of this conversation.
        Conflict: As for `run`.
    """
    now_is = conversations.lock(tx, conversation_id)
    earlier = log.earlier(tx, conversation_id, "customer", said.command)
    if earlier is not None:
        return Change(event=earlier)
    if said.button_id is not None:
        said = _pressed(tx, conversation_id, said)
    if said.payload == SERVER_HANDOFF:
        return record(tx, _wants_person(tx, now_is, said, availability, now=now), now=now)
    step = hear_awake(now_is, said)
    if said.masked and not log.has_said(tx, conversation_id, MASKED):
        step = replace(step, drafts=(*step.drafts, notice_masked()))
    change = record(tx, step, now=now)
    if not step.runs_turn or change.recorded is None or change.event is None:
        return change
    turn = _owe(tx, change.recorded.conversation, change.event, step.payload, server_id=server_id, now=now)
    return replace(change, turn=turn, queued=None if turn else change.event.message_id)


def _owe(
    tx: Transaction, conversation: Conversation, heard: Event, payload: str | None, *, server_id: str, now: datetime
) -> Turn | None:
    if not turns.add(tx, conversation, heard.seq, payload, server_id=server_id, now=now):
        return None
    return Turn(
        conversation_id=conversation.id,
        utterance_seq=heard.seq,
        owner_version=conversation.owner_version,
        text=heard.body["text"],
        payload=payload,
        accepted_at=now,
        lease=turns.FIRST_LEASE,
        conversation=conversation,
    )


def _wants_person(
    tx: Transaction, now_is: Conversation, said: Utterance, availability: Availability, *, now: datetime
) -> Step:
    step = hear_awake(now_is, said)
    step = replace(step, runs_turn=False)
    if step.conversation.is_human_owned:
        return step
    return step.then(open_handoff(tx, step.conversation, PERSON_WISH, availability, now=now))


def _pressed(tx: Transaction, conversation_id: str, said: Utterance) -> Utterance:
    """What a button says and does; its id names the message that carries it."""
    for button in _buttons_beside(tx, conversation_id, said.button_id or ""):
        if button["id"] == said.button_id:
            return replace(said, text=button["title"], payload=button["payload"])
    raise InvalidRequest([{"field": "button_id", "message": "this conversation has no such button"}])


def _buttons_beside(tx: Transaction, conversation_id: str, button_id: str) -> list[dict[str, Any]]:
    seq = button_id.split("_")[1] if button_id.count("_") >= 2 else ""
    if not (seq.isascii() and seq.isdigit() and len(seq) < 10):
        return []
    try:
        buttons: list[dict[str, Any]] = log.one(tx, conversation_id, int(seq)).body.get("buttons") or []
    except NotFound:
        return []
    return buttons


def talk_to_person(
    tx: Transaction, conversation_id: str, command: Command, availability: Availability, *, now: datetime
) -> Change:
    """Open a handoff for the customer who pressed "Talk to a person"; a repeat answers the open one and wakes it."""
    now_is = conversations.lock(tx, conversation_id)
    earlier = log.earlier(tx, conversation_id, "customer", command)
    if earlier is not None:
        return Change(event=earlier, answer=_reference(earlier.body["handoff_id"], earlier.body["reference"]))
    if now_is.handoff is not None:
        answer = _reference(now_is.handoff["id"], now_is.handoff["reference"])
        if now_is.snoozed_until is None:
            return Change(answer=answer)
        return replace(record(tx, wake(now_is, CUSTOMER), now=now), answer=answer)
    step = open_handoff(tx, now_is, PERSON_WISH, availability, now=now, author=CUSTOMER, command=command)
    opened = step.conversation.handoff or {}
    return replace(record(tx, step, now=now), answer=_reference(opened["id"], opened["reference"]))


def join(
    tx: Transaction, conversation_id: str, agent: Author, command: Command, *, business: str, now: datetime
) -> Change:
    """Make an agent responsible for a conversation that the assistant has.

    Raises:
        HandoffAlreadyClaimed: Another agent was faster.
    """

    def decide(now_is: Conversation) -> Step:
        return join_conversation(tx, now_is, agent, command, business=business, now=now)

    return run(tx, conversation_id, agent, command, decide, now=now)


def _reference(handoff_id: str, reference: str) -> dict[str, str]:
    return {"handoff_id": handoff_id, "reference": reference}


def delete_own(tx: Transaction, conversation_id: str, command: Command, *, now: datetime) -> Change:
    """Delete a conversation for its customer: at once, or when the person who is busy with it is done.

    A person's work is not pulled from under their hands, nor can an argument be made to vanish in the middle.
    """
    now_is = conversations.lock(tx, conversation_id)
    if not now_is.is_human_owned:
        return Change(answer=bool(erasures.erase(tx, [conversation_id], By(reason="customer"), now=now)))
    if not retention.wish(tx, conversation_id, now=now):
        return Change(answer=False)
    return replace(record(tx, ask_for_deletion(now_is, command), now=now), answer=False)
