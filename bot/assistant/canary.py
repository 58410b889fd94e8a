"""One whole turn that nobody had: does the assistant still answer, and not only listen?

An engine can say that it is ready while every turn hangs or fails. The canary goes the way of a customer's message
through pipeline, policies and actions, in a conversation that is kept nowhere: no tracker is written, no event is
sent, and nobody is told.
"""

from __future__ import annotations

import asyncio
import copy
from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.events import BotUttered

from bot.assistant.requests import TurnFailed

SENDER = "canary"
TEXT = "hello"
"""A greeting: every assistant has words for it, and no action is called and no person asked for."""
TIMEOUT_S = 3.0


async def sing(processor: Any) -> dict[str, Any]:
    """Run a turn and forget it.

    Args:
        processor: The live model's message processor; it is not changed.

    Returns:
        `{model_id, messages}`: which model answered, in how many messages.

    Raises:
        TurnFailed: It did not answer, or not in time.
    """
    alone = copy.copy(processor)
    alone.tracker_store = InMemoryTrackerStore(processor.domain)
    message = UserMessage(TEXT, CollectingOutputChannel(), SENDER, input_channel=SENDER)
    try:
        await asyncio.wait_for(alone.handle_message(message), TIMEOUT_S)
    except asyncio.TimeoutError as exc:
        raise TurnFailed(f"A turn that everybody could answer took over {TIMEOUT_S:.0f} s.") from exc
    tracker = await alone.tracker_store.retrieve(SENDER)
    said = [event for event in tracker.events if isinstance(event, BotUttered)] if tracker else []
    if not said:
        raise TurnFailed("The assistant had nothing to say to a greeting.")
    return {"model_id": processor.model_metadata.model_id, "messages": len(said)}
