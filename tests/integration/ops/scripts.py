"""A trainer and an engine that do what the test says, at the seams where the real ones stand."""

import hashlib
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from bot.live_model import Model, keep, point_to
from bot.places import Places

TRAINER = """#!{python}
import hashlib, json, os, signal, sys, time
from pathlib import Path
arguments = sys.argv[1:]
out = Path(arguments[arguments.index("--out") + 1])
def say(**fields):
    print(json.dumps({{"event": "state", **fields}}), flush=True)
def archive(content=b"a model", name="model.tar.gz"):
    file = out / name
    file.write_bytes(content)
    return file
def done(file, model_id="mdl_new", **more):
    say(state="done", path=str(file), sha256=hashlib.sha256(file.read_bytes()).hexdigest(), model_id=model_id, **more)
exec(Path(r"{behaviour}").read_text())
"""
TRAINS_WELL = 'say(state="training"); say(state="checking"); done(archive(), checks={"golden_total": 3})'

ARTICLE = """---
id: {id}
question: {question}
---
{answer}
"""


def make_places(folder: Path) -> Places:
    """A checkout with a scripted trainer where the engine's Python belongs."""
    root = folder / "checkout"
    places = Places(root=root, data=folder / "data", models=folder / "models", articles=root / "kb" / "articles")
    for made in (places.articles, places.models, places.logs, places.engine_python.parent):
        made.mkdir(parents=True)
    (root / "config.yml").write_text("recipe: default.v1\n")
    behaviour = root / "behaviour.py"
    places.engine_python.write_text(TRAINER.format(python=sys.executable, behaviour=behaviour))
    places.engine_python.chmod(0o755)
    trainer_does(places, TRAINS_WELL)
    return places


def trainer_does(places: Places, code: str) -> None:
    """Say what the next trainings do."""
    (places.root / "behaviour.py").write_text(code)


def environment() -> dict[str, str]:
    return {"PATH": os.environ["PATH"]}


def write_article(articles: Path, article_id: str, *, topic: str = "store", answer: str = "From nine to six.") -> Path:
    file = articles / topic / f"{article_id}.md"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(ARTICLE.format(id=article_id, question=f"What about {article_id}?", answer=answer))
    return file


def kept_model(models: Path, model_id: str, *, live: bool = False, articles: dict[str, str] | None = None) -> Model:
    """A model that was published before."""
    content = f"archive of {model_id}".encode()
    staged = models / f"{model_id}.staged"
    staged.write_bytes(content)
    model = Model(
        path=f"{model_id}.tar.gz",
        sha256=hashlib.sha256(content).hexdigest(),
        model_id=model_id,
        trained_at=f"2026-11-20T00:00:00.{len(list(models.glob('*.json'))):06d}Z",
        articles_hash="",
        articles=articles or {},
    )
    keep(models, staged, model)
    if live:
        point_to(models, model)
    return model


class EngineScript(httpx.AsyncBaseTransport):
    """The engine's channel as far as publishing needs it.

    Attributes:
        runs: Id of the model it runs; None while it is down.
        takes: What it answers to a swap; by default it runs what it was given.
        swaps: Every archive it was given.
    """

    def __init__(self, runs: str | None) -> None:
        self.runs = runs
        self.takes: Callable[[Path], str | None] = lambda path: path.name.removesuffix(".tar.gz")
        self.swaps: list[str] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.runs is None:
            raise httpx.ConnectError("refused", request=request)
        if request.url.path.endswith("/health"):
            return httpx.Response(200, json={"status": "ready", "model_id": self.runs})
        if request.url.path.endswith("/canary"):
            return httpx.Response(200, json={"model_id": self.runs, "messages": 1})
        if request.url.path.endswith("/parse"):
            return httpx.Response(200, json={"sentiment": {}, "language": "en"})
        return self._swap(json.loads(await request.aread()))

    def _swap(self, asked: dict[str, Any]) -> httpx.Response:
        path = Path(asked["path"])
        self.swaps.append(path.name)
        if hashlib.sha256(path.read_bytes()).hexdigest() != asked["sha256"]:
            return httpx.Response(422, json={"code": "invalid_request", "detail": "another hash"})
        taken = self.takes(path)
        if taken is None:
            return httpx.Response(503, json={"code": "model_not_loaded", "detail": "it does not load"})
        self.runs = taken
        return httpx.Response(200, json={"model_id": taken, "seconds": 0.1})
