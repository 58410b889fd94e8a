"""From a ranking to an intent: what the assistant takes a message to mean.

The ranker knows labels and probabilities. Here they meet what a conversation adds: a flow that waits for something,
an order number in the message, a button that chose an article. The result is JSON and travels with the message under
one key, so policies, replies and the server all read the same.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from knowledge_base.ranker import Match, Ranking

Outcome = Literal["answer", "clarify", "fallback", "small_talk", "flow"]
Article = dict[str, Any]  # as `bot.assistant.importer` takes it along

FAQ_PREFIX = "faq/"
FAQ, CLARIFY, FALLBACK, CHOOSE, INFORM = "faq", "clarify", "nlu_fallback", "choose_article", "inform"
QUESTION_INTENTS = frozenset({FAQ, CLARIFY, FALLBACK, CHOOSE})
FLOW_INTENTS = frozenset(
    {"order_status", "return_request", "leave_message", "talk_to_person", "cancel", "dont_know", INFORM}
)
FAILURE_INTENTS = frozenset({"none_of_these", "did_not_help", FALLBACK})
# Intents that leave a question for free text: whoever asks for a person or wants to stop is not leaving a message.
_INTERRUPTIONS = frozenset({"talk_to_person", "cancel", "dont_know"})
_FREE_TEXT_SLOTS = frozenset({"return_reason", "message_text"})
# What fills a slot, by the name of the entity.
_ENTITY_OF_SLOT: Mapping[str, str] = {
    "order_number": "order_number",
    "email": "email",
    "contact_email": "email",
    "return_reason": "return_reason",
}
# Flows that may be offered beside articles when it is not clear what is meant.
_OFFERED_FLOWS: Mapping[str, str] = {
    "order_status": "Check where my order is",
    "return_request": "Register a return",
    "leave_message": "Leave a message for the team",
    "talk_to_person": "Talk to a person",
}
MAX_CHOICES = 3
_CHOICE_FROM = 0.08  # below this a candidate is noise; measured on the sample shop's questions
_QUESTION = re.compile(
    r"\?\s*$|^\s*(what|when|where|why|who|which|how|do|does|did|can|could|is|are|will|would|may|should)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """What the running flow waits for; both None without one."""

    flow: str | None = None
    slot: str | None = None


@dataclass(frozen=True, kw_only=True)
class Understanding:
    """What a message is taken to mean.

    `answers` are articles to answer with, in the order asked; `choices` what “Did you mean …?” offers; `beside` the
    questions of the same message that `answers` leave open, each `{"asked": its words, "kind", "choices"}` with kind
    `clarify`, `fallback` (no choices) or `flow` (what can be done for the customer).
    """

    intent: str
    confidence: float
    outcome: Outcome
    language: str | None = None
    article_ranking: tuple[dict[str, Any], ...] = ()
    answers: tuple[Article, ...] = ()
    choices: tuple[dict[str, str], ...] = ()
    beside: tuple[dict[str, Any], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The part that travels with the message; intent and confidence have keys of Rasa's own."""
        return {
            "outcome": self.outcome,
            "language": self.language,
            "article_ranking": list(self.article_ranking),
            "answers": list(self.answers),
            "choices": list(self.choices),
            "beside": list(self.beside),
        }


def understand(
    text: str,
    ranking: Ranking,
    *,
    articles: Mapping[str, Article],
    entities: Collection[str] = (),
    waiting: Waiting = Waiting(),
) -> Understanding:
    """Decide what a message means.

    Args:
        text: The message, for telling a question from a statement.
        ranking: The ranker's view of it.
        articles: The model's articles by id.
        entities: Names of the entities found in it.
        waiting: What the running flow waits for.
    """
    meant = _from_ranking(ranking, articles)
    if _ENTITY_OF_SLOT.get(waiting.slot or "") in entities or _is_free_text(text, meant, waiting):
        return _as(meant, INFORM, "flow")
    if waiting.slot is None and "order_number" in entities and meant.outcome in ("clarify", "fallback"):
        return _as(meant, INFORM, "flow")
    if waiting.slot is not None and meant.outcome == "clarify":
        # “Did you mean …?” in the middle of a flow confuses more than asking again.
        return _as(meant, FALLBACK, "fallback")
    return meant


def chosen(article_id: str, articles: Mapping[str, Article]) -> Understanding:
    """What pressing the button of an article means; fallback when the article is gone since the button was shown."""
    article = articles.get(article_id)
    if article is None:
        return Understanding(intent=FALLBACK, confidence=1.0, outcome="fallback", language="en")
    ranked = {"article_id": article_id, "question": article["question"], "confidence": 1.0, "score": 1.0}
    return Understanding(
        intent=CHOOSE, confidence=1.0, outcome="answer", language="en", article_ranking=(ranked,), answers=(article,)
    )


def outcome_of_intent(intent: str | None) -> Outcome:
    """The outcome of a message whose intent a button gave."""
    if intent is None or intent in FAILURE_INTENTS:
        return "fallback"
    if intent in QUESTION_INTENTS:
        return "clarify" if intent == CLARIFY else "answer"
    return "flow" if intent in FLOW_INTENTS else "small_talk"


def _from_ranking(ranking: Ranking, articles: Mapping[str, Article]) -> Understanding:
    ranked = tuple(_ranked(match, articles) for match in ranking.matches if match.label.startswith(FAQ_PREFIX))
    known = Understanding(
        intent=FALLBACK, confidence=0.0, outcome="fallback", language=ranking.language, article_ranking=ranked
    )
    if not ranking.matches or ranking.outcome == "fallback":
        confidence = 1 - ranking.matches[0].confidence if ranking.matches else 1.0
        return _as(known, FALLBACK, "fallback", confidence=confidence)
    best = ranking.matches[0]
    if ranking.outcome == "answer":
        answers = _answers(ranking, articles)
        if answers:
            beside = _beside(ranking, answers, articles)
            return _as(known, FAQ, "answer", confidence=best.confidence, answers=answers, beside=beside)
        return _as(known, best.label, outcome_of_intent(best.label), confidence=best.confidence)
    choices = _choices(ranking.matches, articles)
    if not choices:
        # Small talk that is probably meant: a friendly word too many does no harm, "Did you mean" would.
        return _as(known, best.label, outcome_of_intent(best.label), confidence=best.confidence)
    return _as(known, CLARIFY, "clarify", confidence=best.confidence, choices=choices)


def _as(meant: Understanding, intent: str, outcome: Outcome, **changes: Any) -> Understanding:
    fields: dict[str, Any] = {
        "confidence": meant.confidence,
        "language": meant.language,
        "article_ranking": meant.article_ranking,
    }
    return Understanding(**{**fields, **changes, "intent": intent, "outcome": outcome})


def _is_free_text(text: str, meant: Understanding, waiting: Waiting) -> bool:
    if waiting.slot not in _FREE_TEXT_SLOTS or meant.intent in _INTERRUPTIONS:
        return False
    if waiting.slot == "message_text":
        return True  # whatever else it looks like: the customer was asked to write it
    return not (meant.outcome == "answer" and _QUESTION.search(text))


def _answers(ranking: Ranking, articles: Mapping[str, Article]) -> tuple[Article, ...]:
    parts = [part.match for part in ranking.parts if part.match and part.outcome == "answer"]
    matches = parts if len(parts) > 1 else [ranking.matches[0]]
    ids = dict.fromkeys(_article_id(match) for match in matches)
    return tuple(articles[article_id] for article_id in ids if article_id and article_id in articles)


def _beside(
    ranking: Ranking, answers: tuple[Article, ...], articles: Mapping[str, Article]
) -> tuple[dict[str, Any], ...]:
    """What a message asks besides what is answered."""
    answered = {article["id"] for article in answers}
    beside = []
    for part in ranking.parts:
        if part.outcome == "answer" and part.match and part.match.label in _OFFERED_FLOWS:
            beside.append({"asked": part.text, "kind": "flow", "choices": list(_choices((part.match,), articles))})
        elif part.outcome == "clarify":
            choices = [
                choice for choice in _choices(part.matches, articles) if choice.get("article_id") not in answered
            ]
            beside += [{"asked": part.text, "kind": "clarify", "choices": choices}] if choices else []
        elif part.outcome == "fallback":
            beside.append({"asked": part.text, "kind": "fallback", "choices": []})
    return tuple(beside)


def _choices(matches: tuple[Match, ...], articles: Mapping[str, Article]) -> tuple[dict[str, str], ...]:
    choices = []
    for match in matches:
        if match.confidence < _CHOICE_FROM:
            continue
        article = articles.get(_article_id(match) or "")
        if article is not None:
            choices.append({"title": article["question"], "article_id": article["id"]})
        elif match.label in _OFFERED_FLOWS:
            choices.append({"title": _OFFERED_FLOWS[match.label], "intent": match.label})
    return tuple(choices[:MAX_CHOICES])


def _ranked(match: Match, articles: Mapping[str, Article]) -> dict[str, Any]:
    article_id = _article_id(match) or ""
    return {
        "article_id": article_id,
        "question": articles.get(article_id, {}).get("question", ""),
        "confidence": round(match.confidence, 4),
        "score": round(match.score, 4),
    }


def _article_id(match: Match) -> str | None:
    return match.label[len(FAQ_PREFIX) :] if match.label.startswith(FAQ_PREFIX) else None
