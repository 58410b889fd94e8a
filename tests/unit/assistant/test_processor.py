from __future__ import annotations

import threading
from typing import Any, ClassVar

import pytest
from rasa.engine.exceptions import GraphComponentException
from rasa.engine.graph import ExecutionContext, GraphComponent, GraphSchema, SchemaNode
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage

from bot.assistant.action_client import ActionClient
from bot.assistant.components.sentiment import Ahead
from bot.assistant.processor import StraightRunner
from bot.assistant.turn import TOOL_FAILED_SLOT
from sentiment.scorer import Sentiment

pytestmark = pytest.mark.anyio


class Number(GraphComponent):  # type: ignore[misc]
    """Gives its number, or adds up what it is given; notes that it ran."""

    ran: ClassVar[list[int]] = []

    def __init__(self, value: int) -> None:
        self._value = value

    @classmethod
    def create(cls, config: dict[str, Any], *_: Any, **__: Any) -> Number:
        return cls(config["value"])

    def add(self, left: int = 0, right: int = 0) -> int:
        self.ran.append(self._value)
        return self._value + left + right

    def fail(self) -> int:
        raise ValueError("broken")


def _node(value: int, fn: str = "add", **needs: str) -> SchemaNode:
    return SchemaNode(needs=needs, uses=Number, constructor_name="create", fn=fn, config={"value": value})


@pytest.fixture
def runners(tmp_path: Any) -> tuple[DaskGraphRunner, StraightRunner]:
    schema = GraphSchema(
        {
            "sum": _node(1, left="left", right="right"),
            "left": _node(10, left="shared", right="given"),
            "right": _node(100, left="shared"),
            "shared": _node(1000),
            "unneeded": _node(7),
            "broken": _node(0, fn="fail"),
        }
    )
    context = ExecutionContext(schema)
    storage = LocalModelStorage.create(tmp_path)
    Number.ran.clear()
    return DaskGraphRunner.create(schema, storage, context), StraightRunner.create(schema, storage, context)


def test_a_graph_gives_what_rasas_own_runner_gives(runners: tuple[DaskGraphRunner, StraightRunner]) -> None:
    dask, straight = runners
    given = {"given": 10_000}

    for targets in (["sum"], ["left", "right"], ["shared"]):
        assert straight.run(dict(given), targets) == dask.run(dict(given), targets)


def test_each_node_runs_once_and_only_if_it_is_needed(runners: tuple[DaskGraphRunner, StraightRunner]) -> None:
    for _ in range(2):
        Number.ran.clear()
        assert runners[1].run({"given": 0}, ["sum"]) == {"sum": 2111}
        assert sorted(Number.ran) == [1, 10, 100, 1000]


def test_a_broken_component_is_told_as_rasa_tells_it(runners: tuple[DaskGraphRunner, StraightRunner]) -> None:
    for runner in runners:
        with pytest.raises(GraphComponentException, match="broken"):
            runner.run({}, ["broken"])


class Scorer:
    """Scores by length, on whatever thread; fails on an empty text."""

    def __init__(self) -> None:
        self.threads: dict[str, int] = {}

    def score(self, text: str) -> Sentiment:
        self.threads[text] = threading.get_ident()
        if not text:
            raise ValueError("empty")
        return Sentiment(polarity=len(text) / 10, label=None, confidence=None, frustration=None, words=(), reason=None)


def test_a_message_is_scored_ahead_on_another_thread() -> None:
    scorer = Scorer()
    ahead = Ahead(scorer, cores=2)  # type: ignore[arg-type]

    ahead.begin("hello")

    assert ahead.score("hello").polarity == 0.5
    assert scorer.threads["hello"] != threading.get_ident()


def test_another_text_than_the_one_begun_is_scored_for_itself() -> None:
    ahead = Ahead(Scorer(), cores=2)  # type: ignore[arg-type]

    ahead.begin("hello")

    assert ahead.score("hi").polarity == 0.2
    assert ahead.score("hello").polarity == 0.5


def test_one_core_scores_in_its_turn() -> None:
    scorer = Scorer()
    ahead = Ahead(scorer, cores=1)  # type: ignore[arg-type]

    ahead.begin("hello")

    assert scorer.threads == {}
    assert ahead.score("hello").polarity == 0.5


def test_a_scorer_that_fails_ahead_fails_where_it_is_asked() -> None:
    ahead = Ahead(Scorer(), cores=2)  # type: ignore[arg-type]

    ahead.begin("")

    with pytest.raises(ValueError, match="empty"):
        ahead.score("")


@pytest.mark.parametrize(
    "answer",
    [
        [],
        {},
        {"events": {}},
        {"events": ["slot"]},
        {"events": [{"name": "order_number"}]},
        {"events": [], "responses": "no"},
        {"events": [], "responses": ["no"]},
    ],
)
async def test_an_action_that_answers_nonsense_has_failed(answer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    client = ActionClient("http://127.0.0.1:9/webhook")
    monkeypatch.setattr(client, "_session", _Session(answer))

    found = await client.request(json={"next_action": "action_handoff"})

    assert found == {"events": [{"event": "slot", "name": TOOL_FAILED_SLOT, "value": True}], "responses": []}


async def test_an_action_that_answers_properly_is_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = {"events": [{"event": "slot", "name": "handoff_requested", "value": "F-1"}], "responses": [{"text": "ok"}]}
    client = ActionClient("http://127.0.0.1:9/webhook")
    monkeypatch.setattr(client, "_session", _Session(answer))

    assert await client.request(json={"next_action": "action_handoff"}) == answer


class _Session:
    """aiohttp's session, as far as the client uses it."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer

    def post(self, url: str, json: Any) -> _Session:
        return self

    async def __aenter__(self) -> _Session:
        return self

    async def __aexit__(self, *_: object) -> None:
        pass

    def raise_for_status(self) -> None:
        pass

    async def json(self) -> Any:
        return self._answer
