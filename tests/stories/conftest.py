"""One model, trained once, and the engine in this process: Rasa's own server with our channel, actions and a desk."""

from __future__ import annotations

import asyncio
import importlib
import json
import socket
import warnings
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import httpx
import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    for name in ("rasa.core.run", "rasa_sdk.endpoint", "spacy.cli", "bot.assistant.channel", "bot.assistant.training"):
        importlib.import_module(name)

from rasa.core.agent import Agent
from rasa.core.run import configure_app
from rasa_sdk.executor import ActionExecutor
from sanic import Sanic

from actions.desk import Desk
from actions.environment import ORDERS_FILE, ActionSettings
from actions.handoff import ActionHandoff
from actions.leave_message import ActionLeaveMessage
from actions.order_status import ActionOrderStatus
from actions.orders import OrderBook
from actions.return_request import ActionReturnRequest
from actions.returns import ReturnRegister
from bot.assistant import training
from bot.assistant.action_client import ActionClient
from bot.assistant.channel import WebsiteChannel
from bot.assistant.nlg import ArticleGenerator
from bot.assistant.settings import EngineSettings
from bot.assistant.trackers import ConversationStore

SECRET = "s3cret"
WEBHOOK_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "/tests/stories/" in item.path.as_posix():
            # What Rasa and its libraries do is not ours to mend.
            item.add_marker(pytest.mark.filterwarnings("ignore"))
            item.add_marker(pytest.mark.timeout(240))


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@dataclass(frozen=True, kw_only=True)
class Trained:
    """A model and what its training reported."""

    path: Path
    events: list[dict[str, Any]]


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """The shipped assistant, trained on the shipped articles."""
    out = tmp_path_factory.mktemp("model")
    with warnings.catch_warnings(), pytest.MonkeyPatch.context() as patch:
        warnings.simplefilter("ignore")
        patch.delenv("FRONTDESK_ARTICLES_DIR", raising=False)
        capture = _Lines()
        patch.setattr("sys.stdout", capture)
        code = training.main(["--out", str(out), "--golden", "knowledge_base/golden.yml"])
    assert code == 0, capture.events
    return Trained(path=Path(capture.events[-1]["path"]), events=capture.events)


class _Lines:
    """Standard output that keeps JSON lines."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []

    def write(self, text: str) -> int:
        self.events += [json.loads(line) for line in text.splitlines() if line.startswith("{")]
        return len(text)

    def flush(self) -> None:
        pass


class ActionsInProcess(ActionClient):  # type: ignore[misc]
    """The action server's executor without its port; can be switched off."""

    def __init__(self, executor: ActionExecutor) -> None:
        super().__init__("http://127.0.0.1:9/webhook")
        self.executor = executor
        self.is_down = False

    async def _call(self, call: dict[str, Any]) -> dict[str, Any]:
        if self.is_down:
            raise aiohttp.ClientConnectionError("connection refused")
        answer: dict[str, Any] = await self.executor.run(json.loads(json.dumps(call)))
        return answer


@dataclass(kw_only=True)
class Engine:
    """The engine under test, reached over HTTP."""

    http: httpx.AsyncClient
    agent: Agent
    channel: WebsiteChannel
    actions: ActionsInProcess
    webhooks: list[dict[str, Any]] = field(default_factory=list)
    data_dir: Path
    _conversations: int = 0

    def new_conversation(self) -> Conversation:
        """A customer nobody knows yet."""
        self._conversations += 1
        return Conversation(engine=self, id=f"cnv_{self._conversations}")

    async def post(self, route: str, /, **body: Any) -> httpx.Response:
        """Call the channel."""
        return await self.http.post(f"/webhooks/website/{route}", json=body)


@dataclass(kw_only=True)
class Conversation:
    """One customer's side."""

    engine: Engine
    id: str
    seq: int = 0

    async def say(self, text: str, **metadata: Any) -> dict[str, Any]:
        """Type something; returns the channel's answer."""
        return await self._turn(text=text, metadata=metadata)

    async def press(self, payload: str) -> dict[str, Any]:
        """Press a button."""
        return await self._turn(payload=payload)

    async def _turn(self, **body: Any) -> dict[str, Any]:
        self.seq += 1
        answer = await self.engine.post("turn", sender=self.id, message_id=f"{self.id}:{self.seq}", **body)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


@pytest.fixture(scope="session")
async def running(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Engine]:
    """The engine, started once: Sanic serves one app per process."""
    data_dir = tmp_path_factory.mktemp("data")
    settings = EngineSettings.read({"FRONTDESK_ENGINE_SECRET": SECRET, "FRONTDESK_DATA_DIR": str(data_dir)})
    webhooks: list[dict[str, Any]] = []
    agent = Agent.load(
        str(trained.path), generator=ArticleGenerator(), tracker_store=ConversationStore(settings=settings)
    )
    channel = WebsiteChannel(settings)
    app: Sanic = configure_app([channel], enable_api=False)
    app.ctx.agent = agent
    actions = ActionsInProcess(_executor(data_dir, webhooks))
    async with _served(app) as client:
        agent.action_endpoint = agent.processor.action_endpoint = actions  # after the channel put its own there
        yield Engine(http=client, agent=agent, channel=channel, actions=actions, webhooks=webhooks, data_dir=data_dir)


@pytest.fixture
def engine(running: Engine) -> Engine:
    """The engine with all its helpers up and an empty desk."""
    running.webhooks.clear()
    running.actions.is_down = False
    running.agent.processor.action_endpoint = running.actions
    return running


@pytest.fixture
def customer(engine: Engine) -> Conversation:
    """A new conversation."""
    return engine.new_conversation()


def _executor(data_dir: Path, webhooks: list[dict[str, Any]]) -> ActionExecutor:
    def record(request: httpx.Request) -> httpx.Response:
        webhooks.append(json.loads(request.content))
        return httpx.Response(200, json={"handoff_id": "hnd_1", "reference": "F-1", "status": "waiting"})

    desk = Desk(
        ActionSettings.read({"FRONTDESK_WEBHOOK_SECRET": WEBHOOK_SECRET}), transport=httpx.MockTransport(record)
    )
    book = OrderBook(ORDERS_FILE)
    executor = ActionExecutor()
    for action in (
        ActionHandoff(desk),
        ActionLeaveMessage(desk),
        ActionOrderStatus(book),
        ActionReturnRequest(book, ReturnRegister(data_dir / "returns.csv"), desk),
    ):
        executor.register_action(action)
    return executor


class _served:
    """Serves an app on a loopback port in this event loop."""

    def __init__(self, app: Sanic) -> None:
        self._app = app

    async def __aenter__(self) -> httpx.AsyncClient:
        port_socket = socket.create_server(("127.0.0.1", 0))
        server = await self._app.create_server(sock=port_socket, return_asyncio_server=True, access_log=False)
        assert server is not None
        self._server = server
        for step in (server.startup, server.before_start, server.start_serving, server.after_start):
            await step()
        self._client = httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{port_socket.getsockname()[1]}",
            headers={"X-Frontdesk-Secret": SECRET},
            trust_env=False,
            timeout=30,
        )
        return self._client

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()
        await self._server.before_stop()
        self._server.close()
        await asyncio.wait_for(self._server.wait_closed(), 5)
        await self._server.after_stop()
