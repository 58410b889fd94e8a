"""Articles: what the assistant knows, one Markdown file each.

A file is `<topic>/<id>.md`: YAML front matter between two lines of `---`, then the answer in Markdown. The files are
the record; the importer trains from them and the owner console edits them. This module needs nothing but PyYAML,
because the server reads articles too and must not load a model for it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path, PurePath
from typing import Any, Literal, cast

import yaml

from knowledge_base.article_fields import FieldReader
from knowledge_base.errors import (
    ArticleError,
    ArticleFieldInvalid,
    ArticleFolderMissing,
    ArticleProblem,
    ArticleTooLarge,
    FrontMatterBroken,
)
from knowledge_base.front_matter import FENCE, split_front_matter

__all__ = [
    "Article",
    "ArticleError",
    "ArticleFieldInvalid",
    "ArticleFolderMissing",
    "ArticleProblem",
    "ArticleSet",
    "ArticleTooLarge",
    "Button",
    "FrontMatterBroken",
    "load_articles",
    "parse_article",
    "version_of",
    "write_article",
]

Escalate = Literal["always", "never", "auto"]

MAX_FILE_BYTES = 256 * 1024
MAX_ANSWER_BYTES = 20 * 1024
MAX_ID_LENGTH = 64
MAX_PHRASE_LENGTH = 300
MAX_PHRASES = 200
MAX_BUTTONS = 6

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LOCALE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")
_URL = re.compile(r"(https?://|mailto:|tel:|/(?!/))[^\s<>\"']*")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_WORDS = re.compile(r"\w+")


@dataclass(frozen=True, kw_only=True)
class Button:
    """A choice shown under an answer: another article or a link, never both."""

    title: str
    article: str | None = None
    url: str | None = None


@dataclass(frozen=True, kw_only=True)
class Article:
    """One question the business answers, and its answer.

    `topic` is the folder the file lies in, `path` its place below the folder of all articles. `version` is a hash of
    the file's bytes, so two people editing the same article notice each other.
    """

    id: str
    question: str
    answer: str
    also_asked: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    locale: str = "en"
    review_by: date | None = None
    escalate: Escalate = "auto"
    buttons: tuple[Button, ...] = ()
    topic: str = "general"
    path: str = ""
    version: str = ""

    @property
    def phrases(self) -> tuple[str, ...]:
        """Every way the question is asked, the owner's own first."""
        return (self.question, *self.also_asked)


@dataclass(frozen=True, kw_only=True)
class ArticleSet:
    """The usable articles of a folder, by path, and everything that is wrong with the others."""

    articles: tuple[Article, ...]
    problems: tuple[ArticleProblem, ...] = ()

    @property
    def errors(self) -> tuple[ArticleProblem, ...]:
        """The problems that keep an article from being used."""
        return tuple(problem for problem in self.problems if problem.severity == "error")

    @cached_property
    def by_id(self) -> Mapping[str, Article]:
        """The articles under their ids."""
        return {article.id: article for article in self.articles}

    @cached_property
    def digest(self) -> str:
        """SHA-256 over all articles: changes when any file changes, moves, comes or goes."""
        state = "\n".join(f"{article.path} {article.version}" for article in self.articles)
        return hashlib.sha256(state.encode()).hexdigest()


def version_of(data: bytes) -> str:
    """The version of a file with these bytes: the first 16 hex digits of its SHA-256."""
    return hashlib.sha256(data).hexdigest()[:16]


def parse_article(text: str, *, path: str | PurePath) -> Article:
    """Read one article.

    Args:
        text: The whole file as it lies on disk.
        path: Where it lies below the articles' folder: `<topic>/<id>.md`.

    Raises:
        FrontMatterBroken: The front matter is missing, not closed or not YAML.
        ArticleFieldInvalid: A field is missing, unknown, of the wrong kind, or the answer is blank; names all of them.
        ArticleTooLarge: The file or the answer is over the limit.
    """
    place = PurePath(path)
    file = place.as_posix()
    data = _encode(text, file=file)
    if len(data) > MAX_FILE_BYTES:
        raise _too_large(file, 1, f"{len(data):,} bytes; an article file holds at most {MAX_FILE_BYTES:,}")
    matter = split_front_matter(text, file=file)
    reader = FieldReader(matter.fields, file=file)
    article = _from_fields(reader, place=place, answer=matter.body.strip("\n").rstrip())
    _check_answer(article.answer, matter.body, text, reader)
    reader.raise_problems()
    return replace(article, version=version_of(data))


def write_article(article: Article) -> str:
    """The file of an article; `parse_article` reads the same article back from it."""
    fields: dict[str, Any] = {"id": article.id, "question": article.question}
    fields["also_asked"] = list(article.also_asked)
    fields["tags"] = list(article.tags)
    fields["locale"] = article.locale
    if article.review_by is not None:
        fields["review_by"] = article.review_by
    fields["escalate"] = article.escalate
    if article.buttons:
        fields["buttons"] = [_button_fields(button) for button in article.buttons]
    head = yaml.safe_dump(fields, sort_keys=False, allow_unicode=True, width=10_000)
    return f"{FENCE}\n{head}{FENCE}\n{article.answer}\n"


def load_articles(folder: Path) -> ArticleSet:
    """Read every `.md` file below a folder; names that start with `.` or `_` are passed over.

    One broken file never hides the others: it becomes a problem of the set.

    Raises:
        ArticleFolderMissing: `folder` is not a folder.
    """
    if not folder.is_dir():
        problem = ArticleProblem(file=str(folder), line=1, message="there is no such folder of articles")
        raise ArticleFolderMissing(problem)
    articles: dict[str, Article] = {}
    problems: list[ArticleProblem] = []
    for path in _article_files(folder):
        file = path.relative_to(folder).as_posix()
        try:
            article = _read(path, file=file)
        except ArticleError as exc:
            problems.extend(exc.problems)
            continue
        first = articles.setdefault(article.id, article)
        if first is not article:
            message = f"the id `{article.id}` is already taken by {first.path}; give this article another"
            problems.append(ArticleProblem(file=file, line=2, message=message))
    problems.extend(_shared_phrases(articles.values()))
    problems.extend(_dead_buttons(articles))
    return ArticleSet(articles=tuple(articles.values()), problems=tuple(problems))


def _article_files(folder: Path) -> list[Path]:
    found = (path for path in folder.rglob("*.md") if path.is_file())
    return sorted(path for path in found if not any(part[0] in "._" for part in path.relative_to(folder).parts))


def _read(path: Path, *, file: str) -> Article:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise _too_large(file, 1, f"over {MAX_FILE_BYTES:,} bytes; split the article")
        data = path.read_bytes()
        return parse_article(data.decode("utf-8"), path=file)
    except UnicodeDecodeError as exc:
        line = exc.object.count(b"\n", 0, exc.start) + 1
        raise FrontMatterBroken(
            ArticleProblem(file=file, line=line, message="not UTF-8; save the file as UTF-8")
        ) from exc
    except OSError as exc:
        message = f"cannot be read: {exc.strerror or exc}"
        raise FrontMatterBroken(ArticleProblem(file=file, line=1, message=message)) from exc


def _encode(text: str, *, file: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as exc:
        line = text.count("\n", 0, exc.start) + 1
        raise FrontMatterBroken(ArticleProblem(file=file, line=line, message="holds half a character")) from exc


def _too_large(file: str, line: int, message: str) -> ArticleTooLarge:
    return ArticleTooLarge(ArticleProblem(file=file, line=line, message=message))


def _from_fields(reader: FieldReader, *, place: PurePath, answer: str) -> Article:
    article_id = reader.text("id", required=True, max_length=MAX_ID_LENGTH)
    if article_id and not _ID.fullmatch(article_id):
        reader.refuse("id", "must be lower-case letters, digits and single hyphens, like opening-hours")
    elif article_id and place.stem != article_id:
        reader.refuse("id", f"is `{article_id}` but must equal the file's name, `{place.stem}`")
    article = Article(
        id=article_id,
        question=reader.text("question", required=True, max_length=MAX_PHRASE_LENGTH),
        also_asked=reader.texts("also_asked", max_length=MAX_PHRASE_LENGTH, max_items=MAX_PHRASES),
        tags=reader.texts("tags", max_length=MAX_ID_LENGTH, max_items=50),
        locale=reader.text("locale", default="en", max_length=10, pattern=_LOCALE, example="en or en-GB"),
        review_by=reader.day("review_by"),
        escalate=cast(Escalate, reader.choice("escalate", ("auto", "always", "never"))),
        buttons=_buttons(reader),
        answer=answer,
        topic=place.parent.name or "general",
        path=place.as_posix(),
    )
    reader.refuse_unknown()
    return article


def _buttons(reader: FieldReader) -> tuple[Button, ...]:
    buttons = []
    for entry in reader.mappings("buttons", keys=("title", "article", "url"), max_items=MAX_BUTTONS):
        button = Button(title=entry.get("title", ""), article=entry.get("article"), url=entry.get("url"))
        if not button.title or (button.article is None) == (button.url is None):
            reader.refuse("buttons", "each need a title and either an article or a url")
        elif button.url is not None and not _URL.fullmatch(button.url):
            reader.refuse(
                "buttons", f"lead to `{button.url}`, which is no link; start it with https://, mailto:, tel: or /"
            )
        else:
            buttons.append(button)
    return tuple(buttons)


def _button_fields(button: Button) -> dict[str, str]:
    fields = {"title": button.title}
    if button.article is not None:
        fields["article"] = button.article
    if button.url is not None:
        fields["url"] = button.url
    return fields


def _check_answer(answer: str, body: str, text: str, reader: FieldReader) -> None:
    line = max(text.count("\n") - body.count("\n"), 0) + 1
    size = len(answer.encode())
    if not answer.strip():
        reader.refuse_line(line, "the answer is blank; write it below the second ---")
    if _CONTROL.search(answer):
        reader.refuse_line(line, "the answer holds control characters; take them out")
    if size > MAX_ANSWER_BYTES:
        raise _too_large(reader.file, line, f"the answer has {size:,} bytes, at most {MAX_ANSWER_BYTES:,} fit")


def _shared_phrases(articles: Iterable[Article]) -> Iterator[ArticleProblem]:
    owners: dict[str, Article] = {}
    for article in articles:
        for phrase in article.phrases:
            first = owners.setdefault(" ".join(_WORDS.findall(phrase.casefold())), article)
            if first is not article:
                message = f"“{phrase}” also stands in {first.path}; the assistant will have to ask which is meant"
                yield ArticleProblem(file=article.path, line=2, message=message, severity="warning")


def _dead_buttons(articles: Mapping[str, Article]) -> Iterator[ArticleProblem]:
    for article in articles.values():
        for button in article.buttons:
            if button.article is not None and button.article not in articles:
                message = f"the button “{button.title}” leads to `{button.article}`, which is no usable article"
                yield ArticleProblem(file=article.path, line=2, message=message, severity="warning")
