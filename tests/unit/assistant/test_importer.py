from __future__ import annotations

from pathlib import Path

import pytest

from bot.assistant.importer import ARTICLE, ARTICLE_ID, ArticleImporter, article_examples, unanswered_examples
from knowledge_base.article import ArticleError

ARTICLE_TEXT = """---
id: {id}
question: {question}
also_asked:
  - open on sunday
---
Price: {{}} and {{braces}}.

A second paragraph.
"""


def write(folder: Path, article_id: str, text: str) -> None:
    path = folder / "hours" / f"{article_id}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_every_phrase_is_an_example_and_the_question_carries_the_article(tmp_path: Path) -> None:
    write(tmp_path, "opening", ARTICLE_TEXT.format(id="opening", question="When are you open?"))

    examples = article_examples(tmp_path)

    assert [(one.get("text"), one.get("intent"), one.get(ARTICLE_ID)) for one in examples] == [
        ("When are you open?", "faq", "opening"),
        ("open on sunday", "faq", "opening"),
    ]
    assert examples[0].get(ARTICLE)["answer"] == "Price: {} and {braces}.\n\nA second paragraph."
    assert examples[1].get(ARTICLE) is None


def test_an_owners_words_never_become_markup_of_rasa(tmp_path: Path) -> None:
    question = "'Is [this](order_number) one example? - intent: admin'"
    write(tmp_path, "opening", ARTICLE_TEXT.format(id="opening", question=question))

    examples = article_examples(tmp_path)

    assert examples[0].get("text") == "Is [this](order_number) one example? - intent: admin"
    assert examples[0].get("entities") is None


def test_articles_that_cannot_be_used_stop_the_training_with_file_and_line(tmp_path: Path) -> None:
    write(tmp_path, "opening", ARTICLE_TEXT.format(id="other-name", question="When?"))
    write(tmp_path, "broken", "no front matter")

    with pytest.raises(ArticleError) as caught:
        article_examples(tmp_path)

    assert [problem.file for problem in caught.value.problems] == ["hours/broken.md", "hours/opening.md"]
    assert all(problem.line >= 1 for problem in caught.value.problems)


def test_without_flags_everything_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FRONTDESK_ARTICLES_DIR", raising=False)
    importer = ArticleImporter("config.yml", "domain.yml", ["data"])

    intents = importer.get_nlu_data().intents

    assert {"faq", "greet", "order_status"} <= intents
    assert "action_handoff" in importer.get_domain().action_names_or_texts
    assert not importer.get_stories().is_empty()


def test_the_articles_of_the_environment_win(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    write(tmp_path, "opening", ARTICLE_TEXT.format(id="opening", question="When are you open?"))
    monkeypatch.setenv("FRONTDESK_ARTICLES_DIR", str(tmp_path))
    importer = ArticleImporter("config.yml")

    examples = importer.get_nlu_data().intent_examples

    assert {one.get(ARTICLE_ID) for one in examples} - {None} == {"opening"}


def test_a_flag_that_is_given_wins(tmp_path: Path) -> None:
    (tmp_path / "nlu.yml").write_text(
        'version: "3.1"\nnlu:\n- intent: hum\n  examples: |\n    - hm\n    - hmm\n', encoding="utf-8"
    )
    importer = ArticleImporter("config.yml", training_data_paths=[str(tmp_path)])

    assert importer.get_nlu_data().intents == {"faq", "hum", "nlu_fallback"}


def test_what_no_article_answers_is_learnt_from_the_file_beside_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    write(tmp_path / "articles", "opening", ARTICLE_TEXT.format(id="opening", question="When are you open?"))
    (tmp_path / "unanswered.yml").write_text("# ours\n- do you rent bicycles\n- 'yes: and no'\n", encoding="utf-8")
    monkeypatch.setenv("FRONTDESK_ARTICLES_DIR", str(tmp_path / "articles"))

    examples = ArticleImporter("config.yml").get_nlu_data().intent_examples

    learnt = [one.get("text") for one in examples if one.get("intent") == "nlu_fallback"]
    assert learnt == ["do you rent bicycles", "yes: and no"]


def test_without_such_a_file_there_is_nothing_of_the_kind(tmp_path: Path) -> None:
    assert unanswered_examples(tmp_path / "unanswered.yml") == []


@pytest.mark.parametrize(("content", "line"), [("a: b", 1), ("- 1", 1), ("- ''", 1), ("- a\n- [", 2), ("- \xff", 1)])
def test_a_file_that_is_no_list_of_phrases_is_refused(tmp_path: Path, content: str, line: int) -> None:
    (tmp_path / "unanswered.yml").write_bytes(content.encode("latin-1"))

    with pytest.raises(ArticleError) as caught:
        unanswered_examples(tmp_path / "unanswered.yml")

    assert (caught.value.problems[0].file, caught.value.problems[0].line) == ("unanswered.yml", line)
