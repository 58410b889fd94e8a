"""The flow “leave a message”: a note with the customer's words, and a person to answer it."""

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


class ActionLeaveMessage(Action):  # type: ignore[misc]  # the SDK's class is untyped
    """Passes a message on; the server tells the customer what happens next."""

    def __init__(self, desk: Desk | None = None) -> None:
        self._desk = desk or Desk(ActionSettings.read())

    def name(self) -> str:
        """The name in the domain."""
        return "action_leave_message"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Leaves the note, then asks for a person with the address to answer to."""
        text, email = str(tracker.get_slot("message_text")), str(tracker.get_slot("contact_email"))
        about = {"conversation_id": tracker.sender_id, "message_id": message_id_of(tracker)}
        decision = {"reason": "customer_request", "rule": "The customer left a message and waits for an answer."}
        try:
            await self._desk.add_note(subject="Message from the customer", text=text, fields={"email": email}, **about)
            reference = await self._desk.request_handoff(decision=decision, contact={"email": email}, **about)
        except DeskUnreachable as exc:
            logger.error("Message not passed on: %s", exc)
            return [SlotSet("tool_failed", True)]
        return [SlotSet("handoff_requested", reference), SlotSet("message_text", None), SlotSet("contact_email", None)]
