"""The parts of a running server, made once in `app.py` and handed to every route."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from bot.desk.conversation import Conversation, Step, Utterance
from bot.desk.events import Author, Command
from bot.server import commands
from bot.server.admission import Admission
from bot.server.answers import Answers
from bot.server.engine import EngineClient
from bot.server.feed import Feed
from bot.server.limits import Limits
from bot.server.profile import Availability, Profile
from bot.server.recorder import Change, Recorder
from bot.server.servers import Servers
from bot.server.settings import Settings
from bot.server.thresholds import Thresholds
from bot.server.turns import Turns
from bot.store.database import Database


def utc_now() -> datetime:
    """The time of the record."""
    return datetime.now(UTC)


class KnownTokens:
    """Hashes of tokens that were looked up lately, so that a message costs no read for it.

    A token never opens another conversation. One that was erased is not found by what follows the look-up.
    """

    def __init__(self, most: int = 10_000) -> None:
        self._most = most
        self._ids: dict[str, str] = {}

    def get(self, token_hash: str) -> str | None:
        """The conversation a token opens, if that is known."""
        return self._ids.get(token_hash)

    def put(self, token_hash: str, conversation_id: str) -> None:
        """Remember it, and forget the oldest beyond the limit."""
        self._ids[token_hash] = conversation_id
        if len(self._ids) > self._most:
            self._ids.pop(next(iter(self._ids)))

    def forget(self, conversation_id: str) -> None:
        """Forget who opens a conversation that is gone."""
        self._ids = {token: known for token, known in self._ids.items() if known != conversation_id}


@dataclass(kw_only=True)
class Parts:
    """What routes work with. It lives in `app.state.parts`."""

    settings: Settings
    database: Database
    profile: Profile
    limits: Limits
    feed: Feed
    recorder: Recorder
    engine: EngineClient
    turns: Turns
    thresholds: Thresholds
    answers: Answers
    servers: Servers
    now: Callable[[], datetime]
    simulating: asyncio.Lock = field(default_factory=asyncio.Lock)  # one simulation at a time
    tokens: KnownTokens = field(default_factory=KnownTokens)
    admission: Admission = field(init=False)

    def __post_init__(self) -> None:
        self.admission = Admission(self.settings, self.feed)

    def availability(self) -> Availability:
        """Whether people can be reached now."""
        return self.profile.availability(self.now(), self.feed.agents_online)

    async def run(
        self, conversation_id: str, author: Author, command: Command, decide: Callable[[Conversation], Step]
    ) -> Change:
        """Decide, record and publish a command, once."""
        work = partial(
            commands.run,
            conversation_id=conversation_id,
            author=author,
            command=command,
            decide=decide,
            now=self.now(),
        )
        return await self.recorder.change(conversation_id, work)

    async def hear(self, conversation_id: str, said: Utterance) -> Change:
        """Take a customer's message and see that it is answered."""
        work = partial(
            commands.hear,
            conversation_id=conversation_id,
            said=said,
            availability=self.availability(),
            server_id=self.database.server_id,
            now=self.now(),
        )
        change = await self.recorder.change(conversation_id, work)
        if change.recorded and change.event and change.recorded.conversation.is_human_owned:
            self.turns.sense(conversation_id, change.event.seq, change.event.body["text"])
        return change


def parts_of(connection: HTTPConnection) -> Parts:
    """The parts of the server that handles this request or socket."""
    parts: Parts = connection.app.state.parts
    return parts


async def _parts(connection: HTTPConnection) -> Parts:
    """The same as a dependency; FastAPI would send a plain function to another thread."""
    return parts_of(connection)


Server = Annotated[Parts, Depends(_parts)]
