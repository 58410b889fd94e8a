"""How the engine calls actions: within eight seconds, and a failure is an answer.

Rasa waits up to five minutes, logs a failure and goes on as if nothing had been asked. Here a failed call sets the
slot `tool_failed`, so that the policy can say so honestly and the desk can count it.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import aiohttp
from rasa.utils.endpoints import EndpointConfig

from bot.assistant.turn import TOOL_FAILED_SLOT

logger = logging.getLogger(__name__)

ACTION_TIMEOUT_S = 8.0  # the customer hears within ten seconds, whatever happens
CONNECT_TIMEOUT_S = 2.0
SECRET_HEADER = "X-Frontdesk-Secret"  # noqa: S105 - a header's name


class ActionClient(EndpointConfig):  # type: ignore[misc]  # Rasa's class is untyped
    """The action server, reached over one kept connection."""

    def __init__(self, url: str, *, secret: str | None = None, timeout_s: float = ACTION_TIMEOUT_S) -> None:
        # No action of ours reads the domain, which Rasa would send along each time.
        super().__init__(url=url, headers={SECRET_HEADER: secret} if secret else None, enable_selective_domain=True)
        self._timeout = aiohttp.ClientTimeout(total=timeout_s, connect=CONNECT_TIMEOUT_S)
        self._session: aiohttp.ClientSession | None = None

    async def request(
        self,
        method: str = "post",
        subpath: str | None = None,
        content_type: str | None = "application/json",
        compress: bool = False,
        **kwargs: Any,
    ) -> dict[str, Any]:
        """Calls one action.

        Returns:
            The action's events and responses; `tool_failed` alone when it did not answer properly in time.
        """
        call = kwargs.get("json") or {}
        try:
            return await self._call(call)
        except (aiohttp.ClientError, asyncio.TimeoutError, ValueError) as exc:
            logger.error("Action %s failed: %s: %s", call.get("next_action"), type(exc).__name__, exc)
            return {"events": [{"event": "slot", "name": TOOL_FAILED_SLOT, "value": True}], "responses": []}

    async def close(self) -> None:
        """Closes the connection."""
        if self._session is not None:
            await self._session.close()

    async def _call(self, call: dict[str, Any]) -> dict[str, Any]:
        if self._session is None:
            self._session = aiohttp.ClientSession(headers=self.headers, timeout=self._timeout)
        async with self._session.post(self.url, json=call) as response:
            response.raise_for_status()
            answer = await response.json()
        if not _fits(answer):
            raise ValueError("the action server answered something else than events and responses")
        return dict(answer)


def _fits(answer: Any) -> bool:
    """Whether an answer has the shape that Rasa relies on; its own check is replaced, see `CheckedAction`."""
    if not isinstance(answer, dict):
        return False
    events, responses = answer.get("events"), answer.get("responses", [])
    return (
        isinstance(events, list)
        and all(isinstance(event, dict) and isinstance(event.get("event"), str) for event in events)
        and isinstance(responses, list)
        and all(isinstance(response, dict) for response in responses)
    )
