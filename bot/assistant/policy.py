"""The policy that brings in people: Rasa's side of `bot.desk.escalation`.

It decides once per message, before anything is said, and leaves the decision in the slot `decision`; a tool that then
fails is decided upon anew. On escalation
it takes the turn from every other policy; on an offer it lets them answer first and offers a person before the turn
ends. RulePolicy does the rest.
"""

from __future__ import annotations

from typing import Any

from rasa.core.policies.policy import Policy, PolicyPrediction, confidence_scores_for
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.constants import ACTION_LISTEN_NAME, REQUESTED_SLOT
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActiveLoop, Event, SlotSet
from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.core.trackers import DialogueStateTracker

from bot.assistant.turn import DECISION_SLOT, TOOL_FAILED_SLOT, Turn, decision_as_json, facts_of, turns_of
from bot.desk.escalation import Decision, EscalationSettings, decide

LISTEN: str = ACTION_LISTEN_NAME
HANDOFF_ACTION = "action_handoff"
_ABOVE_CORE_FALLBACK = 0.31  # RulePolicy's `core_fallback_threshold` in config.yml is 0.3; its rules predict 1.0
OFFER_ACTION = "utter_offer_person"
TOOL_FAILED_ACTION = "utter_tool_failed"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class EscalationPolicy(Policy):  # type: ignore[misc]  # Rasa's class is untyped
    """Predicts the handoff, the offer of a person and the honest word about a tool that failed; otherwise nothing."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The priority decides between predictions of equal confidence; RulePolicy's is 6."""
        return {"priority": 7}

    def train(self, training_trackers: list[TrackerWithCachedStates], domain: Domain, **kwargs: Any) -> Resource:
        """Has nothing to learn: the rules are in `bot.desk.escalation`."""
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> EscalationPolicy:
        """Makes the policy; the model holds nothing of it."""
        return cls(config, model_storage, resource, execution_context)

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> PolicyPrediction:
        """Predicts the next action, or nothing with the decision of a new message attached."""
        turns = turns_of(tracker.events)
        if not turns:
            return self._prediction(self._default_predictions(domain))
        turn = turns[-1]
        events: list[Event] = []
        decision = turn.decision
        if not decision or turn.failed_since_decided:
            first = not decision
            decision = decision_as_json(_decided(turns, tracker))
            events = [SlotSet(DECISION_SLOT, decision), *([SlotSet(TOOL_FAILED_SLOT, None)] if first else [])]
        action = _next_action(turn, str(decision["decision"]))
        if action is None:
            return self._prediction(_rest(turn, tracker, domain) or self._default_predictions(domain), events=events)
        if action == HANDOFF_ACTION and tracker.active_loop_name:
            events += [ActiveLoop(None), SlotSet(REQUESTED_SLOT, None)]
        if action == OFFER_ACTION and tracker.active_loop_name:
            # The form gave this message up and will not ask again before the next: it must not count as given up then.
            events.append(ActiveLoop(tracker.active_loop_name))
        scores = confidence_scores_for(action, 1.0, domain)
        # Forms overrule every prediction about the user's words, so this one must not be counted among those.
        return self._prediction(scores, events=events, is_no_user_prediction=True)


def _rest(turn: Turn, tracker: DialogueStateTracker, domain: Domain) -> list[float] | None:
    """Something was said and no rule knows what comes next: ask on where a flow is running, else listen.

    Without this, RulePolicy's fallback would say that it did not understand, again and again until Rasa stops it.
    """
    if not turn.actions or turn.actions[-1] in (*domain.form_names, "action_deactivate_loop", LISTEN):
        return None
    scores: list[float] = confidence_scores_for(tracker.active_loop_name or LISTEN, _ABOVE_CORE_FALLBACK, domain)
    return scores


def _decided(turns: list[Turn], tracker: DialogueStateTracker) -> Decision:
    """The decision on the turns since the boundary, under the thresholds that came with this very message."""
    metadata = (tracker.latest_message.metadata if tracker.latest_message else None) or {}
    settings = EscalationSettings.from_dict(metadata.get("thresholds") or {})
    return decide(facts_of(turns, boundary=metadata.get("boundary")), settings=settings)


def _next_action(turn: Turn, kind: str) -> str | None:
    """What this policy wants next; None leaves it to the others."""
    done = turn.actions
    if kind == "escalate":
        return LISTEN if HANDOFF_ACTION in done else HANDOFF_ACTION
    if turn.tool_failed:
        return LISTEN if TOOL_FAILED_ACTION in done else TOOL_FAILED_ACTION
    if kind == "offer" and OFFER_ACTION in done:
        return LISTEN
    said = turn.replies or any(name.startswith("utter_") for name in done)
    if kind == "offer" and said and not turn.offers_person:
        return OFFER_ACTION
    return None
