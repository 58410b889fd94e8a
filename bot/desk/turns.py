"""What a finished turn changes: the assistant's replies, their explanation, and the honest words when it failed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bot.desk.conversation import Conversation, Step, feel
from bot.desk.events import ASSISTANT, SYSTEM, Draft

HONEST_FAILURE = (
    "Sorry, I can't answer that right now: something on our side isn't working. Your message is safe. "
    "You can try again in a moment, or I can pass you to a person."
)
TALK_TO_A_PERSON = "Talk to a person"
SERVER_HANDOFF = "server:handoff"
"""Payload of a button that the server serves itself, so that it works while the engine is down."""

QUARANTINED = "quarantined"
"""Error code of a turn whose utterance killed the engine twice; its conversation never goes there again."""

FAILURES_BEFORE_HANDOFF = 2
"""Failed turns in a row after which a human is asked without waiting for the customer to press the button."""

_EXPLANATION = (
    "intent",
    "confidence",
    "outcome",
    "article_ranking",
    "entities",
    "language",
    "decision",
    "reason",
    "rule",
    "evidence",
    "tool_failed",
    "article_escalates",
    "model_id",
)


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One utterance and the assistant's work on it.

    Attributes:
        lease: Which claim of this turn this is; what is reported under an older one changes nothing.
    """

    conversation_id: str
    utterance_seq: int
    owner_version: int
    text: str = field(repr=False)
    payload: str | None = None
    engine_deaths: int = 0
    accepted_at: datetime
    lease: int = 1
    conversation: Conversation

    @property
    def message_id(self) -> str:
        """The id under which the engine knows the utterance."""
        return f"{self.conversation_id}:{self.utterance_seq}"


@dataclass(frozen=True, kw_only=True)
class Answered:
    """What the engine answered."""

    messages: Sequence[Mapping[str, Any]]
    explanation: Mapping[str, Any]

    @property
    def escalates(self) -> bool:
        """Whether the assistant decided that a human is needed."""
        return self.explanation.get("decision") == "escalate"


def finish(now_is: Conversation, turn: Turn, answered: Answered, *, duration_ms: int, tokens: Iterator[str]) -> Step:
    """Record an answered turn; if the owner changed meanwhile its replies are kept for staff only.

    Args:
        now_is: The conversation at this moment, which may have changed hands since the turn began.
        turn: The turn.
        answered: The engine's answer.
        duration_ms: From the acceptance of the utterance.
        tokens: Random words, one for the id of every button.
    """
    replies = tuple(
        _reply(now_is, turn, message, now_is.last_seq + n, tokens) for n, message in enumerate(answered.messages, 1)
    )
    explained = {name: answered.explanation.get(name) for name in _EXPLANATION}
    ended = _ended(turn, {"state": "done", "error_code": None, "duration_ms": duration_ms, **explained})
    step = Step(conversation=replace(now_is, failures=0), drafts=(*replies, ended))
    sentiment = answered.explanation.get("sentiment")
    return step.then(feel(step.conversation, sentiment, turn.utterance_seq)) if sentiment else step


def fail(now_is: Conversation, turn: Turn, error_code: str, *, duration_ms: int, tokens: Iterator[str]) -> Step:
    """Record a failed turn with an honest line and the offer of a human."""
    button = {"title": TALK_TO_A_PERSON, "payload": SERVER_HANDOFF}
    message = {"text": HONEST_FAILURE, "kind": "honest_failure", "buttons": [button]}
    said = _reply(now_is, turn, message, now_is.last_seq + 1, tokens)
    ended = _ended(turn, {"state": "failed", "error_code": error_code, "duration_ms": duration_ms, "decision": "offer"})
    conversation = replace(
        now_is,
        failures=now_is.failures + 1,
        quarantined=now_is.quarantined or error_code == QUARANTINED,
    )
    return Step(conversation=conversation, drafts=(said, ended))


def needs_human(now_is: Conversation) -> bool:
    """Whether the assistant failed this customer so often that a human is asked at once."""
    return not now_is.is_human_owned and (now_is.quarantined or now_is.failures >= FAILURES_BEFORE_HANDOFF)


def _reply(now_is: Conversation, turn: Turn, message: Mapping[str, Any], seq: int, tokens: Iterator[str]) -> Draft:
    """One message of the assistant; the ids of its buttons name its own `seq`, where they are looked up again."""
    buttons = [
        {"id": f"btn_{seq}_{next(tokens)}", "title": button["title"], "payload": button["payload"]}
        for button in message.get("buttons") or ()
    ]
    body: dict[str, Any] = {
        "text": message["text"],
        "buttons": buttons,
        "kind": message.get("kind") or "answer",
        "article_id": message.get("article_id"),
        "replies_to": turn.utterance_seq,
    }
    if message.get("wants_contact"):
        body["wants_contact"] = True
    if now_is.owner_version != turn.owner_version:
        body["suppressed"] = True
    return Draft(type="message", author=ASSISTANT, body=body)


def _ended(turn: Turn, body: Mapping[str, Any]) -> Draft:
    return Draft(type="turn", author=SYSTEM, body={"utterance_seq": turn.utterance_seq, **body})
