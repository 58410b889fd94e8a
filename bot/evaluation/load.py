"""Load: many open chat widgets, questions at a given rate, and what became of every one of them.

Opens real conversations with real sockets, asks real questions at moments drawn from a Poisson process, and measures
from the moment a question was due: an answer that waited behind a busy client counts as late. In the end the record
of every conversation is read back: an accepted message that it lacks, has twice or never answered is a fault.

    .venv/bin/python -m bot.evaluation.load --widgets 500 --rate 5 --minutes 10
    .venv/bin/python -m bot.evaluation.load --widgets 500 --rate 5 --ramp

Without `--url` it starts a Frontdesk of its own with the limits for customers lifted. One that runs already must be
started with FRONTDESK_RATE_LIMITS_ENABLED=false and FRONTDESK_SOCKETS_PER_ADDRESS above the number of widgets.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

# By name, because this file is also checked against the engine's environment, where its websockets is too old.
latency: Any = importlib.import_module("bot.evaluation.latency")
connect: Any = importlib.import_module("websockets.asyncio.client").connect

ANSWER_TIMEOUT_S = 15.0  # the server promises an answer or an honest failure within ten
OPENING_AT_ONCE = 16
RAMP_FACTOR = 1.25
RAMP_LIMIT_S = 3.0
LIMITS_LIFTED = {"FRONTDESK_SOCKETS_PER_ADDRESS": "100000"}


@dataclass
class Tally:
    """What happened to the questions of one period; times in seconds since the question was due."""

    acks: list[float] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)
    late: list[float] = field(default_factory=list)  # how long after it was due the client sent it
    refused: Counter[str] = field(default_factory=Counter)
    honest_failures: int = 0
    unanswered: int = 0
    no_idle_widget: int = 0

    def summary(self) -> dict[str, Any]:
        """All figures of the period."""
        return {
            "accepted": len(self.acks),
            "ack_ms": percentiles(self.acks),
            "answer_ms": percentiles(self.answers),
            "client_late_ms": percentiles(self.late),
            "honest_failures": self.honest_failures,
            "unanswered": self.unanswered,
            "refused": dict(self.refused),
            "no_idle_widget": self.no_idle_widget,
        }


def percentiles(samples_s: Sequence[float]) -> dict[str, float]:
    """The median and the tail of `samples_s` in milliseconds; empty for fewer than two samples."""
    if len(samples_s) < 2:
        return {}
    cuts = statistics.quantiles([1000 * s for s in samples_s], n=100, method="inclusive")
    return {"p50": round(cuts[49], 1), "p95": round(cuts[94], 1), "p99": round(cuts[98], 1)}


class Widget:
    """One open chat: its conversation, its socket, and the answer it waits for."""

    def __init__(self, http: httpx.AsyncClient, base_url: str) -> None:
        self._http, self._base_url = http, base_url
        self._path = ""
        self._headers: dict[str, str] = {}
        self._socket: Any = None
        self._listening: asyncio.Task[None] | None = None
        self._waits: asyncio.Future[dict[str, Any]] | None = None
        self.is_idle = False
        self.handed_over = False
        self.accepted: list[str] = []

    async def open(self) -> None:
        """Begin a conversation and connect its feed."""
        body = (await self._http.post("/api/conversations", json={})).raise_for_status().json()
        self._path = f"/api/conversations/{body['conversation_id']}"
        self._headers = {"Authorization": f"Bearer {body['token']}"}
        address = self._base_url.replace("http", "ws", 1) + "/api/feed"
        self._socket = await connect(address, origin=self._base_url, compression=None, ping_interval=None)
        hello = {"type": "hello", "protocol": 1, "conversation_id": body["conversation_id"], "token": body["token"]}
        await self._socket.send(json.dumps({**hello, "after": len(body["events"])}))
        await self._socket.recv()
        self._listening = asyncio.ensure_future(self._listen())
        self.is_idle = True

    async def _listen(self) -> None:
        async for text in self._socket:
            frame = json.loads(text)
            if frame["type"] == "ping":
                await self._socket.send('{"type":"pong"}')
            elif frame["type"] == "event":
                self._heard(frame["event"])

    def _heard(self, event: dict[str, Any]) -> None:
        self.handed_over |= event["type"] == "handoff.requested"
        if event["type"] != "message" or event["author"]["kind"] == "customer":
            return
        if self._waits is not None and not self._waits.done():
            self._waits.set_result(event)

    async def ask(self, text: str, due: float, tally: Tally) -> None:
        """Send one question and wait for what the customer sees next."""
        self.is_idle = False
        self._waits = asyncio.get_running_loop().create_future()
        client_message_id = f"load-{len(self.accepted)}-{random.getrandbits(48):012x}"
        tally.late.append(time.perf_counter() - due)
        try:
            body = {"client_message_id": client_message_id, "text": text}
            response = await self._http.post(f"{self._path}/messages", json=body, headers=self._headers)
            if response.status_code != httpx.codes.ACCEPTED:
                tally.refused[str(response.status_code)] += 1
                return
            tally.acks.append(time.perf_counter() - due)
            self.accepted.append(client_message_id)
            event = await asyncio.wait_for(self._waits, ANSWER_TIMEOUT_S)
            tally.answers.append(time.perf_counter() - due)
            tally.honest_failures += event["body"].get("kind") == "honest_failure"
        except asyncio.TimeoutError:
            tally.unanswered += 1
        except httpx.HTTPError as exc:
            tally.refused[type(exc).__name__] += 1
        finally:
            self.is_idle = not self.handed_over

    async def faults(self) -> Counter[str]:
        """Read the record back: what was accepted and is missing, doubled or without an end of its turn."""
        events: list[dict[str, Any]] = []
        while True:
            after = events[-1]["seq"] if events else 0
            page = await self._http.get(f"{self._path}/events", params={"after": after}, headers=self._headers)
            found = page.raise_for_status().json()["events"]
            if not found:
                break
            events += found
        return faults_in(events, self.accepted)

    async def close(self) -> None:
        """Close the feed."""
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)
        if self._socket is not None:
            await self._socket.close()


def faults_in(events: Sequence[dict[str, Any]], accepted: Sequence[str]) -> Counter[str]:
    """What a conversation's record lacks.

    Args:
        events: The record as the customer may read it, from the first event on.
        accepted: `client_message_id` of each message that was answered with 202.

    Returns:
        How often each fault occurs: `lost`, `doubled`, `gap`, `unanswered`.
    """
    faults: Counter[str] = Counter()
    faults["gap"] += sum(event["seq"] != place for place, event in enumerate(events, 1))
    said = {e["seq"]: e["body"].get("client_message_id") for e in events if e["author"]["kind"] == "customer"}
    counted = Counter(said.values())
    for client_message_id in accepted:
        faults["lost"] += counted[client_message_id] == 0
        faults["doubled"] += counted[client_message_id] > 1
    answered = {e["body"].get("replies_to") for e in events if e["type"] == "message"}
    handed_over_at = min((e["seq"] for e in events if e["type"] == "handoff.requested"), default=None)
    for seq, client_message_id in said.items():
        by_person = handed_over_at is not None and handed_over_at > seq
        faults["unanswered"] += client_message_id in accepted and seq not in answered and not by_person
    return +faults


class Crowd:
    """All widgets; keeps their number while conversations are handed over."""

    def __init__(self, http: httpx.AsyncClient, base_url: str, texts: Sequence[str], rng: random.Random) -> None:
        self._http, self._base_url, self._texts, self._rng = http, base_url, texts, rng
        self._open: list[Widget] = []
        self._left: list[Widget] = []
        self._replacing: set[asyncio.Task[None]] = set()

    async def gather(self, count: int) -> float:
        """Open `count` widgets; seconds it took."""
        began = time.perf_counter()
        gate = asyncio.Semaphore(OPENING_AT_ONCE)

        async def come() -> None:
            async with gate:
                await self._join()

        await asyncio.gather(*(come() for _ in range(count)))
        return time.perf_counter() - began

    async def _join(self) -> None:
        widget = Widget(self._http, self._base_url)
        await widget.open()
        self._open.append(widget)

    async def ask_for(self, seconds: float, rate: float) -> Tally:
        """Ask at `rate` questions a second for `seconds`, then wait for the answers that are due."""
        tally, asked = Tally(), []
        due = time.perf_counter()
        end = due + seconds
        while (due := due + self._rng.expovariate(rate)) < end:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            widget = self._choose()
            if widget is None:
                tally.no_idle_widget += 1
                continue
            asked.append(asyncio.ensure_future(widget.ask(self._rng.choice(self._texts), due, tally)))
        await asyncio.gather(*asked)
        return tally

    def _choose(self) -> Widget | None:
        """An idle widget by chance; one whose customer waits for a person is replaced by a new customer."""
        for _ in range(50):
            widget = self._rng.choice(self._open)
            if widget.is_idle:
                return widget
            if widget.handed_over:
                self._open.remove(widget)
                self._left.append(widget)
                task = asyncio.ensure_future(self._join())
                self._replacing.add(task)
                task.add_done_callback(self._replacing.discard)
        return None

    async def disperse(self) -> tuple[Counter[str], int]:
        """Close all; the faults in their records and the number of those who were handed over."""
        await asyncio.gather(*self._replacing)
        everyone = [*self._open, *self._left]
        faults: Counter[str] = Counter()
        for widget in everyone:
            if widget.accepted:
                faults += await widget.faults()
            await widget.close()
        return faults, sum(widget.handed_over for widget in everyone)


@contextmanager
def frontdesk(url: str | None, port: int) -> Iterator[tuple[str, list[int]]]:
    """The Frontdesk at `url`, or one of its own until the end; its address and its process ids, if they are known."""
    if url:
        yield url.rstrip("/"), []
        return
    own = f"http://127.0.0.1:{port}"
    os.environ.update(LIMITS_LIFTED)
    with tempfile.TemporaryDirectory(prefix="frontdesk-load-") as data_dir:
        process: subprocess.Popen[bytes] = latency.start_ours(data_dir, port)
        try:
            latency.wait_until_ready(f"{own}/readyz", process)
            yield own, latency.process_tree(process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=60)


def processor_seconds(pids: Sequence[int]) -> float:
    """User and system time of `pids` so far (Linux)."""
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


async def ramp(crowd: Crowd, rate: float, seconds: float) -> list[dict[str, Any]]:
    """Raise the rate step by step until the answers' p95 passes three seconds or one fails."""
    steps = []
    while True:
        tally = await crowd.ask_for(seconds, rate)
        steps.append({"rate": round(rate, 2), **tally.summary()})
        sys.stderr.write(f"{steps[-1]}\n")
        too_slow = steps[-1]["answer_ms"].get("p95", 0) > 1000 * RAMP_LIMIT_S
        if too_slow or tally.honest_failures or tally.unanswered or tally.refused or tally.no_idle_widget:
            return steps
        rate *= RAMP_FACTOR


async def run(arguments: argparse.Namespace, url: str, pids: Sequence[int]) -> dict[str, Any]:
    """Open the widgets, ask, and read every record back."""
    rng = random.Random(arguments.seed)  # noqa: S311 - a load to be repeated, not a secret
    texts = latency.read_texts(arguments.texts, 10_000)
    limits = httpx.Limits(max_connections=200, max_keepalive_connections=50)
    async with httpx.AsyncClient(base_url=url, timeout=ANSWER_TIMEOUT_S, limits=limits, trust_env=False) as http:
        crowd = Crowd(http, url, texts, rng)
        opened_s = await crowd.gather(arguments.widgets)
        await crowd.ask_for(arguments.warm_up_s, arguments.rate)
        began, own, theirs = time.monotonic(), time.process_time(), processor_seconds(pids)
        if arguments.ramp:
            measured: dict[str, Any] = {"steps": await ramp(crowd, arguments.rate, arguments.step_s)}
        else:
            measured = (await crowd.ask_for(60 * arguments.minutes, arguments.rate)).summary()
        wall = time.monotonic() - began
        cores = {
            "client": round((time.process_time() - own) / wall, 3),
            "frontdesk": round((processor_seconds(pids) - theirs) / wall, 3) if pids else None,
        }
        memory = latency.memory_mb(pids) if pids else {}
        faults, handed_over = await crowd.disperse()
    return {
        "widgets": arguments.widgets,
        "opened_s": round(opened_s, 1),
        "rate": arguments.rate,
        "seconds": round(wall),
        **measured,
        "handed_over": handed_over,
        "faults_in_record": {name: faults[name] for name in ("lost", "doubled", "gap", "unanswered")},
        "cores_used": cores,
        **memory,
        "load_average": os.getloadavg()[0],
    }


def main() -> int:
    """Run and print the figures as JSON; 1 when an accepted message was lost, doubled or left without an answer."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--url", help="a running Frontdesk; without it one is started")
    parser.add_argument("--port", type=int, default=18900, help="first of seven free ports for our own")
    parser.add_argument("--widgets", type=int, default=500, help="open chats (default: 500)")
    parser.add_argument("--rate", type=float, default=5.0, help="questions a second, all chats together (default: 5)")
    parser.add_argument("--minutes", type=float, default=10.0, help="how long (default: 10)")
    parser.add_argument("--ramp", action="store_true", help="raise the rate until the answers' p95 passes 3 s")
    parser.add_argument("--step-s", type=float, default=30.0, help="length of a step of the ramp (default: 30)")
    parser.add_argument("--warm-up-s", type=float, default=5.0, help="asked before the measurement (default: 5)")
    parser.add_argument("--texts", type=Path, default=Path("tests/data/questions.csv"), help="CSV with a text column")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with frontdesk(arguments.url, arguments.port) as (url, pids):
        result = asyncio.run(run(arguments, url, pids))
    sys.stdout.write(json.dumps(result, indent=2) + "\n")
    return 1 if any(result["faults_in_record"].values()) else 0


if __name__ == "__main__":
    raise SystemExit(main())
