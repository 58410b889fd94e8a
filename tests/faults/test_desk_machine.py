"""The running server against a plain model: whatever people do, repeat and cut in whatever order, through restarts.

The real application on a real SQLite store serves on the loopback; the engine is scripted. The model is a list of what
happened and a word for who has the conversation. After every step the record, and what every open socket was shown,
must be that list. 100 examples in `make test`, 2,000 in `make faults RUNS=250`.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
import websockets
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bot.store import log
from tests.faults.conftest import Campaign
from tests.faults.world import AGENTS, PATIENCE_S, Socket, World
from tests.integration.server.desk_under_test import Agent, Customer

Fact = tuple[str, str, str | None]  # type, author, kind of message
EXAMPLES_PER_RUN, EXAMPLES_PER_LONG_RUN = 4, 8
STEPS = 12
NOTICE: Fact = ("message", "system", "handoff")
UTTERANCE: Fact = ("message", "customer", "utterance")
ANSWER: Fact = ("message", "assistant", "answer")
UNSEEN = ("turn", "sentiment")
SUPPRESSED: Fact = ("message", "assistant", "suppressed")


class DeskMachine(RuleBasedStateMachine):
    """Drives the server over HTTP and sockets beside the model."""

    world: World

    @initialize(restarts=st.sampled_from([False, False, False, True]))
    def arrive(self, restarts: bool) -> None:
        self.restarts = restarts  # a restart costs as much as twenty other steps
        self.customer: Customer = self.world.run(self.world.desk.customer())
        self.sockets: list[Socket] = []
        self.commands = 0
        self.last_seq = 1
        # The model.
        self.facts: list[Fact] = [("message", "assistant", "greeting")]
        self.status, self.assignee = "bot", ""
        self.said: dict[str, tuple[str, int]] = {}

    # What the customer does.

    @rule(text=st.sampled_from(["When?", "Where?"]))
    def say(self, text: str) -> None:
        self.says(text)
        if self.status == "bot":
            self.facts.append(ANSWER)

    def says(self, text: str) -> None:
        """A new message is accepted, and recorded once."""
        self.reopens()
        used_id = self.new_id()
        answer = self.world.run(self.customer.say(text, used_id))
        assert answer.status_code == 202, answer.text
        self.said[used_id] = (text, answer.json()["seq"])
        self.facts.append(UTTERANCE)

    @precondition(lambda self: self.said)
    @rule(data=st.data(), times=st.integers(1, 3))
    def resend(self, data: st.DataObject, times: int) -> None:
        """A repeat is answered as the first time, and does nothing."""
        used_id = data.draw(st.sampled_from(sorted(self.said)))
        text, seq = self.said[used_id]
        for _ in range(times):
            answer = self.world.run(self.customer.say(text, used_id))
            assert (answer.status_code, answer.json()["seq"]) == (202, seq)

    @precondition(lambda self: self.said)
    @rule(data=st.data())
    def say_something_else_under_a_used_id(self, data: st.DataObject) -> None:
        used_id = data.draw(st.sampled_from(sorted(self.said)))
        assert self.world.run(self.customer.say("Something else.", used_id)).status_code == 409

    @rule()
    def ask_for_a_person(self) -> None:
        answers = [self.world.run(self.customer.post("handoff", {}, self.new_id())) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [202, 202]
        assert answers[0].json() == answers[1].json()
        if self.status in ("bot", "resolved"):
            self.reopens()
            self.facts += [("handoff.requested", "customer", None), NOTICE]
            self.status = "waiting"

    @rule(score=st.integers(1, 5))
    def rate(self, score: int) -> None:
        used_id = self.new_id()
        for _ in range(2):
            assert self.world.run(self.customer.post("rating", {"score": score}, used_id)).status_code == 202
        self.facts.append(("rating", "customer", None))

    @precondition(lambda self: len(self.sockets) < 3)
    @rule(data=st.data())
    def connect(self, data: st.DataObject) -> None:
        after = data.draw(st.integers(0, self.last_seq))

        async def open_feed() -> websockets.ClientConnection:
            connection = await websockets.connect(f"{self.world.desk.ws}/api/feed")
            hello = {"type": "hello", "protocol": 1, "conversation_id": self.customer.id, "token": self.customer.token}
            await connection.send(json.dumps({**hello, "after": after}))
            return connection

        self.sockets.append(Socket(self.world.run(open_feed()), after))

    @precondition(lambda self: self.sockets)
    @rule(data=st.data())
    def cut(self, data: st.DataObject) -> None:
        socket = self.sockets.pop(data.draw(st.integers(0, len(self.sockets) - 1)))
        socket.connection.transport.abort()

    # What agents do.

    def act(self, name: str, what: str, allowed: bool, **body: str) -> bool:
        """Do something twice, as one who got no answer; it is done once, or refused twice."""
        agent: Agent = self.world.agents[name]
        used_id = self.new_id()
        for _ in range(2):
            answer = self.world.run(agent.post(self.customer, what, body, used_id))
            assert answer.status_code == (202 if allowed else 409), answer.text
        return allowed

    @rule(name=st.sampled_from(AGENTS))
    def claim(self, name: str) -> None:
        if self.act(name, "claim", self.status == "waiting"):
            self.facts += [("handoff.accepted", "agent", None), NOTICE]
            self.status, self.assignee = "assigned", name

    @rule(name=st.sampled_from(AGENTS))
    def reply(self, name: str) -> None:
        if self.act(name, "messages", self.has_it(name), text="It is."):
            self.facts.append(("message", "agent", "reply"))

    @rule(name=st.sampled_from(AGENTS))
    def hand_back(self, name: str) -> None:
        if self.act(name, "hand-back", self.has_it(name)):
            self.facts += [("handoff.released", "agent", None), NOTICE]
            self.status, self.assignee = "bot", ""

    @rule(name=st.sampled_from(AGENTS))
    def resolve(self, name: str) -> None:
        if self.act(name, "resolve", self.has_it(name)):
            self.facts += [("handoff.resolved", "agent", None), NOTICE]
            self.status, self.assignee = "resolved", ""

    # What happens to the server.

    @precondition(lambda self: self.status in ("bot", "resolved"))
    @rule()
    def ask_for_a_person_while_the_assistant_thinks(self) -> None:
        """Its answer comes too late: staff may read it, the customer never does."""
        self.think_about("Why?")
        self.ask_for_a_person()
        self.world.thinks.set()
        self.facts.append(SUPPRESSED)

    @precondition(lambda self: self.restarts and self.status in ("bot", "resolved"))
    @rule()
    def restart_while_the_assistant_thinks(self) -> None:
        """The answer that is owed is given by the next process."""
        self.think_about("How?")
        self.restart()
        self.world.thinks.set()
        self.facts.append(ANSWER)

    def think_about(self, text: str) -> None:
        asked = len(self.world.engine.turns)
        self.world.thinks.clear()
        self.says(text)

        async def is_asked() -> None:
            while len(self.world.engine.turns) == asked:
                await asyncio.sleep(0.002)

        self.world.run(is_asked())

    @precondition(lambda self: self.restarts)
    @rule()
    def restart(self) -> None:
        self.world.restart()
        self.customer.desk = self.world.desk
        self.sockets.clear()

    # What must be so.

    @invariant()
    def the_record_is_what_happened(self) -> None:
        """Also what every open socket shows: nothing missing, nothing twice, in order."""
        events = self.world.run(self.settled())
        self.last_seq = events[-1]["seq"]
        seen_by_customer = self.world.run(self.customer.events())
        assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
        assert [event["seq"] for event in seen_by_customer] == [event["seq"] for event in events]
        hidden = [event["seq"] for event in events if event["type"] in UNSEEN or _fact(event) == SUPPRESSED]
        assert [event["seq"] for event in seen_by_customer if event["type"] == "hidden"] == hidden
        for socket in self.sockets:
            self.world.run(socket.catch_up(self.last_seq))
            assert socket.shown == list(range(socket.after + 1, self.last_seq + 1))

    async def settled(self) -> list[dict[str, Any]]:
        """All events, once they are what the model says; answers take a moment, the moods beside them too."""
        parts = self.world.desk.parts
        until = asyncio.get_running_loop().time() + PATIENCE_S / 2
        while True:
            is_quiet = not parts.turns._tasks
            events = [each.for_staff() for each in await parts.database.read(log.after, self.customer.id, 0, limit=999)]
            found = [_fact(event) for event in events if event["type"] not in UNSEEN]
            if is_quiet and found == self.facts:
                return events
            assert asyncio.get_running_loop().time() < until, f"{found} is not {self.facts}"
            await asyncio.sleep(0.002)

    def new_id(self) -> str:
        self.commands += 1
        return f"m-{self.commands}"

    def reopens(self) -> None:
        """A customer who writes again opens what was resolved."""
        if self.status == "resolved":
            self.facts.append(("conversation.reopened", "customer", None))
            self.status = "bot"

    def has_it(self, name: str) -> bool:
        return self.status == "assigned" and self.assignee == name

    def teardown(self) -> None:
        for socket in getattr(self, "sockets", []):
            socket.connection.transport.abort()
        self.world.thinks.set()


def _fact(event: dict[str, Any]) -> Fact:
    kind = event["body"].get("kind")
    if event["body"].get("suppressed"):
        kind = "suppressed"
    return event["type"], event["author"]["kind"], kind


@pytest.mark.timeout(7200)
def test_the_server_does_what_the_model_says(campaign: Campaign, tmp_path: Path) -> None:
    world = World(tmp_path)
    machine = seed(campaign.seed)(type("Machine", (DeskMachine,), {"world": world}))
    examples = campaign.runs * (EXAMPLES_PER_LONG_RUN if campaign.is_long else EXAMPLES_PER_RUN)
    try:
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=examples,
                stateful_step_count=STEPS,
                deadline=None,
                database=None,
                phases=[Phase.generate],  # a failing attempt waits for what never comes; shrinking would take an hour
                suppress_health_check=list(HealthCheck),
            ),
        )
    finally:
        world.close()
