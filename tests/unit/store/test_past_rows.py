"""Recent conversations for the simulator, on both databases."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.desk.conversation import Conversation, Step, open_conversation
from bot.desk.events import CUSTOMER, SYSTEM, Command, Draft
from bot.store import corrections, log, past
from bot.store.corrections import Correction
from bot.store.database import Database, Transaction

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)

pytestmark = pytest.mark.anyio


def converse(tx: Transaction, name: str, at: datetime) -> None:
    """One question, answered by a turn, and the handoff that an agent calls needless."""
    begun = log.create(
        tx,
        open_conversation(Conversation(id=name, created_at=at, updated_at=at), "Hello!"),
        f"hash of {name}",
        now=at,
    )
    asked = Draft(type="message", author=CUSTOMER, body={"text": f"kites for {name}?"})
    turn = {"utterance_seq": 2, "state": "done", "outcome": "fallback", "decision": "escalate"}
    drafts = (asked, Draft(type="handoff.requested", author=SYSTEM), Draft(type="turn", author=SYSTEM, body=turn))
    log.record(tx, Step(conversation=replace(begun.conversation), drafts=drafts), now=at)
    needless = Correction(conversation_id=name, staff_id="stf_1", kind="needless_handoff", message_seq=None, label=None)
    corrections.add(tx, needless, Command(client_message_id="c-1", digest="x"), now=at + timedelta(minutes=1))


async def test_the_newest_come_first_with_what_agents_said_of_them(database: Database) -> None:
    for days in (3, 1, 2):
        await database.write(converse, f"cnv_{days}", NOW - timedelta(days=days))

    found = await database.read(past.recent, since=NOW - timedelta(days=30), limit=10, most_turns=100)

    assert [one.id for one in found.past] == ["cnv_1", "cnv_2", "cnv_3"]
    assert {mark for one in found.past for mark in one.marks} == {"needless_handoff"}
    assert [turn.text for turn in found.past[0].turns] == ["kites for cnv_1?"]
    assert (found.since, found.is_complete) == (NOW - timedelta(days=3), True)


async def test_what_is_too_old_or_too_many_is_left_out(database: Database) -> None:
    for days in (1, 2, 40):
        await database.write(converse, f"cnv_{days}", NOW - timedelta(days=days))

    in_time = await database.read(past.recent, since=NOW - timedelta(days=30), limit=10, most_turns=100)
    newest = await database.read(past.recent, since=NOW - timedelta(days=30), limit=1, most_turns=100)

    assert [one.id for one in in_time.past] == ["cnv_1", "cnv_2"]
    assert in_time.is_complete
    assert [one.id for one in newest.past] == ["cnv_1"]
    assert not newest.is_complete


async def test_a_desk_without_conversations_has_no_past(database: Database) -> None:
    found = await database.read(past.recent, since=None, limit=10, most_turns=100)

    assert (list(found.past), found.since, found.is_complete) == ([], None, True)
