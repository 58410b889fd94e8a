from dataclasses import replace
from datetime import datetime, timezone
from itertools import repeat
from typing import Any

from bot.desk.conversation import Conversation
from bot.desk.turns import QUARANTINED, SERVER_HANDOFF, Answered, Turn, fail, finish, needs_human

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=timezone.utc)
NOW_IS = Conversation(id="cnv_1", created_at=NOW, updated_at=NOW, last_seq=2, owner_version=3)
TURN = Turn(
    conversation_id="cnv_1", utterance_seq=2, owner_version=3, text="Hello", accepted_at=NOW, conversation=NOW_IS
)


def answered(**explanation: Any) -> Answered:
    buttons = [{"title": "Yes", "payload": "/affirm"}, {"title": "No", "payload": "/deny"}]
    messages: list[dict[str, Any]] = [
        {"text": "We do.", "kind": "answer", "article_id": "a"},
        {"text": "Anything else?", "buttons": buttons},
    ]
    return Answered(messages=messages, explanation={"intent": "faq", "decision": "continue", **explanation})


def test_replies_come_first_then_their_explanation_then_the_mood() -> None:
    sentiment = {"polarity": 0.2, "label": "positive"}

    step = finish(NOW_IS, TURN, answered(sentiment=sentiment), duration_ms=12, tokens=iter(["x", "y"]))

    assert [draft.type for draft in step.drafts] == ["message", "message", "turn", "sentiment"]
    assert step.drafts[2].body["duration_ms"] == 12
    assert step.conversation.sentiment == sentiment


def test_a_buttons_id_names_the_message_that_carries_it() -> None:
    step = finish(NOW_IS, TURN, answered(), duration_ms=12, tokens=iter(["x", "y"]))

    assert [button["id"] for button in step.drafts[1].body["buttons"]] == ["btn_4_x", "btn_4_y"]


def test_replies_of_an_older_owner_are_suppressed_and_their_explanation_kept() -> None:
    changed = replace(NOW_IS, owner_version=4, status="waiting")

    step = finish(changed, TURN, answered(), duration_ms=12, tokens=repeat("x"))

    assert [draft.body.get("suppressed") for draft in step.drafts] == [True, True, None]


def test_a_failure_is_said_honestly_with_a_way_out_that_needs_no_engine() -> None:
    step = fail(NOW_IS, TURN, "engine_timeout", duration_ms=8000, tokens=repeat("x"))

    said, ended = step.drafts
    assert said.body["kind"] == "honest_failure"
    assert said.body["buttons"][0]["payload"] == SERVER_HANDOFF
    assert (ended.body["state"], ended.body["error_code"]) == ("failed", "engine_timeout")
    assert step.conversation.failures == 1
    assert not needs_human(step.conversation)


def test_a_second_failure_in_a_row_needs_a_human() -> None:
    once = fail(NOW_IS, TURN, "engine_timeout", duration_ms=1, tokens=repeat("x")).conversation
    twice = fail(once, TURN, "engine_timeout", duration_ms=1, tokens=repeat("x")).conversation

    assert needs_human(twice)
    assert not needs_human(replace(twice, status="waiting"))


def test_an_answer_forgives_failures() -> None:
    failed = replace(NOW_IS, failures=1)

    assert finish(failed, TURN, answered(), duration_ms=1, tokens=repeat("x")).conversation.failures == 0


def test_a_quarantined_conversation_stays_so_and_needs_a_human() -> None:
    step = fail(NOW_IS, TURN, QUARANTINED, duration_ms=1, tokens=repeat("x"))

    assert step.conversation.quarantined
    assert needs_human(step.conversation)
