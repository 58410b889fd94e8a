"""Trains a model and checks it, in one process: what Publish and `make train` run.

    python -m bot.assistant.training --out FOLDER [--golden knowledge_base/golden.yml] [--live MODEL]

Prints one JSON object per line: states on the way, and a last one that is `done` with path, hash and checks, or
`failed` with a typed error and exit code 1. Nothing outside FOLDER is written; who promotes the model is the server.

    TrainingError
    ├── ArticlesInvalid       problems: [{file, line, message}]
    ├── NothingToTrain        no article, no example
    ├── GoldenInvalid         the file of golden questions cannot be read
    ├── RasaRefused           the training itself failed
    ├── SmokeTurnFailed       the model trains but does not answer
    └── GoldenRegression      it answers golden questions worse than the live model
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import logging
import os
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, TextIO

from rasa.core.agent import Agent
from rasa.model_training import train as rasa_train
from rasa.utils.log_utils import configure_structlog

from bot.assistant import libraries
from bot.assistant.golden import (
    GoldenQuestion,
    GoldenQuestionsUnreadable,
    ask,
    changed,
    churn,
    load_agent,
    read_golden,
    smoke_turn,
)
from bot.assistant.importer import DEFAULT_ARTICLES, snapshot
from bot.assistant.model_swap import sha256_of
from bot.assistant.settings import EngineSettings
from knowledge_base.article import Article, ArticleError, load_articles
from knowledge_base.errors import NoExamples
from knowledge_base.overlap import advice, overlapping_articles

logger = logging.getLogger(__name__)

CONFIG = "config.yml"
MODEL_NAME = "model.tar.gz"
MAX_COMPARED = 256  # phrases asked of both models besides the golden questions; 20 ms each
NOT_COMPARED = (
    "The model before this one could not be read, so the new answers were not compared with its answers. Ask the "
    "assistant a few questions yourself."
)


class TrainingError(Exception):
    """There is no new model.

    Attributes:
        problems: Faults by file and line.
        changed_answers: What the refused model would have answered differently.
    """

    code: ClassVar[str] = "training_failed"

    def __init__(
        self,
        message: str,
        *,
        problems: Sequence[dict[str, Any]] = (),
        changed_answers: Sequence[dict[str, Any]] = (),
    ) -> None:
        super().__init__(message)
        self.problems = list(problems)
        self.changed_answers = list(changed_answers)


class ArticlesInvalid(TrainingError):
    """Articles cannot be used."""

    code = "article_invalid"


class NothingToTrain(TrainingError):
    """There is no example to learn from."""

    code = "no_examples"


class GoldenInvalid(TrainingError):
    """The golden questions cannot be read."""

    code = "golden_invalid"


class RasaRefused(TrainingError):
    """Rasa could not train."""

    code = "training_failed"


class SmokeTurnFailed(TrainingError):
    """The model does not answer as it should."""

    code = "smoke_turn_failed"


class GoldenRegression(TrainingError):
    """The model answers golden questions worse than the live one."""

    code = "golden_regression"


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A model that may go live."""

    path: Path
    sha256: str
    model_id: str
    checks: dict[str, Any]
    changed_answers: list[dict[str, Any]]


class Progress:
    """Writes JSON lines for the server, and keeps libraries from writing between them."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def say(self, state: str, **details: Any) -> None:
        """Write one line."""
        self._out.write(json.dumps({"event": "state", "state": state, **details}, ensure_ascii=False) + "\n")
        self._out.flush()

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Send what libraries print to standard error meanwhile."""
        with contextlib.redirect_stdout(sys.stderr):
            yield


def main(argv: Sequence[str] | None = None) -> int:
    """Train and check; see the module's text.

    Args:
        argv: Arguments without the program's name.

    Returns:
        The exit code: 0 when there is a model.
    """
    parser = argparse.ArgumentParser(description="Train a model and check it.")
    parser.add_argument("--out", type=Path, required=True, help="folder for the model")
    parser.add_argument("--golden", type=Path, help="file of golden questions")
    parser.add_argument("--live", type=Path, help="archive of the live model, to compare with")
    options = parser.parse_args(argv)
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    os.environ.setdefault("RASA_MAX_CACHE_SIZE", "0")  # a training killed half-way must not spoil the next
    configure_structlog(logging.WARNING)
    progress = Progress(sys.stdout)
    try:
        with progress.alone():
            done = _run(options.out, options.golden, options.live, progress)
    except TrainingError as exc:
        error = {"code": exc.code, "detail": str(exc), "problems": exc.problems}
        progress.say("failed", error=error, changed_answers=exc.changed_answers)
        return 1
    except Exception as exc:
        logger.exception("Training failed")
        detail = f"Training failed: {type(exc).__name__}: {exc}"
        progress.say("failed", error={"code": "training_failed", "detail": detail, "problems": []})
        return 1
    progress.say(
        "done",
        path=str(done.path),
        sha256=done.sha256,
        model_id=done.model_id,
        checks=done.checks,
        changed_answers=done.changed_answers,
    )
    return 0


def _run(out: Path, golden: Path | None, live: Path | None, progress: Progress) -> Checked:
    started = time.monotonic()
    progress.say("training")
    articles, warnings = _usable_articles()
    questions = _golden_questions(golden, articles)
    with libraries.encoder().remembering(libraries.vectors_file()) as encoder:
        path = _train(out)
        trained = time.monotonic()
        progress.say("checking")
        warnings += [_warning("overlap", advice(each)) for each in overlapping_articles(articles, encoder=encoder)]
        checks, changes, model_id = asyncio.run(_check(path, live, articles, questions, warnings))
    return Checked(
        path=path,
        sha256=sha256_of(path),
        model_id=model_id,
        checks={
            **checks,
            "warnings": warnings,
            "articles": len(articles),
            "train_s": round(trained - started, 2),
            "check_s": round(time.monotonic() - trained, 2),
        },
        changed_answers=changes,
    )


def _warning(code: str, message: str, *, file: str | None = None, line: int | None = None) -> dict[str, Any]:
    """Something the owner should know about a model that may go live all the same."""
    return {"code": code, "message": message, "file": file, "line": line}


def _usable_articles() -> tuple[Sequence[Article], list[dict[str, Any]]]:
    """The articles, and what their files should be warned about."""
    folder = EngineSettings.read().articles_dir or Path(DEFAULT_ARTICLES)
    try:
        found = load_articles(folder)
    except ArticleError as exc:
        raise ArticlesInvalid(str(exc), problems=_as_json(exc)) from exc
    if found.errors:
        error = ArticleError(*found.errors)
        count = "One article" if len(found.errors) == 1 else f"{len(found.errors)} things in the articles"
        raise ArticlesInvalid(f"{count} must be mended first: {found.errors[0]}", problems=_as_json(error))
    if not found.articles:
        raise NothingToTrain(f"There is no article in {folder}. Write at least one, then publish.")
    return found.articles, [
        _warning("article", each.message, file=each.file, line=each.line) for each in found.problems
    ]


def _as_json(error: ArticleError) -> list[dict[str, Any]]:
    return [{"file": each.file, "line": each.line, "message": each.message} for each in error.problems]


def _golden_questions(file: Path | None, articles: Sequence[Article]) -> list[GoldenQuestion]:
    if file is None or not file.exists():
        return []
    try:
        questions = read_golden(file)
    except GoldenQuestionsUnreadable as exc:
        raise GoldenInvalid(str(exc)) from exc
    known = {article.id for article in articles}
    return [question for question in questions if question.article in known]


def _train(out: Path) -> Path:
    out.mkdir(parents=True, exist_ok=True)
    try:
        # The importer finds domain and data by itself; Rasa insists on being told something.
        result = rasa_train(
            domain="domain.yml", config=CONFIG, training_files=[], output=str(out), fixed_model_name=MODEL_NAME
        )
    except SystemExit as exc:  # Rasa's answer to contradictions in rules and slots
        raise RasaRefused("Rasa refused the training data; its words are in the training log.") from exc
    except NoExamples as exc:
        raise NothingToTrain(str(exc)) from exc
    except ArticleError as exc:
        raise ArticlesInvalid(str(exc), problems=_as_json(exc)) from exc
    if result.code != 0 or not result.model:
        raise RasaRefused(f"Rasa ended with code {result.code}; its words are in the training log.")
    return Path(result.model)


async def _check(
    path: Path,
    live: Path | None,
    articles: Sequence[Article],
    questions: Sequence[GoldenQuestion],
    warnings: list[dict[str, Any]],
) -> tuple[dict[str, Any], list[dict[str, Any]], str]:
    """Ask the new model, and the live one the same; adds to the warnings."""
    agent = load_agent(path)
    problem = await smoke_turn(agent, snapshot(articles[0]))
    if problem:
        raise SmokeTurnFailed(f"The new model was trained but fails its first turn: {problem}.")
    before = _live_agent(live, warnings) if live is not None else None
    asked = [*questions, *_own_phrases(articles)] if before is not None else questions
    verdicts = await ask(agent, asked)
    golden = verdicts[: len(questions)]
    checks: dict[str, Any] = {
        "smoke_turn": "passed",
        "golden_total": len(golden),
        "golden_right": sum(verdict.right for verdict in golden),
        "golden_wrong": [
            {"text": v.text, "expected": v.expected, "answered": v.answered} for v in golden if not v.right
        ],
    }
    changes: list[dict[str, Any]] = []
    if before is not None:
        live_verdicts = await ask(before, asked)
        changes = changed(live_verdicts, verdicts)
        known = {article.id: snapshot(article) for article in articles}
        checks["churn"] = churn(live_verdicts[len(questions) :], verdicts[len(questions) :], known)
        checks["golden_right_live"] = sum(verdict.right for verdict in live_verdicts[: len(questions)])
        _refuse_regression(checks, changes, {question.text for question in questions})
    return checks, changes, str(agent.model_id)


def _own_phrases(articles: Sequence[Article]) -> list[GoldenQuestion]:
    """Phrases of the articles to compare two models with: the articles' questions first, then other ways to ask."""
    own = [GoldenQuestion(text=article.question, article=article.id) for article in articles]
    others = [GoldenQuestion(text=phrase, article=article.id) for article in articles for phrase in article.also_asked]
    asked = _evenly(own, MAX_COMPARED)
    return [*asked, *_evenly(others, MAX_COMPARED - len(asked))]


def _evenly(questions: list[GoldenQuestion], most: int) -> list[GoldenQuestion]:
    """At most so many of them, from everywhere in the list."""
    return questions[:: -(-len(questions) // most)] if most and questions else []


def _live_agent(live: Path, warnings: list[dict[str, Any]]) -> Agent | None:
    """The live model; None when it cannot be loaded any more, which must not keep a better one from going live.

    The owner is told, because nothing shows then whether the new model answers worse.
    """
    try:
        return load_agent(live)
    except Exception:
        logger.exception("The live model %s does not load; the new one is not compared with it", live)
        warnings.append(_warning("not_compared", NOT_COMPARED))
        return None


def _refuse_regression(checks: dict[str, Any], changes: list[dict[str, Any]], golden: set[str]) -> None:
    lost = checks["golden_right_live"] - checks["golden_right"]
    if lost <= 0:
        return
    worse = [change for change in changes if change["worse"] and change["text"] in golden]
    named = "; ".join(f"“{change['text']}” → {change['after'] or 'no answer'}" for change in worse[:3])
    count = "One golden question less is" if lost == 1 else f"{lost} golden questions less are"
    raise GoldenRegression(f"{count} answered rightly than by the live model: {named}.", changed_answers=changes)


if __name__ == "__main__":
    raise SystemExit(main())
