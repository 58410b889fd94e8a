"""The supervisor with small real processes."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bot import processes
from bot.processes import Program, Supervisor, port_is_free

SERVES = """
import http.server, sys
class Quiet(http.server.BaseHTTPRequestHandler):
    def do_GET(self): self.send_response(200); self.end_headers()
    def log_message(self, *_): pass
server = http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Quiet)
print("listening", flush=True)
server.serve_forever()
"""
IGNORES_SIGTERM = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('on', flush=True); time.sleep(60)"
)


def program(
    name: str, code: str, folder: Path, *, port: int = 18290, essential: bool = False, stop_s: float = 2
) -> Program:
    return Program(
        name=name,
        command=lambda: [sys.executable, "-u", "-c", code, str(port)],
        env={"PATH": os.environ["PATH"]},
        cwd=folder,
        probe_url=f"http://127.0.0.1:{port}/",
        stop_s=stop_s,
        essential=essential,
    )


def supervise(folder: Path, *programs: Program, until: Callable[[list[str]], bool]) -> tuple[int, list[str]]:
    """Run until something was said or done, then stop."""
    said: list[str] = []

    async def main() -> int:
        supervisor = Supervisor(programs, logs=folder, say=said.append)

        async def watch() -> None:
            while not until(said):
                await asyncio.sleep(0.02)
            supervisor.request_stop()

        return await supervisor.run(watch)

    return asyncio.run(asyncio.wait_for(main(), 30)), said


def log_of(folder: Path, name: str) -> str:
    file = folder / f"{name}.log"
    return file.read_text() if file.exists() else ""


def test_a_process_that_dies_is_started_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "BACK_OFF_S", (0.05,))
    dies = program("engine", "print('started'); raise SystemExit('out of luck')", tmp_path)

    code, said = supervise(tmp_path, dies, until=lambda _: log_of(tmp_path, "engine").count("started") >= 3)

    assert code == 0
    assert "The engine stopped (exit code 1: out of luck); starting it again" in said[0]


def test_a_stop_ends_everything_it_started(tmp_path: Path) -> None:
    forks = "import subprocess, time; c = subprocess.Popen(['sleep', '60']); print(c.pid, flush=True); time.sleep(60)"

    supervise(tmp_path, program("engine", forks, tmp_path), until=lambda _: log_of(tmp_path, "engine").strip() != "")

    assert _ends(int(log_of(tmp_path, "engine")))


def test_a_process_that_will_not_stop_is_ended(tmp_path: Path) -> None:
    deaf = program("actions", IGNORES_SIGTERM, tmp_path, stop_s=0.3)
    started = time.monotonic()

    _, said = supervise(tmp_path, deaf, until=lambda _: "on" in log_of(tmp_path, "actions"))

    assert "did not stop by itself" in said[-1]
    assert time.monotonic() - started < 10


def test_a_server_that_never_starts_ends_it_all_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "BACK_OFF_S", (0.01,))
    broken = program("server", "raise SystemExit('the database is too new')", tmp_path, essential=True)

    code, said = supervise(tmp_path, broken, until=lambda _: False)

    assert code == 1
    assert "The server does not start: exit code 1: the database is too new" in said[-2]


def test_a_hung_process_is_ended_and_started_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("PROBE_EVERY_S", 0.05), ("PROBES_MISSED", 3), ("BACK_OFF_S", (0.05,))):
        monkeypatch.setattr(processes, name, value)
    # It answers once, then stands still.
    hangs = SERVES.replace("self.end_headers()", "self.end_headers(); self.wfile.close(); os.kill(os.getpid(), 19)")
    monkeypatch.setattr(processes, "_get_ok", _impatient(processes._get_ok))

    _, said = supervise(
        tmp_path, program("engine", f"import os\n{hangs}", tmp_path, port=18291), until=lambda said: len(said) > 0
    )

    assert "did not answer" in said[0]


def _impatient(get_ok: Callable[[str, float], bool]) -> Callable[[str, float], bool]:
    return lambda url, _: get_ok(url, 0.2)


def test_a_full_disk_under_the_logs_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "engine.log").symlink_to("/dev/full")
    talks = "print('x' * 100_000, flush=True); open('done', 'w').close(); import time; time.sleep(60)"

    code, _ = supervise(tmp_path, program("engine", talks, tmp_path), until=lambda _: (tmp_path / "done").exists())

    assert code == 0


def test_children_die_with_a_killed_supervisor(tmp_path: Path) -> None:
    script = f"""
import asyncio, sys
from pathlib import Path
from bot.processes import Program, Supervisor
code = "import os, time; print(os.getpid()); time.sleep(60)"
command = [sys.executable, "-u", "-c", code]
child = Program(name="engine", command=lambda: command, env={{}}, cwd=Path({str(tmp_path)!r}),
                probe_url="http://127.0.0.1:18292/", stop_s=1)
async def nothing(): await asyncio.sleep(60)
asyncio.run(Supervisor([child], logs=Path({str(tmp_path)!r}), say=print).run(nothing))
"""
    supervisor = subprocess.Popen([sys.executable, "-c", script])
    while not log_of(tmp_path, "engine").strip():
        time.sleep(0.02)
    child = int(log_of(tmp_path, "engine"))

    supervisor.send_signal(signal.SIGKILL)
    supervisor.wait()

    assert _ends(child)


def test_ports_are_seen_as_taken(tmp_path: Path) -> None:
    taken = subprocess.Popen([sys.executable, "-c", SERVES, "18293"], stdout=subprocess.PIPE)
    assert taken.stdout is not None
    taken.stdout.readline()
    try:
        assert not port_is_free("127.0.0.1", 18293)
        assert not port_is_free("0.0.0.0", 18293)
        assert port_is_free("127.0.0.1", 18294)
    finally:
        taken.kill()
        taken.wait()
        taken.stdout.close()


def _ends(pid: int) -> bool:
    deadline = time.monotonic() + 5
    while _runs(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not _runs(pid)


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
