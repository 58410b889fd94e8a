"""A disk that is really full, under a server that really runs: refused in words, readable, and well again by itself."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from bot.store import snapshot
from tests.faults.desk_process import DeskProcess
from tests.faults.scripted_engine import ScriptedEngine
from tests.ports import free_port

DISK_MB = 8


@contextlib.contextmanager
def small_disk(place: Path) -> Iterator[Path]:
    """A disk of its own, where this account may mount one."""
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m,mode=700", "frontdesk-test", str(place)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("only who may mount a disk can fill one; a quota of SQLite is tested in test_storage_failures.py")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def fill(disk: Path) -> Path:
    """Take all room but a little."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"x" * 4096)
    os.truncate(filler, filler.stat().st_size - 64 * 1024)
    return filler


def say(http: httpx.Client, path: str, number: int) -> httpx.Response:
    return http.post(f"{path}/messages", json={"client_message_id": f"m{number}", "text": f"{number} " + "x" * 1900})


def test_a_full_disk_refuses_in_words_loses_nothing_and_heals_by_itself(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk, ScriptedEngine(free_port()) as engine:
        data = disk / "data"
        desk = DeskProcess(port=free_port(), engine_port=engine.port, data=data)
        desk._log = tmp_path / "server.log"  # on another disk: how full logs fare is tested with the supervisor
        desk.start()
        try:
            with httpx.Client(base_url=desk.url, timeout=30) as http:
                begun = http.post("/api/conversations", json={}).json()
                path = f"/api/conversations/{begun['conversation_id']}"
                http.headers["Authorization"] = f"Bearer {begun['token']}"
                filler = fill(disk)
                full = [say(http, path, number) for number in range(60)]
                readable = http.get(f"{path}/events", params={"limit": 500})
                unready = http.get("/readyz")
                filler.unlink()
                healed = [say(http, path, number) for number in range(60)]
            desk.signal(signal.SIGTERM)
            code = desk.wait()
        finally:
            desk.kill()
        faults = snapshot.faults(data / "frontdesk.db")
        kept = texts_in(data / "frontdesk.db")

    refused = [answer for answer in full if answer.status_code != 202]
    assert refused
    assert {(answer.status_code, answer.json()["code"]) for answer in refused} == {(503, "storage_full")}
    assert readable.status_code == 200
    assert {"disk"} <= {each["part"] for each in unready.json()["problems"]}
    assert {answer.status_code for answer in healed} == {202}
    assert (code, faults) == (0, [])
    assert sorted(kept) == sorted(f"m{number}" for number in range(60))


def test_a_server_on_a_full_disk_says_why_it_does_not_start(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        fill(disk)
        os.truncate(disk / "filler", (disk / "filler").stat().st_size + 64 * 1024 - 4096)
        desk = DeskProcess(port=free_port(), engine_port=free_port(), data=disk / "data")
        desk._log = tmp_path / "server.log"
        desk.start(wait=False)
        code = desk.wait()

    assert code == 1
    assert "full" in desk.log() or "No space left" in desk.log()
    assert "Traceback" not in desk.log()


def texts_in(store: Path) -> list[str]:
    database = sqlite3.connect(store)
    try:
        rows = database.execute("SELECT client_message_id, body FROM events WHERE author_kind = 'customer'").fetchall()
    finally:
        database.close()
    return [message_id for message_id, body in rows if json.loads(body)["text"].startswith(message_id[1:])]
