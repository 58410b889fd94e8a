"""A desk that the state machine drives: a real server in this process, its people, and a customer's open feeds."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, TypeVar

import httpx
import websockets

from bot.server.app import create_app
from bot.server.settings import Settings
from tests.integration.server.desk_under_test import ENGINE_SECRET, WEBHOOK_SECRET, Desk, ScriptedEngine, served

T = TypeVar("T")
PATIENCE_S = 60.0
SOCKET_PATIENCE_S = 20.0
AGENTS = ("mara", "tom")


class World:
    """One desk that serves all examples, each on a conversation of its own, and that can be stopped and started."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._loop = asyncio.new_event_loop()
        self.thinks = asyncio.Event()  # cleared: the engine takes its time
        self.thinks.set()
        self.engine = ScriptedEngine()
        self.engine.reaction = self._react
        self.start()
        self.agents = {name: self.run(self.desk.agent(name)) for name in AGENTS}

    async def _react(self, asked: dict[str, Any]) -> httpx.Response:
        await self.thinks.wait()
        return await self.engine.answer(asked)

    def run(self, doing: Coroutine[Any, Any, T]) -> T:
        """Do something in the server's own loop, within bounds."""
        return self._loop.run_until_complete(asyncio.wait_for(doing, PATIENCE_S))

    def start(self) -> None:
        """Start the server on the store."""
        generous: dict[str, Any] = dict.fromkeys(("messages_per_minute", "messages_burst"), 1_000_000)
        generous |= dict.fromkeys(("conversations_per_hour", "requests_per_minute", "sockets_per_address"), 1_000_000)
        secrets: dict[str, Any] = {"engine_secret": ENGINE_SECRET, "webhook_secret": WEBHOOK_SECRET}
        folders = {"data_dir": self._folder / "data", "models_dir": self._folder / "models"}
        app = create_app(Settings(**generous, **secrets, **folders, drain_s=0.05), engine_transport=self.engine)
        self._stack = AsyncExitStack()

        async def serve() -> Desk:
            port = await self._stack.enter_async_context(served(app))
            client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=PATIENCE_S)
            return Desk(app, self.engine, await self._stack.enter_async_context(client), port)

        self.desk = self.run(serve())

    def stop(self) -> None:
        """Stop it as SIGTERM does."""
        self.run(self._stack.aclose())

    def restart(self) -> None:
        """Stop and start; who was signed in stays signed in."""
        self.stop()
        self.start()
        for agent in self.agents.values():
            agent.desk = self.desk
            agent.headers["Origin"] = self.desk.url

    def close(self) -> None:
        self.stop()
        self._loop.close()


class Socket:
    """An open feed of the customer, and what it was shown."""

    def __init__(self, connection: websockets.ClientConnection, after: int) -> None:
        self.connection, self.after = connection, after
        self.shown: list[int] = []

    async def catch_up(self, seq: int) -> None:
        """Read until everything up to `seq` was shown."""
        while (self.shown[-1] if self.shown else self.after) < seq:
            frame = json.loads(await asyncio.wait_for(self.connection.recv(), SOCKET_PATIENCE_S))
            if frame["type"] == "event":
                assert frame["event"]["seq"] == (self.shown[-1] if self.shown else self.after) + 1, "a gap"
                self.shown.append(frame["event"]["seq"])
