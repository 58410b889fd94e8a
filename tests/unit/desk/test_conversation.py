from dataclasses import replace
from datetime import datetime, timezone

import pytest

from bot.desk.conversation import (
    NEXT_MESSAGE,
    Conversation,
    Handoff,
    Place,
    Step,
    Utterance,
    claim,
    feel,
    hand_back,
    hear,
    join,
    leave_contact,
    reply,
    request_handoff,
    resolve,
)
from bot.desk.errors import HandoffAlreadyClaimed, HandoffNotOpen, NotAssignee
from bot.desk.events import Author, Command
from bot.desk.handoff import Notice

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=timezone.utc)
NEW = Conversation(id="cnv_1", created_at=NOW, updated_at=NOW, last_seq=1)
COMMAND = Command(client_message_id="c-1", digest="d")
MARA = Author(kind="agent", id="stf_mara", name="Mara")
TOM = Author(kind="agent", id="stf_tom", name="Tom")
HELLO = Utterance(text="Hello", command=COMMAND)


def wanted(now_is: Conversation = NEW) -> Step:
    handoff = Handoff(id="hnd_1", reference="LB-7K2M", reason="customer_request", priority="high", requested_at=NOW)
    return request_handoff(now_is, handoff, notice=Notice(text="Please wait."), place=Place(position=1))


WAITING = wanted().conversation
ASSIGNED = claim(WAITING, MARA, COMMAND).conversation
RELEASED = hand_back(ASSIGNED, MARA, COMMAND).conversation
RESOLVED = resolve(ASSIGNED, MARA, COMMAND).conversation


def types(step: Step) -> list[str]:
    return [draft.type for draft in step.drafts]


def joined(now_is: Conversation, agent: Author = MARA) -> Step:
    handoff = Handoff(id="hnd_2", reference="LB-9K2M", reason="agent_joined", requested_at=NOW)
    return join(now_is, handoff, agent, COMMAND)


def test_an_agent_joins_what_the_assistant_has() -> None:
    step = joined(NEW)

    assert types(step) == ["handoff.requested", "handoff.accepted", "message"]
    assert (step.conversation.status, step.conversation.assignee_id) == ("assigned", "stf_mara")
    assert step.handoff is not None
    assert step.handoff_state == "assigned"
    assert step.conversation.owner_version > NEW.owner_version
    assert [draft.command for draft in step.drafts] == [None, COMMAND, None]


def test_an_agent_opens_again_what_was_resolved() -> None:
    step = joined(RESOLVED)

    assert types(step)[0] == "conversation.reopened"
    assert step.drafts[0].author == MARA
    assert step.conversation.status == "assigned"


def test_joining_what_waits_is_claiming_it() -> None:
    step = joined(WAITING)

    assert types(step) == ["handoff.accepted", "message"]
    assert step.handoff is None
    assert step.conversation.handoff == WAITING.handoff


def test_what_an_agent_has_cannot_be_joined() -> None:
    with pytest.raises(HandoffAlreadyClaimed, match="Mara"):
        joined(ASSIGNED, TOM)


def test_after_joining_it_goes_back_to_the_assistant_like_any_other() -> None:
    step = hand_back(joined(NEW).conversation, MARA, COMMAND)

    assert (step.conversation.status, step.conversation.boundary) == ("bot", NEXT_MESSAGE)
    assert step.handoff_state == "released"


def test_an_utterance_runs_a_turn_while_the_bot_owns_the_conversation() -> None:
    step = hear(NEW, HELLO)

    assert types(step) == ["message"]
    assert step.runs_turn


@pytest.mark.parametrize("owned", [WAITING, ASSIGNED], ids=["waiting", "assigned"])
def test_an_utterance_runs_no_turn_while_a_human_owns_it(owned: Conversation) -> None:
    assert not hear(owned, HELLO).runs_turn


def test_an_utterance_reopens_what_was_resolved() -> None:
    step = hear(RESOLVED, HELLO)

    assert types(step) == ["conversation.reopened", "message"]
    assert step.conversation.status == "bot"
    assert step.conversation.owner_version == RESOLVED.owner_version + 1
    assert step.runs_turn


@pytest.mark.parametrize(("before", "seq"), [(RELEASED, 2), (RESOLVED, 3)], ids=["released", "resolved"])
def test_the_first_utterance_after_a_human_is_the_new_boundary(before: Conversation, seq: int) -> None:
    heard = hear(before, HELLO).conversation

    assert before.boundary == NEXT_MESSAGE
    assert heard.boundary == f"cnv_1:{seq}"
    assert hear(heard, HELLO).conversation.boundary == f"cnv_1:{seq}"


def test_a_wish_for_a_human_is_recorded_and_answered() -> None:
    step = wanted()

    assert types(step) == ["handoff.requested", "message"]
    assert step.conversation.status == "waiting"
    assert step.conversation.priority == "high"
    assert step.conversation.waiting_since == NOW
    assert step.handoff is not None


def test_a_wish_after_the_end_reopens_the_conversation() -> None:
    assert types(wanted(RESOLVED)) == ["conversation.reopened", "handoff.requested", "message"]


@pytest.mark.parametrize("owned", [WAITING, ASSIGNED], ids=["waiting", "assigned"])
def test_there_is_one_open_handoff_at_most(owned: Conversation) -> None:
    with pytest.raises(HandoffNotOpen):
        wanted(owned)


def test_every_change_of_owner_raises_the_version() -> None:
    again = claim(wanted(RELEASED).conversation, TOM, COMMAND).conversation

    versions = [each.owner_version for each in (NEW, WAITING, ASSIGNED, RELEASED, wanted(RELEASED).conversation, again)]
    assert versions == [0, 1, 2, 3, 4, 5]


def test_a_claim_of_what_is_claimed_names_the_assignee() -> None:
    with pytest.raises(HandoffAlreadyClaimed) as refused:
        claim(ASSIGNED, TOM, COMMAND)

    assert refused.value.assignee == {"id": "stf_mara", "name": "Mara"}


@pytest.mark.parametrize("free", [NEW, RELEASED, RESOLVED], ids=["bot", "released", "resolved"])
def test_nothing_to_claim_is_refused(free: Conversation) -> None:
    with pytest.raises(HandoffNotOpen):
        claim(free, MARA, COMMAND)


def test_only_the_assignee_replies() -> None:
    assert types(reply(ASSIGNED, MARA, "Hello", COMMAND)) == ["message"]
    with pytest.raises(NotAssignee):
        reply(ASSIGNED, TOM, "Hello", COMMAND)
    with pytest.raises(NotAssignee):
        reply(WAITING, MARA, "Hello", COMMAND)
    with pytest.raises(HandoffNotOpen):
        reply(NEW, MARA, "Hello", COMMAND)


@pytest.mark.parametrize(("ended", "status"), [(RELEASED, "bot"), (RESOLVED, "resolved")])
def test_an_end_clears_what_belonged_to_the_handoff(ended: Conversation, status: str) -> None:
    assert ended.status == status
    assert (ended.assignee, ended.handoff, ended.waiting_since) == (None, None, None)
    assert ended.priority == "normal"


def test_a_claim_keeps_the_handoff_in_sight() -> None:
    assert ASSIGNED.handoff == WAITING.handoff
    assert ASSIGNED.waiting_since is None


def test_the_newest_sentiment_is_the_conversations() -> None:
    step = feel(NEW, {"polarity": -0.7, "label": "negative", "words": []}, 2)

    assert step.conversation.sentiment == {"polarity": -0.7, "label": "negative"}
    assert step.drafts[0].body["message_seq"] == 2


def test_contact_is_kept_and_changes_no_owner() -> None:
    step = leave_contact(ASSIGNED, email="ada@example.org", name=None, command=COMMAND)

    assert step.conversation == replace(ASSIGNED, contact={"email": "ada@example.org", "name": None})
