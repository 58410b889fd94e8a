"""The feed: replay without a gap, push, and sockets that end with a code that says why."""

import asyncio
import json
import socket
from typing import Any

import pytest
import websockets
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin

from tests.integration.server.conftest import BOTH_STORES, Serve
from tests.integration.server.desk_under_test import Customer, Desk

pytestmark = pytest.mark.anyio


async def next_frame(feed: websockets.ClientConnection, timeout_s: float = 5) -> dict[str, Any]:
    async with asyncio.timeout(timeout_s):
        frame: dict[str, Any] = json.loads(await feed.recv())
    return frame


async def events_until(feed: websockets.ClientConnection, kind: str) -> list[dict[str, Any]]:
    """The events up to the first message of this kind."""
    events: list[dict[str, Any]] = []
    while not events or events[-1]["body"].get("kind") != kind:
        frame = await next_frame(feed)
        if frame["type"] == "event":
            events.append(frame["event"])
    return events


async def close_code(feed: websockets.ClientConnection, timeout_s: float = 5) -> int | None:
    async with asyncio.timeout(timeout_s):
        try:
            while True:
                await feed.recv()
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else None


@BOTH_STORES
async def test_a_socket_is_welcomed_and_hears_what_happens(desk: Desk) -> None:
    customer = await desk.customer()

    async with customer.feed() as feed:
        welcome = await next_frame(feed)
        await customer.say("When do you open?")
        events = await events_until(feed, "answer")

    assert welcome == {"type": "welcome", "epoch": desk.parts.database.epoch, "last_seq": 1, "status": "bot"}
    assert [event["seq"] for event in events] == [1, 2, 3]
    assert events == (await customer.events())[:3]


@BOTH_STORES
async def test_a_returning_socket_gets_what_it_missed_and_nothing_twice(desk: Desk) -> None:
    customer = await desk.customer()
    async with customer.feed() as feed:
        await customer.say("One?")
        seen = await events_until(feed, "answer")
    await customer.say("Two?")
    await customer.messages("answer", 2)

    async with customer.feed(after=seen[-1]["seq"]) as feed:
        rest = await events_until(feed, "answer")

    seqs = [event["seq"] for event in [*seen, *rest]]
    assert seqs == list(range(1, len(seqs) + 1))


@BOTH_STORES
async def test_sockets_that_come_while_much_happens_miss_nothing(desk: Desk) -> None:
    customer, agent = await desk.customer(), await desk.agent()
    await customer.post("handoff", {})
    await agent.post(customer, "claim")

    async def talk() -> None:
        for n in range(40):
            await agent.post(customer, "messages", {"text": f"Line {n}"})

    async def watch(pause_s: float) -> list[int]:
        await asyncio.sleep(pause_s)
        seqs: list[int] = []
        async with customer.feed() as feed:
            while not seqs or seqs[-1] < 44:
                frame = await next_frame(feed)
                if frame["type"] == "event":
                    seqs.append(frame["event"]["seq"])
        return seqs

    _, *watched = await asyncio.gather(talk(), watch(0), watch(0.1), watch(0.2))

    assert watched == [list(range(1, 45))] * 3


async def test_a_customer_sees_the_bot_type(desk: Desk) -> None:
    customer = await desk.customer()
    desk.engine.holds(0.1)

    async with customer.feed() as feed:
        await customer.say("When do you open?")
        frames = [await next_frame(feed) for _ in range(8)]

    typing = [frame for frame in frames if frame["type"] == "typing"]
    assert [(frame["author"]["kind"], frame["on"]) for frame in typing] == [("assistant", True), ("assistant", False)]


async def test_typing_reaches_the_other_side_only(desk: Desk) -> None:
    customer, agent = await desk.customer(), await desk.agent()

    async with customer.feed() as browser, agent.feed() as console:
        for feed in (browser, console):
            while (await next_frame(feed))["type"] not in ("event", "queue"):
                pass
        await browser.send(json.dumps({"type": "typing", "on": True}))
        told = await next_frame(console)
        await console.send(json.dumps({"type": "typing", "on": True, "conversation_id": customer.id}))
        heard = await next_frame(browser)

    assert (told["type"], told["author"]["kind"]) == ("typing", "customer")
    assert (heard["type"], heard["author"]["name"]) == ("typing", "Mara")


async def test_colleagues_see_who_looks_and_writes_and_that_a_closed_console_looks_no_more(desk: Desk) -> None:
    customer, mara, tom = await desk.customer(), await desk.agent("Mara"), await desk.agent("Tom")

    async with tom.feed() as toms, customer.feed() as browser:
        async with mara.feed() as maras:
            for feed in (toms, maras):
                while (await next_frame(feed))["type"] != "queue":
                    pass
            for what in ("reading", "writing"):
                looks = {"type": "looking", "conversation_id": customer.id, "what": what}
                await maras.send(json.dumps(looks))
            seen = [await next_frame(toms) for _ in range(2)]
        seen.append(await next_frame(toms))
        await customer.say("Hello?")
        while (told := await next_frame(browser))["type"] != "event" or told["event"]["seq"] < 2:
            assert told["type"] != "looking"

    assert [(frame["author"]["name"], frame["what"]) for frame in seen] == [
        ("Mara", "reading"),
        ("Mara", "writing"),
        ("Mara", "gone"),
    ]
    assert {frame["conversation_id"] for frame in seen} == {customer.id}


async def test_looking_elsewhere_ends_what_was_before(desk: Desk) -> None:
    mara, tom = await desk.agent("Mara"), await desk.agent("Tom")

    async with tom.feed() as toms, mara.feed() as maras:
        for feed in (toms, maras):
            while (await next_frame(feed))["type"] != "queue":
                pass
        for where in ("cnv_a", "cnv_b"):
            await maras.send(json.dumps({"type": "looking", "conversation_id": where, "what": "reading"}))
        seen = [await next_frame(toms) for _ in range(3)]

    assert [(frame["conversation_id"], frame["what"]) for frame in seen] == [
        ("cnv_a", "reading"),
        ("cnv_a", "gone"),
        ("cnv_b", "reading"),
    ]


async def test_a_customer_cannot_pretend_to_be_staff_who_look(desk: Desk) -> None:
    customer = await desk.customer()

    async with customer.feed() as browser:
        await browser.send(json.dumps({"type": "looking", "conversation_id": customer.id, "what": "reading"}))
        code = await close_code(browser)

    assert code == 1008


@BOTH_STORES
async def test_staff_see_everything_and_the_changed_queue(desk: Desk) -> None:
    customer, agent = await desk.customer(), await desk.agent()

    async with agent.feed() as feed:
        welcome, queue = await next_frame(feed), await next_frame(feed)
        await customer.say("When do you open?")
        await customer.messages("answer")
        frames = [await next_frame(feed) for _ in range(8)]

    assert welcome["type"] == "welcome"
    assert [each["id"] for each in queue["conversations"]] == [customer.id]
    types = {frame["event"]["type"] for frame in frames if frame["type"] == "event"}
    assert {"message", "turn", "sentiment"} <= types
    summaries = [frame["conversation"] for frame in frames if frame["type"] == "conversation"]
    assert summaries[-1]["last_message"]["text"] == "We open at nine."


@BOTH_STORES
async def test_an_open_console_counts_as_an_agent_online(desk: Desk) -> None:
    agent = await desk.agent()

    async def online() -> int:
        config = (await desk.http.get("/api/widget/config")).json()
        count: int = config["availability"]["agents_online"]
        return count

    before = await online()
    async with agent.feed() as feed:
        await next_frame(feed)
        during = await online()
        await desk.http.post("/api/agent/presence", json={"available": False}, headers=agent.headers)
        away = await online()
    async with asyncio.timeout(20):
        while len(desk.parts.feed):  # the server hears of the end a moment later
            await asyncio.sleep(0.01)

    assert (before, during, away, await online()) == (0, 1, 0, 0)


async def refused(desk: Desk, hello: object, path: str = "/api/feed") -> int | None:
    async with websockets.connect(f"{desk.ws}{path}", origin=desk.origin) as feed:
        await feed.send(hello if isinstance(hello, str | bytes) else json.dumps(hello))
        return await close_code(feed)


def hello_of(customer: Customer, **changed: object) -> dict[str, object]:
    hello = {"type": "hello", "protocol": 1, "conversation_id": customer.id, "token": customer.token, "after": 0}
    return {**hello, **changed}


@pytest.mark.parametrize(
    "changed",
    [
        {"token": "wrong"},
        {"token": ""},
        {"token": "x" * 201},
        {"conversation_id": "cnv_other"},
        {"protocol": 2},
        {"after": -1},
        {"after": "0"},
        {"after": True},
        {"after": 1e400},
        {"type": "pong"},
        {"extra": 1},
    ],
    ids=str,
)
async def test_a_hello_that_does_not_fit_is_refused(desk: Desk, changed: dict[str, object]) -> None:
    customer = await desk.customer()

    assert await refused(desk, hello_of(customer, **changed)) == 1008


@pytest.mark.parametrize(
    ("frame", "code"),
    [("{", 1008), ("null", 1008), ('{"type":"hello","type":"hello"}', 1008), (b"\x00\x01", 1003), ("x" * 16_385, 1009)],
    ids=["half", "null", "twice", "binary", "large"],
)
async def test_a_frame_that_is_no_hello_is_refused(desk: Desk, frame: str | bytes, code: int) -> None:
    assert await refused(desk, frame) == code


async def test_a_customer_cannot_watch_as_staff(desk: Desk) -> None:
    customer = await desk.customer()

    assert await refused(desk, hello_of(customer), "/api/agent/feed") == 1008
    assert await refused(desk, {"type": "hello", "protocol": 1, "csrf": "guess"}, "/api/agent/feed") == 1008


@pytest.mark.parametrize("origin", [None, "https://evil.test", "null"])
async def test_another_page_cannot_open_the_staff_feed(desk: Desk, origin: str | None) -> None:
    agent = await desk.agent()
    cookie = {"Cookie": agent.headers["Cookie"]}
    own = None if origin is None else Origin(origin)

    with pytest.raises(websockets.exceptions.InvalidStatus) as refusal:
        await websockets.connect(f"{desk.ws}/api/agent/feed", origin=own, additional_headers=cookie).__aenter__()

    assert refusal.value.response.status_code == 403


async def test_a_socket_that_says_nothing_is_closed(serve: Serve) -> None:
    async with serve(hello_timeout_s=0.2) as desk, websockets.connect(f"{desk.ws}/api/feed") as feed:
        assert await close_code(feed) == 1008


async def test_a_flood_of_frames_is_closed(serve: Serve) -> None:
    async with serve(frames_per_minute=50) as desk:
        customer = await desk.customer()
        async with customer.feed() as feed:
            for _ in range(60):
                await feed.send('{"type":"pong"}')
            assert await close_code(feed) == 1008


async def test_a_foreign_website_is_refused_before_the_upgrade(desk: Desk) -> None:
    with pytest.raises(websockets.exceptions.InvalidStatus) as refusal:
        await websockets.connect(f"{desk.ws}/api/feed", origin=Origin("https://evil.test")).__aenter__()

    assert refusal.value.response.status_code == 403
    assert json.loads(refusal.value.response.body or b"")["code"] == "origin_refused"


async def test_too_many_sockets_of_a_conversation_are_refused(serve: Serve) -> None:
    async with serve(sockets_per_conversation=2) as desk:
        customer = await desk.customer()
        async with customer.feed() as first, customer.feed() as second:
            await next_frame(first)
            await next_frame(second)
            async with customer.feed() as third:
                assert await close_code(third) == 1013


async def test_too_many_sockets_of_an_address_are_refused(serve: Serve) -> None:
    async with serve(sockets_per_address=2) as desk:
        customer = await desk.customer()
        async with customer.feed() as first, customer.feed() as second:
            await next_frame(first)
            await next_frame(second)
            with pytest.raises(websockets.exceptions.InvalidStatus) as refusal:
                await customer.feed().__aenter__()

    assert refusal.value.response.status_code == 429


async def test_a_quiet_socket_is_pinged_and_one_that_never_answers_is_closed(serve: Serve) -> None:
    async with serve(heartbeat_s=0.1) as desk:
        customer = await desk.customer()
        async with customer.feed() as feed:
            frames = [await next_frame(feed) for _ in range(4)]
            code = await close_code(feed)

    assert [frame["type"] for frame in frames] == ["welcome", "event", "ping", "ping"]
    assert code == 1013


async def test_a_reader_that_does_not_read_is_cut_and_can_resume(serve: Serve) -> None:
    async with serve(queued_max_bytes=40_000) as desk:
        customer, agent = await desk.customer(), await desk.agent()
        await customer.post("handoff", {})
        await agent.post(customer, "claim")
        small = socket.socket()
        small.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        small.connect(("127.0.0.1", int(desk.url.rsplit(":", 1)[1])))
        sleepy = await websockets.connect(f"{desk.ws}/api/feed", sock=small)
        await sleepy.send(json.dumps(hello_of(customer)))
        await next_frame(sleepy)
        sleepy.transport.pause_reading()

        sent = 0
        while sent < 1500 and (sent < 5 or desk.parts.feed.count(conversation_id=customer.id)):
            await agent.post(customer, "messages", {"text": "😀" * 2000})
            sent += 1
        cut = desk.parts.feed.count(conversation_id=customer.id) == 0
        sleepy.transport.abort()
        async with customer.feed(after=5) as feed:
            frames = [await next_frame(feed) for _ in range(sent + 1)]

    assert cut
    assert [frame["event"]["seq"] for frame in frames[1:]] == list(range(6, 6 + sent))


async def test_a_stop_says_goodbye_and_the_code_of_a_restart(desk: Desk) -> None:
    customer = await desk.customer()

    async with customer.feed() as feed:
        await next_frame(feed)
        await next_frame(feed)
        desk.parts.feed.close()
        goodbye = await next_frame(feed)
        code = await close_code(feed)

    assert goodbye["type"] == "goodbye"
    assert goodbye["retry_after_s"] >= 1
    assert code == 1012
