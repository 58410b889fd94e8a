"""What `bot serve`, `bot server` and `bot train` do: settings in, processes and models out."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from bot import live_model, publishing
from bot import serve as serving
from bot.live_model import ModelUnusable
from bot.places import CHECKOUT, Places, RunNote, code_version
from bot.secrets import RunSecrets, load_or_create
from bot.serve import Ports
from bot.server.settings import Settings
from bot.trainer import TrainingFailed

Say = Callable[[str], None]
POLL_S = 0.5
"""How often `bot train` asks the running server how the publication is getting on."""

STATE_WORDS = {
    "queued": "Waiting for its turn …",
    "training": "Training on the articles …",
    "checking": "Checking the answers …",
    "swapping": "Putting the new model live …",
}


class Desk:
    """One installation: its settings, folders, addresses and secrets."""

    def __init__(self, settings: Settings, secrets: RunSecrets) -> None:
        self.settings = settings
        self.secrets = secrets
        self.places = Places(
            root=CHECKOUT,
            data=settings.data_dir.resolve(),
            models=settings.models_dir.resolve(),
            articles=settings.articles_dir.resolve(),
        )
        self.places.models.mkdir(parents=True, exist_ok=True)
        self.ports = Ports(
            host=settings.host,
            server=settings.port,
            engine=settings.engine_port,
            actions=int(os.environ.get("FRONTDESK_ACTIONS_PORT", "5055")),
        )

    @classmethod
    def find(cls, **given: Any) -> Desk:
        """The installation that the environment names; its secrets are made at the first start.

        Args:
            given: Settings from the command line; None means not given.
        """
        data = Path(os.environ.get("FRONTDESK_DATA_DIR", CHECKOUT / "data")).resolve()
        secrets = load_or_create(data)
        for name in ("engine_secret", "webhook_secret"):
            if f"FRONTDESK_{name.upper()}" not in os.environ:
                given[name] = getattr(secrets, name)
        settings = Settings(**{name: value for name, value in given.items() if value is not None})
        used = RunSecrets(
            engine_secret=settings.engine_secret.get_secret_value(),
            webhook_secret=settings.webhook_secret.get_secret_value(),
        )
        return cls(settings, used)

    def engine_environment(self) -> dict[str, str]:
        """Environment of everything that runs Rasa."""
        common = serving.environment(self.places, self.ports, self.secrets, os.environ)
        return serving.engine_environment(common)

    def owner_link(self) -> str | None:
        """The one-time link for the first owner; None when there is one.

        Asked of a process of its own: the database's libraries would stay in this one's memory for good.
        """
        command = [sys.executable, "-m", "bot.cli", "users", "owner-link"]
        env = serving.environment(self.places, self.ports, self.secrets, os.environ)
        answer = subprocess.run(command, capture_output=True, text=True, check=False, cwd=CHECKOUT, env=env)  # noqa: S603
        if answer.returncode:
            return f"(no link could be made: {answer.stderr.strip()})"
        return answer.stdout.strip() or None


def engine_python() -> Path:
    """The engine's interpreter.

    Raises:
        EngineNotInstalled: Its environment is missing.
    """
    python = CHECKOUT / ".venv-engine" / "bin" / "python"
    serving.check_engine(python)
    return python


async def serve(*, host: str | None, port: int | None, say: Say) -> int:
    """Start everything and keep it running.

    Returns:
        Exit code.
    """
    desk = Desk.find(host=host, port=port)
    engine_python()
    with serving.only_one(desk.places):
        serving.check_ports(desk.ports)
        await _have_a_model(desk, say=say)
        return await serving.run(desk.places, desk.ports, desk.secrets, say=say, owner_link=desk.owner_link)


def server() -> int:
    """Run the server process alone until SIGTERM.

    Returns:
        Exit code.
    """
    from bot.server import serving as web
    from bot.server.app import create_app

    settings = Desk.find().settings
    web.run(create_app(settings), settings)
    return 0


async def train(*, say: Say) -> int:
    """Train and put the result live: through the running server, or by ourselves when there is none.

    Returns:
        Exit code.
    """
    desk = Desk.find()
    note = RunNote.read(desk.places.data)
    if note is not None:
        return await asyncio.to_thread(_publish_through, note.url, desk.secrets.operator_token, say)
    engine_python()
    with serving.only_one(desk.places):
        await _train_here(desk, say=say)
    return 0


async def _have_a_model(desk: Desk, *, say: Say) -> None:
    try:
        live = live_model.read_live(desk.places.models)
        live_model.verify_current(desk.places.models, live, code_version(desk.places.root))
    except ModelUnusable as exc:
        say("First start: there is no model yet." if isinstance(exc, live_model.NoLiveModel) else str(exc))
        await _train_here(desk, say=say)


async def _train_here(desk: Desk, *, say: Say) -> None:
    models = desk.places.models
    with publishing.alone(models) as alone:
        if not alone:
            raise TrainingFailed("Another training runs on these models. Wait until it has ended, then try again.")
        made = await publishing.make_model(
            desk.places,
            work=f"cli-{os.getpid()}",
            env=desk.engine_environment(),
            on_state=lambda state: say(STATE_WORDS[state]),
        )
        live_model.point_to(models, made.model)
        live_model.prune(models)
    _say_live(made.model.model_id, len(made.trained.changed_answers), made.trained.checks, say)


def _say_live(model_id: str, changed: int, checks: Mapping[str, Any], say: Say) -> None:
    more = f" {changed} checked answer(s) changed." if changed else ""
    say(f"Model {model_id} is live.{more}")
    for warning in checks.get("warnings") or ():
        place = f"{warning['file']}:{warning['line']}: " if warning.get("file") else ""
        say(f"Note: {place}{warning['message']}")


def _publish_through(url: str, token: str, say: Say) -> int:
    """Publish by the running server, which owns the live model and swaps it without a restart."""
    publication = _call(url, token, "POST", "/api/owner/publish")["publication"]
    said = ""
    while publication["state"] not in ("live", "failed"):
        if publication["state"] != said:
            said = publication["state"]
            say(STATE_WORDS[said])
        time.sleep(POLL_S)
        publication = _call(url, token, "GET", f"/api/owner/publications/{publication['id']}")
    if publication["state"] == "failed":
        words = publication["error_detail"] or publication["error"] or "The publication failed."
        raise TrainingFailed(words, problems=publication["problems"])
    checks = (publication["summary"] or {}).get("checks") or {}
    _say_live(publication["model_id"], len(publication["changed_answers"] or []), checks, say)
    return 0


def _call(url: str, token: str, method: str, path: str) -> dict[str, Any]:
    request = urllib.request.Request(  # noqa: S310 - the address in our own private note
        f"{url}{path}", method=method, headers={"Authorization": f"Bearer {token}", "Accept": "application/json"}
    )
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(request, timeout=30) as answer:
            found: dict[str, Any] = json.load(answer)
    except urllib.error.HTTPError as exc:
        detail = _detail(exc)
        raise TrainingFailed(f"The running server at {url} refused: {detail}") from exc
    except (OSError, ValueError) as exc:
        raise TrainingFailed(f"The running server at {url} does not answer ({exc}). Is it stopping?") from exc
    return found


def _detail(error: urllib.error.HTTPError) -> str:
    try:
        return str(json.load(error)["detail"])
    except (OSError, ValueError, KeyError, TypeError):
        return f"HTTP {error.code}"
