"""The shapes of the owner console's answers, as `shapes.py` for the rest: staff, articles, publications, endpoints."""

from typing import Any, Literal

from typing_extensions import TypedDict

from bot.server.shapes import FieldError
from bot.store.staff import Role


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


class Invitation(TypedDict):
    """Somebody who was invited and has not come yet."""

    id: str
    name: str | None
    email: str
    role: Role
    created_at: str
    expires_at: str


class InvitationList(TypedDict):
    """All invitations that can still be used."""

    invitations: list[Invitation]


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
    error_detail: str | None
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


class _SavedTime(TypedDict):
    version: int
    days: int
    saved_by: dict[str, str]
    saved_at: str


class _Erasure(TypedDict):
    conversation_id: str
    reason: Literal["retention", "owner", "customer"]
    erased_by: str | None
    erased_at: str


class Privacy(TypedDict):
    """How long conversations are kept, and what was deleted lately."""

    version: int
    days: int
    default_days: int
    most_days: int
    history: list[_SavedTime]
    conversations: int
    oldest_at: str | None
    erased: list[_Erasure]
    masking: bool
    privacy_url: str | None


class PrivacyEffect(TypedDict):
    """How many conversations there are, and how many would go."""

    conversations: int
    due: int


class _Kept(TypedDict):
    id: str
    status: Literal["bot", "waiting", "assigned", "resolved"]
    contact: dict[str, str | None] | None
    gave: bool
    events: int
    created_at: str
    updated_at: str


class KeptList(TypedDict):
    """The conversations in which an address occurs."""

    conversations: list[_Kept]


class Copies(TypedDict):
    """All that is kept of some conversations."""

    exported_at: str
    conversations: list[dict[str, Any]]
