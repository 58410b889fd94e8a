from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from actions.__main__ import make_app
from actions.environment import ActionSettings
from tests.unit.actions.serving import served

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:You have set a listener:UserWarning"),  # Sanic, of its own listeners
]


@pytest.fixture(scope="module")  # Sanic serves one app per process
async def client() -> AsyncIterator[httpx.AsyncClient]:
    app = make_app(ActionSettings.read({"FRONTDESK_ENGINE_SECRET": "s3cret"}))
    async with served(app) as connected:
        yield connected


async def test_nobody_calls_an_action_without_the_secret(client: httpx.AsyncClient) -> None:
    body = {"next_action": "action_handoff", "sender_id": "cnv_1", "tracker": {}}

    answers = [
        await client.post("/webhook", json=body),
        await client.post("/webhook", json=body, headers={"X-Frontdesk-Secret": "guess"}),
        await client.get("/actions"),
    ]

    assert [answer.status_code for answer in answers] == [401, 401, 401]


async def test_the_engine_finds_all_actions(client: httpx.AsyncClient) -> None:
    answer = await client.get("/actions", headers={"X-Frontdesk-Secret": "s3cret"})

    assert {entry["name"] for entry in answer.json()} == {
        "action_handoff",
        "action_leave_message",
        "action_order_status",
        "action_return_request",
    }


async def test_health_needs_no_secret_and_no_other_page_may_read_it(client: httpx.AsyncClient) -> None:
    answer = await client.get("/health", headers={"Origin": "https://evil.test"})

    assert answer.status_code == 200
    assert "access-control-allow-origin" not in answer.headers
