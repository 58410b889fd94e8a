"""Publishing: turns the articles into the live model while customers are being answered.

One publication at a time: train and check in a process of its own, keep the archive, let the engine swap, see that it
runs the new model, move the pointer, record it. Whatever fails before the pointer moved leaves the live model alone.
What a kill leaves half-way is settled at the next start, and an engine that runs another model than the live one (it
was restarted at the wrong moment) is put right within seconds.

```
SwapFailed
├── EngineNotThere
└── WrongModelRuns
```
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot import failpoints, live_model, publishing
from bot.desk.errors import Conflict, EngineUnavailable, NotFound, WorldFailed
from bot.live_model import Model, ModelUnusable
from bot.places import Places
from bot.publishing import Made
from bot.server.engine import EngineClient
from bot.server.feed import Feed
from bot.server.publication_view import as_json
from bot.store import publications
from bot.store.database import Database
from bot.store.publications import Outcome, Publication
from bot.trainer import TrainingFailed

log = logging.getLogger(__name__)

ENGINE_WAIT_S = 60.0
"""A restarting engine is back within this time; a publication waits for it rather than fail."""
LOOK_EVERY_S = 5.0
CANARY = "Are you there?"
INTERRUPTED = "Frontdesk was stopped before the new model was live. The model before it still answers. Publish again."

Make = Callable[[str, Callable[[str], None]], Awaitable[Made]]


class SwapFailed(TrainingFailed):
    """The engine did not take the new model. The one before it still answers."""

    code = "swap_failed"


class EngineNotThere(SwapFailed):
    """The engine does not answer."""

    code = "engine_unavailable"


class WrongModelRuns(SwapFailed):
    """The engine runs another model than it was given."""

    code = "wrong_model_runs"


class Publisher:
    """Publishes what is asked for, one after the other, for as long as the server runs."""

    def __init__(self, *, places: Places, database: Database, engine: EngineClient, feed: Feed, make: Make) -> None:
        self._models = places.models
        self._database = database
        self._engine = engine
        self._feed = feed
        self._make = make
        self._wake = asyncio.Event()
        self._swapping = asyncio.Lock()
        self._noted = ""

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Publisher"]:
        """Work in the background."""
        tasks = [asyncio.create_task(self._publish_for_ever()), asyncio.create_task(self._keep_right_for_ever())]
        try:
            yield self
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def request(self, requested_by: str | None) -> Publication:
        """Ask for a publication; it starts as soon as none runs."""
        found = await self._database.write(publications.request, requested_by=requested_by, now=datetime.now(UTC))
        self._wake.set()
        self._announce(found)
        return found

    async def roll_back(self, model_id: str, requested_by: str) -> Publication:
        """Put a kept model back at once, also while another is being trained.

        Raises:
            NotFound: That model is not kept.
            Conflict: It is damaged, or the engine does not take it.
        """
        try:
            model = await asyncio.to_thread(live_model.read_kept, self._models, model_id)
            await self._go_live(model, wait_s=2.0)
        except live_model.ModelNotKept as exc:
            raise NotFound(str(exc)) from exc
        except (ModelUnusable, SwapFailed) as exc:
            raise Conflict(str(exc)) from exc
        now = datetime.now(UTC)
        await self._database.write(_record_model, model=model, now=now)
        found = await self._database.write(
            publications.record_rollback, model_id=model_id, requested_by=requested_by, now=now
        )
        self._announce(found)
        return found

    async def _publish_for_ever(self) -> None:
        while True:
            try:
                with publishing.alone(self._models) as alone:
                    if alone:
                        await self._settle_interrupted()
                        await self._note_live()
                        await self._publish_waiting()
            except (WorldFailed, OSError) as exc:
                log.warning("publishing waits", extra={"cause": repr(exc)})
            self._wake.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), LOOK_EVERY_S)

    async def _publish_waiting(self) -> None:
        while True:
            found = await self._database.write(publications.start_next, now=datetime.now(UTC))
            if found is None:
                return
            self._announce(found)
            outcome = await self._publish(found.id)
            self._announce(await self._database.write(publications.finish, found.id, outcome, now=datetime.now(UTC)))

    async def _publish(self, publication_id: str) -> Outcome:
        """Run one publication to its end; every way it can fail is an outcome."""
        started = time.monotonic()
        states = _States(self, publication_id)
        try:
            made = await self._make(publication_id, states.report)
            await states.settled()
            await self._advance(publication_id, "swapping", model_id=made.model.model_id)
            await failpoints.pass_by("publish.kept")
            await self._go_live(made.model, wait_s=ENGINE_WAIT_S)
            now = datetime.now(UTC)
            await self._database.write(_record_model, model=made.model, now=now, checks=made.trained.checks)
        except (TrainingFailed, ModelUnusable, OSError, WorldFailed) as exc:
            return _failure(exc)
        except Exception as exc:
            log.exception("publication failed")
            return _failure(exc)
        finally:
            await states.settled()
            await asyncio.to_thread(live_model.prune, self._models)
        summary = {
            "articles": len(made.model.articles),
            "seconds": round(time.monotonic() - started, 1),
            "checks": made.trained.checks,
        }
        return Outcome(state="live", summary=summary, changed_answers=made.trained.changed_answers)

    async def _advance(self, publication_id: str, state: publications.State, *, model_id: str | None = None) -> None:
        self._announce(await self._database.write(publications.advance, publication_id, state, model_id=model_id))

    async def _go_live(self, model: Model, *, wait_s: float) -> None:
        """Swap, look, point.

        Raises:
            ModelDamaged: The archive is not the one that was checked.
            SwapFailed: The engine did not take it; it was given the live model back.
        """
        archive = await asyncio.to_thread(live_model.verify, self._models, model)
        async with self._swapping:
            await self._wait_for_engine(wait_s)
            try:
                await self._swap(model, archive)
            except SwapFailed:
                await self._put_right()
                raise
            await failpoints.pass_by("publish.swapped")
            await asyncio.to_thread(live_model.point_to, self._models, model)

    async def _swap(self, model: Model, archive: Path) -> None:
        try:
            await self._engine.swap_model(str(archive), model.sha256)
            runs = (await self._engine.health()).get("model_id")
            await self._engine.parse(CANARY)
        except EngineUnavailable as exc:
            raise SwapFailed(f"The engine did not take the new model ({exc.message})") from exc
        if runs != model.model_id:
            raise WrongModelRuns(f"The engine runs {runs} after it was given {model.model_id}.")

    async def _wait_for_engine(self, wait_s: float) -> None:
        deadline = time.monotonic() + wait_s
        while True:
            try:
                await self._engine.health()
            except EngineUnavailable as exc:
                if time.monotonic() >= deadline:
                    raise EngineNotThere(
                        "The engine does not answer, so the new model could not go live. It is started again by itself:"
                        " try again when /readyz says that it is ready."
                    ) from exc
                await asyncio.sleep(0.5)
            else:
                return

    async def _keep_right_for_ever(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            if not self._swapping.locked():
                async with self._swapping:
                    await self._put_right()

    async def _put_right(self) -> None:
        """Give the engine the live model where it runs another."""
        try:
            live = await asyncio.to_thread(live_model.read_live, self._models)
            if (await self._engine.health()).get("model_id") != live.model_id:
                log.warning("the engine runs another model than the live one", extra={"model_id": live.model_id})
                archive = await asyncio.to_thread(live_model.verify, self._models, live)
                await self._engine.swap_model(str(archive), live.sha256)
        except (ModelUnusable, EngineUnavailable) as exc:
            log.info("the engine's model could not be compared", extra={"cause": type(exc).__name__})

    async def _settle_interrupted(self) -> None:
        """Decide what became of the publication that ran when the server was killed."""
        found = await self._database.read(publications.running)
        if found is None:
            return
        outcome = _interrupted()
        if found.state == "swapping" and found.model_id and await self._is_live(found.model_id):
            outcome = Outcome(state="live")
        self._announce(await self._database.write(publications.finish, found.id, outcome, now=datetime.now(UTC)))

    async def _note_live(self) -> None:
        """Put a live model that no publication made into the history, or there would be no way back to it."""
        try:
            live = await asyncio.to_thread(live_model.read_live, self._models)
        except ModelUnusable:
            return
        if live.model_id != self._noted:
            await self._database.write(_record_found, live)
            self._noted = live.model_id

    async def _is_live(self, model_id: str) -> bool:
        """Whether a model got there before the kill; the pointer follows the engine when only it did."""
        with contextlib.suppress(ModelUnusable):
            if live_model.read_live(self._models).model_id == model_id:
                return True
        try:
            if (await self._engine.health()).get("model_id") != model_id:
                return False
            model = live_model.read_kept(self._models, model_id)
            await asyncio.to_thread(live_model.verify, self._models, model)
        except (EngineUnavailable, ModelUnusable):
            return False
        live_model.point_to(self._models, model)
        return True

    def _announce(self, found: Publication) -> None:
        self._feed.announce({"type": "publication", "publication": as_json(found)})


class _States:
    """Records the trainer's states in the order they were reported, beside the training."""

    def __init__(self, publisher: Publisher, publication_id: str) -> None:
        self._publisher = publisher
        self._id = publication_id
        self._last: asyncio.Task[None] | None = None

    def report(self, state: str) -> None:
        if state == "checking":
            self._last = asyncio.create_task(self._publisher._advance(self._id, "checking"))

    async def settled(self) -> None:
        if self._last is not None:
            with contextlib.suppress(WorldFailed):
                await self._last
            self._last = None


def _interrupted() -> Outcome:
    return Outcome(state="failed", error={"code": "interrupted", "message": INTERRUPTED, "problems": []})


def _failure(error: Exception) -> Outcome:
    known = getattr(error, "code", None) is not None or isinstance(error, OSError)
    words = str(error) if known else "Something went wrong that should not have; the server's log has it."
    problems = getattr(error, "problems", [])
    return Outcome(
        state="failed",
        error={"code": getattr(error, "code", "internal_error"), "message": words, "problems": problems},
        changed_answers=getattr(error, "changed_answers", None) or None,
    )


def _record_found(tx: Any, live: Model) -> None:
    trained_at = datetime.fromisoformat(live.trained_at)
    found = publications.record_found(tx, model_id=live.model_id, articles=len(live.articles), trained_at=trained_at)
    if found is not None:
        _record_model(tx, model=live, now=trained_at)


def _record_model(tx: Any, *, model: Model, now: datetime, checks: dict[str, Any] | None = None) -> None:
    publications.record_model(
        tx,
        model_id=model.model_id,
        path=model.path,
        sha256=model.sha256,
        articles_hash=model.articles_hash,
        trained_at=datetime.fromisoformat(model.trained_at),
        live_since=now,
        checks=checks,
    )
