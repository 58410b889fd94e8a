"""The shapes of answers, for the OpenAPI document: every field that a client may rely on is named here.

Those of the owner console are in `owner_shapes.py`.

They cost nothing while serving: routes build plain dictionaries, and the HTTP fuzzer (tests/faults) holds every
answer against these shapes. A shape may get further fields at any time; it never loses one.
"""

from typing import Any, Literal

from typing_extensions import TypedDict

from bot.desk.conversation import Status
from bot.desk.handoff import Reason
from bot.desk.queue import Priority


class FieldError(TypedDict, total=False):
    """What does not fit, and where."""

    field: str
    file: str
    line: int
    message: str
    severity: str


class _ProblemDetails(TypedDict, total=False):
    errors: list[FieldError]
    retry_after_s: int
    request_id: str
    assignee: dict[str, Any] | None
    difference_s: int
    limit: int
    unit: str


class Problem(_ProblemDetails):
    """Every refusal and failure (RFC 9457): `code` is for machines and stable, `detail` says what to do."""

    type: Literal["about:blank"]
    title: str
    status: int
    code: str
    detail: str


class EventAuthor(TypedDict):
    """Who did it."""

    kind: Literal["customer", "assistant", "agent", "system"]
    id: str | None
    name: str | None


class Event(TypedDict):
    """One entry of a conversation's record."""

    conversation_id: str
    seq: int
    type: Literal[
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
        "hidden",
    ]
    author: EventAuthor
    at: str
    body: dict[str, Any]


class Accepted(TypedDict):
    """A command that was recorded, now or the first time it was sent."""

    seq: int
    event: Event


class EventsPage(TypedDict):
    """What happened after a moment of a conversation."""

    events: list[Event]
    last_seq: int
    status: Status
    epoch: str


class Begun(TypedDict):
    """A new conversation; its token is told this once."""

    conversation_id: str
    token: str
    epoch: str
    events: list[Event]


class Availability(TypedDict):
    """Whether people can be reached."""

    open: bool
    agents_online: int
    next_opening: str | None
    text: str


class Business(TypedDict):
    """Whose desk this is."""

    name: str
    tagline: str


class WidgetConfig(TypedDict):
    """What the widget shows before the first message."""

    business: Business
    greeting: str
    brand: Any
    suggestions: list[str]
    availability: Availability
    privacy_url: str | None


class HandoffAsked(TypedDict):
    """The open handoff of somebody who asked for a person."""

    handoff_id: str
    reference: str


class Erased(TypedDict):
    """Whether a conversation is gone; if not, it waits for the person who is busy with it."""

    erased: bool


class WebhookTaken(TypedDict):
    """What a webhook led to; a note has no handoff."""

    handoff_id: str | None
    reference: str | None
    status: Status
    created: bool


class LastMessage(TypedDict):
    """The newest message of a conversation, shortened."""

    text: str
    author_kind: str
    at: str


class Named(TypedDict):
    """A person by id and name."""

    id: str | None
    name: str | None


class Summary(TypedDict):
    """A conversation in a list."""

    id: str
    status: Status
    priority: Priority
    assignee: Named | None
    owner_version: int
    created_at: str
    updated_at: str
    last_seq: int
    last_message: LastMessage | None
    waiting_since: str | None
    snoozed_until: str | None
    handoff: dict[str, Any] | None
    sentiment: dict[str, Any] | None
    contact: dict[str, Any] | None
    page_url: str | None


class ConversationsPage(TypedDict):
    """Conversations for the console."""

    conversations: list[Summary]
    counts: dict[str, int]


class Why(TypedDict):
    """Why a person is needed, or was."""

    reason: Reason | Literal["agent_joined"] | None
    rule: str | None
    evidence: list[dict[str, Any]]


class Brief(Why):
    """Why a person is needed, and what could be answered."""

    previous: Why | None
    last_question: str | None
    candidates: list[dict[str, Any]]
    sentiment_trend: list[dict[str, Any]]
    answered: list[int]


class ConversationView(TypedDict):
    """One conversation as the console opens it."""

    conversation: Summary
    brief: Brief
    events: list[Event]
    last_seq: int


class CorrectionKept(TypedDict):
    """A correction that was kept."""

    correction_id: str


class Alive(TypedDict):
    """The process answers."""

    status: Literal["alive"]


class BrokenPart(TypedDict):
    """What is broken and how to mend it."""

    part: str
    message: str


class Readiness(TypedDict):
    """Whether a customer's message would be stored, answered and brought to a person."""

    status: Literal["ready", "not_ready"]
    problems: list[BrokenPart]
    parts: dict[str, dict[str, Any]]
