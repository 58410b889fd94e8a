"""Finds the rules that a conversation may follow without comparing it with every rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rasa.core.policies.rule_policy import RulePolicy
from rasa.shared.core.constants import PREVIOUS_ACTION, SHOULD_NOT_BE_SET, USER
from rasa.shared.core.domain import State
from rasa.shared.nlu.constants import ACTION_NAME, INTENT

# What the latest state must have for a rule to apply: the action before it and the intent; None where any will do.
_Heading = tuple[str | None, str | None]


class RuleIndex:
    """Stands in for `RulePolicy._get_possible_keys`, and answers the same.

    Rasa compares the conversation with all rules three times a turn, one after the other: 6 % of the engine's time.
    """

    def __init__(self, policy: RulePolicy) -> None:
        self._policy = policy
        self._tables: dict[int, _Table] = {}

    def __call__(self, lookup: Mapping[str, str], states: Sequence[State]) -> set[str]:
        """The keys of the rules that apply.

        Args:
            lookup: One of the policy's tables: what to do, by rule.
            states: The conversation, latest state last.
        """
        if not states:
            return set(lookup)
        table = self._tables.get(id(lookup))
        if table is None or table.keys != lookup.keys():
            table = self._tables[id(lookup)] = _Table(self._policy, lookup)
        latest_first = list(reversed(states))
        return {
            key
            for key in table.that_may_apply(latest_first[0])
            if all(self._policy._is_rule_applicable(key, n, state) for n, state in enumerate(latest_first))
        }


class _Table:
    """The rules of one table, by their headings."""

    def __init__(self, policy: RulePolicy, lookup: Mapping[str, str]) -> None:
        self.keys = frozenset(lookup)
        self._by_heading: dict[_Heading, list[str]] = {}
        for key in lookup:
            states = policy._rule_key_to_state(key)
            self._by_heading.setdefault(_heading(states[-1] if states else {}), []).append(key)

    def that_may_apply(self, state: State) -> list[str]:
        """All rules that a conversation in this state can follow, and perhaps others."""
        action, intent = _heading(state)
        headings = {(action, intent), (action, None), (None, None)}
        return [key for heading in headings for key in self._by_heading.get(heading, ())]


def _heading(state: State) -> _Heading:
    action = _text(state, PREVIOUS_ACTION, ACTION_NAME)
    # At its very beginning a conversation follows the rules for beginnings whatever was said.
    return action, None if action is None else _text(state, USER, INTENT)


def _text(state: State, part: str, name: str) -> str | None:
    """One value of a state; None where there is none, or none that a rule compares as it stands."""
    value = (state.get(part) or {}).get(name)
    return value if isinstance(value, str) and value and value != SHOULD_NOT_BE_SET else None
