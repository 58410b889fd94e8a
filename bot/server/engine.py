"""Client of the engine's channel on loopback.

EngineFailure                what a turn's `error_code` says
├── EngineTimeout            engine_timeout       no answer in time
├── EngineUnreachable        engine_unreachable   nothing listens, or it loads its model: nothing was delivered
├── EngineDied               engine_died          the connection broke while it worked on the turn
├── EngineRefused            engine_refused       it answered an error
├── EngineGarbage            engine_garbage       it answered something that is no answer
└── EngineSilent             engine_silent        it answered without saying anything
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Any

import httpx
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.desk.errors import EngineUnavailable
from bot.desk.turns import Answered, Turn
from bot.server.loopback import Loopback

ANSWER_MAX_BYTES = 1_048_576
"""Answers are a few kB; what is larger is a fault, and would be held in memory for every turn at once."""

# Below Sanic's 5 s: a pooled connection that the engine just closed would look like its death.
_KEEPALIVE_S = 2.0
_CONNECT_TIMEOUT_S = 1.0
_PARSE_TIMEOUT_S = 3.0
_HEALTH_TIMEOUT_S = 2.0
_CANARY_TIMEOUT_S = 4.0  # readiness waits 5 s for all it asks
_SWAP_TIMEOUT_S = 120.0
_FORGET_TIMEOUT_S = 30.0


class EngineFailure(EngineUnavailable):
    """The engine did not answer this turn."""

    code = "engine_failed"


class EngineTimeout(EngineFailure):
    """The engine did not answer in time."""

    code = "engine_timeout"


class EngineUnreachable(EngineFailure):
    """The engine is not there, or not ready."""

    code = "engine_unreachable"


class EngineDied(EngineFailure):
    """The connection to the engine broke while it worked."""

    code = "engine_died"


class EngineRefused(EngineFailure):
    """The engine answered an error."""

    code = "engine_refused"


class EngineGarbage(EngineFailure):
    """The engine answered something that is no answer."""

    code = "engine_garbage"


class EngineSilent(EngineFailure):
    """The engine answered without saying anything."""

    code = "engine_silent"


class _Button(BaseModel):
    title: str = Field(min_length=1, max_length=500)
    payload: str = Field(pattern=r"^/", max_length=4096)


class _Message(BaseModel):
    text: str = Field(min_length=1, max_length=65_536)
    kind: str | None = None
    article_id: str | None = None
    buttons: list[_Button] = []
    wants_contact: bool = False


class _Answer(BaseModel):
    """The channel's answer; only what the server relies on is checked."""

    model_config = ConfigDict(extra="ignore")

    message_id: str
    messages: list[_Message] = Field(max_length=20)
    turn: dict[str, Any]


class EngineClient:
    """Asks the engine. Every call has its own time limit and never follows a redirect or a proxy."""

    def __init__(
        self, url: str, secret: str, *, concurrency: int, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._url = url
        self._headers = {"X-Frontdesk-Secret": secret}
        self._connections = asyncio.Semaphore(concurrency * 2 + 4)
        self._transport = transport or Loopback(
            max_bytes=ANSWER_MAX_BYTES, connect_timeout_s=_CONNECT_TIMEOUT_S, keepalive_s=_KEEPALIVE_S
        )

    async def turn(self, turn: Turn, metadata: Mapping[str, Any]) -> Answered:
        """Run one turn; the caller limits the time. Repeating it answers what was answered.

        Raises:
            EngineFailure: One of the ways in which there was no answer.
        """
        said = {"text": turn.text} if turn.payload is None else {"payload": turn.payload}
        asked = {"sender": turn.conversation_id, "message_id": turn.message_id, **said, "metadata": dict(metadata)}
        answer = self._checked(await self._post("/webhooks/website/turn", asked))
        if answer.message_id != turn.message_id:
            raise EngineGarbage(f"The engine answered another message than {turn.message_id}.")
        answered = Answered(messages=[each.model_dump() for each in answer.messages], explanation=answer.turn)
        if not answered.messages and not answered.escalates and not answer.turn.get("handoff_requested"):
            raise EngineSilent
        return answered

    @staticmethod
    def _checked(document: Any) -> _Answer:
        try:
            return _Answer.model_validate(document)
        except ValidationError as exc:
            fields = ", ".join(sorted({".".join(map(str, each["loc"])) for each in exc.errors()}))
            # `from None`: the validation error quotes what the customer was to read.
            raise EngineGarbage(
                f"The engine's answer does not fit the protocol: {fields or 'not an object'}."
            ) from None

    async def parse(self, text: str) -> Mapping[str, Any]:
        """Sentiment and language of a text, without a turn.

        Raises:
            EngineFailure: As for `turn`.
        """
        found = await self._post("/webhooks/website/parse", {"text": text}, timeout_s=_PARSE_TIMEOUT_S)
        if not isinstance(found, dict):
            raise EngineGarbage
        return found

    async def swap_model(self, path: str, sha256: str) -> Mapping[str, Any]:
        """Make the engine load another model; it goes on answering meanwhile.

        Raises:
            EngineFailure: It kept the model it had.
        """
        asked = {"path": path, "sha256": sha256}
        done = await self._post("/webhooks/website/model", asked, timeout_s=_SWAP_TIMEOUT_S)
        if not isinstance(done, dict):
            raise EngineGarbage
        return done

    async def forget(self, conversation_ids: Sequence[str]) -> None:
        """Make the engine forget conversations that were deleted; repeating it changes nothing.

        Raises:
            EngineFailure: It may remember them still.
        """
        await self._post("/webhooks/website/forget", {"senders": list(conversation_ids)}, timeout_s=_FORGET_TIMEOUT_S)

    async def health(self) -> Mapping[str, Any]:
        """What the engine says of itself.

        Raises:
            EngineFailure: It is not ready.
        """
        found = await self._send("GET", "/webhooks/website/health", None, timeout_s=_HEALTH_TIMEOUT_S)
        if not isinstance(found, dict) or found.get("status") != "ready":
            raise EngineUnreachable
        return found

    async def canary(self) -> Mapping[str, Any]:
        """Run a turn that is kept nowhere: health alone says nothing of turns.

        Raises:
            EngineFailure: A customer would not be answered either.
        """
        found = await self._post("/webhooks/website/canary", {}, timeout_s=_CANARY_TIMEOUT_S)
        if not isinstance(found, dict) or not found.get("messages"):
            raise EngineSilent("The engine says that it is ready and leaves a greeting without an answer.")
        return found

    async def _post(self, path: str, body: Mapping[str, Any], *, timeout_s: float | None = None) -> Any:
        return await self._send("POST", path, body, timeout_s=timeout_s)

    async def _send(self, method: str, path: str, body: Mapping[str, Any] | None, *, timeout_s: float | None) -> Any:
        request = httpx.Request(method, f"{self._url}{path}", headers=self._headers, json=body)
        try:
            async with asyncio.timeout(timeout_s), self._connections:
                response = await self._transport.handle_async_request(request)
                raw = await _bounded(response)
        except (httpx.ConnectError, httpx.ConnectTimeout) as exc:
            raise EngineUnreachable from exc
        except (TimeoutError, httpx.TimeoutException) as exc:
            raise EngineTimeout from exc
        except httpx.HTTPError as exc:
            raise EngineDied from exc
        return _document(response, raw)

    async def close(self) -> None:
        """Close all connections."""
        await self._transport.aclose()


async def _bounded(response: httpx.Response) -> bytes:
    received = bytearray()
    try:
        async for chunk in response.aiter_bytes():
            received += chunk
            if len(received) > ANSWER_MAX_BYTES:
                raise EngineGarbage(f"The engine's answer is larger than {ANSWER_MAX_BYTES:,} bytes.")
    finally:
        await response.aclose()
    return bytes(received)


def _document(response: httpx.Response, raw: bytes) -> Any:
    if response.status_code == 503:
        raise EngineUnreachable("The engine has no model loaded.")
    if response.status_code != 200:
        raise EngineRefused(f"The engine answered {response.status_code}.")
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        raise EngineGarbage("The engine's answer is not JSON.") from None
