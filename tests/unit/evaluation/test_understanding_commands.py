"""`bot evaluate intents` and `bot evaluate retrieval`, as they are called."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.evaluation.__main__ import main

TRAIN = """text,label
when are you open,hours
what are your opening times,hours
how late are you open today,hours
do you ship abroad,shipping
can you deliver to france,shipping
international delivery,shipping
how do i return a book,returns
i want my money back,returns
can i send something back,returns
"""
TEST = """sentence,category
when do you open on sunday,hours
do you deliver to spain,shipping
can i get a refund,returns
what is the capital of mongolia,other
my cat is ill,other
"""
KEYS = {"accuracy", "inscope_accuracy", "oos_recall", "mcc", "threshold", "train_s", "ms_per_message_p50"}


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    for name, content in (("train.csv", TRAIN), ("test.csv", TEST)):
        (tmp_path / name).write_text(content, encoding="utf-8")
    return str(tmp_path / "train.csv"), str(tmp_path / "test.csv")


@pytest.fixture
def articles(tmp_path: Path) -> str:
    for label, question, answer in (
        ("hours", "When are you open?", "Every day from nine to six."),
        ("shipping", "Do you ship abroad?", "We deliver to all of Europe."),
        ("returns", "How do I return a book?", "Send it back within 30 days."),
    ):
        file = tmp_path / f"articles/shop/{label}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"---\nid: {label}\nquestion: {question}\n---\n{answer}\n", encoding="utf-8")
    return str(tmp_path / "articles")


def test_intents_prints_the_figures_of_the_contract(files: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["intents", "--train", files[0], "--test", files[1], "--oos-label", "other", "--json"])

    figures = json.loads(capsys.readouterr().out)
    assert code == 0
    assert figures.keys() >= KEYS
    assert (figures["accuracy"], figures["inscope_accuracy"], figures["oos_recall"], figures["mcc"]) == (1, 1, 1, 1)


def test_without_an_out_of_scope_label_the_likeliest_label_counts(
    files: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    main(["intents", "--train", files[0], "--test", files[1], "--json"])

    figures = json.loads(capsys.readouterr().out)
    assert figures["accuracy"] == 0.6
    assert figures["oos_recall"] is None


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the locked matplotlib calls old names of pyparsing
def test_the_report_shows_mistakes_and_draws_two_diagrams(
    files: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["intents", "--train", files[0], "--test", files[1], "--report", str(tmp_path / "report")])

    report = (tmp_path / "report/report.md").read_text(encoding="utf-8")
    assert "what is the capital of mongolia" in report
    assert "| other |" in capsys.readouterr().out
    for picture in ("reliability.png", "risk-coverage.png"):
        assert (tmp_path / "report" / picture).read_bytes().startswith(b"\x89PNG")


def test_retrieval_finds_articles_by_question_and_answer(
    files: tuple[str, str], articles: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    test = tmp_path / "asked.csv"
    test.write_text(
        "text,article_id\nwhat time do you open,hours\ncan you ship to europe,shipping\nmy cat is ill,none\n",
        encoding="utf-8",
    )

    code = main(["retrieval", "--articles", articles, "--test", str(test), "--json"])

    figures = json.loads(capsys.readouterr().out)
    assert code == 0
    assert (figures["top1_accuracy"], figures["top3_accuracy"], figures["oos_recall"]) == (1, 1, 1)


def test_articles_that_ask_the_same_are_worth_a_look(
    articles: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    twin = "---\nid: twin\nquestion: do you ship abroad\n---\nYes.\n"
    (tmp_path / "articles/shop/twin.md").write_text(twin, encoding="utf-8")
    test = tmp_path / "asked.csv"
    test.write_text("text,article_id\nwhen do you open,hours\n", encoding="utf-8")

    main(["retrieval", "--articles", articles, "--test", str(test)])

    assert "(faq/twin) mean nearly the same" in capsys.readouterr().out


def test_an_unknown_article_names_its_row(articles: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    test = tmp_path / "asked.csv"
    test.write_text("text,article_id\nhello,hours\nwhat now,nowhere\n", encoding="utf-8")

    code = main(["retrieval", "--articles", articles, "--test", str(test)])

    assert code == 2
    assert "row 3: no article has the id “nowhere”" in capsys.readouterr().err


def test_a_bad_table_is_one_line_and_exit_code_two(
    files: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("text,label\na,one\nb,one\n", encoding="utf-8")

    code = main(["intents", "--train", str(bad), "--test", files[1], "--json"])

    captured = capsys.readouterr()
    assert (code, captured.out) == (2, "")
    assert captured.err.startswith("bot evaluate intents: ")
    assert "one label only" in captured.err


def test_an_unknown_subject_lists_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["moods"])

    assert "retrieval" in capsys.readouterr().err
