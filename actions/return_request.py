"""The flow “I want to return something”: its last step."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any
from zoneinfo import ZoneInfo

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.desk import Desk, DeskUnreachable, message_id_of
from actions.environment import ActionSettings
from actions.lookup import PERSON_BUTTON, Events, look_up
from actions.orders import Order, OrderBook
from actions.returns import Eligibility, Registered, ReturnRegister, ReturnsUnavailable, eligibility

logger = logging.getLogger(__name__)

SHOP_ZONE = ZoneInfo("Europe/London")
ADDRESS = "Returns, Larkspur Books, 14 Fuller's Row, Hallowmere HM4 2LB"


def _utc_now() -> datetime:
    return datetime.now(timezone.utc)


class ActionReturnRequest(Action):  # type: ignore[misc]  # the SDK's class is untyped
    """Registers a return, or says why not."""

    def __init__(
        self,
        book: OrderBook | None = None,
        register: ReturnRegister | None = None,
        desk: Desk | None = None,
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        settings = ActionSettings.read()
        self._book = book or OrderBook(settings.orders_file)
        self._register = register or ReturnRegister(settings.data_dir / "returns.csv")
        self._desk = desk or Desk(settings)
        self._now = now

    def name(self) -> str:
        """The name in the domain."""
        return "action_return_request"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Looks the order up, decides, registers and tells."""
        found = look_up(self._book, dispatcher, tracker)
        if found.order is None:
            return found.events  # the reason is kept: only number and address are asked for again
        reason = str(tracker.get_slot("return_reason"))
        done = [*found.events, SlotSet("order_number", None), SlotSet("return_reason", None)]
        now = self._now()
        decided = eligibility(found.order, reason, today=now.astimezone(SHOP_ZONE).date())
        if decided.verdict != "accepted":
            dispatcher.utter_message(text=refusal(decided), buttons=[PERSON_BUTTON])
            return done
        try:
            registered = self._register.register(found.order.number, reason, now=now)
        except ReturnsUnavailable as exc:
            logger.error("Returns are unavailable: %s", exc)
            return [*done, SlotSet("tool_failed", True)]
        await self._tell_the_desk(tracker, found.order, reason, registered)
        dispatcher.utter_message(text=confirmation(found.order, decided, registered))
        return done

    async def _tell_the_desk(self, tracker: Tracker, order: Order, reason: str, registered: Registered) -> None:
        """A note for the agents. The file is the record, so the customer is not troubled when the desk is away."""
        try:
            await self._desk.add_note(
                conversation_id=tracker.sender_id,
                message_id=message_id_of(tracker),
                subject=f"Return {registered.reference}",
                text=f"Return of order {order.number} registered.",
                fields={"order_number": order.number, "reference": registered.reference, "reason": reason},
            )
        except DeskUnreachable as exc:
            logger.error("The note about return %s was not taken: %s", registered.reference, exc)


def confirmation(order: Order, decided: Eligibility, registered: Registered) -> str:
    """What to tell when a return is registered.

    Args:
        order: The order.
        decided: That it may be returned.
        registered: Where it stands in the file.
    """
    until = f"{decided.until.day} {decided.until:%B %Y}" if decided.until else ""
    done = "is registered" if registered.is_new else "was registered already"
    postage = (
        "The mistake was ours, so we e-mail you a prepaid label."
        if decided.free_postage
        else "You pay the postage; bringing it to the shop is free."
    )
    return (
        f"Your return of order **{order.number}** {done}. The reference is **{registered.reference}**; please write it"
        f" on a slip of paper in the parcel.\n\nSend it to {ADDRESS} by {until}. {postage}"
    )


def refusal(decided: Eligibility) -> str:
    """What to tell when a return is not registered.

    Args:
        decided: Why not.
    """
    if decided.verdict == "closed":
        return "This order was cancelled or refunded already, so there is nothing left to return."
    if decided.verdict == "not_yet":
        return "This order hasn't been delivered yet. Once you have it, you have 30 days to return it."
    if decided.verdict == "ask_a_person":
        return (
            "I'm sorry about that. I can't register this one by myself, but for a mistake of ours a person finds a way."
        )
    until = f"{decided.until.day} {decided.until:%B %Y}" if decided.until else "some time ago"
    return (
        f"I'm sorry, the time to return this order ended on {until}, so I can't register it. A person can look at it."
    )
