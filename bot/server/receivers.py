"""Routes of the owner: who is told what happens at the desk, and what could not be delivered."""

from collections.abc import Mapping
from datetime import datetime
from secrets import token_urlsafe
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import AfterValidator, Field, TypeAdapter, ValidationError

from bot.desk.delivery import after_try
from bot.desk.errors import Conflict, InvalidRequest
from bot.desk.events import timestamp
from bot.desk.outgoing import SUBSCRIBABLE, TEST, envelope
from bot.server.bodies import Body, StrictRoute
from bot.server.couriers import Letter
from bot.server.fields import Email
from bot.server.outbox import Outbox
from bot.server.outgoing import Leaving
from bot.server.parts import Server
from bot.server.sign_in import Owner
from bot.store import endpoints, outbox
from bot.store.database import Transaction
from bot.store.endpoints import Endpoint, Kind
from bot.store.outbox import Delivery

router = APIRouter(prefix="/api/owner", route_class=StrictRoute)

_EMAIL: TypeAdapter[str] = TypeAdapter(Email)


def _known(type_: str) -> str:
    if type_ not in SUBSCRIBABLE:
        raise ValueError(f"must be one of {', '.join(SUBSCRIBABLE)}")
    return type_


EventTypes = Annotated[list[Annotated[str, AfterValidator(_known)]], Field(min_length=1, max_length=len(SUBSCRIBABLE))]
Url = Annotated[str, Field(min_length=1, max_length=2048)]
DeliveryId = Annotated[str, Field(min_length=1, max_length=64)]


class NewEndpoint(Body):
    """Where to send, and what; all events by default."""

    kind: Kind
    url: Url
    event_types: EventTypes = Field(default_factory=lambda: list(SUBSCRIBABLE))


class ChangedEndpoint(Body):
    """What is to be different."""

    url: Url | None = None
    event_types: EventTypes | None = None
    enabled: bool | None = None


class Replay(Body):
    """What to send again: these, or all of an endpoint since a moment."""

    ids: list[DeliveryId] | None = Field(None, min_length=1, max_length=500)
    endpoint_id: DeliveryId | None = None
    since: str | None = Field(None, max_length=40)
    include_delivered: bool = False


@router.get("/endpoints")
async def list_endpoints(person: Owner, server: Server) -> dict[str, Any]:
    """All endpoints, how they do, and what they can be sent."""
    found, counts, errors = await server.database.read(_listed)
    listed = [
        {**_shown(each, counts.get(each.id, {}), now=server.now()), "last_error": errors.get(each.id)} for each in found
    ]
    return {"endpoints": listed, "event_types": list(SUBSCRIBABLE)}


def _listed(tx: Transaction) -> tuple[list[Endpoint], dict[str, dict[str, int]], dict[str, str]]:
    return endpoints.everyone(tx), outbox.counts(tx), outbox.last_errors(tx)


@router.post("/endpoints", status_code=201)
async def add(body: NewEndpoint, person: Owner, server: Server, leaving: Leaving) -> dict[str, Any]:
    """Make an endpoint; a webhook's secret is told this once."""
    url = await _checked(leaving, body.kind, body.url)
    made = await server.database.write(
        endpoints.add, kind=body.kind, url=url, event_types=_once(body.event_types), now=server.now()
    )
    return {"endpoint": _shown(made, {}, now=server.now()), "secret": leaving.couriers.secret_of(made)}


@router.put("/endpoints/{endpoint_id}")
async def change(
    endpoint_id: str, body: ChangedEndpoint, person: Owner, server: Server, leaving: Leaving
) -> dict[str, Any]:
    """Change an endpoint, switch it off, or switch it on again after it was disabled."""
    found = await server.database.read(endpoints.get, endpoint_id)
    values: dict[str, Any] = {}
    if body.url is not None:
        values["url"] = await _checked(leaving, found.kind, body.url)
    if body.event_types is not None:
        values["event_types"] = _once(body.event_types)
    changed = await server.database.write(
        _change, endpoint_id, values, enabled=body.enabled, by=person.name, now=server.now()
    )
    leaving.wake()
    return {"endpoint": _shown(changed, await _counts(server, endpoint_id), now=server.now())}


def _change(
    tx: Transaction, endpoint_id: str, values: Mapping[str, Any], *, enabled: bool | None, by: str, now: datetime
) -> Endpoint:
    found = endpoints.change(tx, endpoint_id, **values)
    if enabled is False:
        outbox.disable(tx, found, f"{by} switched it off.", now=now)
    elif enabled and found.disabled_at is not None:
        endpoints.enable(tx, endpoint_id)
    return endpoints.get(tx, endpoint_id)


@router.delete("/endpoints/{endpoint_id}", status_code=204)
async def delete(endpoint_id: str, person: Owner, server: Server) -> None:
    """Forget an endpoint and all its deliveries."""
    await server.database.write(endpoints.delete, endpoint_id)


@router.post("/endpoints/{endpoint_id}/rotate")
async def rotate(endpoint_id: str, person: Owner, server: Server, leaving: Leaving) -> dict[str, Any]:
    """Give a webhook a new secret, told this once; for a day the old one signs beside it."""
    found = await server.database.read(endpoints.get, endpoint_id)
    if found.kind != "webhook":
        raise Conflict("Only webhooks are signed. This endpoint has no secret.")
    rotated = await server.database.write(endpoints.rotate, endpoint_id, now=server.now())
    counts = await _counts(server, endpoint_id)
    return {"endpoint": _shown(rotated, counts, now=server.now()), "secret": leaving.couriers.secret_of(rotated)}


@router.post("/endpoints/{endpoint_id}/test")
async def test(endpoint_id: str, person: Owner, server: Server, leaving: Leaving) -> dict[str, Any]:
    """Send a test now, once, and say how it went."""
    found = await server.database.read(endpoints.get, endpoint_id)
    leaving.tests.take(endpoint_id)
    now = server.now()
    data = {"endpoint_id": endpoint_id, "link": f"{server.settings.address}/owner"}
    letter = Letter(id=f"msg_{token_urlsafe(16)}", type=TEST, payload=envelope(TEST, data, at=now))
    answer = await leaving.couriers.carry(found, [letter], now=now)
    step = after_try(tries=1, status=answer.status, now=now, jitter=0.5, error=answer.error)
    return {"delivered": step.verdict == "delivered", "status": answer.status, "reason": step.reason, "id": letter.id}


@router.get("/deliveries")
async def deliveries(
    person: Owner,
    server: Server,
    state: Literal["pending", "leased", "delivered", "dead"] | None = None,
    endpoint_id: Annotated[str | None, Query(max_length=64)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> dict[str, Any]:
    """Deliveries, newest first; dead ones say why."""
    found = await server.database.read(outbox.deliveries, limit=limit, state=state, endpoint_id=endpoint_id)
    return {"deliveries": [_delivery(each) for each in found]}


@router.post("/deliveries/replay", status_code=202)
async def replay(body: Replay, person: Owner, server: Server, leaving: Leaving) -> dict[str, int]:
    """Send deliveries again, under their old ids."""
    if (body.ids is None) == (body.endpoint_id is None) or (body.since is None) != (body.endpoint_id is None):
        raise InvalidRequest(
            [{"field": "ids", "message": "give either `ids`, or `endpoint_id` and `since`"}],
            "Say what to send again: `ids`, or `endpoint_id` and `since`.",
        )
    replayed = await server.database.write(
        outbox.replay,
        ids=body.ids or (),
        endpoint_id=body.endpoint_id,
        since=_moment(body.since) if body.since else None,
        states=("dead", "delivered") if body.ids or body.include_delivered else ("dead",),
        now=server.now(),
    )
    leaving.wake()
    return {"replayed": replayed}


async def _checked(leaving: Outbox, kind: Kind, url: str) -> str:
    """The address as it is kept.

    Raises:
        InvalidRequest: Nothing is sent there.
    """
    if kind == "amqp":
        message = "the message bus is set by the operator with FRONTDESK_AMQP_URL"
        raise InvalidRequest([{"field": "kind", "message": message}], f"This cannot be set here: {message}.")
    if kind == "email":
        if not leaving.couriers.can_mail:
            message = "no mail server is set; the operator sets FRONTDESK_SMTP_URL and FRONTDESK_MAIL_FROM"
            raise InvalidRequest([{"field": "kind", "message": message}], f"E-mail cannot be sent: {message}.")
        try:
            return f"mailto:{_EMAIL.validate_python(url.removeprefix('mailto:'))}"
        except ValidationError:
            raise InvalidRequest([{"field": "url", "message": "must be an e-mail address"}]) from None
    await leaving.couriers.check(url)
    return url


def _once(types: list[str]) -> list[str]:
    return list(dict.fromkeys(types))


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise InvalidRequest([{"field": "since", "message": "must be a time as in 2026-11-22T09:30:00Z"}])
    return moment


async def _counts(server: Server, endpoint_id: str) -> dict[str, int]:
    return (await server.database.read(outbox.counts)).get(endpoint_id, {})


def _shown(endpoint: Endpoint, counts: Mapping[str, int], *, now: datetime) -> dict[str, Any]:
    """An endpoint as its owner sees it, without its secret; the path of a Slack address is one too."""
    url = endpoint.url
    if endpoint.kind == "slack":
        url = "/".join([*url.split("/")[:3], "…"])
    rests = endpoint.opens_again_at is not None and endpoint.opens_again_at > now
    return {
        "id": endpoint.id,
        "kind": endpoint.kind,
        "url": url,
        "event_types": list(endpoint.event_types),
        "state": "disabled" if endpoint.disabled_at else "resting" if rests else "active",
        "failures": endpoint.failures,
        "opens_again_at": _time(endpoint.opens_again_at) if rests else None,
        "disabled_at": _time(endpoint.disabled_at),
        "disabled_reason": endpoint.disabled_reason,
        "previous_secret_until": _time(endpoint.previous_secret_until),
        "created_at": _time(endpoint.created_at),
        "deliveries": {state: counts.get(state, 0) for state in outbox.STATES},
    }


def _delivery(delivery: Delivery) -> dict[str, Any]:
    return {
        "id": delivery.id,
        "endpoint_id": delivery.endpoint_id,
        "type": delivery.type,
        "conversation_id": delivery.conversation_id,
        "seq": delivery.seq,
        "state": delivery.state,
        "tries": delivery.tries,
        "next_at": _time(delivery.next_at),
        "reason": delivery.last_error,
        "created_at": _time(delivery.created_at),
        "finished_at": _time(delivery.finished_at),
    }


def _time(moment: datetime | None) -> str | None:
    return timestamp(moment) if moment else None
