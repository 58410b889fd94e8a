"""The real thing: `bot serve` with Rasa and the actions, each killed again and again while customers write.

Minutes long, so it belongs to `make faults` alone. The supervisor brings back what was killed; nobody else helps.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import time
from collections import Counter
from pathlib import Path

import httpx
import pytest

from tests.faults.conftest import Campaign, Report
from tests.faults.crowd import settle
from tests.faults.customer import Customer
from tests.faults.desk_process import GENEROUS, record_of
from tests.faults.fork_server import ROOT
from tests.ports import free_port

RUNS_PER_KILL = 10
CUSTOMERS = 6
START_TIMEOUT_S = 300.0
VICTIMS = {"server": "bot.cli server", "engine": "bot.assistant.launcher", "actions": "-m actions"}
QUESTIONS = (
    "when are you open?",
    "how much is standard delivery?",
    "do you sell gift cards?",
    "can I return a book?",
    "where is my order?",
    "hello there",
)


class WholeDesk:
    """`bot serve` on folders of its own."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._printed = folder / "printed.log"
        articles = folder / "knowledge_base" / "articles"
        shutil.copytree(ROOT / "knowledge_base" / "articles", articles)
        env = os.environ | GENEROUS | {
            "FRONTDESK_DATA_DIR": str(self.data),
            "FRONTDESK_MODELS_DIR": str(folder / "models"),
            "FRONTDESK_ARTICLES_DIR": str(articles),
            "FRONTDESK_ENGINE_PORT": str(free_port()),
            "FRONTDESK_ACTIONS_PORT": str(free_port()),
        }  # fmt: skip
        command = [str(ROOT / ".venv" / "bin" / "python"), "-m", "bot.cli", "serve", "--port", str(self.port)]
        with self._printed.open("wb") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log)

    def wait_until_ready(self) -> None:
        """Wait for `/readyz`."""
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self._printed.read_text()
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(f"{self.url}/readyz", timeout=10, trust_env=False).status_code == 200:
                    return
            time.sleep(0.5)
        raise AssertionError(f"not ready after {START_TIMEOUT_S:.0f} s: {self._printed.read_text()}")

    def kill(self, victim: str) -> bool:
        """SIGKILL one of the three processes; False when it does not run at this moment."""
        pid = self._children().get(victim)
        if pid is None:
            return False
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            return True
        return False

    def _children(self) -> dict[str, int]:
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        found = {}
        for pid in listed:
            with contextlib.suppress(OSError):
                command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
                found |= {name: int(pid) for name, sign in VICTIMS.items() if sign in command}
        return found

    def record(self) -> dict[str, list[dict[str, object]]]:
        """Every conversation's events."""
        return record_of(self.data)

    def stop(self) -> int:
        """Ctrl-C; the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=60)


async def run_campaign(desk: WholeDesk, kills: int, rng: random.Random) -> tuple[list[Customer], Counter[str]]:
    customers: list[Customer] = []
    is_over = False

    async def write(http: httpx.AsyncClient) -> None:
        while not is_over:
            customer = Customer(http, random.Random(rng.random()))
            await customer.arrive()
            customers.append(customer)
            for text in rng.sample(QUESTIONS, 4):
                if not is_over:
                    await customer.say(text, resends=rng.choice((0, 0, 1)))
                    await asyncio.sleep(rng.uniform(0.2, 1.5))

    killed: Counter[str] = Counter()
    async with httpx.AsyncClient(base_url=desk.url, timeout=5, trust_env=False) as http:
        writing = [asyncio.create_task(write(http)) for _ in range(CUSTOMERS)]
        while killed.total() < kills:
            await asyncio.sleep(rng.uniform(3, 20))
            victim = rng.choice(sorted(VICTIMS))
            killed[victim] += desk.kill(victim)
        is_over = True
        await asyncio.gather(*writing)
    return customers, killed


@pytest.mark.timeout(7200)
@pytest.mark.skipif(not Path("/proc").is_dir(), reason="processes are found in /proc")
def test_no_accepted_message_is_lost_doubled_or_unanswered_when_real_processes_die(
    campaign: Campaign, report: Report, tmp_path: Path
) -> None:
    if not campaign.is_long:
        pytest.skip("minutes long: a part of `make faults`")
    desk = WholeDesk(tmp_path)
    try:
        desk.wait_until_ready()
        kills = campaign.runs // RUNS_PER_KILL
        customers, killed = asyncio.run(run_campaign(desk, kills, campaign.rng("whole desk")))
        desk.wait_until_ready()
        found = settle(desk, customers)
        with contextlib.closing(sqlite3.connect(desk.data / "frontdesk.db")) as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    finally:
        code = desk.stop()

    acked = sum(len(customer.log.acked) for customer in customers)
    report(f"whole desk: {acked} accepted messages, kills {dict(killed)}; {len(found)} lost, doubled or unanswered")
    assert found == []
    assert code == 0
