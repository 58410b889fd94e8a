"""Is it alive, is it ready, how is it doing.

`/healthz` says that the process answers. `/readyz` tries everything a conversation needs and names what is broken and
how to mend it. `/metrics` is for Prometheus, on this machine or with the operator's token.
"""

import asyncio
import logging
import shutil
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from bot import live_model
from bot.desk.errors import EngineUnavailable, NotFound, WorldFailed
from bot.server import metrics
from bot.server.parts import Parts, Server
from bot.server.sign_in import is_operator
from bot.store import health as stored

logger = logging.getLogger(__name__)

CHECK_TIMEOUT_S = 7.0
"""Longer than a write waits for a foreign lock (5 s), so that the lock itself is named."""
REMEMBERED_S = 2.0
"""One look at everything answers all who ask within this time: readiness is public and writes to the store."""
OUTBOX_OVERDUE = timedelta(seconds=60)
TURN_OVERDUE = timedelta(seconds=30)
FREE_BYTES = 200_000_000
FREE_SHARE = 0.02

router = APIRouter()


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What one check found.

    Attributes:
        problem: What is broken and how to mend it; None when all is well.
        facts: What is worth knowing besides.
    """

    problem: str | None = None
    facts: dict[str, Any] | None = None


Check = Callable[[Parts], Awaitable[Finding]]


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """Alive: the process answers."""
    return {"status": "alive"}


@router.get("/readyz")
async def readyz(request: Request, server: Server) -> JSONResponse:
    """Ready: a customer's message would be stored, answered and, where needed, brought to a person."""
    findings = await _look(request, server)
    broken = {name: finding.problem for name, finding in findings.items() if finding.problem}
    facts = {name: finding.facts or {} for name, finding in findings.items()}
    content = {
        "status": "not_ready" if broken else "ready",
        "problems": [{"part": name, "message": problem} for name, problem in broken.items()],
        "parts": {name: {"ok": name not in broken, **facts[name]} for name in findings},
    }
    return JSONResponse(content, status_code=503 if broken else 200, headers={"Cache-Control": "no-store"})


@router.get("/metrics", include_in_schema=False)
async def prometheus(request: Request, server: Server) -> Response:
    """Counters and histograms; to everyone but the operator there is no such page."""
    if not (is_operator(request, server.settings) or _is_this_machine(request)):
        raise NotFound
    text = await asyncio.to_thread(generate_latest, metrics.REGISTRY)
    return Response(text, media_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})


def _is_this_machine(request: Request) -> bool:
    """Whether a scraper on this machine asks, without a proxy between that could stand for anybody."""
    here = request.client is not None and request.client.host in ("127.0.0.1", "::1")
    return here and not any(name in request.headers for name in ("x-forwarded-for", "forwarded", "via"))


async def _look(request: Request, server: Parts) -> dict[str, Finding]:
    state = request.app.state
    if not hasattr(state, "readiness"):
        state.readiness = Readiness(server)
    readiness: Readiness = state.readiness
    return await readiness.findings()


class Readiness:
    """Runs the checks side by side and remembers what they found for a moment."""

    def __init__(self, parts: Parts, checks: dict[str, Check] | None = None) -> None:
        self._parts = parts
        self._checks = checks or CHECKS
        self._lock = asyncio.Lock()
        self._found: dict[str, Finding] = {}
        self._found_at = float("-inf")

    async def findings(self) -> dict[str, Finding]:
        """The findings of all checks, at most `REMEMBERED_S` old."""
        async with self._lock:
            if time.monotonic() - self._found_at > REMEMBERED_S:
                results = await asyncio.gather(*(self._run(check) for check in self._checks.values()))
                self._found = dict(zip(self._checks, results, strict=True))
                self._found_at = time.monotonic()
            return self._found

    async def _run(self, check: Check) -> Finding:
        try:
            return await asyncio.wait_for(check(self._parts), CHECK_TIMEOUT_S)
        except TimeoutError:
            return Finding(problem=f"It did not answer within {CHECK_TIMEOUT_S:.0f} s. `bot doctor` looks closer.")
        except WorldFailed as exc:
            return Finding(problem=exc.message)
        except Exception as exc:  # a check that breaks must not hide what the others found
            logger.exception("a readiness check broke")
            return Finding(problem=f"It could not be checked ({type(exc).__name__}). `bot doctor` looks closer.")


async def _database(parts: Parts) -> Finding:
    started = time.perf_counter()
    await parts.database.check()
    return Finding(facts={"write_ms": round((time.perf_counter() - started) * 1000, 1)})


async def _engine(parts: Parts) -> Finding:
    """A whole turn that is kept nowhere, not only a sign of life: an engine may be ready and answer nobody."""
    facts: dict[str, Any] = {"breaker": parts.turns.breaker.state}
    try:
        facts["model_id"] = (await parts.engine.health()).get("model_id")
    except EngineUnavailable as exc:
        return Finding(facts=facts, problem=f"{exc.message} {_ENGINE_CURE}")
    try:
        await parts.engine.canary()
    except EngineUnavailable as exc:
        return Finding(
            facts=facts, problem=f"The engine says it is ready but runs no turn: {exc.message} {_ENGINE_CURE}"
        )
    if facts["breaker"] == "open":
        return Finding(
            facts=facts, problem=f"Turns failed in a row; the next seconds show whether it is well. {_ENGINE_CURE}"
        )
    return Finding(facts=facts, problem=await asyncio.to_thread(_other_model, parts, facts["model_id"]))


_ENGINE_CURE = (
    "Customers hear an honest failure and can reach a person; the engine is started again by itself. If this stays,"
    " see data/logs/engine.log."
)


def _other_model(parts: Parts, model_id: object) -> str | None:
    try:
        live = live_model.read_live(parts.settings.models_dir)
    except live_model.ModelUnusable as exc:
        return str(exc)
    if live.model_id == model_id:
        return None
    return f"The engine runs model {model_id}, but {live.model_id} is live; it is being put right."


async def _actions(parts: Parts) -> Finding:
    url = f"http://127.0.0.1:{parts.settings.actions_port}/health"
    try:
        async with httpx.AsyncClient(trust_env=False, timeout=2.0) as client:
            answer = await client.get(url)
    except httpx.HTTPError:
        answer = None
    if answer is not None and answer.status_code == 200:
        return Finding()
    return Finding(
        problem="The actions do not answer: order status and other flows fail, answers and handoffs work. They are"
        " started again by themselves. If this stays, see data/logs/actions.log."
    )


async def _outbox(parts: Parts) -> Finding:
    now = parts.now()
    found = await parts.database.read(stored.backlog, now=now, lately=OUTBOX_OVERDUE)
    late = now - found.oldest if found.oldest else timedelta(0)
    facts = {"due": found.due, "oldest_overdue_s": round(late.total_seconds())}
    if late <= OUTBOX_OVERDUE or found.is_moving:
        return Finding(facts=facts)
    return Finding(
        facts=facts,
        problem=f"{found.due} deliveries are due, the oldest since {round(late.total_seconds())} s, and none moves: the"
        " outbox worker stands. Nothing is lost; restart the server.",
    )


async def _turns(parts: Parts) -> Finding:
    since = await parts.database.read(stored.oldest_unanswered)
    waits = parts.now() - since if since else timedelta(0)
    if waits <= TURN_OVERDUE:
        return Finding()
    return Finding(
        problem=f"A customer waits for an answer since {round(waits.total_seconds())} s. Restart the server."
    )


async def _disk(parts: Parts) -> Finding:
    folder = parts.settings.data_dir
    try:
        usage = await asyncio.to_thread(shutil.disk_usage, folder)
    except OSError as exc:
        return Finding(problem=f"The data folder {folder} cannot be looked at: {exc.strerror}. Mount its disk again.")
    facts = {"free_mb": usage.free // 1_000_000, "used_percent": round(100 * usage.used / usage.total)}
    if usage.free >= max(FREE_BYTES, min(FREE_SHARE * usage.total, 2_000_000_000)):
        return Finding(facts=facts)
    return Finding(facts=facts, problem=f"Only {facts['free_mb']} MB are free on the data folder's disk. Free space.")


CHECKS: dict[str, Check] = {
    "database": _database,
    "engine": _engine,
    "actions": _actions,
    "turns": _turns,
    "outbox": _outbox,
    "disk": _disk,
}
