"""The FastAPI application: wiring only."""

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from importlib import import_module
from importlib.util import find_spec

import httpx
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from bot.server import openapi, outgoing, problems
from bot.server.answers import Answers
from bot.server.edge import Edge
from bot.server.engine import EngineClient
from bot.server.fanout import Fanout
from bot.server.feed import Feed
from bot.server.limits import Limits
from bot.server.parts import Parts, utc_now
from bot.server.profile import Profile
from bot.server.recorder import Recorder
from bot.server.redis_news import RedisNews
from bot.server.reminders import Reminders
from bot.server.retention import Retention
from bot.server.servers import Servers, SharedClock
from bot.server.settings import Settings
from bot.server.thresholds import Thresholds
from bot.server.turns import Turns
from bot.store.database import Database

logger = logging.getLogger(__name__)

_ROUTERS = (
    "widget",
    "handoff",
    "agents",
    "sockets",
    "accounts",
    "owners",
    "escalation",
    "corrections",
    "feedback",
    "proposals",
    "receivers",
    "privacy",
    "health",
    "pages",
)


def create_app(
    settings: Settings,
    *,
    engine_transport: httpx.AsyncBaseTransport | None = None,
    now: Callable[[], datetime] = utc_now,
) -> FastAPI:
    """The server's application with its store opened; its lifespan closes it again.

    Args:
        settings: All settings.
        engine_transport: Another way to the engine than TCP; for tests.
        now: The clock of the record; for tests.

    Raises:
        StoreUnusable: The store cannot be opened; the message says why and what to do.
        ProfileUnusable: The business profile cannot be read.
    """
    app = FastAPI(
        title="Frontdesk",
        lifespan=_lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json" if settings.expose_openapi else None,
    )
    app.state.parts = _parts(settings, engine_transport, now)
    app.state.outbox = outgoing.make_outbox(app.state.parts)
    app.state.reminders = _reminders(app.state.parts)
    app.state.retention = Retention(app.state.parts)
    app.state.fanout = _fanout(app.state.parts)
    problems.install(app)
    for name in _ROUTERS:
        if find_spec(f"bot.server.{name}"):
            app.include_router(import_module(f"bot.server.{name}").router)
    openapi.install(app)
    if settings.allowed_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.allowed_origins,
            allow_methods=["GET", "POST"],
            allow_headers=["Authorization", "Content-Type"],
        )
    app.add_middleware(Edge)
    return app


def _parts(settings: Settings, transport: httpx.AsyncBaseTransport | None, now: Callable[[], datetime]) -> Parts:
    profile = Profile(settings.profile)
    database = Database.open(settings.store_location)
    clock = SharedClock(now)
    feed = Feed()
    recorder = Recorder(database, feed)
    engine = EngineClient(
        settings.engine_url,
        settings.engine_secret.get_secret_value(),
        concurrency=settings.engine_concurrency,
        transport=transport,
    )
    thresholds = Thresholds(database)
    turns = Turns(
        database=database,
        recorder=recorder,
        engine=engine,
        feed=feed,
        availability=lambda: profile.availability(clock.now(), feed.agents_online),
        thresholds=thresholds.now,
        now=clock.now,
        timeout_s=settings.engine_timeout_s,
        concurrency=settings.engine_concurrency,
    )
    return Parts(
        settings=settings,
        database=database,
        profile=profile,
        limits=Limits(settings),
        feed=feed,
        recorder=recorder,
        engine=engine,
        turns=turns,
        thresholds=thresholds,
        answers=Answers(settings.articles_dir),
        servers=Servers(database=database, feed=feed, clock=clock, take_over=turns.resume),
        now=clock.now,
    )


def _fanout(parts: Parts) -> Fanout:
    url, database = parts.settings.redis_url, parts.database
    news = RedisNews(url.get_secret_value(), database.server_id) if url and database.is_shared else None
    made = Fanout(database=database, feed=parts.feed, now=parts.now, news=news)
    parts.recorder.on_published = made.published
    return made


def _reminders(parts: Parts) -> Reminders:
    return Reminders(
        database=parts.database,
        recorder=parts.recorder,
        profile=parts.profile,
        agents_online=lambda: parts.feed.agents_online,
        now=parts.now,
        after=timedelta(minutes=parts.settings.handoff_reminder_minutes),
    )


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    parts: Parts = app.state.parts
    try:
        # Both to the last: another server would take over the turns that still end, and what they tell has to leave.
        async with parts.servers.running(), app.state.outbox.running():
            try:
                resumed = await parts.turns.resume()
                if resumed:
                    logger.info("resuming owed turns", extra={"count": resumed})
                async with app.state.fanout.running(), app.state.reminders.running(), app.state.retention.running():
                    yield
            finally:
                parts.feed.close()
                await parts.turns.stop(parts.settings.drain_s)
                await parts.recorder.finish()
        await parts.servers.leave()
    finally:
        await parts.engine.close()
        parts.database.close()
