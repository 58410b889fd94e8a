"""Events: the record of a conversation, and what of it a customer may see."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, Literal

from bot.desk.handoff import AGENT_JOINED

AuthorKind = Literal["customer", "assistant", "agent", "system"]

EVENT_TYPES = (
    "message",
    "turn",
    "sentiment",
    "handoff.requested",
    "handoff.waiting",
    "handoff.accepted",
    "handoff.released",
    "handoff.resolved",
    "conversation.reopened",
    "conversation.snoozed",
    "conversation.woken",
    "contact",
    "rating",
    "note",
)

_STAFF_ONLY = frozenset({"turn", "sentiment", "note", "handoff.waiting", "conversation.snoozed", "conversation.woken"})
_CUSTOMER_HANDOFF_FIELDS = ("handoff_id", "reference", "position", "expected_wait_s")


@dataclass(frozen=True, kw_only=True)
class Author:
    """Who did it."""

    kind: AuthorKind
    id: str | None = None
    name: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """As in the protocol."""
        return {"kind": self.kind, "id": self.id, "name": self.name}


CUSTOMER = Author(kind="customer")
ASSISTANT = Author(kind="assistant")
SYSTEM = Author(kind="system")


@dataclass(frozen=True, kw_only=True)
class Command:
    """The client's id of a command, and the digest of what it asked for.

    The same id with the same digest is a resend and gets the same answer; with another digest it is a conflict.
    """

    client_message_id: str
    digest: str
    author_id: str | None = None  # of staff, several of whom may write in one conversation

    @property
    def key(self) -> str:
        """The id among all of this conversation's and kind of author's."""
        return f"{self.author_id}/{self.client_message_id}" if self.author_id else self.client_message_id


@dataclass(frozen=True, kw_only=True)
class Draft:
    """An event that was decided and has no place in the record yet."""

    type: str
    author: Author
    body: Mapping[str, Any] = field(default_factory=dict)
    command: Command | None = None


@dataclass(frozen=True, kw_only=True)
class Event:
    """An event with its place in the record of its conversation; `seq` counts from 1 without a gap."""

    conversation_id: str
    seq: int
    type: str
    author: Author
    at: datetime
    body: Mapping[str, Any]

    @property
    def message_id(self) -> str:
        """The id under which the engine knows this message."""
        return message_id(self.conversation_id, self.seq)

    @property
    def is_hidden_from_customer(self) -> bool:
        """Whether a customer is told no more than that there is an event."""
        if self.type == "handoff.requested" and self.body.get("reason") == AGENT_JOINED:
            return True  # they asked for nobody and wait for nobody; that somebody has joined follows at once
        return self.type in _STAFF_ONLY or bool(self.body.get("suppressed"))

    def for_staff(self) -> dict[str, Any]:
        """The event with everything but what buttons do, which only the server knows."""
        return self._as_dict(self.type, self.author, _without_payloads(self.body))

    def for_customer(self) -> dict[str, Any]:
        """The event as its customer may see it; what is not theirs keeps its place as `hidden`."""
        if self.is_hidden_from_customer:
            return self._as_dict("hidden", SYSTEM, {})
        if self.type == "handoff.requested":
            body = {name: self.body.get(name) for name in _CUSTOMER_HANDOFF_FIELDS}
            return self._as_dict(self.type, Author(kind=self.author.kind), body)
        return self._as_dict(self.type, self.author, _without_payloads(self.body))

    def _as_dict(self, type_: str, author: Author, body: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "conversation_id": self.conversation_id,
            "seq": self.seq,
            "type": type_,
            "author": author.as_dict(),
            "at": timestamp(self.at),
            "body": dict(body),
        }


def message_id(conversation_id: str, seq: int) -> str:
    """The id under which the engine knows the message at `seq`."""
    return f"{conversation_id}:{seq}"


def timestamp(moment: datetime) -> str:
    """ISO 8601 in UTC with milliseconds and `Z`."""
    return moment.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _without_payloads(body: Mapping[str, Any]) -> Mapping[str, Any]:
    if "buttons" not in body and "payload" not in body:
        return body
    shown = {name: value for name, value in body.items() if name != "payload"}
    shown["buttons"] = [{"id": each["id"], "title": each["title"]} for each in body.get("buttons") or ()]
    return shown
