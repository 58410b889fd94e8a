"""The article format: what an owner may write, and what they are told when it does not fit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.article import (
    Article,
    ArticleError,
    ArticleFieldInvalid,
    ArticleFolderMissing,
    ArticleTooLarge,
    Button,
    FrontMatterBroken,
    load_articles,
    parse_article,
    version_of,
    write_article,
)

HOURS = """---
id: opening-hours
question: When are you open?
also_asked: [opening times, are you open on Sundays]
tags: [hours]
locale: en
review_by: 2027-06-30
escalate: auto
buttons: [{title: Holiday hours, article: holiday-hours}, {title: Map, url: https://example.com/map}]
---

Every day from **nine to six**.
"""

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_file(path: str, **fields: str) -> Path:
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        head = {"id": file.stem, "question": f"What about {file.stem}?"} | fields
        answer = head.pop("answer", "This is so.")
        lines = [f"{key}: {value}" for key, value in head.items()]
        file.write_text("\n".join(["---", *lines, "---", answer, ""]), encoding="utf-8")
        return file

    return write_file


def test_every_field_is_read() -> None:
    article = parse_article(HOURS, path="visit/opening-hours.md")

    assert article == Article(
        id="opening-hours",
        question="When are you open?",
        also_asked=("opening times", "are you open on Sundays"),
        tags=("hours",),
        locale="en",
        review_by=date(2027, 6, 30),
        escalate="auto",
        buttons=(
            Button(title="Holiday hours", article="holiday-hours"),
            Button(title="Map", url="https://example.com/map"),
        ),
        answer="Every day from **nine to six**.",
        topic="visit",
        path="visit/opening-hours.md",
        version=version_of(HOURS.encode()),
    )


def test_only_id_question_and_answer_are_needed() -> None:
    article = parse_article("---\nid: a\nquestion: Why?\n---\nBecause.", path="a.md")

    assert (article.also_asked, article.locale, article.escalate, article.topic) == ((), "en", "auto", "general")


@pytest.mark.parametrize("ending", ["\r\n", "\r", "\n"])
def test_line_ends_and_byte_order_marks_of_any_editor_are_accepted(ending: str) -> None:
    article = parse_article("\ufeff" + HOURS.replace("\n", ending), path="opening-hours.md")

    assert article.answer == "Every day from **nine to six**."


@pytest.mark.parametrize("word", ["yes", "no", "1.10", "2027-06-30", "null", "~", "0x1F", "1e3"])
def test_words_that_yaml_takes_for_other_types_stay_words(word: str) -> None:
    article = parse_article(f"---\nid: a\nquestion: {word}\nalso_asked: [{word}]\n---\nSo.", path="a.md")

    assert (article.question, article.also_asked) == (word, (word,))


def test_braces_in_an_answer_are_only_text() -> None:
    article = parse_article("---\nid: a\nquestion: Why?\n---\n{} and {slot} and }", path="a.md")

    assert article.answer == "{} and {slot} and }"


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        ("", 1, "first line must be ---"),
        ("Just an answer.", 1, "first line must be ---"),
        ("---\nid: a\nquestion: Why?", 1, "never closed"),
        ("---\nid: a\nquestion: [Why?\n---\nSo.", 4, "not valid YAML"),
        ("---\nid: a\nquestion: Why: how?\n---\nSo.", 3, "not valid YAML"),
        ("---\n- a\n---\nSo.", 2, "key: value"),
        ("---\n---\nSo.", 2, "key: value"),
        ("---\nid: a\nquestion: Why?\nid: b\n---\nSo.", 4, "stands twice"),
        ("---\nid: a\nquestion: W\x00y?\n---\nSo.", 2, "control characters"),
        ("---\nid: a\nquestion: \ud800\n---\nSo.", 3, "half a character"),
        ("---\nid: " + "[" * 5000 + "\n---\nSo.", 2, "nesting"),
        ("---\nid: " + "- " * 5000 + "\n---\nSo.", 2, ""),
    ],
)
def test_broken_front_matter_names_the_line(text: str, line: int, part: str) -> None:
    with pytest.raises(FrontMatterBroken) as caught:
        parse_article(text, path="shop/a.md")

    (problem,) = caught.value.problems
    assert (problem.file, problem.line) == ("shop/a.md", line)
    assert part in problem.message


@pytest.mark.parametrize(
    ("fields", "line", "part"),
    [
        ("question: Why?", 1, "`id` is missing"),
        ("id: a", 1, "`question` is missing"),
        ("id: a\nquestion:", 3, "`question` is blank"),
        ("id: Opening Hours\nquestion: Why?", 2, "lower-case"),
        ("id: " + "a" * 65 + "\nquestion: Why?", 2, "at most 64"),
        ("id: b\nquestion: Why?", 2, "must equal the file's name, `a`"),
        ("id: a\nquestion: [Why?]", 3, "must be plain text"),
        ('id: a\nquestion: "one\\ntwo"', 3, "one line"),
        ("id: a\nquestion: " + "w" * 301, 3, "at most 300"),
        ("id: a\nquestion: Why?\nalso_asked: how", 4, "must be a list"),
        ("id: a\nquestion: Why?\nalso_asked:\n  - how\n  - {who: what}", 6, "must be plain text"),
        ("id: a\nquestion: Why?\nlocale: English", 4, "en or en-GB"),
        ("id: a\nquestion: Why?\nreview_by: next year", 4, "no date"),
        ("id: a\nquestion: Why?\nreview_by: 2027-02-30", 4, "no date"),
        ("id: a\nquestion: Why?\nescalate: maybe", 4, "auto, always, never"),
        ("id: a\nquestion: Why?\ncolour: red", 4, "`colour` is no field"),
        ("id: a\nquestion: Why?\nbuttons: [{title: More}]", 4, "either an article or a url"),
        ("id: a\nquestion: Why?\nbuttons: [{title: More, article: b, url: /c}]", 4, "either an article or a url"),
        ("id: a\nquestion: Why?\nbuttons: [{title: More, url: 'javascript:alert(1)'}]", 4, "no link"),
        ("id: a\nquestion: Why?\nbuttons: [{title: More, url: //evil.example}]", 4, "no link"),
        ("id: a\nquestion: Why?\nbuttons: [{name: More}]", 4, "only title, article, url"),
        ("id: a\nquestion: Why?\nbuttons: [more]", 4, "each entry"),
    ],
)
def test_a_field_that_does_not_fit_names_its_line(fields: str, line: int, part: str) -> None:
    with pytest.raises(ArticleFieldInvalid) as caught:
        parse_article(f"---\n{fields}\n---\nSo.", path="shop/a.md")

    assert caught.value.problems[0].line == line
    assert part in str(caught.value)


def test_everything_wrong_with_a_file_is_told_at_once() -> None:
    with pytest.raises(ArticleFieldInvalid) as caught:
        parse_article("---\nid: B\nescalate: maybe\ncolour: red\n---\n  \n", path="a.md")

    assert [problem.line for problem in caught.value.problems] == [1, 2, 3, 4, 6]


@pytest.mark.parametrize("answer", ["", "   ", "\n\n\t\n"])
def test_a_blank_answer_is_refused(answer: str) -> None:
    with pytest.raises(ArticleFieldInvalid, match="the answer is blank"):
        parse_article(f"---\nid: a\nquestion: Why?\n---\n{answer}", path="a.md")


@pytest.mark.parametrize(("size", "part"), [(20 * 1024 + 1, "20,480"), (300_000, "262,144")])
def test_an_article_that_is_too_large_is_refused(size: int, part: str) -> None:
    with pytest.raises(ArticleTooLarge, match=part):
        parse_article(f"---\nid: a\nquestion: Why?\n---\n{'x' * size}", path="a.md")


LINE = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=60).filter(
    lambda text: text == text.strip() and text
)
ANSWER = st.text(st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n"), max_size=200).map(
    lambda text: "x" + text.rstrip() + "y"
)


@given(
    question=LINE,
    also_asked=st.lists(LINE, max_size=4),
    answer=ANSWER,
    review_by=st.none() | st.dates(),
    buttons=st.lists(st.builds(lambda title: Button(title=title, article="other"), LINE), max_size=3),
)
def test_what_is_written_is_read_back(
    question: str, also_asked: list[str], answer: str, review_by: date | None, buttons: list[Button]
) -> None:
    article = Article(
        id="a",
        question=question,
        also_asked=tuple(also_asked),
        answer=answer,
        review_by=review_by,
        escalate="never",
        buttons=tuple(buttons),
        topic="shop",
        path="shop/a.md",
    )

    read = parse_article(write_article(article), path="shop/a.md")

    assert replace(read, version="") == article


def test_a_folder_is_read_by_path_and_drafts_are_passed_over(write: Write, tmp_path: Path) -> None:
    for path in ("b/two.md", "a/one.md", "_drafts/three.md", "a/.four.md"):
        write(path)

    found = load_articles(tmp_path)

    assert [article.path for article in found.articles] == ["a/one.md", "b/two.md"]
    assert found.problems == ()
    assert found.by_id["two"].topic == "b"


def test_a_broken_file_does_not_hide_the_others(write: Write, tmp_path: Path) -> None:
    write("a/one.md")
    write("a/two.md", escalate="maybe")
    (tmp_path / "a/three.md").write_bytes(b"---\nid: three\nquestion: caf\xe9?\n---\nSo.")

    found = load_articles(tmp_path)

    assert [article.id for article in found.articles] == ["one"]
    assert [(p.file, p.line, p.severity) for p in found.problems] == [
        ("a/three.md", 3, "error"),
        ("a/two.md", 4, "error"),
    ]


def test_a_second_article_with_the_same_id_names_the_first(write: Write, tmp_path: Path) -> None:
    write("a/one.md")
    write("b/one.md")

    found = load_articles(tmp_path)

    assert [article.path for article in found.articles] == ["a/one.md"]
    assert (found.errors[0].file, "a/one.md" in found.errors[0].message) == ("b/one.md", True)


def test_a_phrase_that_two_articles_share_is_a_warning(write: Write, tmp_path: Path) -> None:
    write("a/one.md", also_asked="[Do you ship abroad?]")
    write("a/two.md", also_asked="['do you SHIP abroad']")

    found = load_articles(tmp_path)

    assert len(found.articles) == 2
    assert [(p.file, p.severity) for p in found.problems] == [("a/two.md", "warning")]


def test_a_button_to_no_article_is_a_warning(write: Write, tmp_path: Path) -> None:
    write("a/one.md", buttons="[{title: More, article: gone}]")

    found = load_articles(tmp_path)

    assert [(p.severity, "`gone`" in p.message) for p in found.problems] == [("warning", True)]


def test_the_digest_changes_with_any_file(write: Write, tmp_path: Path) -> None:
    write("a/one.md")
    before = load_articles(tmp_path).digest

    write("a/one.md", answer="This is otherwise.")

    assert load_articles(tmp_path).digest != before


def test_a_missing_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(ArticleFolderMissing, match="no such folder"):
        load_articles(tmp_path / "nowhere")


@given(st.text(max_size=300))
def test_no_text_whatever_breaks_the_reader(text: str) -> None:
    with pytest.raises(ArticleError):
        parse_article(f"---\n{text}\ncolour: red\n---\nSo.", path="a.md")
