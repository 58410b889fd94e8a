"""Finding the order of a conversation: both actions about orders begin with it.

Guessing is limited per conversation, and a wrong pair is answered in the same words whatever was wrong with it.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.orders import Order, OrderBook, OrdersUnavailable

logger = logging.getLogger(__name__)

MAX_FAILED_LOOKUPS = 3
PERSON_BUTTON = {"title": "Talk to a person", "payload": "/talk_to_person"}
NOT_FOUND = (
    "I can't find an order with this number and this e-mail address. Please check both in your confirmation e-mail and"
    " send me the number and the address again."
)
TOO_MANY = (
    "I couldn't match the details three times, so I've stopped looking, to keep orders private. A person can check it"
    " with you."
)
Events = list[dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Lookup:
    """What came of looking: an order, or what to tell Rasa instead."""

    order: Order | None = None
    events: Events


def look_up(book: OrderBook, dispatcher: CollectingDispatcher, tracker: Tracker) -> Lookup:
    """Find the order whose number and e-mail address the customer gave; says so when there is none.

    Args:
        book: Where orders are.
        dispatcher: Takes the words for a failure.
        tracker: Holds the slots `order_number`, `email` and `failed_lookups`.
    """
    failed = int(tracker.get_slot("failed_lookups") or 0)
    if failed >= MAX_FAILED_LOOKUPS:
        dispatcher.utter_message(text=TOO_MANY, buttons=[PERSON_BUTTON])
        return Lookup(events=_forget())
    try:
        order = book.find(str(tracker.get_slot("order_number")), str(tracker.get_slot("email")))
    except OrdersUnavailable as exc:
        logger.error("Orders are unavailable: %s", exc)
        return Lookup(events=[*_forget(), SlotSet("tool_failed", True)])
    if order is not None:
        return Lookup(order=order, events=[SlotSet("failed_lookups", 0.0)])
    failed += 1
    dispatcher.utter_message(text=NOT_FOUND if failed < MAX_FAILED_LOOKUPS else TOO_MANY, buttons=[PERSON_BUTTON])
    return Lookup(events=[*_forget(), SlotSet("failed_lookups", float(failed))])


def _forget() -> Events:
    """The next try asks for both again."""
    return [SlotSet("order_number", None), SlotSet("email", None)]
