from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import httpx
import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions.desk import MAX_TRIES, Desk, DeskUnreachable
from actions.environment import ActionSettings
from actions.handoff import ActionHandoff
from actions.leave_message import ActionLeaveMessage
from bot.desk.webhooks import Signer
from tests.unit.actions.calls import slots_set, tracker_with

pytestmark = pytest.mark.anyio

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
DECISION = {"decision": "escalate", "reason": "negative_sentiment", "rule": "Three angry messages.", "evidence": [{"message_id": "cnv_1:5"}], "priority": "high"}  # fmt: skip  # noqa: E501

Answer = Callable[[httpx.Request], httpx.Response]


def recorded(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json={"handoff_id": "hnd_1", "reference": "F-12", "status": "waiting", "created": True})


class Server:
    """The server's end of the webhook: keeps what arrives."""

    def __init__(self, *answers: Answer) -> None:
        self.requests: list[httpx.Request] = []
        self._answers = list(answers)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        return answer(request)

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(request.content) for request in self.requests]


def desk(server: Server, secret: str | None = SECRET) -> Desk:
    settings = ActionSettings.read({"FRONTDESK_WEBHOOK_SECRET": secret} if secret else {})
    return Desk(settings, transport=httpx.MockTransport(server))


def failing(status: int) -> Answer:
    return lambda request: httpx.Response(status, json={"code": "x"})


def broken(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("connection refused", request=request)


async def test_a_handoff_carries_the_decision_and_a_valid_signature() -> None:
    server = Server(recorded)

    reference = await desk(server).request_handoff(conversation_id="cnv_1", message_id="cnv_1:5", decision=DECISION)

    request = server.requests[0]
    verified = Signer([SECRET]).verify(request.headers, request.content, now=datetime.now(timezone.utc))
    assert (reference, verified.webhook_id) == ("F-12", "handoff:cnv_1:5")
    assert server.bodies[0]["type"] == "handoff.requested"
    assert server.bodies[0]["data"]["reason"] == "negative_sentiment"
    assert server.bodies[0]["data"]["evidence"] == [{"message_id": "cnv_1:5"}]


async def test_a_short_outage_is_ridden_out_under_one_id() -> None:
    server = Server(broken, failing(503), recorded)

    reference = await desk(server).request_handoff(conversation_id="cnv_1", message_id="cnv_1:5", decision=DECISION)

    assert reference == "F-12"
    assert {request.headers["webhook-id"] for request in server.requests} == {"handoff:cnv_1:5"}


async def test_a_long_outage_ends_after_three_tries() -> None:
    server = Server(broken)

    with pytest.raises(DeskUnreachable):
        await desk(server).request_handoff(conversation_id="cnv_1", message_id="cnv_1:5", decision=DECISION)

    assert len(server.requests) == MAX_TRIES


async def test_a_refusal_is_not_repeated() -> None:
    server = Server(failing(401))

    with pytest.raises(DeskUnreachable, match="401"):
        await desk(server).request_handoff(conversation_id="cnv_1", message_id="cnv_1:5", decision=DECISION)

    assert len(server.requests) == 1


async def test_without_a_secret_nothing_is_sent() -> None:
    server = Server(recorded)

    with pytest.raises(DeskUnreachable, match="FRONTDESK_WEBHOOK_SECRET"):
        await desk(server, secret=None).request_handoff(conversation_id="c", message_id="c:1", decision={})

    assert server.requests == []


async def test_the_handoff_action_says_nothing_and_keeps_the_reference() -> None:
    dispatcher = CollectingDispatcher()

    events = await ActionHandoff(desk(Server(recorded))).run(dispatcher, tracker_with({"decision": DECISION}), {})

    assert dispatcher.messages == []
    assert slots_set(events) == {"handoff_requested": "F-12"}


async def test_a_handoff_that_was_not_recorded_is_a_tool_failure() -> None:
    events = await ActionHandoff(desk(Server(failing(401)))).run(CollectingDispatcher(), tracker_with({}), {})

    assert slots_set(events) == {"tool_failed": True}


async def test_a_message_becomes_a_note_and_a_handoff_with_an_address() -> None:
    server = Server(recorded)
    slots = {"message_text": "Please keep me a copy.", "contact_email": "ada@example.com"}

    events = await ActionLeaveMessage(desk(server)).run(CollectingDispatcher(), tracker_with(slots), {})

    note, handoff = server.bodies
    assert (note["type"], note["data"]["text"]) == ("note.added", "Please keep me a copy.")
    assert handoff["data"]["contact"] == {"email": "ada@example.com"}
    assert slots_set(events) == {"handoff_requested": "F-12", "message_text": None, "contact_email": None}
