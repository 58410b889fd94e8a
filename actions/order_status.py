"""The flow “where is my order?”: its last step, the look-up."""

from __future__ import annotations

from datetime import date
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.environment import ActionSettings
from actions.lookup import Events, look_up
from actions.orders import Order, OrderBook


class ActionOrderStatus(Action):  # type: ignore[misc]  # the SDK's class is untyped
    """Tells how an order stands."""

    def __init__(self, book: OrderBook | None = None) -> None:
        self._book = book or OrderBook(ActionSettings.read().orders_file)

    def name(self) -> str:
        """The name in the domain."""
        return "action_order_status"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Looks the order up and tells."""
        found = look_up(self._book, dispatcher, tracker)
        if found.order is None:
            return found.events
        dispatcher.utter_message(text=describe(found.order))
        # The next question may be about another order; the address is likely the same.
        return [*found.events, SlotSet("order_number", None)]


def describe(order: Order) -> str:
    """One or two sentences about an order, and what is in it.

    Args:
        order: The customer's own.
    """
    sentence = _SENTENCES.get(order.status, _unknown)(order)
    return f"{sentence}\n\nOrder **{order.number}**: {'; '.join(order.items)}. £{order.total} in all."


def _placed(order: Order) -> str:
    return f"We have your order of {_long(order.placed_on)} and are getting it ready.{_expected(order)}"


def _packed(order: Order) -> str:
    return f"Your order is packed and leaves us with the next collection.{_expected(order)}"


def _ready(order: Order) -> str:
    return "Your order is ready for you to collect in the shop. Please bring the order number."


def _dispatched(order: Order) -> str:
    by = f" with {order.carrier}" if order.carrier else ""
    tracking = f" The tracking number is **{order.tracking}**." if order.tracking else ""
    return f"Your order is on its way{by}.{_expected(order)}{tracking}"


def _delivered(order: Order) -> str:
    on = f" on {_long(order.delivered_on)}" if order.delivered_on else ""
    by = f" by {order.carrier}" if order.carrier else ""
    return f"Your order was delivered{on}{by}. If it isn't with you, tell me and I'll bring in a person."


def _cancelled(order: Order) -> str:
    return "This order was cancelled. If you had paid already, the money goes back the way it came."


def _refunded(order: Order) -> str:
    return f"This order was refunded: £{order.total} went back the way you paid."


def _unknown(order: Order) -> str:
    return f"The order's status is “{order.status.replace('_', ' ')}”."


def _expected(order: Order) -> str:
    return f" We expect it to be with you by {_long(order.expected_on)}." if order.expected_on else ""


def _long(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


_SENTENCES = {
    "placed": _placed,
    "packed": _packed,
    "ready_to_collect": _ready,
    "dispatched": _dispatched,
    "delivered": _delivered,
    "cancelled": _cancelled,
    "refunded": _refunded,
}
