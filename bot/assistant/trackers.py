"""Where Rasa keeps its trackers: SQL, with the latest conversations in memory.

Rasa reads and replays a whole conversation from the database twice per message. Here a conversation that is going on
stays in memory and only its new events are written. The tracker is working memory: the record of a conversation is
the server's, so a lost write costs the assistant its context and nobody a message.
"""

from __future__ import annotations

import copy
import json
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from bot.assistant.settings import EngineSettings
from bot.assistant.turn import turns_of

# Every turn of Rasa's goes through all events several times: after a hundred turns it takes twice as long.
SHORTEN_FROM_EVENTS = 400
KEPT_CONVERSATIONS = 500  # about 100 KB each after twenty turns


class ConversationStore(SQLTrackerStore):  # type: ignore[misc]  # Rasa's class is untyped
    """Rasa's SQL store, reading a conversation once and writing what is new."""

    def __init__(
        self,
        domain: Domain | None = None,
        event_broker: EventBroker | None = None,
        host: str | None = None,
        settings: EngineSettings | None = None,
        **kwargs: Any,
    ) -> None:
        settings = settings or EngineSettings.read()
        self._kept: OrderedDict[str, tuple[DialogueStateTracker, int]] = OrderedDict()
        self._is_shared = settings.tracker_url is not None
        if settings.tracker_url:
            super().__init__(domain, host=settings.tracker_url, event_broker=event_broker, **kwargs)
            return
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = settings.data_dir / "tracker.db"
        file.touch(mode=0o600)
        super().__init__(domain, db=str(file), event_broker=event_broker, **kwargs)
        self._keep_one_connection()

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The conversation as it stands after its latest turn."""
        kept = self._kept.get(sender_id)
        if kept is not None and not self._changed_elsewhere(sender_id, kept[1]):
            self._kept.move_to_end(sender_id)
            return kept[0]
        tracker: DialogueStateTracker | None = await super().retrieve_full_tracker(sender_id)
        if tracker is not None:
            self._keep(tracker)
        return tracker

    async def retrieve_full_tracker(self, conversation_id: str) -> DialogueStateTracker | None:
        """The same: sessions are not used, so the latest one is the whole conversation."""
        return await self.retrieve(conversation_id)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Writes the events that are not written yet, and remembers the conversation."""
        await self.stream_events(tracker)
        kept = self._kept.get(tracker.sender_id)
        written = kept[1] if kept is not None and kept[0] is tracker else self._count(tracker.sender_id)
        rows = [_row(tracker.sender_id, event) for event in list(tracker.events)[written:]]
        if rows:
            with self.session_scope() as session:
                session.bulk_insert_mappings(self.SQLEvent, rows)
                session.commit()
        self._keep(tracker)

    def forget(self, sender_id: str) -> None:
        """Drops what is in memory of a conversation, after a turn that failed half-way."""
        self._kept.pop(sender_id, None)

    def forget_all(self) -> None:
        """Drops all that is in memory, when another model with other slots takes over."""
        self._kept.clear()

    def _keep(self, tracker: DialogueStateTracker) -> None:
        if len(tracker.events) > SHORTEN_FROM_EVENTS:
            tracker = shortened(tracker)
        self._kept[tracker.sender_id] = (tracker, len(tracker.events))
        self._kept.move_to_end(tracker.sender_id)
        while len(self._kept) > KEPT_CONVERSATIONS:
            self._kept.popitem(last=False)

    def _changed_elsewhere(self, sender_id: str, written: int) -> bool:
        """Whether another engine has worked on the conversation; with a file of our own there is none."""
        return self._is_shared and self._count(sender_id) != written

    def _count(self, sender_id: str) -> int:
        with self.session_scope() as session:
            return int(self._event_query(session, sender_id, fetch_events_from_all_sessions=True).count())

    def _keep_one_connection(self) -> None:
        """Opening SQLite anew for each query, as Rasa does, and a rollback journal cost 5 ms a turn."""
        connection = self.engine.connect()
        connection.exec_driver_sql("PRAGMA journal_mode=WAL")
        connection.exec_driver_sql("PRAGMA synchronous=NORMAL")
        self.sessionmaker.configure(bind=connection)


def shortened(tracker: DialogueStateTracker) -> DialogueStateTracker:
    """The same conversation with its latest turns only, and with the slots and the flow that the earlier ones left.

    Args:
        tracker: A long conversation; it is not changed.
    """
    tail = [event for turn in turns_of(tracker.events) for event in (turn.utterance, *turn.events)]
    slots = [SlotSet(name, slot.value) for name, slot in tracker.slots.items() if slot.value != slot.initial_value]
    loop = [ActiveLoop(tracker.active_loop_name)] if not any(isinstance(event, ActiveLoop) for event in tail) else []
    fresh = [copy.deepcopy(slot) for slot in tracker.slots.values()]
    for slot in fresh:
        slot.reset()
    return DialogueStateTracker.from_events(
        tracker.sender_id, [ActionExecuted(ACTION_LISTEN_NAME), *slots, *loop, *tail], fresh
    )


def store_of(tracker_store: Any) -> ConversationStore | None:
    """Our store inside the wrappers Rasa puts round it; None when endpoints.yml names another."""
    seen: Callable[[Any], Any] = lambda store: getattr(store, "_tracker_store", None)  # noqa: E731
    while tracker_store is not None and not isinstance(tracker_store, ConversationStore):
        tracker_store = seen(tracker_store)
    return tracker_store


def _row(sender_id: str, event: Event) -> dict[str, Any]:
    data = event.as_dict()
    return {
        "sender_id": sender_id,
        "type_name": event.type_name,
        "timestamp": data.get("timestamp"),
        "intent_name": data.get("parse_data", {}).get("intent", {}).get("name"),
        "action_name": data.get("name"),
        "data": json.dumps(data),
    }
