"""The shapes of answers, for the OpenAPI document: every field that a client may rely on is named here.

They cost nothing while serving: routes build plain dictionaries, and the HTTP fuzzer (tests/faults) holds every
answer against these shapes. A shape may get further fields at any time; it never loses one.
"""

from typing import Any, Literal

from typing_extensions import TypedDict

from bot.desk.conversation import Status
from bot.desk.handoff import Reason
from bot.desk.queue import Priority
from bot.store.staff import Role


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

    reason: Reason | None
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


class StaffPerson(TypedDict):
    """Somebody who signs in."""

    id: str
    name: str
    email: str
    role: Role


class SignedIn(TypedDict):
    """Who is signed in here, and the token that commands carry."""

    staff: StaffPerson
    csrf: str


class StaffAccount(StaffPerson):
    """An account in the owner's list."""

    disabled: bool


class StaffList(TypedDict):
    """All accounts."""

    staff: list[StaffAccount]


class StaffOne(TypedDict):
    """One account."""

    staff: StaffAccount


class LinkShown(TypedDict):
    """What a one-time link is for; null is the choice of whoever uses it."""

    purpose: Literal["account", "password"]
    name: str | None
    email: str | None
    role: Literal["agent", "owner"]


class SetupLink(TypedDict):
    """A one-time link."""

    link: str


class ArticleEntry(TypedDict):
    """An article without its answer."""

    id: str
    topic: str
    question: str
    also_asked: list[str]
    tags: list[str]
    locale: str
    review_by: str | None
    escalate: str
    buttons: list[dict[str, Any]]
    version: str
    state: Literal["live", "changed", "new", "removed"]
    path: str


class ArticleWhole(ArticleEntry):
    """An article with its answer."""

    answer: str


class ArticleList(TypedDict):
    """All articles, what is wrong with their files, and the live model."""

    articles: list[ArticleEntry]
    problems: list[FieldError]
    live_model: dict[str, Any] | None


class Publication(TypedDict):
    """One run of Publish."""

    id: str
    state: Literal["queued", "training", "checking", "swapping", "live", "failed"]
    requested_at: str
    started_at: str | None
    finished_at: str | None
    error: str | None
    error_code: str | None
    problems: list[FieldError]
    summary: dict[str, Any] | None
    model_id: str | None
    changed_answers: list[Any] | None


class PublicationOne(TypedDict):
    """One publication."""

    publication: Publication


class PublicationListed(Publication):
    """A publication, and whether its model is still there to go back to."""

    kept: bool


class PublicationList(TypedDict):
    """The last publications."""

    publications: list[PublicationListed]


class Endpoint(TypedDict):
    """Where events are sent, without its secret."""

    id: str
    kind: Literal["webhook", "slack", "email", "amqp"]
    url: str
    event_types: list[str]
    state: Literal["active", "resting", "disabled"]
    failures: int
    opens_again_at: str | None
    disabled_at: str | None
    disabled_reason: str | None
    previous_secret_until: str | None
    created_at: str
    deliveries: dict[str, int]


class EndpointOne(TypedDict):
    """One endpoint."""

    endpoint: Endpoint


class EndpointSecret(EndpointOne):
    """An endpoint with its secret, told this once; null unless it is a webhook."""

    secret: str | None


class EndpointListed(Endpoint):
    """An endpoint, and why its newest failed delivery failed."""

    last_error: str | None


class EndpointList(TypedDict):
    """All endpoints, and what they can be sent."""

    endpoints: list[EndpointListed]
    event_types: list[str]


class EndpointTested(TypedDict):
    """How one try went."""

    delivered: bool
    status: int | None
    reason: str
    id: str


class Delivery(TypedDict):
    """One event on its way to one endpoint."""

    id: str
    endpoint_id: str
    type: str
    conversation_id: str | None
    seq: int | None
    state: Literal["pending", "leased", "delivered", "dead"]
    tries: int
    next_at: str | None
    reason: str | None
    created_at: str
    finished_at: str | None


class DeliveryList(TypedDict):
    """Deliveries, newest first."""

    deliveries: list[Delivery]


class Replayed(TypedDict):
    """How many deliveries go out again."""

    replayed: int


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
