"""The owner's feedback as it is read from the log, on both databases."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from bot.desk.conversation import Conversation, Utterance, hear, open_conversation
from bot.desk.events import Command
from bot.desk.feedback import KINDS
from bot.desk.turns import Answered, Turn, finish
from bot.store import conversations, feedback, log
from bot.store.database import Database, Transaction

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
NONE = {"title": "None of these", "payload": "/none_of_these"}

pytestmark = pytest.mark.anyio


def tokens() -> Iterator[str]:
    return (f"t{n}" for n in count())


def exchange(
    tx: Transaction,
    text: str,
    *,
    button_id: str | None = None,
    reply: dict[str, Any] | None = None,
    beside: dict[str, Any] | None = None,
    **turn: Any,
) -> None:
    """A message and the turn that answered it."""
    now_is = conversations.lock(tx, "cnv_1")
    command = Command(client_message_id=f"c{now_is.last_seq}", digest="digest")
    heard = log.record(tx, hear(now_is, Utterance(text=text, command=command, button_id=button_id)), now=NOW)
    asked = Turn(
        conversation_id="cnv_1",
        utterance_seq=heard.events[-1].seq,
        owner_version=0,
        text=text,
        accepted_at=NOW,
        conversation=heard.conversation,
    )
    said = [{"text": "Words.", "kind": "fallback", **(reply or {})}, *([{"text": "And?", **beside}] if beside else [])]
    step = finish(heard.conversation, asked, Answered(messages=said, explanation=turn), duration_ms=5, tokens=tokens())
    log.record(tx, step, now=NOW)


@pytest.fixture
async def told(database: Database) -> Database:
    """A conversation with everything in it that counts, and what does not."""

    def tell(tx: Transaction) -> None:
        new = Conversation(id="cnv_1", created_at=NOW, updated_at=NOW)
        log.create(tx, open_conversation(new, "Hello!"), "hash", now=NOW)
        exchange(tx, "a piano?", intent="nlu_fallback", outcome="fallback", language="en")
        exchange(tx, "my numbr", reply={"kind": "flow"}, intent="nlu_fallback", outcome="fallback")
        ranking = [{"article_id": f"a{n}", "question": "?", "confidence": 0.4, "score": 0.4} for n in range(5)]
        exchange(
            tx,
            "tokens",
            reply={"kind": "clarify", "buttons": [NONE]},
            intent="clarify",
            outcome="clarify",
            article_ranking=ranking,
        )
        button = log.after(tx, "cnv_1", 7, limit=20)
        shown = next(event for event in button if event.body.get("kind") == "clarify").body["buttons"][0]["id"]
        exchange(tx, "None of these", button_id=shown, intent="none_of_these", outcome="fallback")
        exchange(tx, "when open", reply={"kind": "answer"}, intent="faq", outcome="answer")
        exchange(tx, "that didn't help", intent="did_not_help", outcome="fallback")

    await database.write(tell)
    return database


async def test_questions_count_and_flows_and_buttons_do_not(told: Database) -> None:
    found = await told.read(feedback.read, since=NOW, kinds=KINDS)

    assert sorted((miss.kind, miss.text, miss.language) for miss in found.misses) == [
        ("clarify", "tokens", None),
        ("fallback", "a piano?", "en"),
        ("unhelpful", "when open", None),
    ]
    assert [each["article_id"] for miss in found.misses for each in miss.candidates] == ["a0", "a1", "a2"]
    assert found.outcomes == {"answer": 1, "clarify": 1, "fallback": 2}
    assert found.is_complete


@pytest.mark.parametrize("kind", ["clarify", "fallback"])
async def test_the_part_that_an_answer_left_open_counts(database: Database, kind: str) -> None:
    def tell(tx: Transaction) -> None:
        new = Conversation(id="cnv_1", created_at=NOW, updated_at=NOW)
        log.create(tx, open_conversation(new, "Hello!"), "hash", now=NOW)
        exchange(tx, "tea and yoga", reply={"kind": "answer"}, beside={"kind": kind}, intent="faq", outcome="answer")

    await database.write(tell)
    found = await database.read(feedback.read, since=NOW, kinds=KINDS)

    assert [(miss.kind, miss.text) for miss in found.misses] == [(kind, "tea and yoga")]
    assert found.outcomes["answer"] == 1


async def test_an_offer_and_its_press_find_each_other(told: Database) -> None:
    found = await told.read(feedback.read, since=NOW, kinds=["clarify"])

    (offer,) = found.offers
    assert offer.seq == found.misses[0].seq
    assert found.pressed == (f"cnv_1/{offer.buttons[0]['id']}",)


@pytest.mark.parametrize("kind", KINDS)
async def test_one_kind_can_be_asked_for(told: Database, kind: Any) -> None:
    found = await told.read(feedback.read, since=NOW, kinds=[kind])

    assert {miss.kind for miss in found.misses} == {kind}


async def test_what_was_before_and_what_is_too_much_stays_out(told: Database) -> None:
    later = await told.read(feedback.read, since=NOW + timedelta(seconds=1), kinds=KINDS)
    few = await told.read(feedback.read, since=NOW, kinds=KINDS, most=1)

    assert (later.misses, later.offers, later.pressed) == ((), (), ())
    assert (len(few.misses), few.is_complete) == (1, False)
