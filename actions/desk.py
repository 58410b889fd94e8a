"""How actions reach the server: its signed webhook, with a few quick tries.

A webhook id is made from the message's id, so however often a turn is repeated, the desk hears of it once.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

import httpx
from rasa_sdk import Tracker

from actions.environment import ActionSettings
from bot.desk.webhooks import Signer

logger = logging.getLogger(__name__)

MAX_TRIES = 3
TRY_TIMEOUT_S = 2.5
TOTAL_TIMEOUT_S = 6.0  # an action has eight seconds
PAUSES_S = (0.1, 0.4)


class DeskUnreachable(Exception):
    """The server did not take the webhook."""


class Desk:
    """The server's `POST /webhooks/handoff`."""

    def __init__(self, settings: ActionSettings, *, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._url = f"{settings.server_url}/webhooks/handoff"
        self._secret = settings.webhook_secret
        self._transport = transport
        self._http: httpx.AsyncClient | None = None

    async def request_handoff(
        self,
        *,
        conversation_id: str,
        message_id: str,
        decision: Mapping[str, Any],
        contact: Mapping[str, str] | None = None,
    ) -> str:
        """Ask for a person.

        Args:
            conversation_id: Whose.
            message_id: The message that led to it.
            decision: `reason`, `rule`, `evidence` and `priority`, as the policy left them.
            contact: Where to answer, if the customer gave it for that.

        Returns:
            The reference of the handoff, new or already open.

        Raises:
            DeskUnreachable: The server did not record it.
        """
        data = {
            "conversation_id": conversation_id,
            "message_id": message_id,
            "reason": decision.get("reason") or "customer_request",
            "rule": decision.get("rule"),
            "evidence": list(decision.get("evidence") or []),
            "priority": decision.get("priority") or "normal",
            "contact": dict(contact) if contact else None,
        }
        answer = await self._send(f"handoff:{message_id}", "handoff.requested", data)
        return str(answer.get("reference") or answer.get("handoff_id") or "")

    async def add_note(
        self, *, conversation_id: str, message_id: str, subject: str, text: str, fields: Mapping[str, str]
    ) -> None:
        """Leave a note for the agents in the conversation.

        Args:
            conversation_id: Which one.
            message_id: The message that led to it.
            subject: One line.
            text: The note.
            fields: Details by name.

        Raises:
            DeskUnreachable: The server did not record it.
        """
        data = {
            "conversation_id": conversation_id,
            "message_id": message_id,
            "subject": subject,
            "text": text,
            "fields": dict(fields),
        }
        await self._send(f"note:{message_id}", "note.added", data)

    async def _send(self, webhook_id: str, kind: str, data: Mapping[str, Any]) -> Mapping[str, Any]:
        if not self._secret:
            raise DeskUnreachable("FRONTDESK_WEBHOOK_SECRET is not set; start with `make run`.")
        signer = Signer([self._secret])
        give_up_at = time.monotonic() + TOTAL_TIMEOUT_S
        problem = ""
        for pause_s in (*PAUSES_S, 0.0)[:MAX_TRIES]:
            now = datetime.now(timezone.utc)
            event = {"type": kind, "timestamp": now.isoformat().replace("+00:00", "Z"), "data": data}
            body = json.dumps(event, ensure_ascii=False).encode()
            headers = {"content-type": "application/json", **signer.sign(webhook_id, now, body)}
            try:
                request = self._client().post(self._url, content=body, headers=headers)
                response = await asyncio.wait_for(request, give_up_at - time.monotonic())
                if response.is_success:
                    return dict(response.json())
                problem = f"it answered {response.status_code}"
                if response.status_code < 500 and response.status_code != 429:
                    break  # the same again would be refused again
            except (httpx.HTTPError, asyncio.TimeoutError, ValueError) as exc:
                problem = f"{type(exc).__name__}: {exc}"
            if time.monotonic() + pause_s >= give_up_at:
                break
            await asyncio.sleep(pause_s)
        raise DeskUnreachable(f"The server did not take {webhook_id}: {problem}.")

    def _client(self) -> httpx.AsyncClient:
        """One client for all calls: making one reads the certificates of the world, which takes 50 ms."""
        if self._http is None:
            self._http = httpx.AsyncClient(transport=self._transport, timeout=TRY_TIMEOUT_S, trust_env=False)
        return self._http


def message_id_of(tracker: Tracker) -> str:
    """The server's id of the latest message."""
    return str(tracker.latest_message.get("message_id") or "")
