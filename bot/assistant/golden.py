"""Checks of a freshly trained model: golden questions, the comparison with the live model, one whole turn.

A golden question names the article that must answer it. A model that answers more of them wrongly than the live one
does not go live; a question whose article the owner has taken away is passed over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.events import BotUttered

from bot.assistant.components.ranker import UNDERSTANDING
from bot.assistant.nlg import ArticleGenerator, article_text
from bot.assistant.turn import find_turn
from bot.assistant.understanding import Article


class GoldenQuestionsUnreadable(Exception):
    """The file of golden questions is not a list of `{text, article}`."""


@dataclass(frozen=True, kw_only=True)
class GoldenQuestion:
    """What a customer might type, and the id of the article that must answer it."""

    text: str
    article: str


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """How one model answered one question; `answered` is None when it did not answer with an article.

    `article` is what that article said in this model.
    """

    text: str
    expected: str | None
    answered: str | None
    outcome: str
    article: Article | None = None

    @property
    def right(self) -> bool:
        """Whether it answered as it should."""
        return self.expected is not None and self.answered == self.expected


def read_golden(file: Path) -> list[GoldenQuestion]:
    """Read the golden questions.

    Raises:
        GoldenQuestionsUnreadable: Says what is wrong where.
    """
    try:
        entries = yaml.safe_load(file.read_text(encoding="utf-8")) or []
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as exc:
        raise GoldenQuestionsUnreadable(f"{file} cannot be read: {exc}") from exc
    if not isinstance(entries, list):
        raise GoldenQuestionsUnreadable(f"{file} must hold a list of entries with `text` and `article`.")
    for number, entry in enumerate(entries, start=1):
        if not isinstance(entry, dict) or not all(isinstance(entry.get(key), str) for key in ("text", "article")):
            raise GoldenQuestionsUnreadable(f"Entry {number} of {file} must have `text` and `article`.")
    return [GoldenQuestion(text=entry["text"], article=entry["article"]) for entry in entries]


def load_agent(model: Path) -> Agent:
    """Load a model for asking it questions; nothing is written and no action is called.

    Args:
        model: The archive.
    """
    return Agent.load(str(model), generator=ArticleGenerator())


async def ask(agent: Agent, questions: Sequence[GoldenQuestion]) -> list[Verdict]:
    """Ask a model golden questions, each in a conversation of its own.

    Args:
        agent: The loaded model.
        questions: What to ask.
    """
    return [await _verdict(agent, question) for question in questions]


async def smoke_turn(agent: Agent, article: Article) -> str | None:
    """Run whole turns: a greeting and one article's own question.

    Args:
        agent: The loaded model.
        article: One it was trained on.

    Returns:
        What is wrong; None when all is well.
    """
    for number, text in enumerate(("hello", article["question"])):
        reply = await _first_reply(agent, text, message_id=f"smoke:{number}")
        if reply is None:
            return f"it says nothing to “{text}”"
        parts = (reply.metadata.get("metadata") or {}).get("parts") or [{}]
        if parts[0].get("article_id") == article["id"] and parts[0]["text"] != article_text(article):
            return f"the answer of {article['id']} is not what its file says"
    return None


async def _first_reply(agent: Agent, text: str, *, message_id: str) -> BotUttered | None:
    await agent.handle_message(UserMessage(text, sender_id="smoke-turn", message_id=message_id))
    tracker = await agent.tracker_store.retrieve("smoke-turn")
    turn = find_turn(tracker, message_id) if tracker else None
    return turn.replies[0] if turn and turn.replies else None


def changed(live: Sequence[Verdict], new: Sequence[Verdict]) -> list[dict[str, Any]]:
    """The questions that the new model answers with another article than the live one.

    Args:
        live: Verdicts of the live model.
        new: Verdicts of the new model, for the same questions in the same order.
    """
    return [
        {
            "text": after.text,
            "before": before.answered,
            "after": after.answered,
            "expected": after.expected,
            "worse": before.right and not after.right,
        }
        for before, after in zip(live, new, strict=True)
        if before.answered != after.answered
    ]


def churn(live: Sequence[Verdict], new: Sequence[Verdict], articles: Mapping[str, Article]) -> dict[str, int]:
    """How many answers moved that nobody touched.

    Args:
        live: Verdicts of the live model on phrases of the articles themselves.
        new: Verdicts of the new model, for the same phrases in the same order.
        articles: The new model's articles by id.

    Returns:
        `asked`: phrases that the live model answers rightly with an article that says the same today; `changed`: those
        of them that the new model answers otherwise.
    """
    untouched = [
        after.right
        for before, after in zip(live, new, strict=True)
        if before.right and before.article == articles.get(before.expected or "")
    ]
    return {"asked": len(untouched), "changed": untouched.count(False)}


async def _verdict(agent: Agent, question: GoldenQuestion) -> Verdict:
    parsed = await agent.parse_message(question.text)
    meaning = parsed.get(UNDERSTANDING) or {}
    answers = {article["id"]: article for article in meaning.get("answers") or []}
    answered = question.article if question.article in answers else next(iter(answers), None)
    return Verdict(
        text=question.text,
        expected=question.article,
        answered=answered,
        outcome=str(meaning.get("outcome", "fallback")),
        article=answers.get(answered) if answered else None,
    )
