"""Turns of a conversation, read from Rasa's tracker: the facts that escalation judges and the answer of the channel.

Everything is taken from the tracker's events alone, so a repeated request is answered the same after a restart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rasa.shared.core.events import ActionExecuted, BotUttered, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.assistant.components.ranker import UNDERSTANDING
from bot.assistant.components.sentiment import BUTTON_SENTIMENT, SENTIMENT
from bot.assistant.understanding import QUESTION_INTENTS, outcome_of_intent
from bot.desk.escalation import Decision, TurnFacts

PERSON_INTENT = "talk_to_person"
MAX_TURNS = 20  # what escalation looks back on; more would only cost time in long conversations

OFFERING_ACTIONS = frozenset(
    {"utter_offer_person", "utter_fallback", "utter_none_of_these", "utter_did_not_help", "utter_tool_failed"}
)

DECISION_SLOT = "decision"
TOOL_FAILED_SLOT = "tool_failed"
HANDOFF_SLOT = "handoff_requested"


@dataclass(frozen=True)
class Turn:
    """One utterance and what followed it; `offered` when the reply before it offered a person."""

    utterance: UserUttered
    events: Sequence[Event]
    offered: bool = False

    @property
    def message_id(self) -> str:
        """The id the server gave to the message."""
        return str(self.utterance.message_id)

    @property
    def intent(self) -> str | None:
        """What the customer wants; "yes" to the offer of a person is the wish for one."""
        name: str | None = self.utterance.intent_name
        return PERSON_INTENT if self.offered and name == "affirm" else name

    @property
    def understanding(self) -> Mapping[str, Any]:
        """What the ranker attached; for the buttons that Rasa reads itself, what their intent says."""
        attached: Mapping[str, Any] | None = self.utterance.parse_data.get(UNDERSTANDING)
        return attached or {"outcome": outcome_of_intent(self.utterance.intent_name), "language": None}

    @property
    def sentiment(self) -> Mapping[str, Any]:
        """The sentiment as JSON; of a button, none."""
        return self.utterance.parse_data.get(SENTIMENT) or BUTTON_SENTIMENT

    @property
    def decision(self) -> Mapping[str, Any]:
        """What was decided about escalation; empty before it was."""
        return self._slot(DECISION_SLOT) or {}

    @property
    def tool_failed(self) -> bool:
        """Whether an action could not do its work."""
        return bool(self._slot(TOOL_FAILED_SLOT))

    @property
    def failed_since_decided(self) -> bool:
        """Whether a tool failed after the decision, which knew nothing of it and did not hand over."""
        set_at = {event.key: at for at, event in enumerate(self.events) if isinstance(event, SlotSet)}
        later = set_at.get(TOOL_FAILED_SLOT, -1) > set_at.get(DECISION_SLOT, -1)
        return self.tool_failed and later and self.decision.get("decision") != "escalate"

    @property
    def article_escalates(self) -> Any:
        """The owner's mark on the article that answers: `always`, `never` or `auto`."""
        answers = self.understanding.get("answers") or [{}]
        return answers[0].get("escalate", "auto")

    @property
    def offers_person(self) -> bool:
        """Whether the last thing said was the offer of a person.

        `rasa test` runs no action, so there the names of the actions have to tell.
        """
        if not self.replies:
            return not OFFERING_ACTIONS.isdisjoint(self.actions)
        return bool((self.replies[-1].metadata.get("metadata") or {}).get("offers_person"))

    @property
    def actions(self) -> list[str]:
        """What was done, in order."""
        return [event.action_name for event in self.events if isinstance(event, ActionExecuted) and event.action_name]

    @property
    def replies(self) -> list[BotUttered]:
        """What the assistant said."""
        return [event for event in self.events if isinstance(event, BotUttered)]

    def _slot(self, name: str) -> Any:
        values = [event.value for event in self.events if isinstance(event, SlotSet) and event.key == name]
        return values[-1] if values else None


def turns_of(events: Iterable[Event], *, limit: int = MAX_TURNS) -> list[Turn]:
    """The latest turns of a conversation, oldest first.

    Args:
        events: The tracker's events.
        limit: Turns to return at most.
    """
    groups: list[list[Event]] = []
    current: list[Event] = []
    for event in reversed(list(events)):
        current.append(event)
        if isinstance(event, UserUttered):
            groups.append(current[::-1])
            current = []
            if len(groups) > limit:
                break
    groups.reverse()
    turns: list[Turn] = []
    for group in groups:
        turns.append(Turn(group[0], group[1:], offered=bool(turns) and turns[-1].offers_person))
    return turns[-limit:]


def find_turn(tracker: DialogueStateTracker, message_id: str) -> Turn | None:
    """The turn of a message; None when the tracker has not seen it lately."""
    return next((turn for turn in turns_of(tracker.events) if turn.message_id == message_id), None)


def facts_of(turns: Sequence[Turn], *, boundary: str | None = None) -> list[TurnFacts]:
    """What escalation judges.

    Args:
        turns: Oldest first.
        boundary: Message id `<conversation>:<seq>` from which on turns count; None: all of them.
    """
    return [_facts(turn) for turn in turns if _seq(turn.message_id) >= _seq(boundary)]


def decision_as_json(decision: Decision) -> dict[str, Any]:
    """A decision as the protocol writes it."""
    return {
        "decision": decision.kind,
        "reason": decision.reason,
        "rule": decision.rule,
        "evidence": [asdict(item) for item in decision.evidence],
        "priority": decision.priority,
    }


def answer_of(turn: Turn, *, model_id: str | None) -> dict[str, Any]:
    """The answer of the channel for a turn; see docs/protocol.md, “Engine channel”.

    Args:
        turn: A finished turn.
        model_id: Of the model that worked on it.
    """
    return {
        "message_id": turn.message_id,
        "messages": [message for reply in turn.replies for message in _messages(reply)],
        "turn": {
            "intent": turn.intent,
            "confidence": turn.utterance.intent.get("confidence"),
            "outcome": turn.understanding["outcome"],
            "article_ranking": turn.understanding.get("article_ranking", []),
            "entities": [_entity(entity) for entity in turn.utterance.entities],
            "language": turn.understanding.get("language"),
            "sentiment": dict(turn.sentiment),
            **(dict(turn.decision) or _NO_DECISION),
            "tool_failed": turn.tool_failed,
            "article_escalates": turn.article_escalates,
            "handoff_requested": bool(turn._slot(HANDOFF_SLOT)),
            "model_id": model_id,
        },
    }


_NO_DECISION: dict[str, Any] = {
    "decision": "continue",
    "reason": None,
    "rule": None,
    "evidence": [],
    "priority": None,
}


def _facts(turn: Turn) -> TurnFacts:
    answers = turn.understanding.get("answers") or [{}]
    sentiment = turn.sentiment
    return TurnFacts(
        message_id=turn.message_id,
        text=_text(turn),
        intent=None if turn.intent in QUESTION_INTENTS else turn.intent,
        outcome=turn.understanding["outcome"],
        article_id=answers[0].get("id"),
        article_escalates=turn.article_escalates,
        polarity=sentiment["polarity"],
        label=sentiment["label"],
        frustration=sentiment["frustration"],
        needs=sentiment.get("needs"),
        tool_failed=turn.tool_failed,
        decision=turn.decision.get("decision"),
        at=turn.utterance.timestamp,
    )


def _text(turn: Turn) -> str:
    """The customer's words; for a button, what it means, never the payload."""
    text: str = turn.utterance.text or ""
    if not text.startswith("/"):
        return text
    answers = turn.understanding.get("answers")
    return str(answers[0]["question"]) if answers else str(turn.utterance.intent_name or "").replace("_", " ")


def _messages(reply: BotUttered) -> list[dict[str, Any]]:
    about = reply.metadata.get("metadata") or {}
    parts = about.get("parts") or [{"text": reply.text or "", "buttons": reply.data.get("buttons")}]
    # What a custom action says has no metadata: it belongs to a flow.
    kind = about.get("kind") or ("small_talk" if reply.metadata.get("utter_action") else "flow")
    wants_contact = {"wants_contact": True} if about.get("wants_contact") else {}
    return [
        {
            "text": part["text"],
            "kind": part.get("kind") or kind,
            "article_id": part.get("article_id"),
            "buttons": [_button(button) for button in part.get("buttons") or []],
            **wants_contact,
        }
        for part in parts
        if part["text"]
    ]


def _button(button: Mapping[str, Any]) -> dict[str, str]:
    return {"title": str(button["title"]), "payload": str(button["payload"])}


def _entity(entity: Mapping[str, Any]) -> dict[str, Any]:
    return {key: entity.get(key) for key in ("entity", "value", "start", "end")}


def _seq(message_id: str | None) -> int:
    """The message's number in its conversation; -1 for ids of another form, which makes them count."""
    number = (message_id or "").rpartition(":")[2]
    return int(number) if number.isascii() and number.isdigit() else -1
