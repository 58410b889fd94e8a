"""The article files, as the owner console edits them.

The files are the record: whoever prefers an editor and git edits the same ones. Each change names the version it was
made from, so nobody overwrites what somebody else wrote meanwhile, and replaces the file as a whole.
"""

import os
import re
import threading
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from bot import live_model
from bot.desk.errors import ArticleChanged, ArticleInvalid, NotFound
from bot.live_model import Model, ModelUnusable
from knowledge_base.article import (
    Article,
    ArticleError,
    ArticleProblem,
    ArticleSet,
    load_articles,
    parse_article,
    version_of,
    write_article,
)

MAX_ARTICLES = 5000
"""Beyond this, training takes minutes and nobody keeps the answers true."""

_WORD = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

State = Literal["live", "changed", "new", "removed"]


@dataclass(frozen=True, kw_only=True)
class Listing:
    """All articles, what is wrong with the files, and the live model."""

    articles: list[dict[str, Any]]
    problems: list[dict[str, Any]]
    live_model: dict[str, Any] | None


class ArticleFiles:
    """The articles of one desk. Its methods touch the disk: call them off the event loop."""

    def __init__(self, folder: Path, models: Path) -> None:
        self._folder = folder
        self._models = models
        self._lock = threading.Lock()  # two owners who save at once: the second sees the first's version

    def listing(self) -> Listing:
        """Every article with its state against the live model."""
        found = load_articles(self._folder)
        live = self._live()
        known = live.articles if live else {}
        here = [as_json(article, _state(article, known)) for article in found.articles]
        gone = [_removed(article_id) for article_id in sorted(set(known) - set(found.by_id))]
        return Listing(
            articles=here + gone,
            problems=[_problem(each) for each in found.problems],
            live_model={"model_id": live.model_id, "trained_at": live.trained_at} if live else None,
        )

    def read(self, article_id: str) -> dict[str, Any]:
        """One article with its answer.

        Raises:
            NotFound: There is none, or its file is broken.
        """
        article = self._find(load_articles(self._folder), article_id)
        live = self._live()
        return {**as_json(article, _state(article, live.articles if live else {})), "answer": article.answer}

    def create(self, article: Article) -> dict[str, Any]:
        """Write a new file.

        Raises:
            ArticleInvalid: It cannot be used as it is, or the id is taken.
        """
        with self._lock:
            found = load_articles(self._folder)
            if len(found.articles) >= MAX_ARTICLES:
                raise _invalid(article.path, f"there are {MAX_ARTICLES} articles already; remove some first")
            taken = found.by_id.get(article.id)
            if taken is not None or self._place(article).exists():
                where = taken.path if taken else article.path
                raise _invalid(article.path, f"the id `{article.id}` is already taken by {where}; choose another")
            self._write(article)
        return self.read(article.id)

    def update(self, article: Article, *, version: str) -> dict[str, Any]:
        """Replace a file; under another topic it moves there.

        Raises:
            NotFound: There is no such article.
            ArticleChanged: It was changed since `version`.
            ArticleInvalid: It cannot be used as it is.
        """
        with self._lock:
            old = self._find(load_articles(self._folder), article.id)
            self._check_version(old, version)
            self._write(article)
            if old.path != article.path:
                self._place(old).unlink()
        return self.read(article.id)

    def delete(self, article_id: str, *, version: str) -> None:
        """Remove a file.

        Raises:
            NotFound: There is no such article.
            ArticleChanged: It was changed since `version`.
        """
        with self._lock:
            old = self._find(load_articles(self._folder), article_id)
            self._check_version(old, version)
            self._place(old).unlink()

    def _live(self) -> Model | None:
        try:
            return live_model.read_live(self._models)
        except ModelUnusable:
            return None

    @staticmethod
    def _find(found: ArticleSet, article_id: str) -> Article:
        article = found.by_id.get(article_id)
        if article is None:
            raise NotFound(f"There is no usable article {article_id!r}. Reload the list.")
        return article

    def _check_version(self, old: Article, version: str) -> None:
        # Read again: an editor may have saved since the folder was read.
        if version_of(self._place(old).read_bytes()) != version:
            raise ArticleChanged

    def _place(self, article: Article) -> Path:
        """Where an article's file lies.

        Raises:
            ArticleInvalid: That would be outside of the articles' folder.
        """
        place = self._folder / article.path
        if not place.resolve().is_relative_to(self._folder.resolve()):
            raise _invalid(article.path, "lies outside of the articles' folder")
        return place

    def _write(self, article: Article) -> None:
        text = write_article(article)
        try:
            parse_article(text, path=article.path)
        except ArticleError as exc:
            raise ArticleInvalid([_problem(each) for each in exc.problems]) from exc
        place = self._place(article)
        place.parent.mkdir(parents=True, exist_ok=True)
        temporary = place.with_name(f".{place.name}.tmp")
        with temporary.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o644)  # articles are no secret, and people edit them under their own accounts
        temporary.replace(place)


def path_of(topic: str, article_id: str) -> str:
    """Where an article of this topic and id lies below the articles' folder.

    Raises:
        ArticleInvalid: One of them is no plain word.
    """
    for name, word in (("id", article_id), ("topic", topic)):
        if not _WORD.fullmatch(word) or len(word) > 64:
            raise _invalid(
                f"{topic}/{article_id}.md"[:120], f"the {name} must be like opening-hours, at most 64 letters"
            )
    return PurePosixPath(topic, f"{article_id}.md").as_posix()


def as_json(article: Article, state: State) -> dict[str, Any]:
    """An article without its answer, as the list shows it."""
    return {
        "id": article.id,
        "topic": article.topic,
        "question": article.question,
        "also_asked": list(article.also_asked),
        "tags": list(article.tags),
        "locale": article.locale,
        "review_by": article.review_by.isoformat() if article.review_by else None,
        "escalate": article.escalate,
        "buttons": [{"title": each.title, "article": each.article, "url": each.url} for each in article.buttons],
        "version": article.version,
        "state": state,
        "path": article.path,
    }


def _state(article: Article, live: dict[str, str]) -> State:
    if article.id not in live:
        return "new"
    return "live" if live[article.id] == article.version else "changed"


def _removed(article_id: str) -> dict[str, Any]:
    """An article the live model still answers with, whose file is gone."""
    gone = Article(id=article_id, question=article_id, answer="", topic="removed")
    return as_json(gone, "removed")


def _problem(found: ArticleProblem) -> dict[str, Any]:
    return {"file": found.file, "line": found.line, "message": found.message, "severity": found.severity}


def _invalid(file: str, message: str) -> ArticleInvalid:
    return ArticleInvalid([{"file": file, "line": 1, "message": message}])
