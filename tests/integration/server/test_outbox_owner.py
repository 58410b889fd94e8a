"""What leaves a running desk, and the owner's routes around it."""

import asyncio
import base64
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from bot.desk.outgoing import SUBSCRIBABLE
from bot.store import outbox
from tests.integration.server.conftest import BOTH_STORES, Serve
from tests.integration.server.desk_under_test import Agent, Customer, Desk
from tests.integration.server.receiver_under_test import PORTS, Receiver, answers, receiving

pytestmark = pytest.mark.anyio
ALLOWED = [f"127.0.0.1:{port}" for port in PORTS]
PROFILE = Path(__file__).resolve().parents[3] / "knowledge_base" / "business.yml"


class Owner:
    """An owner at the API."""

    def __init__(self, agent: Agent) -> None:
        self.agent = agent

    async def call(self, method: str, path: str, body: Any = None) -> httpx.Response:
        return await self.agent.desk.http.request(method, f"/api/owner{path}", json=body, headers=self.agent.headers)

    async def endpoint(self, url: str, kind: str = "webhook", **fields: Any) -> dict[str, Any]:
        made = await self.call("POST", "/endpoints", {"kind": kind, "url": url, **fields})
        assert made.status_code == 201, made.text
        content: dict[str, Any] = made.json()
        return {**content["endpoint"], "secret": content["secret"]}

    async def deliveries(self, **params: Any) -> list[dict[str, Any]]:
        query = "&".join(f"{name}={value}" for name, value in params.items())
        found: list[dict[str, Any]] = (await self.call("GET", f"/deliveries?{query}")).json()["deliveries"]
        return found

    async def delivered(self, number: int) -> list[dict[str, Any]]:
        async with asyncio.timeout(5):
            while len(found := await self.deliveries(state="delivered")) < number:
                await asyncio.sleep(0.02)
        return found


@pytest.fixture
async def open_desk(serve: Serve) -> AsyncIterator[Desk]:
    async with serve(private_targets=ALLOWED) as running:
        yield running


@pytest.fixture
async def owner(open_desk: Desk) -> Owner:
    return Owner(await open_desk.agent("Olga", "owner"))


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as one:
        yield one


async def ask_for_person(customer: Customer) -> None:
    headers = {"Authorization": f"Bearer {customer.token}"}
    path = f"/api/conversations/{customer.id}/handoff"
    asked = await customer.desk.http.post(path, json={"client_message_id": "person"}, headers=headers)
    assert asked.status_code == 202, asked.text


@BOTH_STORES
async def test_a_conversation_leaves_in_signed_events(open_desk: Desk, owner: Owner, receiver: Receiver) -> None:
    made = await owner.endpoint(receiver.url)
    customer, agent = await open_desk.customer(), await open_desk.agent()
    await ask_for_person(customer)
    await agent.post(customer, "claim")
    await agent.post(customer, "resolve")
    headers = {"Authorization": f"Bearer {customer.token}"}
    rating = {"client_message_id": "r-1", "score": 5, "comment": "lovely"}
    await open_desk.http.post(f"/api/conversations/{customer.id}/rating", json=rating, headers=headers)

    received = sorted(await receiver.gets(4, timeout_s=5), key=lambda each: each.json["data"]["seq"])

    types = [each.json["type"] for each in received]
    assert types == ["handoff.requested", "handoff.accepted", "handoff.resolved", "conversation.rated"]
    assert all(each.is_signed_by(made["secret"]) for each in received)
    assert {each.json["data"]["link"] for each in received} == {f"http://127.0.0.1:8000/agent#{customer.id}"}
    assert all(len(each.body) < 1_000 for each in received)


@BOTH_STORES
async def test_nothing_is_recorded_when_what_leaves_cannot_be_written(
    open_desk: Desk, owner: Owner, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    await owner.endpoint(receiver.url)
    customer = await open_desk.customer()
    before = await customer.events()

    def broken(*args: Any, **kwargs: Any) -> int:
        raise KeyError("stop")

    monkeypatch.setattr(outbox, "put", broken)
    with pytest.raises(AssertionError):
        await ask_for_person(customer)

    assert await customer.events() == before


async def test_a_customer_outside_hours_who_left_an_address_leaves_without_it(
    serve: Serve, receiver: Receiver, tmp_path: Path
) -> None:
    profile = yaml.safe_load(PROFILE.read_text(encoding="utf-8"))
    closed = {**profile, "hours": {day: [] for day in profile["hours"]}}
    (tmp_path / "closed.yml").write_text(yaml.safe_dump(closed), encoding="utf-8")
    async with serve(private_targets=ALLOWED, profile=tmp_path / "closed.yml") as desk:
        await Owner(await desk.agent("Olga", "owner")).endpoint(receiver.url, event_types=["message.out_of_hours"])
        customer = await desk.customer()
        await ask_for_person(customer)
        headers = {"Authorization": f"Bearer {customer.token}"}
        contact = {"client_message_id": "c-1", "email": "ada@example.org", "name": "Ada"}
        await desk.http.post(f"/api/conversations/{customer.id}/contact", json=contact, headers=headers)

        [received] = await receiver.gets(1)

    assert received.json["type"] == "message.out_of_hours"
    assert b"ada" not in received.body.lower()


async def test_a_receiver_that_calls_back_makes_no_loop(open_desk: Desk, owner: Owner, receiver: Receiver) -> None:
    await owner.endpoint(receiver.url)
    customer = await open_desk.customer()

    async def calls_back(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        data = {"conversation_id": customer.id, "reason": "customer_request"}
        await open_desk.webhook(data)
        await answers(200)(reader, writer)

    receiver.reaction = calls_back
    await ask_for_person(customer)
    await owner.delivered(1)
    await asyncio.sleep(0.3)

    assert len(receiver.received) == 1


async def test_the_secret_is_told_once_and_the_store_does_not_know_it(
    open_desk: Desk, owner: Owner, receiver: Receiver, tmp_path: Path
) -> None:
    made = await owner.endpoint(receiver.url)
    await owner.call("POST", f"/endpoints/{made['id']}/test")

    listed = (await owner.call("GET", "/endpoints")).text

    assert made["secret"] not in listed
    assert receiver.received[0].is_signed_by(made["secret"])
    stored = b"".join(file.read_bytes() for file in (tmp_path / "data").iterdir() if file.is_file())
    key = base64.b64decode(made["secret"].removeprefix("whsec_"))
    assert made["id"].encode() in stored
    assert made["secret"].removeprefix("whsec_").encode() not in stored
    assert key not in stored
    assert key.hex().encode() not in stored


async def test_rotation_signs_with_both_secrets(open_desk: Desk, owner: Owner, receiver: Receiver) -> None:
    made = await owner.endpoint(receiver.url)

    rotated = (await owner.call("POST", f"/endpoints/{made['id']}/rotate")).json()
    again = await owner.call("POST", f"/endpoints/{made['id']}/rotate")
    await owner.call("POST", f"/endpoints/{made['id']}/test")

    [received] = receiver.received
    assert rotated["secret"] != made["secret"]
    assert received.is_signed_by(rotated["secret"])
    assert received.is_signed_by(made["secret"])
    assert (again.status_code, again.json()["code"]) == (409, "conflict")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:5005/model",
        "http://127.0.0.1:5055/webhook",
        "http://127.0.0.1:8000/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[fd00:ec2::254]/",
        "http://2130706433/",
        "http://[::ffff:127.0.0.1]/",
        "http://localhost/",
        "https://good.example@127.0.0.1/",
        "https://example.org/\r\nX: y",
        "javascript:alert(1)",
    ],
)
async def test_private_and_disguised_addresses_are_refused_at_creation_and_at_every_change(
    desk: Desk, url: str
) -> None:
    owner = Owner(await desk.agent("Olga", "owner"))
    made = await owner.endpoint("https://8.8.8.8/hooks")

    created = await owner.call("POST", "/endpoints", {"kind": "webhook", "url": url})
    changed = await owner.call("PUT", f"/endpoints/{made['id']}", {"url": url})

    for refused in (created, changed):
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid_request")
        assert refused.json()["errors"][0]["field"] == "url"
    [kept] = (await owner.call("GET", "/endpoints")).json()["endpoints"]
    assert kept["url"] == "https://8.8.8.8/hooks"


async def test_the_test_button_says_how_it_went_and_repeats_nothing_the_receiver_said(
    open_desk: Desk, owner: Owner, receiver: Receiver
) -> None:
    made = await owner.endpoint(receiver.url)
    receiver.reactions = [answers(200), answers(500, "Server: internal-db-7\r\n", b"secret banner"), answers(302)]

    results = [(await owner.call("POST", f"/endpoints/{made['id']}/test")).json() for _ in range(3)]
    limited = await owner.call("POST", f"/endpoints/{made['id']}/test")

    assert [each["delivered"] for each in results] == [True, False, False]
    assert results[1]["reason"] == "The receiver answered 500."
    assert "redirects are not followed" in results[2]["reason"]
    assert limited.status_code == 429
    assert await owner.deliveries() == []


@BOTH_STORES
async def test_dead_letters_are_listed_with_their_reason_and_replayed(
    open_desk: Desk, owner: Owner, receiver: Receiver
) -> None:
    made = await owner.endpoint(receiver.url)
    receiver.reaction = answers(410)
    await ask_for_person(await open_desk.customer())
    async with asyncio.timeout(5):
        while not (dead := await owner.deliveries(state="dead")):
            await asyncio.sleep(0.02)
    [listed] = (await owner.call("GET", "/endpoints")).json()["endpoints"]
    assert listed["state"] == "disabled"
    assert "410" in listed["disabled_reason"]
    assert listed["last_error"] == dead[0]["reason"]
    assert "410" in dead[0]["reason"]
    refused = await owner.call("POST", "/deliveries/replay", {"ids": [dead[0]["id"]]})
    assert refused.json() == {"replayed": 0}

    receiver.reaction = answers(204)
    enabled = await owner.call("PUT", f"/endpoints/{made['id']}", {"enabled": True})
    replayed = await owner.call(
        "POST", "/deliveries/replay", {"endpoint_id": made["id"], "since": dead[0]["created_at"]}
    )

    assert enabled.json()["endpoint"]["state"] == "active"
    assert (replayed.status_code, replayed.json()) == (202, {"replayed": 1})
    [delivered] = await owner.delivered(1)
    assert delivered["id"] == dead[0]["id"] == receiver.received[0].id == receiver.received[1].id


@BOTH_STORES
async def test_an_endpoint_that_is_switched_off_is_sent_nothing(
    open_desk: Desk, owner: Owner, receiver: Receiver
) -> None:
    made = await owner.endpoint(receiver.url)

    off = (await owner.call("PUT", f"/endpoints/{made['id']}", {"enabled": False})).json()["endpoint"]
    await ask_for_person(await open_desk.customer())

    assert (off["state"], off["disabled_reason"]) == ("disabled", "Olga switched it off.")
    assert await owner.deliveries() == []


async def test_the_path_of_a_slack_address_is_not_shown_again(
    open_desk: Desk, owner: Owner, receiver: Receiver
) -> None:
    made = await owner.endpoint(f"http://127.0.0.1:{receiver.port}/services/T0/B0/token", "slack")
    await ask_for_person(await open_desk.customer())

    [received] = await receiver.gets(1)

    assert made["secret"] is None
    assert made["url"] == f"http://127.0.0.1:{receiver.port}/…"
    assert received.json["text"].startswith("A customer needs a person (LB-")
    assert received.json["text"].endswith("|Open>")


async def test_a_deleted_endpoint_is_gone(owner: Owner, receiver: Receiver) -> None:
    made = await owner.endpoint(receiver.url)

    deleted = await owner.call("DELETE", f"/endpoints/{made['id']}")
    again = await owner.call("DELETE", f"/endpoints/{made['id']}")

    assert (deleted.status_code, again.status_code) == (204, 404)
    found = (await owner.call("GET", "/endpoints")).json()
    assert found == {"endpoints": [], "event_types": list(SUBSCRIBABLE)}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/endpoints", {"kind": "carrier-pigeon", "url": "https://8.8.8.8/"}),
        ("POST", "/endpoints", {"kind": "webhook"}),
        ("POST", "/endpoints", {"kind": "webhook", "url": "https://8.8.8.8/", "event_types": []}),
        ("POST", "/endpoints", {"kind": "webhook", "url": "https://8.8.8.8/", "event_types": ["message"]}),
        ("POST", "/endpoints", {"kind": "webhook", "url": "https://8.8.8.8/", "secret": "mine"}),
        ("POST", "/endpoints", {"kind": "email", "url": "mailto:desk@example.org"}),
        ("POST", "/deliveries/replay", {}),
        ("POST", "/deliveries/replay", {"ids": []}),
        ("POST", "/deliveries/replay", {"ids": ["msg_1"], "endpoint_id": "end_1"}),
        ("POST", "/deliveries/replay", {"endpoint_id": "end_1"}),
        ("POST", "/deliveries/replay", {"endpoint_id": "end_1", "since": "yesterday"}),
        ("POST", "/deliveries/replay", {"endpoint_id": "end_1", "since": "2026-11-22T09:30:00"}),
        ("GET", "/deliveries?limit=0", None),
        ("GET", "/deliveries?limit=501", None),
        ("GET", "/deliveries?state=lost", None),
    ],
)
async def test_what_does_not_fit_is_refused(owner: Owner, method: str, path: str, body: Any) -> None:
    refused = await owner.call(method, path, body)

    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_request")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/endpoints", None),
        ("POST", "/endpoints", {"kind": "webhook", "url": "https://8.8.8.8/"}),
        ("PUT", "/endpoints/end_1", {"enabled": True}),
        ("DELETE", "/endpoints/end_1", None),
        ("POST", "/endpoints/end_1/test", None),
        ("POST", "/endpoints/end_1/rotate", None),
        ("GET", "/deliveries", None),
        ("POST", "/deliveries/replay", {"ids": ["msg_1"]}),
    ],
)
async def test_only_owners_come_here(desk: Desk, method: str, path: str, body: Any) -> None:
    agent = await desk.agent()

    as_agent = await desk.http.request(method, f"/api/owner{path}", json=body, headers=agent.headers)
    as_nobody = await desk.http.request(method, f"/api/owner{path}", json=body)

    assert (as_agent.status_code, as_agent.json()["code"]) == (403, "forbidden")
    assert (as_nobody.status_code, as_nobody.json()["code"]) == (401, "not_authenticated")


@pytest.mark.parametrize("path", ["", "/test", "/rotate"])
async def test_an_unknown_endpoint_is_not_found(owner: Owner, path: str) -> None:
    method, body = ("POST", None) if path else ("PUT", {"enabled": True})

    missing = await owner.call(method, f"/endpoints/end_unknown{path}", body)

    assert missing.status_code == 404
