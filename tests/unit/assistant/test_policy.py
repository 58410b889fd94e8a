from __future__ import annotations

from pathlib import Path

import pytest
from rasa.core.policies.policy import PolicyPrediction
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActionExecutionRejected, ActiveLoop, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from bot.assistant.policy import EscalationPolicy
from tests.unit.assistant.dialogue import article, decided, replied, said, tracker_of


@pytest.fixture
def policy(tmp_path: Path) -> EscalationPolicy:
    storage, context = LocalModelStorage(tmp_path), ExecutionContext(GraphSchema({}))
    return EscalationPolicy.create({"priority": 7}, storage, Resource("policy"), context)


def action_of(prediction: PolicyPrediction, domain: Domain) -> str | None:
    if prediction.max_confidence == 0:
        return None
    name: str = domain.action_names_or_texts[prediction.max_confidence_index]
    return name


def decision_in(prediction: PolicyPrediction) -> str | None:
    slots = {event.key: event.value for event in prediction.events if isinstance(event, SlotSet)}
    return slots["decision"]["decision"] if "decision" in slots else None


def predict(policy: EscalationPolicy, domain: Domain, tracker: DialogueStateTracker) -> PolicyPrediction:
    return policy.predict_action_probabilities(tracker, domain)


def test_a_question_is_left_to_the_other_policies_with_the_decision_attached(
    policy: EscalationPolicy, domain: Domain
) -> None:
    tracker = tracker_of(domain, said("when?", intent="faq", outcome="answer", answers=[article()]))

    prediction = predict(policy, domain, tracker)

    assert action_of(prediction, domain) is None
    assert decision_in(prediction) == "continue"


def test_the_wish_for_a_person_takes_the_turn(policy: EscalationPolicy, domain: Domain) -> None:
    tracker = tracker_of(domain, said("a human please", intent="talk_to_person", outcome="flow"))

    prediction = predict(policy, domain, tracker)

    assert action_of(prediction, domain) == "action_handoff"
    assert prediction.is_no_user_prediction


def test_a_running_flow_ends_with_the_handoff(policy: EscalationPolicy, domain: Domain) -> None:
    flow = [ActiveLoop("order_status_form"), SlotSet("requested_slot", "order_number")]
    tracker = tracker_of(domain, said("x"), *flow, said("a human", seq=3, intent="talk_to_person", outcome="flow"))

    prediction = predict(policy, domain, tracker)

    assert ActiveLoop(None) in prediction.events


def test_after_the_handoff_the_assistant_listens(policy: EscalationPolicy, domain: Domain) -> None:
    tracker = tracker_of(domain, said("a human"), decided("escalate"), ActionExecuted("action_handoff"))

    assert action_of(predict(policy, domain, tracker), domain) == "action_listen"


def test_a_decision_is_made_once_per_message(policy: EscalationPolicy, domain: Domain) -> None:
    tracker = tracker_of(domain, said("hi"), decided("continue"), *replied("Hello!", "utter_greet"))

    prediction = predict(policy, domain, tracker)

    assert decision_in(prediction) is None


def test_an_offer_follows_the_answer(policy: EscalationPolicy, domain: Domain) -> None:
    before = tracker_of(domain, said("x"), decided("offer"))
    after = tracker_of(domain, said("x"), decided("offer"), *replied("Nine to five.", "utter_article"))

    assert action_of(predict(policy, domain, before), domain) is None
    assert action_of(predict(policy, domain, after), domain) == "utter_offer_person"


def test_an_offer_is_not_made_twice(policy: EscalationPolicy, domain: Domain) -> None:
    offering = replied("Shall I bring in a person?", "utter_fallback", offers_person=True)
    tracker = tracker_of(domain, said("x"), decided("offer"), *offering)

    assert action_of(predict(policy, domain, tracker), domain) == "action_listen"


def test_an_offer_leaves_the_running_flow_waiting_for_its_answer(policy: EscalationPolicy, domain: Domain) -> None:
    flow = [ActiveLoop("order_status_form"), SlotSet("requested_slot", "order_number")]
    given_up = [ActionExecutionRejected("order_status_form"), *replied("I see no order number.", "utter_fallback")]
    tracker = tracker_of(domain, said("x"), *flow, said("y", seq=3), decided("offer"), *given_up)

    prediction = predict(policy, domain, tracker)
    tracker.update_with_events(prediction.events, domain)

    assert action_of(prediction, domain) == "utter_offer_person"
    assert (tracker.active_loop_name, tracker.is_active_loop_rejected) == ("order_status_form", False)


def test_a_tool_that_failed_is_owned_up_to(policy: EscalationPolicy, domain: Domain) -> None:
    failed = [decided(), ActionExecuted("action_order_status"), SlotSet("tool_failed", True)]
    tracker = tracker_of(domain, said("x"), *failed)
    told = tracker_of(domain, said("x"), *failed, *replied("Sorry", "utter_tool_failed"))

    assert action_of(predict(policy, domain, tracker), domain) == "utter_tool_failed"
    assert action_of(predict(policy, domain, told), domain) == "action_listen"


FAILED_LOOK_UP = [decided(), ActionExecuted("action_order_status"), SlotSet("tool_failed", True)]


def test_a_tool_that_failed_is_decided_upon_anew(policy: EscalationPolicy, domain: Domain) -> None:
    tracker = tracker_of(domain, said("1001", intent="inform", outcome="flow"), *FAILED_LOOK_UP)

    prediction = predict(policy, domain, tracker)

    assert decision_in(prediction) == "offer"
    assert action_of(prediction, domain) == "utter_tool_failed"


def test_a_tool_that_failed_again_brings_in_a_person(policy: EscalationPolicy, domain: Domain) -> None:
    told = [*FAILED_LOOK_UP, decided("offer"), *replied("Sorry", "utter_tool_failed", offers_person=True)]
    again = said("1001 again", seq=3, intent="inform", outcome="flow")
    tracker = tracker_of(domain, said("1001", intent="inform", outcome="flow"), *told, again, *FAILED_LOOK_UP)

    prediction = predict(policy, domain, tracker)

    assert decision_in(prediction) == "escalate"
    assert action_of(prediction, domain) == "action_handoff"


def test_a_handoff_that_failed_is_not_decided_upon_anew(policy: EscalationPolicy, domain: Domain) -> None:
    done = [decided("escalate"), ActionExecuted("action_handoff"), SlotSet("tool_failed", True)]
    tracker = tracker_of(domain, said("a human"), *done)

    prediction = predict(policy, domain, tracker)

    assert decision_in(prediction) is None
    assert action_of(prediction, domain) == "action_listen"


def test_failures_before_the_boundary_are_forgiven(policy: EscalationPolicy, domain: Domain) -> None:
    past = [
        event for seq in (1, 3, 5) for event in (said("blorp", seq=seq), decided(), *replied("?", "utter_fallback"))
    ]
    here = said("zork", seq=9)
    there = said("zork", seq=9, metadata={"boundary": "cnv_1:8"})

    held_against = predict(policy, domain, tracker_of(domain, *past, here))
    forgiven = predict(policy, domain, tracker_of(domain, *past, there))

    assert decision_in(held_against) == "escalate"
    assert decision_in(forgiven) == "continue"


def test_before_any_message_there_is_nothing_to_decide(policy: EscalationPolicy, domain: Domain) -> None:
    prediction = predict(policy, domain, tracker_of(domain))

    assert action_of(prediction, domain) is None
    assert prediction.events == []


def test_after_a_reply_that_no_rule_foresaw_the_assistant_listens(policy: EscalationPolicy, domain: Domain) -> None:
    tracker = tracker_of(domain, said("x"), decided(), *replied("?", "utter_fallback"))

    prediction = predict(policy, domain, tracker)

    assert action_of(prediction, domain) == "action_listen"
    assert 0.3 < prediction.max_confidence < 1.0  # rules come first


def test_after_such_a_reply_a_running_flow_asks_on(policy: EscalationPolicy, domain: Domain) -> None:
    flow = [ActiveLoop("order_status_form"), SlotSet("requested_slot", "order_number")]
    tracker = tracker_of(domain, said("x"), *flow, said("y", seq=3), decided(), *replied("?", "utter_fallback"))

    assert action_of(predict(policy, domain, tracker), domain) == "order_status_form"


def test_the_thresholds_that_came_with_the_message_decide(policy: EscalationPolicy, domain: Domain) -> None:
    asked = "how much is a gift card"
    by_default = said(asked, intent="faq", outcome="answer", answers=[article()])
    marked = said(
        asked,
        intent="faq",
        outcome="answer",
        answers=[article()],
        metadata={"thresholds": {"always_phrases": ["gift card"]}},
    )

    left = predict(policy, domain, tracker_of(domain, by_default))
    handed_over = predict(policy, domain, tracker_of(domain, marked))

    assert decision_in(left) == "continue"
    assert action_of(handed_over, domain) == "action_handoff"
