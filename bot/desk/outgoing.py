"""What leaves the desk: which events are worth telling others about, and how little of them.

Payloads are thin: ids, `seq`, fixed words and a link. What a customer wrote, their name and their address stay at the
desk; who needs them follows the link and signs in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.desk.conversation import Conversation
from bot.desk.events import Event, timestamp
from bot.desk.handoff import AGENT_JOINED

HANDOFF_REQUESTED = "handoff.requested"
HANDOFF_WAITING = "handoff.waiting"
HANDOFF_ACCEPTED = "handoff.accepted"
HANDOFF_RELEASED = "handoff.released"
HANDOFF_RESOLVED = "handoff.resolved"
RATED = "conversation.rated"
OUT_OF_HOURS = "message.out_of_hours"
ERASED = "conversation.erased"
ENDPOINT_DISABLED = "endpoint.disabled"
TEST = "endpoint.test"

SUBSCRIBABLE = (
    HANDOFF_REQUESTED,
    HANDOFF_WAITING,
    HANDOFF_ACCEPTED,
    HANDOFF_RELEASED,
    HANDOFF_RESOLVED,
    RATED,
    OUT_OF_HOURS,
    ERASED,
    ENDPOINT_DISABLED,
)
"""What an endpoint can be sent. `endpoint.test` comes to whoever presses the button."""

_ASKED = {
    HANDOFF_REQUESTED: ("handoff_id", "reference", "reason", "priority"),
    HANDOFF_WAITING: ("handoff_id", "reference", "reason", "priority", "waited_s"),
}
_HANDED = frozenset({HANDOFF_ACCEPTED, HANDOFF_RELEASED, HANDOFF_RESOLVED})


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """Something to tell the endpoints that asked for its type."""

    type: str
    payload: Mapping[str, Any]
    conversation_id: str | None = None
    seq: int | None = None


def leaves(event: Event, conversation: Conversation, *, desk_open: bool, address: str) -> Outgoing | None:
    """What an event tells the world, if anything.

    Args:
        event: A new event of the record.
        conversation: As it is after the event.
        desk_open: Whether the desk has its opening hours now.
        address: Where people reach this desk, for the link.
    """
    told = _told(event, conversation, desk_open=desk_open)
    if told is None:
        return None
    type_, facts = told
    link = f"{address}/agent#{event.conversation_id}"
    data = {"conversation_id": event.conversation_id, "seq": event.seq, **facts, "link": link}
    return Outgoing(
        type=type_,
        payload=envelope(type_, data, at=event.at),
        conversation_id=event.conversation_id,
        seq=event.seq,
    )


def erased(conversation_id: str, *, at: datetime) -> Outgoing:
    """What receivers hear when a conversation was deleted on a person's wish: to delete what they have of it."""
    payload = envelope(ERASED, {"conversation_id": conversation_id}, at=at)
    return Outgoing(type=ERASED, payload=payload, conversation_id=conversation_id)


def envelope(type_: str, data: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
    """The body of a Standard Webhook."""
    return {"type": type_, "timestamp": timestamp(at), "data": dict(data)}


def _told(event: Event, conversation: Conversation, *, desk_open: bool) -> tuple[str, dict[str, Any]] | None:
    body = event.body
    if event.type == HANDOFF_REQUESTED and body.get("reason") == AGENT_JOINED:
        return None  # nobody is needed any more; that an agent has taken over follows
    if event.type in _ASKED:
        return event.type, {name: body.get(name) for name in _ASKED[event.type]}
    if event.type in _HANDED:
        return event.type, {"handoff_id": body.get("handoff_id"), "agent_id": event.author.id}
    if event.type == "rating":
        return RATED, {"score": body.get("score")}
    if not desk_open and _waits_for_mail(event, conversation):
        return OUT_OF_HOURS, {"reference": (conversation.handoff or {}).get("reference")}
    return None


def _waits_for_mail(event: Event, conversation: Conversation) -> bool:
    """Whether the customer counts on an answer by e-mail: an address, and nobody but a person to answer."""
    if conversation.contact is None or not conversation.is_human_owned:
        return False
    return event.type == "contact" or (event.type == "message" and event.author.kind == "customer")


def line(type_: str, data: Mapping[str, Any]) -> str:
    """An event in one sentence, for a channel or a mail."""
    reference = data.get("reference")
    about = f" ({reference})" if reference else ""
    match type_:
        case "handoff.requested":
            reason = str(data.get("reason")).replace("_", " ")
            return f"A customer needs a person{about}: {reason}, priority {data.get('priority')}."
        case "handoff.waiting":
            minutes = max(round(int(data.get("waited_s") or 0) / 60), 1)
            return f"A customer has waited {minutes} min for a person, and nobody has taken over{about}."
        case "handoff.accepted":
            return "An agent has taken over a conversation."
        case "handoff.released":
            return "An agent has handed a conversation back to the assistant."
        case "handoff.resolved":
            return "A conversation was resolved."
        case "conversation.rated":
            return f"A customer rated a conversation {data.get('score')} of 5."
        case "message.out_of_hours":
            return f"A customer wrote outside your hours and left an e-mail address{about}."
        case "conversation.erased":
            return "A conversation was deleted. Please delete what you keep of it, too."
        case "endpoint.disabled":
            return f"Frontdesk no longer sends to a receiver: {data.get('reason')}"
        case _:
            return "This is a test from Frontdesk. If you can read it, everything works."
