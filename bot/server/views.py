"""Conversations as the consoles and the widget read them."""

from collections.abc import Iterable
from typing import Any

from bot.desk.conversation import Conversation
from bot.desk.events import Event, timestamp


def summary(conversation: Conversation) -> dict[str, Any]:
    """A conversation in a list."""
    waiting, snoozed = conversation.waiting_since, conversation.snoozed_until
    return {
        "id": conversation.id,
        "status": conversation.status,
        "priority": conversation.priority,
        "assignee": conversation.assignee,
        "owner_version": conversation.owner_version,
        "created_at": timestamp(conversation.created_at),
        "updated_at": timestamp(conversation.updated_at),
        "last_seq": conversation.last_seq,
        "last_message": conversation.last_message,
        "waiting_since": timestamp(waiting) if waiting else None,
        "snoozed_until": timestamp(snoozed) if snoozed else None,
        "handoff": conversation.handoff,
        "sentiment": conversation.sentiment,
        "contact": conversation.contact,
        "page_url": conversation.page_url,
    }


def events_page(conversation: Conversation, events: Iterable[Event], epoch: str, *, staff: bool) -> dict[str, Any]:
    """The answer of `GET …/events`."""
    return {
        "events": [event.for_staff() if staff else event.for_customer() for event in events],
        "last_seq": conversation.last_seq,
        "status": conversation.status,
        "epoch": epoch,
    }
