"""Bringing in a person: asks the server for it and says nothing; the server tells the customer what happens next."""

from __future__ import annotations

import logging
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.desk import Desk, DeskUnreachable, message_id_of
from actions.environment import ActionSettings
from actions.lookup import Events

logger = logging.getLogger(__name__)


class ActionHandoff(Action):  # type: ignore[misc]  # the SDK's class is untyped
    """Posts `handoff.requested` with the policy's decision."""

    def __init__(self, desk: Desk | None = None) -> None:
        self._desk = desk or Desk(ActionSettings.read())

    def name(self) -> str:
        """The name in the domain."""
        return "action_handoff"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Asks; a failure is left to the server, which reads the decision in the turn's answer."""
        try:
            reference = await self._desk.request_handoff(
                conversation_id=tracker.sender_id,
                message_id=message_id_of(tracker),
                decision=tracker.get_slot("decision") or {},
            )
        except DeskUnreachable as exc:
            logger.error("Handoff not requested: %s", exc)
            return [SlotSet("tool_failed", True)]
        return [SlotSet("handoff_requested", reference)]
