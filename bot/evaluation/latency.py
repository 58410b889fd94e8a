"""Latency and memory of the whole product beside a stock Rasa, in one run.

Both assistants answer the same messages in turn (one to us, one to the peer, and so on), so that a slow moment
of the machine falls on both. Ours is measured as a customer feels it: from the `POST` to the arrival of the
answer's event on the socket. The peer's is the round trip of its REST channel.

    .venv/bin/python -m bot.evaluation.latency --messages 300
    .venv/bin/python -m bot.evaluation.latency --messages 300 --parse

`--parse` measures `POST /model/parse` of Rasa's own HTTP API instead, of our model and the peer's: understanding alone.
It needs a live model (`make train`).
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import itertools
import json
import os
import platform
import secrets
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin

from bot.evaluation import stock_rasa

MESSAGES_PER_CONVERSATION = 10
ANSWER_TIMEOUT_S = 15.0
START_TIMEOUT_S = 240.0
# One client sends hundreds of messages in minutes; the limits for customers would refuse it.
NO_LIMITS = {"FRONTDESK_RATE_LIMITS_ENABLED": "false"}


@dataclass(frozen=True, kw_only=True)
class Latencies:
    """Milliseconds of one assistant over all messages."""

    p50_ms: float
    p95_ms: float
    n: int

    @classmethod
    def of(cls, samples_s: Sequence[float]) -> Latencies:
        """Summarise `samples_s`, seconds per message."""
        cuts = statistics.quantiles([1000 * s for s in samples_s], n=20, method="inclusive")
        return cls(p50_ms=round(cuts[9], 1), p95_ms=round(cuts[18], 1), n=len(samples_s))


class Customer:
    """One customer with an open widget: sends a message and waits for the answer's event."""

    def __init__(self, http: httpx.AsyncClient, socket: ClientConnection, conversation_id: str, token: str) -> None:
        self._http, self._socket = http, socket
        self._path = f"/api/conversations/{conversation_id}/messages"
        self._headers = {"Authorization": f"Bearer {token}"}
        self.handed_over = False  # from then on a person answers, not the assistant

    @classmethod
    async def arrive(cls, http: httpx.AsyncClient, base_url: str) -> Customer:
        """Start a conversation and open its feed."""
        body = (await http.post("/api/conversations", json={})).raise_for_status().json()
        socket = await connect(base_url.replace("http", "ws", 1) + "/api/feed", origin=Origin(base_url))
        hello = {"type": "hello", "protocol": 1, "conversation_id": body["conversation_id"], "token": body["token"]}
        await socket.send(json.dumps({**hello, "after": len(body["events"])}))
        await socket.recv()
        return cls(http, socket, body["conversation_id"], body["token"])

    async def ask(self, text: str) -> float:
        """Send one message; seconds from the `POST` to the event of its answer."""
        began = time.perf_counter()
        body = {"client_message_id": str(uuid.uuid4()), "text": text}
        answer = await self._http.post(self._path, json=body, headers=self._headers)
        seq = answer.raise_for_status().json()["seq"]
        async with asyncio.timeout(ANSWER_TIMEOUT_S):
            while not self._answered(json.loads(await self._socket.recv()), seq):
                pass
        return time.perf_counter() - began

    def _answered(self, frame: dict[str, Any], seq: int) -> bool:
        event = frame.get("event") or {}
        self.handed_over |= event.get("type") == "handoff.requested"
        return event.get("type") == "message" and event["seq"] > seq

    async def leave(self) -> None:
        """Close the feed."""
        await self._socket.close()


async def ask_stock(http: httpx.AsyncClient, sender: str, text: str) -> float:
    """Send one message to the peer; seconds of the round trip."""
    began = time.perf_counter()
    body = {"sender": sender, "message": text}
    (await http.post("/webhooks/rest/webhook", json=body)).raise_for_status()
    return time.perf_counter() - began


async def compare(texts: Sequence[str], *, ours: str, stock: str) -> tuple[Latencies, Latencies]:
    """Ask both the same `texts` in turn.

    Args:
        texts: Messages in order; every ten begin a new conversation with both.
        ours: Base URL of Frontdesk.
        stock: Base URL of the peer.

    Returns:
        Ours and the peer's latencies.
    """
    our_samples, stock_samples = [], []
    async with httpx.AsyncClient(base_url=ours) as our_http, httpx.AsyncClient(base_url=stock) as stock_http:
        for start in range(0, len(texts), MESSAGES_PER_CONVERSATION):
            customer = await Customer.arrive(our_http, ours)
            for text in texts[start : start + MESSAGES_PER_CONVERSATION]:
                our_samples.append(await customer.ask(text))
                stock_samples.append(await ask_stock(stock_http, f"bench-{start}", text))
                if customer.handed_over:
                    await customer.leave()
                    customer = await Customer.arrive(our_http, ours)
            await customer.leave()
    return Latencies.of(our_samples), Latencies.of(stock_samples)


def process_tree(root: int) -> list[int]:
    """Process ids of `root` and all its descendants (Linux)."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended while we looked
        children.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found, frontier = [], [root]
    while frontier:
        pid = frontier.pop()
        found.append(pid)
        frontier += children.get(pid, [])
    return found


def memory_mb(pids: Sequence[int]) -> dict[str, float]:
    """Resident (RSS) and proportional (PSS: shared pages counted once) memory of `pids`, in MB."""
    totals = {"Rss": 0, "Pss": 0}
    for pid in pids:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
            name, _, value = line.partition(":")
            if name in totals:
                totals[name] += int(value.split()[0])
    return {"rss_mb": round(totals["Rss"] / 1024), "pss_mb": round(totals["Pss"] / 1024)}


def wait_until_ready(url: str, process: subprocess.Popen[bytes], *, timeout_s: float = START_TIMEOUT_S) -> float:
    """Wait until `url` answers 200; seconds waited.

    Raises:
        RuntimeError: The process ended or did not become ready in time.
    """
    began = time.monotonic()
    while time.monotonic() - began < timeout_s:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} ended with code {process.returncode} before {url} answered")
        try:
            if httpx.get(url, timeout=5).status_code == httpx.codes.OK:
                return time.monotonic() - began
        except httpx.HTTPError:
            pass
        time.sleep(0.2)
    raise RuntimeError(f"{url} did not answer 200 within {timeout_s:.0f} s")


def start_ours(data_dir: str, port: int) -> subprocess.Popen[bytes]:
    """Start the whole product with its own data folder."""
    environment = (
        os.environ
        | NO_LIMITS
        | {
            "FRONTDESK_DATA_DIR": data_dir,
            "FRONTDESK_ENGINE_PORT": str(port + 5),
            "FRONTDESK_ACTIONS_PORT": str(port + 6),
        }
    )
    command = [str(Path(sys.executable).with_name("bot")), "serve", "--port", str(port)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603


def read_texts(path: Path, count: int) -> list[str]:
    """The first `count` messages of a CSV with a `text` column, beginning again when it is shorter."""
    with path.open(encoding="utf-8", newline="") as file:
        texts = [row["text"] for row in csv.DictReader(file)]
    return list(itertools.islice(itertools.cycle(texts), count))


def measure(arguments: argparse.Namespace) -> dict[str, Any]:
    """Start both, ask both, stop both."""
    stock_train_s = stock_rasa.prepare(arguments.stock, arguments.articles)
    texts = read_texts(arguments.texts, arguments.messages)
    with tempfile.TemporaryDirectory(prefix="frontdesk-bench-") as data_dir:
        ours, stock = start_ours(data_dir, arguments.port), stock_rasa.start(arguments.stock, arguments.port + 7)
        try:
            our_url, stock_url = f"http://127.0.0.1:{arguments.port}", f"http://127.0.0.1:{arguments.port + 7}"
            our_start_s = wait_until_ready(f"{our_url}/readyz", ours)
            wait_until_ready(f"{stock_url}/", stock)
            asyncio.run(compare(texts[:20], ours=our_url, stock=stock_url))  # warm both up
            our_latency, stock_latency = asyncio.run(compare(texts, ours=our_url, stock=stock_url))
            memory, stock_memory = memory_mb(process_tree(ours.pid)), memory_mb(process_tree(stock.pid))
        finally:
            for process in (ours, stock):
                process.send_signal(signal.SIGTERM)
                process.wait(timeout=30)
    return {
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}",
        "ours": asdict(our_latency) | memory | {"start_s": round(our_start_s, 1)},
        "stock_rasa": asdict(stock_latency) | stock_memory | {"train_s": round(stock_train_s)},
        "ratio_p50": round(our_latency.p50_ms / stock_latency.p50_ms, 2),
        "ratio_p95": round(our_latency.p95_ms / stock_latency.p95_ms, 2),
    }


async def compare_parsing(texts: Sequence[str], *, ours: str, stock: str) -> tuple[Latencies, Latencies]:
    """Let both parse the same `texts` in turn.

    Args:
        texts: Messages in order.
        ours: Address of our model's parser.
        stock: Address of the peer's.

    Returns:
        Ours and the peer's latencies.
    """
    samples: dict[str, list[float]] = {ours: [], stock: []}
    async with httpx.AsyncClient(trust_env=False) as http:
        for text, (address, taken) in itertools.product(texts, samples.items()):
            began = time.perf_counter()
            (await http.post(address, json={"text": text})).raise_for_status()
            taken.append(time.perf_counter() - began)
    return Latencies.of(samples[ours]), Latencies.of(samples[stock])


def measure_parsing(arguments: argparse.Namespace) -> dict[str, Any]:
    """Start Rasa's own server with either model, ask both, stop both."""
    stock_rasa.prepare(arguments.stock, arguments.articles)
    model = Path(os.environ.get("FRONTDESK_MODELS_DIR", "models")).absolute() / "live.tar.gz"
    options = ["--model", str(model), "--credentials", "bot/assistant/credentials.yml", "--endpoints", "endpoints.yml"]
    texts = read_texts(arguments.texts, arguments.messages)
    with tempfile.TemporaryDirectory(prefix="frontdesk-bench-") as data_dir:
        environment = os.environ | {"FRONTDESK_DATA_DIR": data_dir, "FRONTDESK_ENGINE_SECRET": secrets.token_hex(32)}
        ours = stock_rasa.parsing(Path.cwd(), options, environment)
        with ours as our_address, stock_rasa.parsing(arguments.stock) as stock_address:
            asyncio.run(compare_parsing(texts[:20], ours=our_address, stock=stock_address))  # warm both up
            our_latency, stock_latency = asyncio.run(compare_parsing(texts, ours=our_address, stock=stock_address))
    return {
        "machine": f"{os.cpu_count()} cores, {platform.machine()}",
        "parse_ours": asdict(our_latency),
        "parse_stock_rasa": asdict(stock_latency),
        "ratio_p50": round(our_latency.p50_ms / stock_latency.p50_ms, 2),
        "ratio_p95": round(our_latency.p95_ms / stock_latency.p95_ms, 2),
    }


def main() -> int:
    """Run the comparison and print it as JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--messages", type=int, default=300, help="messages to each assistant (default: 300)")
    parser.add_argument("--port", type=int, default=18800, help="first of eight free ports (default: 18800)")
    parser.add_argument("--texts", type=Path, default=Path("tests/data/questions.csv"), help="CSV with a text column")
    parser.add_argument("--articles", type=Path, default=Path("knowledge_base/articles"))
    parser.add_argument("--stock", type=Path, default=Path("results/stock_rasa"), help="where the peer lives")
    parser.add_argument("--parse", action="store_true", help="understanding alone, by Rasa's /model/parse")
    arguments = parser.parse_args()
    result = measure_parsing(arguments) if arguments.parse else measure(arguments)
    sys.stdout.write(json.dumps(result, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
