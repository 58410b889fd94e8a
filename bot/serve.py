"""`bot serve`: everything of Frontdesk in one command.

First what can be checked before anything runs (ports, both environments, secrets, a live model), then the three
processes under one supervisor, then the addresses.

```
CannotStart
├── PortTaken
├── AlreadyRunning
└── EngineNotInstalled
```
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot import live_model
from bot.places import Places, RunNote, private_folder
from bot.processes import Program, Say, Supervisor, answers, port_is_free
from bot.secrets import RunSecrets

DRAIN_S = 12.0
STOP_S = 2.5
"""Together under 15 s: what a service manager and an impatient person wait."""
LOOPBACK = "127.0.0.1"

OwnerLink = Callable[[], str | None]


class CannotStart(Exception):
    """Frontdesk cannot start as things are."""

    code = "cannot_start"


class PortTaken(CannotStart):
    """Another program listens on a port that Frontdesk needs."""

    code = "port_taken"


class AlreadyRunning(CannotStart):
    """Frontdesk already runs on this data folder."""

    code = "already_running"


class EngineNotInstalled(CannotStart):
    """The engine's environment is missing."""

    code = "engine_not_installed"


@dataclass(frozen=True, kw_only=True)
class Ports:
    """Where the three processes listen; engine and actions on the loopback only."""

    host: str
    server: int
    engine: int
    actions: int

    @property
    def url(self) -> str:
        """The server's address for a browser on this machine."""
        return _url(self.host, self.server)


def _url(host: str, port: int | str) -> str:
    """Where a server that listens there is reached on this machine."""
    if host in ("0.0.0.0", "::", ""):  # noqa: S104 - compared, not bound
        host = LOOPBACK
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def check_ports(ports: Ports) -> None:
    """Refuse to start when a port is taken.

    Raises:
        PortTaken: Names the port and how to use another.
    """
    wanted = (
        (ports.host, ports.server, f"run `make run PORT={ports.server + 1}`"),
        (LOOPBACK, ports.engine, f"set FRONTDESK_ENGINE_PORT={ports.engine + 1}"),
        (LOOPBACK, ports.actions, f"set FRONTDESK_ACTIONS_PORT={ports.actions + 1}"),
    )
    for host, port, other in wanted:
        try:
            free = port_is_free(host, port)
        except OSError as exc:
            raise PortTaken(f"Frontdesk may not listen on {host}:{port} ({exc.strerror}). Choose another.") from exc
        if not free:
            raise PortTaken(f"Port {port} is taken by another program; stop it or {other}.")


def check_engine(python: Path) -> None:
    """Refuse to start without the engine's environment.

    Raises:
        EngineNotInstalled: It is not beside the checkout.
    """
    if not python.exists():
        raise EngineNotInstalled(f"The engine's environment {python.parents[1]} is missing. Run `make setup`.")


@contextmanager
def only_one(places: Places) -> Iterator[None]:
    """Hold the data folder for this process; the lock ends with it, however it ends.

    Raises:
        AlreadyRunning: Another `bot serve` holds it.
    """
    private_folder(places.data)
    with (places.data / "serve.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as exc:
            note = RunNote.read(places.data)
            where = f" at {note.url} (process {note.pid})" if note else ""
            raise AlreadyRunning(
                f"Frontdesk already runs{where} on {places.data}. Stop it with Ctrl-C where it was started."
            ) from exc
        try:
            yield
        finally:
            RunNote.remove(places.data)


def environment(places: Places, ports: Ports, secrets: RunSecrets, inherited: Mapping[str, str]) -> dict[str, str]:
    """The settings every process gets, as environment variables (docs/protocol.md).

    Args:
        places: Folders.
        ports: Addresses.
        secrets: Shared secrets; they travel in the environment, never on a command line others can list.
        inherited: The environment of this process.
    """
    return {
        **inherited,
        "FRONTDESK_DATA_DIR": str(places.data),
        "FRONTDESK_MODELS_DIR": str(places.models),
        "FRONTDESK_ARTICLES_DIR": str(places.articles),
        "FRONTDESK_ENGINE_SECRET": secrets.engine_secret,
        "FRONTDESK_WEBHOOK_SECRET": secrets.webhook_secret,
        "FRONTDESK_ENGINE_PORT": str(ports.engine),
        "FRONTDESK_ACTIONS_PORT": str(ports.actions),
        "FRONTDESK_HOST": ports.host,
        "PORT": str(ports.server),
        "FRONTDESK_TRAINER_SOCKET": str(places.trainer_socket),
        "PYTHONUNBUFFERED": "1",
    }


def engine_environment(common: Mapping[str, str]) -> dict[str, str]:
    """Settings of Rasa and rasa_sdk: quiet about customers' words, silent to the Internet, on the loopback."""
    return {
        **common,
        "FRONTDESK_SERVER_URL": _url(common.get("FRONTDESK_HOST", ""), common["PORT"]),  # not the public one
        "RASA_TELEMETRY_ENABLED": "false",
        "LOG_LEVEL": "WARNING",  # DEBUG logs the text of messages
        "LOG_LEVEL_LIBRARIES": "ERROR",
        "LOG_LEVEL_MATPLOTLIB": "ERROR",
        "SANIC_HOST": LOOPBACK,  # rasa_sdk listens on all addresses without it
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "PYTHONWARNINGS": "ignore",
    }


def programs(places: Places, ports: Ports, common: Mapping[str, str]) -> list[Program]:
    """The three processes, the one that drains first first."""
    engine_env = engine_environment(common)
    return [
        Program(
            name="server",
            command=lambda: _server_command(places),
            env=common,
            cwd=places.root,
            probe_url=f"{ports.url}/healthz",
            stop_s=DRAIN_S,
            essential=True,
        ),
        Program(
            name="engine",
            command=lambda: _engine_command(places, ports),
            env=engine_env,
            cwd=places.root,
            probe_url=f"http://{LOOPBACK}:{ports.engine}/",
            stop_s=STOP_S,
        ),
        Program(
            name="actions",
            command=lambda: [str(places.engine_python), "-m", "actions"],
            env=engine_env,
            cwd=places.root,
            probe_url=f"http://{LOOPBACK}:{ports.actions}/health",
            stop_s=STOP_S,
        ),
    ]


def _server_command(places: Places) -> list[str]:
    return [str(places.server_python), "-m", "bot.cli", "server"]


def _engine_command(places: Places, ports: Ports) -> list[str]:
    live_model.verify(places.models, live_model.read_live(places.models))
    return [
        *(str(places.engine_python), "-m", "bot.assistant.launcher", "--trainer-socket", str(places.trainer_socket)),
        *("--", "run", "--model", str(places.models / live_model.LINK)),
        *("--interface", LOOPBACK, "--port", str(ports.engine)),
        *("--credentials", "bot/assistant/credentials.yml", "--endpoints", "endpoints.yml"),
    ]


async def run(places: Places, ports: Ports, secrets: RunSecrets, *, say: Say, owner_link: OwnerLink) -> int:
    """Run everything until Ctrl-C.

    Args:
        places: Folders.
        ports: Addresses.
        secrets: Shared secrets.
        say: Tells the person at the terminal.
        owner_link: Makes a one-time set-up link while there is no owner; None when there is one.

    Returns:
        Exit code.
    """
    os.umask(0o077)  # database, logs and models of this desk are nobody else's business
    logs = private_folder(places.logs)
    RunNote(pid=os.getpid(), url=ports.url).write(places.data)
    common = environment(places, ports, secrets, os.environ)
    supervisor = Supervisor(programs(places, ports, common), logs=logs, say=say)
    started = time.monotonic()

    async def greet() -> None:
        await _until(f"{ports.url}/healthz")
        link = await asyncio.to_thread(owner_link)
        say(_addresses(ports.url, link))
        await _until(f"{ports.url}/readyz")
        say(f"Ready after {time.monotonic() - started:.0f} s. Stop with Ctrl-C. Logs: {_short(logs)}")

    return await supervisor.run(greet)


def _addresses(url: str, link: str | None) -> str:
    lines = [
        "Frontdesk is starting; customers can already write.",
        f"  Shop with the chat  {url}/demo",
        f"  Agents              {url}/agent",
        f"  Owner               {url}/owner",
    ]
    if link:
        lines += ["", "  Nobody owns this desk yet. Make your account here (once, within 24 hours):", f"  {link}", ""]
    return "\n".join(lines)


async def _until(url: str) -> None:
    while not await answers(url):
        await asyncio.sleep(0.25)


def _short(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
