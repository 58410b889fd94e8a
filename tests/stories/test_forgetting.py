"""A conversation that was deleted at the desk is gone from the engine: from memory, from its answers, from its file."""

from __future__ import annotations

import pytest

from bot.assistant.trackers import store_of
from tests.stories.conftest import Engine

pytestmark = pytest.mark.anyio


async def test_what_was_said_is_forgotten(engine: Engine) -> None:
    store = store_of(engine.agent.tracker_store)
    assert store is not None
    gone, kept = engine.new_conversation(), engine.new_conversation()
    for each in (gone, kept):
        await each.say("hello, I am Rumpelstiltskin")

    first = await engine.post("forget", senders=[gone.id])
    again = await engine.post("forget", senders=[gone.id])

    assert first.json()["forgotten"] > 0
    assert again.json() == {"forgotten": 0}
    assert await store.count(gone.id) == 0
    assert await store.count(kept.id) > 0
