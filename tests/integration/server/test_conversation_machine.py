"""The record of a conversation against a plain model: whatever people do and repeat, in whatever order.

The model is a list of what happened and a word for who owns the conversation. `FRONTDESK_TEST_EXAMPLES` runs more.
"""

import asyncio
import os
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.desk import conversation as desk
from bot.desk.conversation import Conversation, Utterance
from bot.desk.errors import Conflict, DeskError, HandoffAlreadyClaimed, HandoffNotOpen, NotAssignee
from bot.desk.events import Author, Command
from bot.desk.turns import Answered
from bot.server import commands
from bot.server.profile import Availability
from bot.server.recorder import Change
from bot.server.turns import Ending, end
from bot.store import conversations, log, turns
from bot.store.database import Database, Transaction

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
ME = turns.Runner(server_id="srv_me")
NOBODY = Availability(
    business="Larkspur Books", open=True, agents_online=0, next_opening=None, next_opening_words=None, words=""
)
AGENTS = {name: Author(kind="agent", id=f"stf_{name}", name=name) for name in ("mara", "tom")}
ANSWER = Answered(messages=[{"text": "Yes.", "kind": "answer"}], explanation={"decision": "continue"})

ids = st.sampled_from(["c1", "c2", "c3", "c4", "c5", "c6"])
texts = st.sampled_from(["When?", "Where?"])
agents = st.sampled_from(sorted(AGENTS))


class ConversationMachine(RuleBasedStateMachine):
    """Drives the real commands on a real SQLite file beside the model."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.loop = asyncio.new_event_loop()
        self.database = Database.open(Path(self.folder.name) / "frontdesk.db")
        # The model.
        self.types: list[str] = []
        self.status = "bot"
        self.assignee: str | None = None
        self.version = 0
        self.used: dict[tuple[str, str], tuple[str, int]] = {}
        self.owed: list[tuple[int, int]] = []

    def write(self, work: Callable[[Transaction], Change]) -> Change:
        return self.loop.run_until_complete(self.database.write(work))

    @initialize()
    def begin(self) -> None:
        new = Conversation(id="cnv_1", created_at=NOW, updated_at=NOW)
        step = desk.open_conversation(new, "Hello!")
        self.write(lambda tx: Change(recorded=log.create(tx, step, "hash", now=NOW)))
        self.types.append("message")

    def attempt(self, author: str, used_id: str, asked: str, work: Callable[[Transaction], Change]) -> Change | None:
        """Run a command; a resend or a conflict must end as the model says, and change nothing."""
        known = self.used.get((author, used_id))
        try:
            change = self.write(work)
        except Conflict:
            assert known is not None
            assert known[0] != asked
            return None
        if known is not None:
            assert known[0] == asked
            assert change.event is not None
            assert change.event.seq == known[1]
            assert change.recorded is None
            return None
        return change

    def happened(self, author: str, used_id: str, asked: str, change: Change, *expected: str) -> None:
        assert change.recorded is not None
        assert change.event is not None
        assert [event.type for event in change.recorded.events] == list(expected)
        self.types += expected
        self.used[author, used_id] = (asked, change.event.seq)

    @rule(used_id=ids, text=texts)
    def say(self, used_id: str, text: str) -> None:
        command = commands.command_of("message", used_id, {"text": text})
        said = Utterance(text=text, command=command)
        work = partial(
            commands.hear, conversation_id="cnv_1", said=said, availability=NOBODY, server_id=ME.server_id, now=NOW
        )
        change = self.attempt("customer", used_id, f"say {text}", work)
        if change is None:
            return
        reopened = ["conversation.reopened"] if self.status == "resolved" else []
        if reopened:
            self.own("bot", None)
        self.happened("customer", used_id, f"say {text}", change, *reopened, "message")
        if self.status == "bot":
            self.owed.append((len(self.types), self.version))

    @rule(used_id=ids)
    def ask_for_a_person(self, used_id: str) -> None:
        command = commands.command_of("handoff", used_id, {})
        work = partial(commands.talk_to_person, conversation_id="cnv_1", command=command, availability=NOBODY, now=NOW)
        if self.status in ("waiting", "assigned") and ("customer", used_id) not in self.used:
            assert self.write(work).recorded is None
            return
        change = self.attempt("customer", used_id, "handoff", work)
        if change is None:
            return
        reopened = ["conversation.reopened"] if self.status == "resolved" else []
        if reopened:
            self.own("bot", None)
        self.own("waiting", None)
        self.happened("customer", used_id, "handoff", change, *reopened, "handoff.requested", "message")

    def act(self, used_id: str, name: str, asked: str, decision: Any, *expected: str) -> bool:
        agent = AGENTS[name]
        command = commands.command_of(asked, used_id, {}, author_id=agent.id)
        decide = partial(decision, agent=agent, command=command)
        work = partial(commands.run, conversation_id="cnv_1", author=agent, command=command, decide=decide, now=NOW)
        refusal = None if (name, used_id) in self.used else self.refusal(name, asked)
        if refusal is not None:
            with pytest.raises(refusal):
                self.write(work)
            return False
        change = self.attempt(name, used_id, asked, work)
        if change is None:
            return False
        self.happened(name, used_id, asked, change, *expected)
        return True

    def refusal(self, name: str, asked: str) -> type[DeskError] | None:
        if asked == "join":
            return HandoffAlreadyClaimed if self.status == "assigned" else None
        if asked == "claim":
            return {"waiting": None, "assigned": HandoffAlreadyClaimed}.get(self.status, HandoffNotOpen)
        if self.status not in ("waiting", "assigned"):
            return HandoffNotOpen
        return None if self.assignee == name else NotAssignee

    @rule(used_id=ids, name=agents)
    def claim(self, used_id: str, name: str) -> None:
        if self.act(used_id, name, "claim", desk.claim, "handoff.accepted", "message"):
            self.own("assigned", name)

    @rule(used_id=ids, name=agents)
    def join(self, used_id: str, name: str) -> None:
        before = self.status
        joins = before in ("bot", "resolved")
        reopened = ["conversation.reopened"] if before == "resolved" else []
        expected = [*reopened, "handoff.requested"] if joins else []
        if self.act(used_id, name, "join", self.joins, *expected, "handoff.accepted", "message"):
            self.version += len(expected)
            self.own("assigned", name)

    def joins(self, now_is: Conversation, agent: Author, command: Command) -> desk.Step:
        reference = f"T-{len(self.types)}"
        handoff = desk.Handoff(id=f"hnd_{reference}", reference=reference, reason="agent_joined", requested_at=NOW)
        return desk.join(now_is, handoff, agent, command)

    @rule(used_id=ids, name=agents)
    def reply(self, used_id: str, name: str) -> None:
        self.act(used_id, name, "reply", partial(desk.reply, text="Hello"), "message")

    @rule(used_id=ids, name=agents)
    def hand_back(self, used_id: str, name: str) -> None:
        if self.act(used_id, name, "hand-back", desk.hand_back, "handoff.released", "message"):
            self.own("bot", None)

    @rule(used_id=ids, name=agents)
    def resolve(self, used_id: str, name: str) -> None:
        if self.act(used_id, name, "resolve", desk.resolve, "handoff.resolved", "message"):
            self.own("resolved", None)

    @rule()
    def the_assistant_answers(self) -> None:
        """The oldest owed turn ends; its reply counts only if nobody took over since."""
        turn = self.loop.run_until_complete(self.database.write(turns.resume, "cnv_1", ME))
        self.owed = [(seq, version) for seq, version in self.owed if version == self.version]
        assert (turn.utterance_seq if turn else None) == (self.owed[0][0] if self.owed else None)
        if turn is None:
            return
        ending = Ending(ANSWER, 5, NOBODY, lambda: NOW)
        change = self.write(partial(end, turn=turn, ending=ending, by=ME))
        assert change.recorded is not None
        assert not any(event.body.get("suppressed") for event in change.recorded.events)
        self.types += [event.type for event in change.recorded.events]
        self.owed.pop(0)

    @rule()
    def the_server_restarts(self) -> None:
        self.database.close()
        self.database = Database.open(Path(self.folder.name) / "frontdesk.db")

    def own(self, status: str, assignee: str | None) -> None:
        self.status, self.assignee, self.version = status, assignee, self.version + 1

    @invariant()
    def the_record_is_what_happened(self) -> None:
        if not self.types:
            return
        found = self.loop.run_until_complete(self.database.read(log.after, "cnv_1", 0, limit=1000))
        now_is = self.loop.run_until_complete(self.database.read(conversations.get, "cnv_1"))
        assert [event.type for event in found] == self.types
        assert [event.seq for event in found] == list(range(1, len(self.types) + 1))
        assert now_is.last_seq == len(self.types)
        assert now_is.status == self.status
        assert now_is.owner_version == self.version
        assert now_is.assignee_name == self.assignee
        assert (now_is.handoff is not None) == (self.status in ("waiting", "assigned"))

    def teardown(self) -> None:
        self.database.close()
        self.loop.close()
        self.folder.cleanup()


ConversationMachine.TestCase.settings = settings(
    max_examples=int(os.environ.get("FRONTDESK_TEST_EXAMPLES", "12")),
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestConversation = ConversationMachine.TestCase
