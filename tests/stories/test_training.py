"""The trainer: what it reports, what it refuses, and that the live model is never outdone by a worse one."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from bot.assistant import training
from bot.assistant.model_swap import sha256_of
from tests.stories.conftest import Trained

GOOD = """---
id: {id}
question: {question}
also_asked:
{also}
---
{answer}
"""


@pytest.fixture
def articles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "articles"
    (folder / "store").mkdir(parents=True)
    monkeypatch.setenv("FRONTDESK_ARTICLES_DIR", str(folder))
    return folder


def write(folder: Path, article_id: str, question: str, *also: str, answer: str = "Yes.") -> None:
    lines = "\n".join(f"  - {phrase}" for phrase in also or ("nothing else",))
    text = GOOD.format(id=article_id, question=question, also=lines, answer=answer)
    (folder / "store" / f"{article_id}.md").write_text(text, encoding="utf-8")


def train(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[dict[str, Any]]]:
    code = training.main(list(arguments))
    return code, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_training_reports_its_states_and_a_checked_model(trained: Trained) -> None:
    states = [event["state"] for event in trained.events]
    done = trained.events[-1]

    assert states == ["training", "checking", "done"]
    assert done["sha256"] == sha256_of(trained.path)
    assert done["model_id"]
    assert done["checks"]["smoke_turn"] == "passed"
    assert done["checks"]["golden_right"] >= 0.9 * done["checks"]["golden_total"] > 0


def test_faulty_articles_are_named_with_file_and_line(
    articles: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(articles, "good", "Is it good?")
    (articles / "store" / "broken.md").write_text("---\nid: broken\nquestion: [\n---\nx\n", encoding="utf-8")

    code, events = train(capsys, "--out", str(tmp_path / "out"))

    assert (code, events[-1]["state"], events[-1]["error"]["code"]) == (1, "failed", "article_invalid")
    problem = events[-1]["error"]["problems"][0]
    assert problem["file"] == "store/broken.md"
    assert problem["line"] >= 1


def test_without_an_article_there_is_nothing_to_train(
    articles: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, events = train(capsys, "--out", str(tmp_path / "out"))

    assert (code, events[-1]["error"]["code"]) == (1, "no_examples")


@pytest.mark.parametrize("content", ["text: x", "- text: x", "- [", "- {text: 1, article: a}"])
def test_golden_questions_that_cannot_be_read_are_refused(
    articles: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str
) -> None:
    write(articles, "good", "Is it good?")
    golden = tmp_path / "golden.yml"
    golden.write_text(content, encoding="utf-8")

    code, events = train(capsys, "--out", str(tmp_path / "out"), "--golden", str(golden))

    assert (code, events[-1]["error"]["code"]) == (1, "golden_invalid")


def test_one_article_in_one_phrasing_is_enough_and_braces_stay_braces(
    articles: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(articles, "riddle", "What walks on four legs in the morning?", answer="Man. {} and {name}.\n\nA lone }.")

    code, events = train(capsys, "--out", str(tmp_path / "out"))

    assert (code, events[-1]["state"]) == (0, "done")
    assert events[-1]["checks"]["smoke_turn"] == "passed"
    assert events[-1]["checks"]["warnings"] == []


def test_an_added_article_reports_what_moved_and_what_overlaps(
    articles: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(articles, "hours", "When are you open?", "opening times")
    train(capsys, "--out", str(tmp_path / "live"))
    write(articles, "parking", "Where can I park?", "your opening times")

    code, events = train(capsys, "--out", str(tmp_path / "new"), "--live", str(tmp_path / "live" / "model.tar.gz"))

    checks = events[-1]["checks"]
    assert (code, checks["churn"]["asked"]) == (0, 2)
    (warning,) = checks["warnings"]
    assert warning["code"] == "overlap"
    assert "(parking)" in warning["message"]


def test_a_live_model_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    warnings: list[dict[str, Any]] = []
    (tmp_path / "live.tar.gz").write_bytes(b"no archive")

    assert training._live_agent(tmp_path / "live.tar.gz", warnings) is None

    assert [warning["code"] for warning in warnings] == ["not_compared"]


def test_a_model_that_answers_worse_than_the_live_one_is_refused(
    trained: Trained, articles: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(articles)
    shutil.copytree("knowledge_base/articles", articles)
    # The owner pastes the question of one article into another: the golden question now goes astray.
    parking = articles / "store" / "parking.md"
    parking.write_text(
        _swap_question(parking.read_text(encoding="utf-8"), "Is the moon made of cheese?"), encoding="utf-8"
    )
    golden = tmp_path / "golden.yml"
    golden.write_text("- {text: is there a car park near the shop, article: parking}\n", encoding="utf-8")

    code, events = train(capsys, "--out", str(tmp_path / "out"), "--golden", str(golden), "--live", str(trained.path))

    assert (code, events[-1]["error"]["code"]) == (1, "golden_regression")
    assert any(change["worse"] for change in events[-1]["changed_answers"])


def _swap_question(text: str, question: str) -> str:
    head, _, rest = text.partition("question:")
    _, _, body = rest.partition("also_asked:")
    _, _, tail = body.partition("tags:")
    return f"{head}question: {question}\nalso_asked: []\ntags:{tail}"
