"""A fuzzer of the feeds' frames: whatever a socket sends, it ends with a code that says why, and nobody else notices.

Each case is drawn from its own seed, which stands in the failure; `make faults SEED=n RUNS=n` draws others and more.
"""

from __future__ import annotations

import json
import random
import string
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.faults.conftest import Campaign
from tests.faults.fuzz_desk import FuzzDesk, fuzz_desk
from tests.faults.raw_socket import BINARY, CLOSE, CONTINUATION, ENDED, PING, PONG, TEXT, RawSocket, frame

REFUSED, TOO_BIG, BINARY_REFUSED, PROTOCOL, NOT_UTF8 = 1008, 1009, 1003, 1002, 1007
HELLO_TIMEOUT_S = 1.0
CASES_PER_RUN = 6


class Feed:
    """A way in, with a hello that would be welcome."""

    def __init__(self, path: str, headers: dict[str, str], hello: dict[str, Any]) -> None:
        self.path, self.headers, self.hello = path, headers, hello

    def open(self, desk: FuzzDesk) -> RawSocket:
        opened = RawSocket(desk.port, self.path, self.headers)
        assert opened.status == 101, opened.head
        return opened


def feeds_of(desk: FuzzDesk) -> list[Feed]:
    with httpx.Client(base_url=desk.url) as http:
        begun = http.post("/api/conversations", json={}).json()
    _, agent = desk.sign_in("agent", "fuzzed")
    csrf = agent.pop("X-CSRF-Token")
    mine = {"conversation_id": begun["conversation_id"], "token": begun["token"], "after": 0}
    return [
        Feed("/api/feed", {}, {"type": "hello", "protocol": 1, **mine}),
        Feed("/api/agent/feed", agent, {"type": "hello", "protocol": 1, "csrf": csrf}),
    ]


def any_json(rng: random.Random, depth: int = 3) -> Any:
    """Any JSON value."""
    kinds: list[Callable[[], Any]] = [
        lambda: None,
        lambda: rng.random() < 0.5,
        lambda: rng.choice([0, 1, -1, 2**31, 2**63, 10**400, rng.randrange(10**6)]),
        lambda: rng.uniform(-1e300, 1e300),
        lambda: "".join(rng.choices(string.printable + "é😀\u0000\u202e", k=rng.randrange(40))),
    ]
    if depth:
        kinds += [
            lambda: [any_json(rng, depth - 1) for _ in range(rng.randrange(4))],
            lambda: {f"k{n}": any_json(rng, depth - 1) for n in range(rng.randrange(4))},
        ]
    return rng.choice(kinds)()


def spoiled(document: dict[str, Any], rng: random.Random) -> bytes:
    """A frame that looks like this one and does not fit: a field is missing, doubled, wrong, or one too many."""
    spoilt = dict(document)
    name = rng.choice(list(spoilt))
    way = rng.randrange(6)
    if way == 0:
        del spoilt[name]
    elif way == 1:
        spoilt["extra"] = any_json(rng)
    elif way == 2:
        spoilt[name] = [spoilt[name]]
    elif way == 3:
        return json.dumps(spoilt)[:-1].encode() + b', "type": "hello"}'
    elif way == 4:
        return (
            json.dumps({**spoilt, name: "SPOILT"})
            .replace('"SPOILT"', rng.choice(["NaN", '"\\ud800"', "1e999"]))
            .encode()
        )
    else:
        return b'{"type":' * rng.choice([40, 1000]) + b"1" + b"}" * rng.choice([0, 40])
    return json.dumps(spoilt).encode()


Case = Callable[[RawSocket, Feed, random.Random], set[int | None]]
"""Sends something, and says which codes may end it; None is a socket that stays open."""


def rubbish_for_a_hello(raw: RawSocket, feed: Feed, rng: random.Random) -> set[int | None]:
    raw.send(frame(json.dumps(any_json(rng)).encode()))
    return {REFUSED}


def a_spoiled_hello(raw: RawSocket, feed: Feed, rng: random.Random) -> set[int | None]:
    raw.send(frame(spoiled(feed.hello, rng)))
    return {REFUSED}


def a_stolen_or_guessed_hello(raw: RawSocket, feed: Feed, rng: random.Random) -> set[int | None]:
    secret = "token" if "token" in feed.hello else "csrf"
    raw.send(frame(json.dumps({**feed.hello, secret: "".join(rng.choices(string.ascii_letters, k=43))}).encode()))
    return {REFUSED}


def random_bytes_in_a_text(raw: RawSocket, feed: Feed, rng: random.Random) -> set[int | None]:
    raw.send(frame(b"\xff" + rng.randbytes(rng.randrange(1, 200))))
    return {NOT_UTF8}


def a_binary_frame(raw: RawSocket, feed: Feed, rng: random.Random) -> set[int | None]:
    raw.send(frame(json.dumps(feed.hello).encode(), BINARY))
    return {BINARY_REFUSED}


def a_huge_frame(raw: RawSocket, feed: Feed, rng: random.Random) -> set[int | None]:
    size = rng.choice([16_385, 65_537, 1_000_000, 16_000_000])
    raw.send(frame(b"x" * size))
    return {TOO_BIG, ENDED}


def a_huge_length_and_no_payload(raw: RawSocket, feed: Feed, rng: random.Random) -> set[int | None]:
    raw.send(frame(b"x", length=rng.choice([16_385, 2**31, 2**63 - 1])))
    return {TOO_BIG}


def a_hello_in_pieces(raw: RawSocket, feed: Feed, rng: random.Random) -> set[int | None]:
    text = json.dumps(feed.hello).encode()
    cuts = sorted(rng.sample(range(1, len(text)), rng.randrange(1, 12)))
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    for n, piece in enumerate(pieces):
        raw.send(frame(piece, CONTINUATION if n else TEXT, fin=n == len(pieces) - 1))
        if rng.random() < 0.3:
            raw.send(frame(b"between", PING))
    return {None}


def a_hundred_thousand_pieces(raw: RawSocket, feed: Feed, rng: random.Random) -> set[int | None]:
    raw.send(frame(b"x", fin=False) + frame(b"x" * rng.randrange(2), CONTINUATION, fin=False) * 100_000)
    return {REFUSED, TOO_BIG, ENDED}


def a_flood_of_pings(raw: RawSocket, feed: Feed, rng: random.Random) -> set[int | None]:
    raw.send(frame(b"", PING) * 20_000)
    return {REFUSED, ENDED}


def what_the_wire_forbids(raw: RawSocket, feed: Feed, rng: random.Random) -> set[int | None]:
    forbidden = [
        frame(b"{}", rsv=rng.randrange(1, 8)),
        frame(b"{}", opcode=rng.choice([3, 4, 5, 6, 7, 11, 12, 13, 14, 15])),
        frame(b"{}", masked=False),
        frame(b"x" * 126, PING),
        frame(b"x", PING, fin=False),
        frame(b"x", CONTINUATION),
        frame(b"x", fin=False) + frame(b"x"),
        frame(b"\x03", CLOSE),
        frame(b"\x00\x01", CLOSE),
    ]
    raw.send(rng.choice(forbidden))
    return {PROTOCOL}


def half_a_frame(raw: RawSocket, feed: Feed, rng: random.Random) -> set[int | None]:
    whole = frame(json.dumps(feed.hello).encode())
    raw.send(whole[: rng.randrange(1, len(whole))])
    return {REFUSED}


def rubbish_after_the_welcome(raw: RawSocket, feed: Feed, rng: random.Random) -> set[int | None]:
    raw.send(frame(json.dumps(feed.hello).encode()))
    raw.send(frame(spoiled({"type": "typing", "on": True}, rng)))
    return {REFUSED}


def manners(raw: RawSocket, feed: Feed, rng: random.Random) -> set[int | None]:
    raw.send(frame(json.dumps(feed.hello).encode()))
    for _ in range(rng.randrange(10)):
        raw.send(frame(rng.choice([b'{"type":"pong"}', b'{"type":"typing","on":true}']), TEXT))
    raw.send(frame(b"unasked", PONG))
    return {None}


def a_flood_after_the_welcome(raw: RawSocket, feed: Feed, rng: random.Random) -> set[int | None]:
    raw.send(frame(json.dumps(feed.hello).encode()))
    raw.send(frame(b'{"type":"pong"}') * 1000)
    return {REFUSED, ENDED}


CASES: list[Case] = [
    rubbish_for_a_hello,
    a_spoiled_hello,
    a_stolen_or_guessed_hello,
    random_bytes_in_a_text,
    a_binary_frame,
    a_huge_frame,
    a_huge_length_and_no_payload,
    a_hello_in_pieces,
    a_hundred_thousand_pieces,
    a_flood_of_pings,
    what_the_wire_forbids,
    half_a_frame,
    rubbish_after_the_welcome,
    manners,
    a_flood_after_the_welcome,
]


class Neighbour(threading.Thread):
    """A customer who chats on while the fuzzer works."""

    def __init__(self, desk: FuzzDesk) -> None:
        super().__init__()
        self._http = httpx.Client(base_url=desk.url, timeout=20)
        begun = self._http.post("/api/conversations", json={}).json()
        self._path = f"/api/conversations/{begun['conversation_id']}"
        self._http.headers["Authorization"] = f"Bearer {begun['token']}"
        hello = {"type": "hello", "protocol": 1, "conversation_id": begun["conversation_id"], "token": begun["token"]}
        self._feed = RawSocket(desk.port, "/api/feed")
        self._feed.send(frame(json.dumps({**hello, "after": 0}).encode()))
        self.done = threading.Event()
        self.said = 0
        self.failed: str | None = None

    def __enter__(self) -> Neighbour:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.done.set()
        self.join()

    def run(self) -> None:
        with closing(self._http), self._feed:
            try:
                while not self.done.wait(0.05) or self.said == 0:
                    self._ask()
            except Exception as exc:
                self.failed = repr(exc)

    def _ask(self) -> None:
        asked = {"client_message_id": str(self.said), "text": "When do you open?"}
        self._http.post(f"{self._path}/messages", json=asked).raise_for_status()
        self.said += 1
        while True:
            opcode, payload = self._feed.next()
            if opcode == CLOSE:
                raise AssertionError(f"the neighbour was closed: {payload!r}")
            heard = json.loads(payload)
            if heard["type"] == "ping":
                self._feed.send(frame(b'{"type":"pong"}'))
            if heard["type"] == "event" and heard["event"]["body"].get("kind") == "answer":
                return


def play(case: Case, case_seed: int, feeds: list[Feed], desk: FuzzDesk) -> list[str]:
    """One case; what was wrong with its end, with the seed that replays it."""
    rng = random.Random(case_seed)
    feed = rng.choice(feeds)
    with feed.open(desk) as raw:
        expected = case(raw, feed, rng)
        try:
            ended = raw.code_or_alive() if None in expected else raw.close_code()
        except TimeoutError:
            return [f"{case.__name__} on {feed.path}, seed {case_seed}: nothing for 20 s"]
    if ended in expected:
        return []
    return [f"{case.__name__} on {feed.path}, seed {case_seed}: {ended} instead of {expected}"]


@pytest.mark.timeout(7200)
def test_every_frame_ends_in_a_typed_code_and_neighbours_chat_on(campaign: Campaign, tmp_path: Path) -> None:
    drawn = campaign.rng("frames")
    found = []
    limits = {"hello_timeout_s": HELLO_TIMEOUT_S, "sockets_per_conversation": 100}
    with fuzz_desk(tmp_path, **limits) as desk:
        feeds = feeds_of(desk)
        with Neighbour(desk) as neighbour:
            for n in range(campaign.runs * CASES_PER_RUN):
                case, case_seed = CASES[n % len(CASES)], drawn.getrandbits(32)
                found += play(case, case_seed, feeds, desk)

    assert found == []
    assert (neighbour.failed, neighbour.said > 3) == (None, True)
    assert desk.complaints.found == []
