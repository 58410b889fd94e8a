"""The channel between the server and Rasa: `/webhooks/website/…`, see docs/protocol.md.

Unlike Rasa's REST channel it wants a secret and an explicit sender, takes typed text as words and never as a
command, answers a repeated message with what was answered, and says so when it fails.
"""

from __future__ import annotations

import asyncio
import hmac
import inspect
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from rasa.shared.core.constants import ACTION_LISTEN_NAME, DEFAULT_INTENTS
from rasa.shared.core.events import ActionExecuted
from rasa.shared.exceptions import RasaException
from sanic import Blueprint, Sanic
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response

from bot.assistant import canary, libraries
from bot.assistant.action_client import SECRET_HEADER, ActionClient
from bot.assistant.components.sentiment import as_json
from bot.assistant.model_swap import swap_model
from bot.assistant.payloads import as_words, read_payload
from bot.assistant.processor import DeskProcessor
from bot.assistant.requests import (
    ChannelError,
    InvalidRequest,
    ModelNotLoaded,
    TurnFailed,
    TurnRequest,
    Unauthorized,
    read_forget,
    read_model,
    read_parse,
    read_turn,
)
from bot.assistant.settings import EngineSettings
from bot.assistant.trackers import store_of
from bot.assistant.turn import Turn, answer_of, find_turn
from knowledge_base.language import detect_language

logger = logging.getLogger(__name__)

Handler = Callable[[Request], Awaitable[dict[str, Any]]]

TURN_TIMEOUT_S = 9.0  # an action may take 8 s; the server gives up at 10
KEPT_ANSWERS = 2_000


class _Nowhere(OutputChannel):  # type: ignore[misc]  # Rasa's class is untyped
    """Replies are read from the tracker; nothing is sent while the turn runs."""

    @classmethod
    def name(cls) -> str:
        return WebsiteChannel.name()

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        pass


class WebsiteChannel(InputChannel):  # type: ignore[misc]  # Rasa's class is untyped
    """Answers one message per request."""

    def __init__(self, settings: EngineSettings) -> None:
        if not settings.secret:
            raise RasaException(
                "FRONTDESK_ENGINE_SECRET is not set, and the website channel answers nobody without it. Start with"
                " `make run`, or export a secret of your own; see docs/engine.md."
            )
        self._settings = settings
        self._secret = settings.secret.encode()
        self._answers: OrderedDict[str, asyncio.Future[dict[str, Any]]] = OrderedDict()

    @classmethod
    def name(cls) -> str:
        """The name in the address."""
        return "website"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> WebsiteChannel:
        """Makes the channel; its secret comes from the environment, never from a file.

        Raises:
            RasaException: The secret is not set.
        """
        return cls(EngineSettings.read())

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The six routes."""
        blueprint = Blueprint("website", inspect.getmodule(self).__name__)  # type: ignore[union-attr]
        for path, method, handler in (
            ("/turn", "POST", self._turn),
            ("/parse", "POST", self._parse),
            ("/model", "POST", self._model),
            ("/health", "GET", self._health),
            ("/canary", "POST", self._canary),
            ("/forget", "POST", self._forget),
        ):
            blueprint.add_route(self._guarded(handler), path, methods=[method], name=path.strip("/"))
        blueprint.listener("after_server_start")(self._prepare)
        blueprint.listener("after_server_stop")(self._close)
        return blueprint

    def _guarded(self, handler: Handler) -> Callable[[Request], Coroutine[Any, Any, HTTPResponse]]:
        async def handle(request: Request) -> HTTPResponse:
            try:
                self._authorize(request)
                return json_response(await handler(request), ensure_ascii=False, escape_forward_slashes=False)
            except ChannelError as exc:
                return json_response({"code": exc.code, "detail": str(exc)}, status=exc.status)
            except Exception:
                logger.exception("Request %s failed", request.path)
                return json_response({"code": "turn_failed", "detail": "The engine's log tells why."}, status=500)

        return handle

    def _authorize(self, request: Request) -> None:
        given = request.headers.get(SECRET_HEADER, "").encode("utf-8", "replace")
        if not hmac.compare_digest(given, self._secret):
            raise Unauthorized(f"Send the engine's secret in the header {SECRET_HEADER}.")

    async def _health(self, request: Request) -> dict[str, Any]:
        return {"status": "ready", "model_id": _agent(request.app).model_id}

    async def _canary(self, request: Request) -> dict[str, Any]:
        return await canary.sing(_agent(request.app).processor)

    async def _parse(self, request: Request) -> dict[str, Any]:
        text = read_parse(request.body)
        return {"sentiment": as_json(libraries.scorer().score(text)), "language": detect_language(text)}

    async def _model(self, request: Request) -> dict[str, Any]:
        return await swap_model(_agent(request.app, loaded=False), read_model(request.body))

    async def _forget(self, request: Request) -> dict[str, Any]:
        senders = read_forget(request.body)
        store = store_of(_agent(request.app, loaded=False).tracker_store)
        if store is None:
            raise TurnFailed("endpoints.yml names another tracker store; delete these conversations there yourself.")
        gone = frozenset(senders)
        for key in [key for key in self._answers if key.partition(" ")[0] in gone]:
            del self._answers[key]
        return {"forgotten": await store.erase(senders)}

    async def _turn(self, request: Request) -> dict[str, Any]:
        turn_request = read_turn(request.body)
        agent = _agent(request.app)
        _check_payload(turn_request, agent)
        key = f"{turn_request.sender} {turn_request.message_id}"
        running = self._answers.get(key)
        if running is None:
            running = asyncio.ensure_future(self._run(agent, turn_request))
            self._remember(key, running)
        # Shielded: when one of two callers hangs up, the other still gets the answer.
        return await asyncio.shield(running)

    def _remember(self, key: str, running: asyncio.Future[dict[str, Any]]) -> None:
        def forget_failure(done: asyncio.Future[dict[str, Any]]) -> None:
            if done.cancelled() or done.exception() is not None:
                self._answers.pop(key, None)

        self._answers[key] = running
        running.add_done_callback(forget_failure)
        while len(self._answers) > KEPT_ANSWERS:
            self._answers.popitem(last=False)

    async def _run(self, agent: Agent, request: TurnRequest) -> dict[str, Any]:
        async with agent.lock_store.lock(request.sender):
            processor = agent.processor  # a swap in the middle of the turn must not change its model
            try:
                turn = await self._seen(processor, request)
                if turn is None:
                    await asyncio.wait_for(processor.handle_message(_user_message(request)), TURN_TIMEOUT_S)
                    await _listen_again(processor, request.sender)
                    turn = await self._seen(processor, request)
                if turn is None:
                    raise TurnFailed("The assistant lost the message; send it again.")
                return _answer(turn, processor.model_metadata.model_id)
            except BaseException as exc:
                store = store_of(agent.tracker_store)
                if store is not None:
                    store.forget(request.sender)  # half a turn must not be what the next one starts from
                if isinstance(exc, asyncio.TimeoutError):
                    raise TurnFailed(f"The turn took over {TURN_TIMEOUT_S:.0f} s.") from exc
                raise

    async def _seen(self, processor: Any, request: TurnRequest) -> Turn | None:
        tracker = await processor.tracker_store.retrieve(request.sender)
        return None if tracker is None else find_turn(tracker, request.message_id)

    async def _prepare(self, app: Sanic, _loop: asyncio.AbstractEventLoop) -> None:
        agent: Agent = app.ctx.agent
        agent.action_endpoint = ActionClient(self._settings.actions_url, secret=self._settings.secret)
        if agent.processor is not None:
            agent.processor = DeskProcessor.of(agent.processor)
            agent.processor.action_endpoint = agent.action_endpoint
            await agent.parse_message("hello")  # the first message pays for nothing

    async def _close(self, app: Sanic, _loop: asyncio.AbstractEventLoop) -> None:
        agent: Agent | None = getattr(app.ctx, "agent", None)
        if agent is None:
            return
        if isinstance(agent.action_endpoint, ActionClient):
            await agent.action_endpoint.close()
        store = store_of(agent.tracker_store)
        if store is not None:
            await store.close()


def _agent(app: Sanic, *, loaded: bool = True) -> Agent:
    agent: Agent | None = getattr(app.ctx, "agent", None)
    if agent is None or (loaded and agent.processor is None):
        raise ModelNotLoaded("No model is loaded. Train one with `make train`, or give --model.")
    return agent


def _check_payload(request: TurnRequest, agent: Agent) -> None:
    """Rasa would run `/restart` and warn about an unknown intent; a button of ours carries neither."""
    payload = read_payload(request.payload) if request.payload is not None else None
    if payload and (payload.intent in DEFAULT_INTENTS or payload.intent not in agent.domain.intents):
        raise InvalidRequest(f"`payload` names the intent {payload.intent}, which no button of the assistant carries.")


def _user_message(request: TurnRequest) -> UserMessage:
    return UserMessage(
        request.payload if request.payload is not None else as_words(request.text or ""),
        _Nowhere(),
        request.sender,
        input_channel=WebsiteChannel.name(),
        message_id=request.message_id,
        metadata=dict(request.metadata),
    )


async def _listen_again(processor: Any, sender: str) -> None:
    """Ends a turn that Rasa broke off after ten actions; left as it is, no later message would be worked on."""
    tracker = await processor.tracker_store.retrieve(sender)
    if tracker is not None and tracker.latest_action_name != ACTION_LISTEN_NAME:
        logger.error("Rasa broke off a turn of %s; the rules leave a state without a next action", sender)
        tracker.update(ActionExecuted(ACTION_LISTEN_NAME))
        await processor.tracker_store.save(tracker)


def _answer(turn: Turn, model_id: str | None) -> dict[str, Any]:
    answer = answer_of(turn, model_id=model_id)
    told = answer["turn"]["decision"] == "escalate" or answer["turn"]["handoff_requested"]  # then the server speaks
    if not answer["messages"] and not told:
        raise TurnFailed("The assistant had nothing to say.")
    return answer
