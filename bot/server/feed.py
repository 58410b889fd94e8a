"""Fan-out of committed events to the sockets that watch them.

A subscription is registered before its replay is read, so nothing falls between the two; what arrives twice is dropped
by `seq`. Each subscription has a bounded queue: a reader that does not keep up is cut, and resumes where it stood.
"""

import asyncio
import json
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.desk.conversation import Conversation
from bot.desk.events import Author, Event
from bot.server import metrics
from bot.server.views import summary

REFUSED = 1008
RESTARTING = 1012
TRY_LATER = 1013


def encode(frame: Mapping[str, Any]) -> str:
    """A frame as text."""
    return json.dumps(frame, ensure_ascii=False, separators=(",", ":"))


def event_frame(event: Event, *, staff: bool) -> str:
    """The frame that carries an event to this audience."""
    return encode({"type": "event", "event": event.for_staff() if staff else event.for_customer()})


@dataclass(eq=False)
class Subscription:
    """What one socket is still to be sent."""

    max_bytes: int
    conversation_id: str | None = None  # None: a staff socket, which sees all conversations
    staff_id: str | None = None
    address: str = ""
    close_code: int | None = None
    _queue: deque[tuple[str, int]] = field(default_factory=deque)
    _bytes: int = 0  # queued, and being sent
    _sending: int = 0
    _filled: asyncio.Event = field(default_factory=asyncio.Event)
    _cut: asyncio.Event = field(default_factory=asyncio.Event)

    def offer(self, frame: str, *, seq: int = 0) -> None:
        """Queue a frame; past the limit the reader is too slow and the socket is to be closed."""
        if self.close_code is not None:
            return
        size = len(frame.encode())
        if self._bytes + size > self.max_bytes:
            metrics.SLOW_READERS.inc()
            self.end(TRY_LATER)
            return
        self._queue.append((frame, seq))
        self._bytes += size
        self._filled.set()

    def end(self, code: int, last_frame: str | None = None) -> None:
        """Close the socket with this code; a last frame replaces what was queued, without one it is cut at once."""
        if self.close_code is not None:
            return
        self.close_code = code
        self._queue.clear()
        if last_frame is None:
            self._cut.set()
        else:
            self._queue.append((last_frame, 0))
            self._filled.set()

    async def cut(self) -> None:
        """Wait until the socket is to be closed whatever it is being sent."""
        await self._cut.wait()

    async def next(self) -> tuple[str, int] | None:
        """The next frame with its `seq` (0 for what has none); None when the socket is to be closed."""
        while not self._queue:
            if self.close_code is not None:
                return None
            self._filled.clear()
            await self._filled.wait()
        frame, seq = self._queue.popleft()
        self._sending = len(frame.encode())
        return frame, seq

    def sent(self) -> None:
        """The frame that `next` gave has left."""
        self._bytes -= self._sending
        self._sending = 0


class Feed:
    """All subscriptions of this server."""

    def __init__(self) -> None:
        self._customers: dict[str, set[Subscription]] = {}
        self._staff: set[Subscription] = set()
        self._addresses: Counter[str] = Counter()
        self._away: set[str] = set()
        self.said = 0  # how often somebody said here whether they take conversations
        self._elsewhere: frozenset[str] = frozenset()
        self.is_closing = False
        self.on_looking: Callable[[str, Author, str], None] = lambda conversation_id, agent, what: None

    def add(self, subscription: Subscription) -> None:
        """Begin to queue what happens from now on."""
        self._watchers(subscription).add(subscription)
        self._addresses[subscription.address] += 1
        metrics.SOCKETS.set(len(self))

    def remove(self, subscription: Subscription) -> None:
        """Forget a subscription."""
        watchers = self._watchers(subscription)
        if subscription in watchers:
            watchers.discard(subscription)
            self._addresses[subscription.address] -= 1
        if not self._customers.get(subscription.conversation_id or "", True):
            self._customers.pop(subscription.conversation_id or "", None)
        if self._addresses[subscription.address] <= 0:
            del self._addresses[subscription.address]
        metrics.SOCKETS.set(len(self))

    def _watchers(self, subscription: Subscription) -> set[Subscription]:
        if subscription.conversation_id is None:
            return self._staff
        return self._customers.setdefault(subscription.conversation_id, set())

    def __len__(self) -> int:
        return len(self._staff) + sum(map(len, self._customers.values()))

    def count(self, *, conversation_id: str) -> int:
        """Open sockets of a conversation."""
        return len(self._customers.get(conversation_id, ()))

    def count_at(self, address: str) -> int:
        """Open sockets of an address."""
        return self._addresses[address]

    def is_watched(self, conversation_id: str) -> bool:
        """Whether anybody here sees this conversation."""
        return bool(self._staff) or conversation_id in self._customers

    def publish(self, events: Iterable[Event], conversation: Conversation) -> None:
        """Queue committed events, in order, for everyone who may see them, and the new summary for staff."""
        customers = self._customers.get(conversation.id, ())
        for event in events:
            if customers:
                frame = event_frame(event, staff=False)
                for each in customers:
                    each.offer(frame, seq=event.seq)
            self._to_staff(lambda event=event: event_frame(event, staff=True))
        self._to_staff(lambda: encode({"type": "conversation", "conversation": summary(conversation)}))

    def erased(self, conversation_id: str) -> None:
        """Close what shows a conversation that was deleted, and tell staff that it is gone."""
        frame = encode({"type": "erased", "conversation_id": conversation_id})
        for each in self._customers.get(conversation_id, ()):
            each.end(REFUSED, frame)
        self._to_staff(lambda: frame)

    def announce(self, frame: Mapping[str, Any]) -> None:
        """Queue a frame for all staff, such as a publication's progress."""
        self._to_staff(lambda: encode(frame))

    def _to_staff(self, frame: Any) -> None:
        if self._staff:
            text = frame()
            for each in self._staff:
                each.offer(text)

    def typing(self, conversation_id: str, author: Author, on: bool) -> None:
        """Tell the others who is writing; it is kept nowhere."""
        frame = encode({"type": "typing", "conversation_id": conversation_id, "author": author.as_dict(), "on": on})
        if author.kind != "customer":
            for each in self._customers.get(conversation_id, ()):
                each.offer(frame)
        if author.kind != "agent":
            for each in self._staff:
                each.offer(frame)

    def looking(self, conversation_id: str, agent: Author, what: str, *, elsewhere: bool = False) -> None:
        """Tell colleagues that one of them reads or writes there, or is gone; it is kept nowhere.

        Args:
            conversation_id: Where.
            agent: Who.
            what: `reading`, `writing` or `gone`.
            elsewhere: Another server has told it, which needs not be told.
        """
        frame = encode({"type": "looking", "conversation_id": conversation_id, "author": agent.as_dict(), "what": what})
        for each in self._staff:
            if each.staff_id != agent.id:
                each.offer(frame)
        if not elsewhere:
            self.on_looking(conversation_id, agent, what)

    def set_available(self, staff_id: str, available: bool) -> None:
        """Whether an agent whose console is open takes conversations now."""
        self.said += 1
        (self._away.discard if available else self._away.add)(staff_id)

    def set_away(self, staff_ids: Collection[str]) -> None:
        """Who has said, here or at another server, that they take no conversations now."""
        self._away = set(staff_ids)

    def set_online_elsewhere(self, staff_ids: frozenset[str]) -> None:
        """Whose console is open at another server."""
        self._elsewhere = staff_ids

    @property
    def online(self) -> list[str]:
        """Staff whose console is open at this server."""
        return sorted({each.staff_id for each in self._staff if each.staff_id})

    @property
    def agents_online(self) -> int:
        """Agents who have the console open, here or elsewhere, and have not said that they are away."""
        return len({*self.online, *self._elsewhere} - self._away)

    def disconnect_staff(self, staff_id: str, code: int = 1008) -> None:
        """Close the sockets of an account that may not watch any longer."""
        for each in list(self._staff):
            if each.staff_id == staff_id:
                each.end(code)

    def close(self, *, spread_s: float = 5.0) -> None:
        """Say goodbye to everyone; clients come back spread over `spread_s` instead of all at once."""
        self.is_closing = True
        everyone = [*self._staff, *(each for watchers in self._customers.values() for each in watchers)]
        for n, each in enumerate(everyone):
            retry = round(1 + spread_s * n / len(everyone), 1)
            each.end(RESTARTING, encode({"type": "goodbye", "retry_after_s": retry}))
