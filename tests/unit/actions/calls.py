"""What the engine sends to an action, and what it gets back."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker


def tracker_with(slots: dict[str, Any], *, message_id: str = "cnv_1:5") -> Tracker:
    """A conversation as the engine describes it to an action."""
    latest = {"text": "…", "intent": {}, "entities": [], "message_id": message_id}
    return Tracker("cnv_1", slots, latest, [], False, None, {}, "action_listen")


def slots_set(events: list[dict[str, Any]]) -> dict[str, Any]:
    """The slots that an action's events set."""
    return {event["name"]: event["value"] for event in events}
