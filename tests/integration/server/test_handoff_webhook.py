"""`POST /webhooks/handoff`: authentic, fresh, once."""

import asyncio
import gzip
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.desk.webhooks import Signer, new_secret
from tests.integration.server.conftest import BOTH_STORES, Serve
from tests.integration.server.desk_under_test import WEBHOOK_SECRET, Customer, Desk

pytestmark = pytest.mark.anyio


def wish(customer: Customer, **changed: Any) -> dict[str, Any]:
    return {"conversation_id": customer.id, "reason": "customer_request", **changed}


def signed(body: bytes, *, secret: str = WEBHOOK_SECRET, at: datetime | None = None) -> dict[str, str]:
    headers = Signer([secret]).sign("msg_signed", at or datetime.now(UTC), body)
    return {**headers, "content-type": "application/json"}


def body_of(customer: Customer, **changed: Any) -> bytes:
    data = wish(customer, **changed)
    return json.dumps({"type": "handoff.requested", "timestamp": "2026-11-22T09:30:00Z", "data": data}).encode()


async def handoffs(customer: Customer) -> list[dict[str, Any]]:
    return [event for event in await customer.events() if event["type"] == "handoff.requested"]


@BOTH_STORES
async def test_a_wish_becomes_a_handoff_and_the_customer_is_told(desk: Desk) -> None:
    customer = await desk.customer()

    answer = await desk.webhook(wish(customer, contact={"email": "ada@example.org", "name": "Ada"}))

    assert answer.status_code == 200
    assert answer.json()["created"] is True
    assert answer.json()["status"] == "waiting"
    events = await customer.events()
    assert [event["type"] for event in events[1:]] == ["contact", "handoff.requested", "message"]
    assert events[3]["author"]["kind"] == "system"
    assert answer.json()["reference"] in events[3]["body"]["text"]


@BOTH_STORES
async def test_a_repeated_webhook_answers_the_same_and_does_nothing(desk: Desk) -> None:
    customer = await desk.customer()

    answers = await asyncio.gather(*(desk.webhook(wish(customer), webhook_id="msg_same") for _ in range(30)))

    assert len({answer.text for answer in answers}) == 1
    assert len(await handoffs(customer)) == 1


@BOTH_STORES
async def test_a_repeated_webhook_after_the_end_of_its_handoff_opens_none(desk: Desk) -> None:
    customer, agent = await desk.customer(), await desk.agent()
    message_id = f"{customer.id}:2"
    first = await desk.webhook(wish(customer, message_id=message_id))
    await agent.post(customer, "claim")
    await agent.post(customer, "resolve")

    late = await desk.webhook(wish(customer, message_id=message_id))

    assert late.json()["handoff_id"] == first.json()["handoff_id"]
    assert late.json()["created"] is False
    assert len(await handoffs(customer)) == 1


@BOTH_STORES
async def test_a_second_wish_answers_the_open_handoff(desk: Desk) -> None:
    customer = await desk.customer()
    first = await desk.webhook(wish(customer, message_id=f"{customer.id}:2"))

    second = await desk.webhook(wish(customer, message_id=f"{customer.id}:4", reason="negative_sentiment"))

    assert second.json()["handoff_id"] == first.json()["handoff_id"]
    assert second.json()["created"] is False


@BOTH_STORES
async def test_an_id_with_another_content_is_a_conflict(desk: Desk) -> None:
    customer, other = await desk.customer(), await desk.customer()
    await desk.webhook(wish(customer), webhook_id="msg_same")

    same_conversation = await desk.webhook(wish(customer, priority="urgent"), webhook_id="msg_same")
    another = await desk.webhook(wish(other), webhook_id="msg_same")

    assert [answer.json()["code"] for answer in (same_conversation, another)] == ["conflict", "conflict"]
    assert await handoffs(other) == []


@BOTH_STORES
async def test_a_note_is_for_staff_only(desk: Desk) -> None:
    customer, agent = await desk.customer(), await desk.agent()
    note = {"conversation_id": customer.id, "subject": "Return", "text": "Order 1042", "fields": {"order": "1042"}}

    answer = await desk.webhook(note, type_="note.added")

    assert answer.status_code == 200
    assert (await agent.events(customer))[-1]["body"]["fields"] == {"order": "1042"}
    assert (await customer.events())[-1]["type"] == "hidden"


def forged(name: str, customer: Customer) -> tuple[bytes, dict[str, str]]:
    """A webhook that must not be believed."""
    body, now = body_of(customer), datetime.now(UTC)
    headers = signed(body)
    half = headers["webhook-signature"][:-2]
    return {
        "no headers": (body, {"content-type": "application/json"}),
        "no signature": (body, {k: v for k, v in headers.items() if k != "webhook-signature"}),
        "no id": (body, {k: v for k, v in headers.items() if k != "webhook-id"}),
        "empty signature": (body, {**headers, "webhook-signature": ""}),
        "half a signature": (body, {**headers, "webhook-signature": half}),
        "another version": (body, {**headers, "webhook-signature": headers["webhook-signature"].replace("v1", "v2")}),
        "another secret": (body, signed(body, secret=new_secret())),
        "another body": (body_of(customer, priority="urgent"), headers),
        "a space more": (body.replace(b":", b": "), headers),
        "another id": (body, {**headers, "webhook-id": "msg_other"}),
        "an id with a dot": (body, {**headers, "webhook-id": "msg.signed"}),
        "another time": (body, {**headers, "webhook-timestamp": str(int(now.timestamp()) + 1)}),
        "a time in words": (body, {**headers, "webhook-timestamp": "now"}),
        "an old time": (body, signed(body, at=now - timedelta(seconds=302))),
        "a time to come": (body, signed(body, at=now + timedelta(seconds=302))),
        "many signatures": (body, {**headers, "webhook-signature": " ".join(["v1,AAAA"] * 1000)}),
    }[name]


FORGERIES = [
    "no headers",
    "no signature",
    "no id",
    "empty signature",
    "half a signature",
    "another version",
    "another secret",
    "another body",
    "a space more",
    "another id",
    "an id with a dot",
    "another time",
    "a time in words",
    "an old time",
    "a time to come",
    "many signatures",
]


@pytest.mark.parametrize("name", FORGERIES)
async def test_forgeries_change_nothing(desk: Desk, name: str) -> None:
    customer = await desk.customer()
    body, headers = forged(name, customer)

    answer = await desk.http.post("/webhooks/handoff", content=body, headers=headers)

    assert answer.status_code == 401
    assert answer.json()["code"] in ("signature_invalid", "timestamp_out_of_tolerance")
    assert await handoffs(customer) == []


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"reason": "because"}, 422),
        ({"priority": "highest"}, 422),
        ({"extra": 1}, 422),
        ({"evidence": [{"polarity": "bad"}]}, 422),
        ({"evidence": [{"polarity": 2}]}, 422),
        ({"contact": {"email": "nobody"}}, 422),
        ({"conversation_id": "cnv_unknown"}, 404),
        ({"conversation_id": 12}, 422),
        ({"rule": "x" * 21_000}, 413),
    ],
    ids=str,
)
async def test_an_authentic_webhook_that_does_not_fit_is_refused(
    desk: Desk, changed: dict[str, Any], status: int
) -> None:
    customer = await desk.customer()

    answer = await desk.webhook(wish(customer, **changed))

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert await handoffs(customer) == []


@pytest.mark.parametrize(
    "change", [{"content-type": "text/plain"}, {"content-type": "application/x-www-form-urlencoded"}], ids=str
)
async def test_an_authentic_webhook_of_another_type_is_refused(desk: Desk, change: dict[str, str]) -> None:
    customer = await desk.customer()
    body = body_of(customer)

    answer = await desk.http.post("/webhooks/handoff", content=body, headers={**signed(body), **change})

    assert answer.json()["code"] == "invalid_json"


async def test_a_compressed_body_is_not_unpacked(desk: Desk) -> None:
    customer = await desk.customer()
    body = gzip.compress(body_of(customer))

    answer = await desk.http.post(
        "/webhooks/handoff", content=body, headers={**signed(body), "content-encoding": "gzip"}
    )

    assert answer.json()["code"] == "invalid_json"


async def test_the_previous_secret_is_believed_while_it_is_rotated(serve: Serve) -> None:
    old = new_secret()
    async with serve(previous_webhook_secret=old) as desk:
        customer = await desk.customer()
        body = body_of(customer)

        answer = await desk.http.post("/webhooks/handoff", content=body, headers=signed(body, secret=old))

    assert answer.status_code == 200
