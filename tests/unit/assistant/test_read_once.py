"""Files that did not change are not read again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.assistant import read_once
from bot.assistant.importer import ArticleImporter
from bot.assistant.read_once import FileImporter, once

DOMAIN = 'version: "3.1"\nintents:\n- {intent}\nresponses:\n  utter_hello:\n  - text: Hello\n'
RULES = 'version: "3.1"\nrules:\n- rule: hello\n  steps:\n  - intent: {intent}\n  - action: utter_hello\n'


@pytest.fixture(autouse=True)
def _nothing_read_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_once, "_read", {})


@pytest.fixture
def reader() -> Callable[[], list[str]]:
    """Answers how often it was asked, as the length of its list."""
    asked: list[str] = []

    def read() -> list[str]:
        asked.append("again")
        return list(asked)

    return read


def test_the_same_files_are_read_once(tmp_path: Path, reader: Callable[[], list[str]]) -> None:
    (tmp_path / "a.yml").write_text("one")

    assert [len(once("subject", [tmp_path], reader)) for _ in range(3)] == [1, 1, 1]


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / "a.yml").write_text("two"),
        lambda folder: (folder / "sub" / "b.yml").write_text("one"),
        lambda folder: (folder / "a.yml").rename(folder / "c.yml"),
        lambda folder: (folder / "a.yml").unlink(),
    ],
)
def test_a_file_that_changed_came_or_went_is_noticed(
    tmp_path: Path, reader: Callable[[], list[str]], change: Callable[[Path], Any]
) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "a.yml").write_text("one")
    once("subject", [tmp_path], reader)

    change(tmp_path)

    assert len(once("subject", [tmp_path], reader)) == 2


def test_a_single_file_that_goes_is_noticed(tmp_path: Path, reader: Callable[[], list[str]]) -> None:
    (tmp_path / "a.yml").write_text("one")
    once("subject", [tmp_path / "a.yml"], reader)

    (tmp_path / "a.yml").unlink()

    assert len(once("subject", [tmp_path / "a.yml"], reader)) == 2


def test_what_one_caller_does_to_its_copy_is_its_own(tmp_path: Path, reader: Callable[[], list[str]]) -> None:
    once("subject", [tmp_path], reader).append("mine")

    assert once("subject", [tmp_path], reader) == ["again"]


def test_what_could_not_be_read_is_tried_again(tmp_path: Path, reader: Callable[[], list[str]]) -> None:
    def fails() -> list[str]:
        raise ValueError

    with pytest.raises(ValueError):
        once("subject", [tmp_path], fails)

    assert once("subject", [tmp_path], reader) == ["again"]


def test_a_domain_and_its_rules_follow_their_files(tmp_path: Path) -> None:
    domain, rules = tmp_path / "domain.yml", tmp_path / "rules.yml"
    domain.write_text(DOMAIN.format(intent="greet"))
    rules.write_text(RULES.format(intent="greet"))
    before = FileImporter(None, str(domain), [str(rules)])
    seen = before.get_domain().intents, len(before.get_stories().story_steps)

    domain.write_text(DOMAIN.format(intent="salute"))
    after = FileImporter(None, str(domain), [str(rules)])

    assert ("greet" in seen[0], seen[1]) == (True, 1)
    assert "salute" in after.get_domain().intents
    assert "greet" not in after.get_domain().intents


def test_a_second_importer_finds_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FRONTDESK_ARTICLES_DIR", raising=False)
    first, second = ArticleImporter("config.yml"), ArticleImporter("config.yml")

    assert first.get_nlu_data().fingerprint() == second.get_nlu_data().fingerprint()
    assert first.get_domain().fingerprint() == second.get_domain().fingerprint()
    assert first.get_stories().fingerprint() == second.get_stories().fingerprint()
