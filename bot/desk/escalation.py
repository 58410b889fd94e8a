"""When does a conversation need a person?

A pure function over the customer's turns since the last hand-back or resolve. Used by the assistant's policy on every
turn and by the simulator on past conversations, so that what an owner tries out is what will happen. Rules are asked in
order; a rule that hands over outweighs one that offers. Each decision says which rule spoke, in one sentence, and on
which messages.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from bot.desk.escalation_settings import EscalationSettings
from bot.desk.handoff import Reason
from bot.desk.needs import MOODS, WORDS
from bot.desk.queue import Priority
from bot.desk.turn_signs import Outcome, Signs, TurnFacts, read_turns
from bot.desk.wording import excerpt, plain

__all__ = ["Decision", "EscalationSettings", "Evidence", "Kind", "Outcome", "TurnFacts", "decide"]

Kind = Literal["continue", "offer", "escalate"]

DEFAULTS = EscalationSettings()
MAX_EVIDENCE = 5
_NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve")


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """One message on which a decision rests."""

    message_id: str
    text: str
    polarity: float | None
    note: str


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What to do at the current turn, and why in words for the owner."""

    kind: Kind
    reason: Reason | None = None
    rule: str | None = None
    evidence: tuple[Evidence, ...] = ()
    priority: Priority = "normal"


@dataclass(frozen=True, kw_only=True)
class _Case:
    """The conversation as the rules see it; `signs[-1]` is the current turn."""

    signs: Sequence[Signs]
    settings: EscalationSettings
    since_settled: Sequence[Signs] = field(default=())

    @property
    def now(self) -> Signs:
        return self.signs[-1]

    def quote(self) -> str:
        return f"“{excerpt(self.now.facts.text)}”"


CONTINUE = Decision(kind="continue")


def decide(turns: Sequence[TurnFacts], *, settings: EscalationSettings = DEFAULTS) -> Decision:
    """Decide whether the current turn needs a person.

    Args:
        turns: The customer's turns since the last hand-back or resolve, oldest first; the last is the current one.
        settings: The owner's thresholds.

    Returns:
        `continue`; `offer`, where the customer may say no; or `escalate`.
    """
    if not turns:
        return CONTINUE
    signs = read_turns(turns, settings)
    case = _Case(signs=signs, settings=settings, since_settled=_since_settled(signs))
    made = [decision for rule in RULES if (decision := rule(case)) is not None]
    escalated = next((decision for decision in made if decision.kind == "escalate"), None)
    if escalated is not None:
        return escalated
    return made[0] if made and not _offered_lately(case) else CONTINUE


def _since_settled(signs: Sequence[Signs]) -> Sequence[Signs]:
    """Turns after the customer last said that all is well; what was before has lost its weight."""
    for index in range(len(signs) - 1, -1, -1):
        calm_pair = index > 0 and signs[index].friendly and signs[index - 1].friendly
        if signs[index].settles or calm_pair:
            return signs[index + 1 :]
    return signs


def _offered_lately(case: _Case) -> bool:
    lately = case.signs[:-1][-case.settings.offer_cooldown_turns :] if case.settings.offer_cooldown_turns else ()
    return any(sign.facts.decision == "offer" for sign in lately)


def _announcement(name: str, reason: Reason, priority: Priority) -> Callable[[_Case], Decision | None]:
    """A rule about what one message announces: surely, then it hands over; perhaps, then it offers."""

    def rule(case: _Case) -> Decision | None:
        level = case.now.announced.get(name)
        if level is None or not getattr(case.settings, f"hand_over_on_{name}", True):
            return None
        perhaps = "" if level == "sure" else "perhaps "
        said = f"The customer {perhaps}{WORDS[name]}: {case.quote()}."
        kind: Kind = "escalate" if level == "sure" else "offer"
        return _decision(kind, reason, said, [case.now], WORDS[name], priority, reads=(name,))

    return rule


def _person_asked_for(case: _Case) -> Decision | None:
    priority: Priority = "high" if any(sign.angry for sign in case.since_settled[-3:]) else "normal"
    if case.now.accepts_offer:
        rule = f"The customer said yes when a person was offered: {case.quote()}."
        return _escalate("customer_request", rule, [case.now], WORDS["person"], priority)
    return _announcement("person", "customer_request", priority)(case)


def _owner_topic(case: _Case) -> Decision | None:
    facts, settings = case.now.facts, case.settings
    if facts.article_escalates == "always" and facts.outcome in ("answer", "clarify", None):
        topic = f"the article “{facts.article_id}”"
    elif facts.intent in settings.always_intents:
        topic = f"“{facts.intent}”"
    else:
        words = f" {plain(facts.text)} "
        phrase = next((one for one in settings.always_phrases if f" {plain(one)} " in words), None)
        if phrase is None:
            return None
        topic = f"“{phrase}”"
    rule = f"You marked {topic} for a person: {case.quote()}."
    return _escalate("policy_restriction", rule, [case.now], "is about a marked topic", "normal")


def _anger(case: _Case) -> Decision | None:
    """A trend, not one bad word: several angry messages and the last is one of them."""
    settings, now = case.settings, case.now
    if not now.angry or now.spared:
        return None
    window = case.since_settled[-settings.angry_window :]
    angry = [sign for sign in window if sign.angry]
    row = case.since_settled[-settings.very_angry_turns :]
    if len(angry) >= settings.angry_turns:
        count = f"{_number(len(angry))} messages in a row" if angry == list(window) else _among(len(angry), len(window))
        rule = f"{count} were angry; the last said {case.quote()}."
        return _escalate("negative_sentiment", rule, angry, "angry", "high", reads=MOODS)
    if (
        len(row) == settings.very_angry_turns
        and all(sign.angry for sign in row)
        and any(sign.very_angry for sign in row)
    ):
        count = "One message was" if len(row) == 1 else f"{_number(len(row))} messages in a row were"
        rule = f"{count} angry, at least one of them very; the last said {case.quote()}."
        return _escalate("negative_sentiment", rule, row, "angry", "high", reads=MOODS)
    if settings.offer_on_lost_patience and _lost_patience(case):
        return _offer(
            "negative_sentiment",
            f"The customer has lost patience: {case.quote()}.",
            [now],
            "lost patience",
            reads=MOODS,
        )
    lately = case.since_settled[-settings.angry_turns_to_offer :]
    if len(lately) == settings.angry_turns_to_offer and all(sign.angry for sign in lately):
        count = "A message was" if len(lately) == 1 else f"{_number(len(lately))} messages in a row were"
        return _offer(
            "negative_sentiment", f"{count} unhappy; the last said {case.quote()}.", lately, "unhappy", reads=MOODS
        )
    return None


def _lost_patience(case: _Case) -> bool:
    """Plainly; a question that is answered at once is given that chance first."""
    now = case.now
    if now.ranting or now.grave:
        return True
    if len(case.signs) == 1:
        return now.very_angry and (now.fierce or not (now.asking and now.facts.outcome == "answer"))
    return now.very_angry or now.out_of_patience


def _tool_failure(case: _Case) -> Decision | None:
    failed = [sign for sign in case.since_settled[-case.settings.failure_window :] if sign.facts.tool_failed]
    if not case.now.facts.tool_failed:
        return None
    if len(failed) >= case.settings.tool_failures_to_escalate or case.now.angry:
        times = "A look-up failed" if len(failed) == 1 else f"{_number(len(failed))} look-ups failed"
        rule = f"{times}, so the assistant could not finish what was asked: {case.quote()}."
        return _escalate("tool_failure", rule, failed, "look-up failed", "normal")
    rule = f"A look-up failed, so the assistant could not finish what was asked: {case.quote()}."
    return _offer("tool_failure", rule, failed, "look-up failed")


def _failures(case: _Case) -> Decision | None:
    """Questions without a helpful answer: not understood, asked again, or said not to help."""
    settings, now = case.settings, case.now
    questions = [sign for sign in case.since_settled if sign.facts.outcome != "small_talk" or sign is now]
    failed = [sign for sign in questions[-settings.failure_window :] if sign.failure is not None]
    # To be unhappy and not understood counts twice towards an offer; a first message may still turn out a joke.
    lost = (now.angry or (now.still_unhappy and not now.asking)) and now.facts.outcome in ("fallback", "clarify")
    unhappily = (lost or (now.complains and now.failure is not None)) and len(case.signs) > 1
    if (
        now.spared
        or not (now.failure or now.says_unhelped or unhappily)
        or len(failed) + unhappily < settings.failures_to_offer
    ):
        return None
    if len(failed) < settings.failures_to_offer:
        rule = f"The customer is unhappy, and the assistant did not understand: {case.quote()}."
        return _offer("negative_sentiment", rule, failed, "not understood")
    unknown = all(sign.facts.outcome == "fallback" for sign in failed)
    reason: Reason = "missing_knowledge" if unknown else "repeated_failure"
    count = f"{_number(len(failed))} of the last questions got no helpful answer"
    if now.angry and (now.out_of_patience or now.very_angry):  # to correct the assistant tersely is no anger yet
        rule = f"{count} and the customer is angry: {case.quote()}."
        return _decision("escalate", "negative_sentiment", rule, failed, None, "high")
    rule = f"{count}; the last was {case.quote()}."
    if len(failed) >= settings.failures_to_escalate:
        return _decision("escalate", reason, rule, failed, None, "normal")
    return _decision("offer", reason, rule, failed, None, "normal")


def _unsupported(case: _Case) -> Decision | None:
    now = case.now
    if not now.wants_done or now.spared or now.facts.outcome in ("flow", "small_talk"):
        return None
    rule = f"The customer wants something done that the assistant cannot do: {case.quote()}."
    return _offer("unsupported_request", rule, [case.now], "needs somebody to do it", reads=("action",))


RULES: tuple[Callable[[_Case], Decision | None], ...] = (
    _announcement("danger", "policy_restriction", "urgent"),
    _announcement("fraud", "policy_restriction", "urgent"),
    _person_asked_for,
    _announcement("legal", "policy_restriction", "high"),
    _announcement("leaving", "negative_sentiment", "high"),
    _owner_topic,
    _anger,
    _tool_failure,
    _failures,
    _unsupported,
)


def _escalate(
    reason: Reason, rule: str, signs: Sequence[Signs], note: str, priority: Priority, *, reads: Sequence[str] = ()
) -> Decision:
    return _decision("escalate", reason, rule, signs, note, priority, reads=reads)


def _offer(reason: Reason, rule: str, signs: Sequence[Signs], note: str, *, reads: Sequence[str] = ()) -> Decision:
    return _decision("offer", reason, rule, signs, note, "normal", reads=reads)


def _decision(
    kind: Kind,
    reason: Reason,
    rule: str,
    signs: Sequence[Signs],
    note: str | None,
    priority: Priority,
    *,
    reads: Sequence[str] = (),
) -> Decision:
    """A decision with its evidence; each message is noted with the surest of the needs `reads`, where it has one."""
    evidence = tuple(
        Evidence(
            message_id=sign.facts.message_id,
            text=sign.facts.text,
            polarity=sign.facts.polarity,
            note=(sign.heard.note(*reads) if reads else None) or note or sign.failure or "said it did not help",
        )
        for sign in signs[-MAX_EVIDENCE:]
    )
    return Decision(kind=kind, reason=reason, rule=rule.replace("”..", "”."), evidence=evidence, priority=priority)


def _number(count: int) -> str:
    return _NUMBERS[count] if count < len(_NUMBERS) else str(count)


def _among(count: int, window: int) -> str:
    return f"{_number(count)} of the last {_number(window).lower()} messages"
