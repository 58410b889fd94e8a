"""Looking rules up gives what comparing all of them gives."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pytest
from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource

from bot.assistant.rules import RuleIndex

State = dict[str, Any]

UNSET = "should_not_be_set"
STATES: list[State] = [
    {},
    {"user": {"intent": "greet"}},
    *(
        {"prev_action": {"action_name": action}, **({"user": user} if user else {}), **extra}
        for action, user, extra in itertools.product(
            ["action_listen", "utter_hello"],
            [None, {"intent": "greet"}, {"intent": "bye", "entities": ["date"]}, {"text": "hello"}],
            [{}, {"active_loop": {"name": "form"}}, {"active_loop": {"name": UNSET}}, {"slots": {"known": [1.0]}}],
        )
    ),
]


@pytest.fixture
def policy(tmp_path: Path) -> RulePolicy:
    return RulePolicy(
        RulePolicy.get_default_config(),
        LocalModelStorage.create(tmp_path),
        Resource("rules"),
        ExecutionContext(GraphSchema({})),
    )


def conversation(state: State) -> State:
    """A state as Rasa makes it of a conversation, with tuples where a rule's text has lists."""
    return {
        part: {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
        for part, values in state.items()
    }


def test_every_conversation_of_two_states_finds_the_same_rules(policy: RulePolicy) -> None:
    rules = {json.dumps([old, new]): "utter" for old, new in itertools.product(STATES[::3], STATES)}
    rules |= {json.dumps([state]): "utter" for state in STATES}
    index = RuleIndex(policy)
    found = 0

    for old, new in itertools.product(STATES[::5], STATES):
        states = [conversation(old), conversation(new)]
        expected = policy._get_possible_keys(rules, states)
        assert index(rules, states) == expected
        found += len(expected)

    assert found > len(STATES)


def test_a_conversation_that_has_not_begun_may_follow_any_rule(policy: RulePolicy) -> None:
    rules = {json.dumps([state]): "utter" for state in STATES}

    assert RuleIndex(policy)(rules, []) == policy._get_possible_keys(rules, []) == set(rules)


def test_a_table_that_grows_is_read_again(policy: RulePolicy) -> None:
    state = {"prev_action": {"action_name": "action_listen"}, "user": {"intent": "greet"}}
    rules: dict[str, str] = {}
    index = RuleIndex(policy)
    index(rules, [state])

    rules[json.dumps([state])] = "utter_hello"

    assert index(rules, [state]) == set(rules)
