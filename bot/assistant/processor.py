"""Rasa's message processor without the work that changes no answer; docs/decisions/0072 has the figures."""

from __future__ import annotations

from typing import Any

from rasa.core.actions.action import Action, RemoteAction
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.core.nlg import NaturalLanguageGenerator
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.policies.rule_policy import RulePolicy
from rasa.core.processor import MessageProcessor
from rasa.engine.graph import ExecutionContext, GraphNode, GraphNodeHook, GraphSchema
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.constants import INTENT_MESSAGE_PREFIX
from rasa.shared.core.trackers import DialogueStateTracker

from bot.assistant.components.sentiment import ahead
from bot.assistant.rules import RuleIndex


class StraightRunner(GraphRunner):  # type: ignore[misc]  # Rasa's class is untyped
    """Runs the nodes of a loaded graph one after the other, in an order found once per target.

    Dask finds the part of the graph that is needed, its order and a schedule for threads anew in each of the three runs
    of a message, which takes longer than most nodes.
    """

    def __init__(self, schema: GraphSchema, nodes: dict[str, GraphNode]) -> None:
        self._schema = schema
        self._nodes = nodes
        self._plans: dict[tuple[str, ...], list[tuple[str, tuple[str, ...]]]] = {}

    @classmethod
    def create(
        cls,
        graph_schema: GraphSchema,
        model_storage: ModelStorage,
        execution_context: ExecutionContext,
        hooks: list[GraphNodeHook] | None = None,
    ) -> StraightRunner:
        """Makes the nodes as Rasa's own runner does."""
        return cls.of(DaskGraphRunner.create(graph_schema, model_storage, execution_context, hooks))

    @classmethod
    def of(cls, runner: DaskGraphRunner) -> StraightRunner:
        """Takes over the nodes of Rasa's own runner, and lets its policy look rules up."""
        for node in runner._instantiated_nodes.values():
            if isinstance(node._component, RulePolicy):
                node._component._get_possible_keys = RuleIndex(node._component)
        return cls(runner._graph_schema, runner._instantiated_nodes)

    def run(self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
        """Runs what `targets` need.

        Args:
            inputs: Values of the placeholders, by name.
            targets: Nodes whose output is wanted; by default those that the schema names.

        Returns:
            The output of each target.
        """
        wanted = tuple(targets or self._schema.target_names)
        plan = self._plans.get(wanted)
        if plan is None:
            plan = self._plans[wanted] = self._plan(wanted)
        outputs = dict(inputs or {})
        for name, needs in plan:
            _, outputs[name] = self._nodes[name](*((need, outputs[need]) for need in needs))
        return {name: outputs[name] for name in wanted}

    def _plan(self, targets: tuple[str, ...]) -> list[tuple[str, tuple[str, ...]]]:
        """The nodes that `targets` need, each after those it needs itself; placeholders are no nodes."""
        plan: dict[str, tuple[str, ...]] = {}

        def add(name: str) -> None:
            if name in plan or name not in self._schema.nodes:
                return
            needs = tuple(dict.fromkeys(self._schema.nodes[name].needs.values()))
            for need in needs:
                add(need)
            plan[name] = needs

        for target in targets:
            add(target)
        return list(plan.items())


class CheckedAction(RemoteAction):  # type: ignore[misc]  # Rasa's class is untyped
    """A custom action whose answer `ActionClient` has checked.

    Rasa checks every answer against a JSON schema, and that schema against the schema of schemas: 30 ms each time.
    """

    def _validate_action_result(self, result: dict[str, Any]) -> bool:
        return True


class DeskProcessor(MessageProcessor):  # type: ignore[misc]  # Rasa's class is untyped
    """Rasa's processor with a plain runner, the mood read beside the ranking, and no schema of schemas."""

    graph_runner: GraphRunner

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.graph_runner = StraightRunner.of(self.graph_runner)

    @classmethod
    def of(cls, processor: MessageProcessor) -> DeskProcessor:
        """Takes over what Rasa has loaded at its start, so that no model is loaded twice."""
        if isinstance(processor, cls):
            return processor
        ours = cls.__new__(cls)
        ours.__dict__.update(processor.__dict__)
        ours.graph_runner = StraightRunner.of(processor.graph_runner)
        return ours

    def _parse_message_with_graph(
        self, message: UserMessage, tracker: DialogueStateTracker, only_output_properties: bool = True
    ) -> dict[str, Any]:
        if message.text and not message.text.startswith(INTENT_MESSAGE_PREFIX):
            ahead().begin(message.text)
        parsed: dict[str, Any] = super()._parse_message_with_graph(message, tracker, only_output_properties)
        return parsed

    def _check_for_unseen_features(self, parse_data: dict[str, Any]) -> None:
        """Rasa warns of intents and entities that the domain lacks, and makes a domain to do so; ours has them all."""

    async def _run_action(
        self,
        action: Action,
        tracker: DialogueStateTracker,
        output_channel: OutputChannel,
        nlg: NaturalLanguageGenerator,
        prediction: PolicyPrediction,
    ) -> bool:
        if type(action) is RemoteAction:
            action = CheckedAction(action.name(), action.action_endpoint)
        goes_on: bool = await super()._run_action(action, tracker, output_channel, nlg, prediction)
        return goes_on
