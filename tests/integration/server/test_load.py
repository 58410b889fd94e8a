"""The load tool against a real server: what it counts, and what it would notice."""

import argparse
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.evaluation.load import Crowd, Tally, faults_in, percentiles, ramp, run
from tests.integration.server.desk_under_test import ScriptedEngine

pytestmark = pytest.mark.anyio

QUESTIONS = Path("tests/data/questions.csv")
Serve = Callable[..., Any]
OPEN = {"rate_limits_enabled": False, "sockets_per_address": 1000}


def _event(seq: int, author: str = "customer", type_: str = "message", **body: Any) -> dict[str, Any]:
    return {"seq": seq, "type": type_, "author": {"kind": author}, "body": body}


ANSWERED = [
    _event(1, "assistant", kind="greeting"),
    _event(2, client_message_id="a"),
    _event(3, "assistant", replies_to=2),
    _event(4, "system", "hidden"),
]


def test_a_whole_record_has_no_fault() -> None:
    assert not faults_in(ANSWERED, ["a"])


@pytest.mark.parametrize(
    ("events", "faults"),
    [
        (ANSWERED[:1], {"lost": 1}),
        ([*ANSWERED, _event(5, client_message_id="a"), _event(6, "assistant", replies_to=5)], {"doubled": 1}),
        ([*ANSWERED[:2], *ANSWERED[3:]], {"gap": 1, "unanswered": 1}),
        (ANSWERED[:2], {"unanswered": 1}),
        ([*ANSWERED[:2], _event(3, "system", "handoff.requested")], {}),
        (
            [*ANSWERED[:1], _event(2, "system", "handoff.requested"), _event(3, client_message_id="a")],
            {"unanswered": 1},
        ),
    ],
)
def test_every_fault_of_a_record_is_counted(events: list[dict[str, Any]], faults: dict[str, int]) -> None:
    assert faults_in(events, ["a"]) == faults


def test_percentiles_are_milliseconds() -> None:
    assert percentiles([n / 1000 for n in range(101)]) == {"p50": 50.0, "p95": 95.0, "p99": 99.0}
    assert percentiles([1.0]) == {}


async def test_every_question_is_answered_and_found_in_the_record(serve: Serve, engine: ScriptedEngine) -> None:
    async with serve(**OPEN) as desk:
        arguments = argparse.Namespace(
            widgets=5, rate=20.0, minutes=1 / 60, warm_up_s=0.2, seed=1, ramp=False, texts=QUESTIONS, step_s=1
        )
        result = await run(arguments, desk.url, [])

    assert result["accepted"] + result["no_idle_widget"] > 5
    assert (result["unanswered"], result["honest_failures"], result["refused"]) == (0, 0, {})
    assert set(result["answer_ms"]) == {"p50", "p95", "p99"}
    assert not any(result["faults_in_record"].values())
    assert result["accepted"] <= len(engine.turns)


async def test_refusals_and_handoffs_are_told_apart_from_answers(serve: Serve, engine: ScriptedEngine) -> None:
    engine.answers(decision="escalate", reason="customer_request", rule="They asked.", evidence=[], priority="normal")
    async with serve(**OPEN) as desk, httpx.AsyncClient(base_url=desk.url) as http:
        crowd = Crowd(http, desk.url, ["a person, please"], random.Random(1))
        await crowd.gather(1)
        tally = Tally()
        widget = crowd._open[0]
        await widget.ask("a person, please", 0, tally)
        await widget.ask(" ", 0, tally)
        faults, handed_over = await crowd.disperse()

    assert (len(tally.acks), tally.refused, handed_over, +faults) == (1, {"422": 1}, 1, {})


async def test_a_ramp_ends_where_answers_fail(serve: Serve, engine: ScriptedEngine) -> None:
    engine.raises(httpx.ReadError)
    async with serve(**OPEN) as desk, httpx.AsyncClient(base_url=desk.url) as http:
        crowd = Crowd(http, desk.url, ["hello"], random.Random(1))
        await crowd.gather(3)
        steps = await ramp(crowd, 20.0, 0.3)
        await crowd.disperse()

    assert len(steps) == 1
    assert steps[0]["honest_failures"] > 0
