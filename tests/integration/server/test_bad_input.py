"""Whatever comes in: a typed refusal with a stable code, nothing changed, nothing leaked."""

import json
from typing import Any

import httpx
import pytest

from bot.server.fields import clean
from tests.integration.server.conftest import Serve
from tests.integration.server.desk_under_test import Customer, Desk

pytestmark = pytest.mark.anyio


async def raw(
    customer: Customer, body: bytes, *, kind: str = "application/json", what: str = "messages"
) -> httpx.Response:
    headers = {**customer.headers, "content-type": kind}
    return await customer.desk.http.post(f"{customer.path}/{what}", content=body, headers=headers)


def assert_problem(answer: httpx.Response, status: int, code: str) -> None:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    ("text", "status", "code"),
    [
        ("", 422, "message_empty"),
        ("   \n\t ", 422, "message_empty"),
        ("\u200b\u2060\ufeff\u00a0", 422, "message_empty"),
        ("\x00\x01\x02", 422, "message_empty"),
        ("\u202e\u202c", 422, "message_empty"),
        ("x" * 2001, 413, "message_too_long"),
        ("\U0001f600" * 2049, 413, "message_too_long"),
        (None, 422, "invalid_request"),
        (7, 422, "invalid_request"),
        (7.5, 422, "invalid_request"),
        (True, 422, "invalid_request"),
        (["hi"], 422, "invalid_request"),
        ({"text": "hi"}, 422, "invalid_request"),
    ],
    ids=repr,
)
async def test_a_text_that_is_no_message_is_refused(desk: Desk, text: Any, status: int, code: str) -> None:
    customer = await desk.customer()

    answer = await customer.post("messages", {"text": text})

    assert_problem(answer, status, code)
    assert len(await customer.events()) == 1


async def test_a_hundred_kilobytes_are_refused(desk: Desk) -> None:
    customer = await desk.customer()

    assert_problem(await customer.post("messages", {"text": "x" * 100_000}), 413, "body_too_large")
    assert len(await customer.events()) == 1


async def test_a_body_without_a_length_is_cut_off(desk: Desk) -> None:
    customer = await desk.customer()

    async def endless() -> Any:
        for _ in range(100):
            yield b" " * 1000

    headers = {**customer.headers, "content-type": "application/json"}
    answer = await desk.http.post(f"{customer.path}/messages", content=endless(), headers=headers)

    assert_problem(answer, 413, "body_too_large")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe{}",
        b'{"client_message_id": "a", "text": "\xc3\x28"}',
        b'{"client_message_id": "a", "client_message_id": "a", "text": "hi"}',
        b'{"client_message_id": "a", "text": "hi", "x": NaN}',
        rb'{"client_message_id": "a", "text": "\ud800"}',
        b'\xef\xbb\xbf{"client_message_id": "a", "text": "hi"}',
        b"[" * 10_000,
        b'{"a":' * 3000,
    ],
    ids=range(10),
)
async def test_what_is_not_strict_json_is_refused(desk: Desk, body: bytes) -> None:
    customer = await desk.customer()

    assert_problem(await raw(customer, body), 400, "invalid_json")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
async def test_another_content_type_is_refused(desk: Desk, kind: str) -> None:
    customer = await desk.customer()

    assert_problem(await raw(customer, b'{"client_message_id": "a", "text": "hi"}', kind=kind), 400, "invalid_json")


@pytest.mark.parametrize(
    "body",
    [
        [],
        "hi",
        None,
        {},
        {"text": "hi"},
        {"client_message_id": "", "text": "hi"},
        {"client_message_id": "a b", "text": "hi"},
        {"client_message_id": "x" * 65, "text": "hi"},
        {"client_message_id": 12, "text": "hi"},
        {"client_message_id": ["a"], "text": "hi"},
        {"client_message_id": "a"},
        {"client_message_id": "a", "text": "hi", "button_id": "btn_1_a"},
        {"client_message_id": "a", "button_id": "btn_1_nothing"},
        {"client_message_id": "a", "button_id": "btn_99_nothing"},
        {"client_message_id": "a", "button_id": "btn_99999999999999_x"},
        {"client_message_id": "a", "button_id": "/restart"},
        {"client_message_id": "a", "button_id": "nothing"},
        {"client_message_id": "a", "text": "hi", "role": "agent", "seq": 1, "author": "assistant"},
        {"client_message_id": "a", "text": "hi", "payload": "/restart"},
    ],
    ids=str,
)
async def test_a_message_that_does_not_fit_is_refused(desk: Desk, body: Any) -> None:
    customer = await desk.customer()

    answer = await raw(customer, json.dumps(body).encode())

    assert_problem(answer, 422, "invalid_request")
    assert answer.json()["errors"][0]["field"]
    assert len(await customer.events()) == 1


@pytest.mark.parametrize(
    "text", ["/restart", '/handoff{"a":"b"}', "/faq@1.0{}", "EXTERNAL: reminder", "/", "{}", "<b>"]
)
async def test_commands_are_words(desk: Desk, text: str) -> None:
    customer = await desk.customer()

    accepted = await customer.say(text)
    await customer.messages("answer")

    assert accepted.json()["event"]["body"]["text"] == text
    assert desk.engine.turns[0]["text"] == text
    assert "payload" not in desk.engine.turns[0]


async def test_control_characters_are_taken_out(desk: Desk) -> None:
    customer = await desk.customer()

    accepted = await customer.say("a\x00b\x1b[31mc\r\nd\te\u2028f\x7f")

    assert accepted.json()["event"]["body"]["text"] == "ab[31mc\nd\te\nf"


def test_letters_of_every_script_stay() -> None:
    text = "Grüße 👨‍👩‍👧 שלום नमस्ते 日本 e\u0301"

    assert clean(text) == text


@pytest.mark.parametrize(
    "authorization",
    [None, "", "Bearer", "Bearer wrong", "Basic abc", "Bearer \u00e9", "Bearer " + "x" * 5000],
    ids=repr,
)
async def test_without_the_token_there_is_nothing(desk: Desk, authorization: str | None) -> None:
    customer = await desk.customer()
    headers = {} if authorization is None else {b"Authorization": authorization.encode()}

    answer = await desk.http.get(f"{customer.path}/events", headers=headers)

    assert_problem(answer, 401, "not_authenticated")


async def test_a_token_in_the_address_is_not_accepted(desk: Desk) -> None:
    customer = await desk.customer()

    answer = await desk.http.get(f"{customer.path}/events", params={"token": customer.token})

    assert_problem(answer, 401, "not_authenticated")


@pytest.mark.parametrize("what", ["events", "messages", "handoff", "contact", "rating"])
async def test_another_conversation_looks_like_none(desk: Desk, what: str) -> None:
    mine, other = await desk.customer(), await desk.customer()
    method = "GET" if what == "events" else "POST"
    body = None if what == "events" else {"client_message_id": "a", "text": "hi", "score": 1, "email": "a@b.co"}

    foreign = await desk.http.request(method, f"/api/conversations/{other.id}/{what}", json=body, headers=mine.headers)
    missing = await desk.http.request(method, f"/api/conversations/cnv_nothing/{what}", json=body, headers=mine.headers)

    assert_problem(foreign, 404, "not_found")
    assert foreign.json() == missing.json()


@pytest.mark.parametrize(
    "query", ["after=-1", "after=x", "after=1e9", "limit=0", "limit=501", f"after={2**70}", "after="]
)
async def test_paging_that_makes_no_sense_is_refused(desk: Desk, query: str) -> None:
    customer = await desk.customer()

    answer = await desk.http.get(f"{customer.path}/events?{query}", headers=customer.headers)

    assert_problem(answer, 422, "invalid_request")


@pytest.mark.parametrize(
    "query", ["status=open", "status=", "status=bot%20OR%201=1", "limit=1000", "before=yesterday", "before=2026-01-01"]
)
async def test_a_list_that_makes_no_sense_is_refused(desk: Desk, query: str) -> None:
    agent = await desk.agent()

    answer = await desk.http.get(f"/api/agent/conversations?{query}", headers=agent.headers)

    assert_problem(answer, 422, "invalid_request")


@pytest.mark.parametrize(
    ("what", "body"),
    [
        ("contact", {"email": "nobody"}),
        ("contact", {"email": "a@b"}),
        ("contact", {"email": "a@b.co\r\nBcc: all@c.co"}),
        ("contact", {"email": '"><img src=x>@b.co'}),
        ("contact", {"email": "a" * 250 + "@b.co"}),
        ("contact", {"email": "a@b.co", "name": "\u200b"}),
        ("contact", {"email": "a@b.co", "name": "x" * 201}),
        ("rating", {"score": 0}),
        ("rating", {"score": 6}),
        ("rating", {"score": 4.5}),
        ("rating", {"score": "5"}),
        ("rating", {"score": True}),
        ("rating", {"score": 5, "comment": "x" * 2001}),
    ],
    ids=str,
)
async def test_contact_and_rating_are_checked(desk: Desk, what: str, body: dict[str, Any]) -> None:
    customer = await desk.customer()

    assert_problem(await customer.post(what, body), 422, "invalid_request")
    assert len(await customer.events()) == 1


@pytest.mark.parametrize(
    "body",
    [{"page_url": "javascript:alert(1)"}, {"page_url": "https://x" + "y" * 2048}, {"locale": "../"}, {"id": "x"}],
)
async def test_a_beginning_that_does_not_fit_is_refused(desk: Desk, body: dict[str, str]) -> None:
    assert_problem(await desk.http.post("/api/conversations", json=body), 422, "invalid_request")


async def test_refusals_never_quote_what_was_said(desk: Desk) -> None:
    customer = await desk.customer()

    answer = await customer.post("messages", {"text": ["my card is 4111"]})

    assert "4111" not in answer.text


async def test_unknown_paths_and_methods_are_problems_too(desk: Desk) -> None:
    assert_problem(await desk.http.get("/api/nothing"), 404, "not_found")
    assert_problem(await desk.http.put("/api/conversations"), 405, "method_not_allowed")
    assert (await desk.http.get("/openapi.json")).status_code == 404
    assert (await desk.http.get("/docs")).status_code == 404


async def test_a_fault_of_ours_shows_no_trace(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("SELECT secret FROM somewhere")

    monkeypatch.setattr(type(desk.parts.profile), "for_widget", broken)

    answer = await desk.http.get("/api/widget/config")

    assert_problem(answer, 500, "internal_error")
    assert "SELECT" not in answer.text
    assert answer.json()["request_id"] == answer.headers["x-request-id"]


async def test_a_foreign_website_may_not_begin(desk: Desk) -> None:
    answer = await desk.http.post("/api/conversations", json={}, headers={"Origin": "https://evil.test"})

    assert_problem(answer, 403, "origin_refused")
    assert "access-control-allow-origin" not in answer.headers


async def test_a_listed_website_may(serve: Serve) -> None:
    async with serve(allowed_origins="https://shop.example") as desk:
        begun = await desk.http.post("/api/conversations", json={}, headers={"Origin": "https://shop.example"})

    assert begun.status_code == 201
    assert begun.headers["access-control-allow-origin"] == "https://shop.example"


async def test_messages_are_limited_and_it_is_said_until_when(serve: Serve) -> None:
    async with serve(messages_per_minute=20, messages_burst=5) as desk:
        customer, neighbour = await desk.customer(), await desk.customer()
        answers = [await customer.say(f"{n}") for n in range(7)]
        other = await neighbour.say("hello")

    assert [answer.status_code for answer in answers] == [202] * 5 + [429] * 2
    assert_problem(answers[-1], 429, "rate_limited")
    assert int(answers[-1].headers["retry-after"]) == answers[-1].json()["retry_after_s"] > 0
    assert other.status_code == 202


async def test_new_conversations_are_limited_whatever_a_client_claims(serve: Serve) -> None:
    async with serve(conversations_per_hour=3) as desk:
        answers = [
            await desk.http.post("/api/conversations", json={}, headers={"X-Forwarded-For": f"10.0.0.{n}"})
            for n in range(5)
        ]

    assert [answer.status_code for answer in answers] == [201, 201, 201, 429, 429]


async def test_behind_a_trusted_proxy_each_client_has_its_own_limit(serve: Serve) -> None:
    async with serve(conversations_per_hour=1, trusted_proxies="127.0.0.1") as desk:
        answers = [
            await desk.http.post("/api/conversations", json={}, headers={"X-Forwarded-For": f"1.2.3.4, {client}"})
            for client in ("9.9.9.1", "9.9.9.2", "9.9.9.1", "2001:db8::1", "2001:db8::2")
        ]

    assert [answer.status_code for answer in answers] == [201, 201, 429, 201, 429]


async def test_staff_routes_need_a_session(desk: Desk) -> None:
    customer, agent = await desk.customer(), await desk.agent()
    path = f"/api/agent/conversations/{customer.id}"

    without = await desk.http.get(path)
    without_csrf = await desk.http.post(
        f"{path}/notes", json={"client_message_id": "a", "text": "b"}, headers={"Cookie": agent.headers["Cookie"]}
    )

    assert_problem(without, 401, "not_authenticated")
    assert without_csrf.status_code == 403
