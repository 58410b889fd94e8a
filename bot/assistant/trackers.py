"""Where Rasa keeps its trackers: SQL, with the latest conversations in memory.

Rasa reads and replays a whole conversation from the database twice per message. Here a conversation that is going on
stays in memory and only its new events are written. The tracker is working memory: the record of a conversation is
the server's, so a lost write costs the assistant its context and nobody a message.
"""

from __future__ import annotations

import asyncio
import copy
import json
import logging
from collections import OrderedDict
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain, State
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from bot.assistant.settings import EngineSettings
from bot.assistant.turn import turns_of

logger = logging.getLogger(__name__)

T = TypeVar("T")

# Every turn of Rasa's goes through all events several times: after a hundred turns it takes twice as long.
SHORTEN_FROM_EVENTS = 400
KEPT_CONVERSATIONS = 500  # about 100 KB each after twenty turns
# No rule of ours is longer than this many actions; the rest of a conversation can match none.
RULE_STATES = 12
WRITE_AFTER_S = 0.02  # long enough for the answer to leave first, and for neighbours to share a commit
MAX_UNWRITTEN = 20_000  # events that wait for a database that cannot be written


class StillUnwritten(Exception):
    """Events that are to be deleted wait to be written."""


class ConversationTracker(DialogueStateTracker):  # type: ignore[misc]  # Rasa's class is untyped
    """A tracker that shows rules its latest states only, and makes them once.

    RulePolicy makes a state of every action since the conversation began, twice per prediction, and then compares
    each with every rule; a rule looks no further back than it is long.
    """

    _shown: tuple[tuple[Any, ...], list[State]] | None = None

    def past_states(
        self,
        domain: Domain,
        omit_unset_slots: bool = False,
        ignore_rule_only_turns: bool = False,
        rule_only_data: dict[str, Any] | None = None,
    ) -> list[State]:
        """The latest states; those of the last time when nothing has happened since."""
        happened = (len(self.events), self.events[-1]) if self.events else ()
        asked = (*happened, domain, omit_unset_slots, ignore_rule_only_turns, rule_only_data)
        if self._shown is None or not _same(self._shown[0], asked):
            found = super().past_states(domain, omit_unset_slots, ignore_rule_only_turns, rule_only_data)
            self._shown = asked, found
        # Rasa takes text and entities out of what it gets.
        return [{part: dict(values) for part, values in state.items()} for state in self._shown[1]]

    def generate_all_prior_trackers(self) -> Generator[tuple[DialogueStateTracker, bool], None, None]:
        """The tracker before each of the latest actions, and whether that action is hidden from stories."""
        events: list[Event] = self.applied_events()
        actions = [place for place, event in enumerate(events) if isinstance(event, ActionExecuted)]
        first = actions[-RULE_STATES] if len(actions) > RULE_STATES else 0
        tracker = self.init_copy()
        for place, event in enumerate(events):
            if place >= first and isinstance(event, ActionExecuted):
                yield tracker, event.hide_rule_turn
            tracker.update(event)
        yield tracker, False


class ConversationStore(SQLTrackerStore):  # type: ignore[misc]  # Rasa's class is untyped
    """Rasa's SQL store, reading a conversation once and writing what is new, off the event loop.

    With a file of our own nothing waits for the writing: the next turn finds the conversation in memory, and what the
    file lacks after a crash is the context of the last moments. Engines that share a database write before they answer.
    """

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
        self._unwritten: list[tuple[str, Event]] = []
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="trackers")
        self._disconnect: Callable[[], None] = lambda: None
        self._is_shared = settings.tracker_url is not None
        self._is_closed = False
        if settings.tracker_url:
            super().__init__(domain, host=settings.tracker_url, event_broker=event_broker, **kwargs)
            return
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = settings.data_dir / "tracker.db"
        file.touch(mode=0o600)
        super().__init__(domain, db=str(file), event_broker=event_broker, **kwargs)
        self._thread.submit(self._keep_one_connection).result()  # SQLite's connections belong to their thread

    def init_tracker(self, sender_id: str) -> DialogueStateTracker:
        """A new conversation."""
        return ConversationTracker(sender_id, self.domain.slots if self.domain else None, self.max_event_history)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The conversation as it stands after its latest turn."""
        kept = self._kept.get(sender_id)
        if kept is not None and not (self._is_shared and await self.count(sender_id) != kept[1]):
            self._kept.move_to_end(sender_id)
            return kept[0]
        await self.written()
        events = await self._in_thread(self._read, sender_id)
        if not events or self.domain is None:
            return None
        tracker = ConversationTracker.from_dict(sender_id, events, self.domain.slots)
        self._keep(tracker)
        return tracker

    async def retrieve_full_tracker(self, conversation_id: str) -> DialogueStateTracker | None:
        """The same: sessions are not used, so the latest one is the whole conversation."""
        return await self.retrieve(conversation_id)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Remembers the conversation, and writes the events that are not written yet."""
        if type(tracker) is DialogueStateTracker:
            tracker.__class__ = ConversationTracker  # Rasa's fail-safe store makes new conversations, and not as we do
        await self.stream_events(tracker)
        kept = self._kept.get(tracker.sender_id)
        if kept is not None and kept[0] is tracker:
            known = kept[1]
        else:
            await self.written()
            known = await self.count(tracker.sender_id)
        fresh = [(tracker.sender_id, event) for event in list(tracker.events)[known:]]
        if self._is_shared:
            await self._in_thread(self._insert, fresh)  # the next turn may be another engine's
        elif fresh:
            self._unwritten += fresh
            asyncio.get_running_loop().call_later(WRITE_AFTER_S, self._write_soon)
        self._keep(tracker)

    async def written(self) -> None:
        """Waits until what was saved is in the file, or was refused by it."""
        await self._in_thread(self._write)

    async def count(self, sender_id: str) -> int:
        """How many events of a conversation the database has."""
        return await self._in_thread(self._count, sender_id)

    async def close(self) -> None:
        """Writes what is left and lets go of the database."""
        await self.written()
        self._is_closed = True
        await self._in_thread(self._disconnect)
        self._thread.shutdown()
        self.engine.dispose()

    def forget(self, sender_id: str) -> None:
        """Drops what is in memory of a conversation, after a turn that failed half-way."""
        self._kept.pop(sender_id, None)

    async def erase(self, sender_ids: Sequence[str]) -> int:
        """Deletes conversations for good, in memory and in the database.

        Returns:
            How many events went.

        Raises:
            StillUnwritten: Some of their events wait for a database that cannot be written; ask again later.
        """
        gone = frozenset(sender_ids)
        for sender_id in gone:
            self.forget(sender_id)
        await self.written()
        if any(sender_id in gone for sender_id, _ in self._unwritten):
            raise StillUnwritten
        return await self._in_thread(self._erase, sorted(gone))

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

    def _write_soon(self) -> None:
        if not self._is_closed:
            self._thread.submit(self._write)

    def _write(self) -> None:
        """Writes what waits. Only this removes from the list and only `save` adds to it, so no lock is needed."""
        batch = self._unwritten[:]
        try:
            self._insert(batch)
        except Exception as exc:
            # The next turn tries again; until then it is in memory like all else that goes on.
            logger.error("Conversations cannot be written to %s: %s", self.engine.url.database, exc)
            del self._unwritten[:-MAX_UNWRITTEN]
        else:
            del self._unwritten[: len(batch)]

    async def _in_thread(self, work: Callable[..., T], *args: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, *args)

    def _insert(self, batch: Sequence[tuple[str, Event]]) -> None:
        rows = [_row(sender_id, event) for sender_id, event in batch]
        if rows:
            with self.session_scope() as session:
                session.execute(self.SQLEvent.__table__.insert(), rows)
                session.commit()

    def _read(self, sender_id: str) -> list[dict[str, Any]]:
        with self.session_scope() as session:
            found = self._of(session, sender_id).order_by(self.SQLEvent.id).all()
            return [json.loads(data) for (data,) in found]

    def _count(self, sender_id: str) -> int:
        with self.session_scope() as session:
            return int(self._of(session, sender_id).count())

    def _erase(self, sender_ids: Sequence[str]) -> int:
        with self.session_scope() as session:
            if self.engine.dialect.name == "sqlite":  # else what is deleted stays readable in the file
                session.connection().exec_driver_sql("PRAGMA secure_delete=ON")
            of_theirs = session.query(self.SQLEvent).filter(self.SQLEvent.sender_id.in_(sender_ids))
            erased = int(of_theirs.delete(synchronize_session=False))
            session.commit()
            return erased

    def _of(self, session: Any, sender_id: str) -> Any:
        return session.query(self.SQLEvent.data).filter(self.SQLEvent.sender_id == sender_id)

    def _keep_one_connection(self) -> None:
        """Opening SQLite anew for each query, as Rasa does, and a rollback journal cost 5 ms a turn."""
        connection = self.engine.connect()
        connection.exec_driver_sql("PRAGMA journal_mode=WAL")
        connection.exec_driver_sql("PRAGMA synchronous=NORMAL")
        self.sessionmaker.configure(bind=connection)
        self._disconnect = connection.close


def _same(before: tuple[Any, ...], now: tuple[Any, ...]) -> bool:
    """Whether nothing is another object than before; numbers and dictionaries may be equal instead."""
    simple = (int, dict)
    return len(before) == len(now) and all(
        old is new or (isinstance(new, simple) and old == new) for old, new in zip(before, now, strict=True)
    )


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
    return ConversationTracker.from_events(
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
