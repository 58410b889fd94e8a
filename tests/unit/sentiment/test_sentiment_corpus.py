"""Training data: read honestly, held out by whole patterns, never from an evaluation file."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from sentiment.corpus import (
    SHOP_SENTENCES,
    compose,
    louder,
    read_comments,
    read_phrases,
    read_rated,
    read_reviews,
    read_shop,
    read_snippets,
    read_tweets,
)
from sentiment.errors import CorpusUnreadable
from sentiment.example import Example, fingerprint, read_fingerprints
from sentiment.labels import NEGATIVE, POSITIVE
from sentiment.needs import NEEDS
from sentiment.questions import read_banking


def test_tweets_are_unescaped_and_contradictions_dropped(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text(
        '1\tpositive\tIt\\u2019s great\\u002c really\n2\tnegative\t"so late"\n3\tneutral\tsame text\n', "utf-8"
    )
    (tmp_path / "b.tsv").write_text("4\tpositive\tsame text\n", "utf-8")

    texts = {example.text for example in read_tweets(tmp_path, seed=1)}

    assert texts == {"It’s great, really", "so late"}


def test_rare_labels_weigh_more(tmp_path: Path) -> None:
    rows = ["0\tnegative\tbad"] + [f"{n}\tneutral\ttext {n}" for n in range(8)]
    (tmp_path / "a.tsv").write_text("\n".join(rows) + "\n", "utf-8")

    weights = {example.text: example.weight for example in read_tweets(tmp_path, seed=1)}

    assert weights["bad"] > 1 > weights["text 1"]


def test_comments_know_polarity_only_where_emotions_agree(tmp_path: Path) -> None:
    (tmp_path / "train.tsv").write_text("grr\t2\tx\nthanks\t15\ty\nhm\t27\tz\nmixed\t2,17\tw\n", "utf-8")

    examples = {example.text: example for example in read_comments(tmp_path)}

    assert examples["grr"].target == (1.0, 0.0, 0.0)
    assert examples["grr"].frustration == 1.0
    assert examples["thanks"].target == (0.0, 0.0, 1.0)
    assert examples["hm"].target is None
    assert examples["mixed"].target is None


def test_reviews_have_no_neutral_and_lose_treebank_spaces(tmp_path: Path) -> None:
    (tmp_path / "train.tsv").write_text("sentence\tlabel\nit 's not good , really \t0\n", "utf-8")

    (example,) = read_reviews(tmp_path / "train.tsv")

    assert example.text == "it's not good, really"
    assert not example.knows_neutral


def test_ratings_become_soft_labels_that_sum_to_one(tmp_path: Path) -> None:
    for name in ("tweets_GroundTruth.txt", "amazonReviewSnippets_GroundTruth.txt"):
        (tmp_path / name).write_text("1\t3.1\tlove it\n2\t-2.5\thate it\n3\t0.0\tit is\n", "utf-8")

    targets = [example.target for example in read_rated(tmp_path)]

    assert all(target is not None and sum(target) == pytest.approx(1) for target in targets)
    assert [max(range(3), key=target.__getitem__) for target in targets[:3] if target] == [2, 0, 1]


def test_snippets_that_hold_an_evaluation_text_are_left_out(tmp_path: Path) -> None:
    for name in ("movieReviewSnippets_GroundTruth.txt", "nytEditorialSnippets_GroundTruth.txt"):
        (tmp_path / name).write_text("1\t-2.0\tWell, it is a long, dull film.\n2\t2.0\tA joy to watch\n", "utf-8")

    snippets = read_snippets(tmp_path, never=frozenset({fingerprint("a long , dull film")}))

    assert {example.text for example in snippets} == {"A joy to watch"}


def test_problems_told_to_a_bank_are_mostly_negative(tmp_path: Path) -> None:
    path = tmp_path / "train.csv"
    path.write_text(
        'text,category\n"I was charged twice, why?",transaction_charged_twice\nWhat age?,age_limit\n', "utf-8"
    )

    problem, question = read_banking(path)

    assert problem.target is not None
    assert problem.target[NEGATIVE] > 0.5
    assert question.target == (0.0, 1.0, 0.0)


def test_every_shop_pattern_composes_without_leftovers() -> None:
    examples = read_shop(SHOP_SENTENCES, seed=3, per_label=400)

    assert not [example.text for example in examples if set("[]{}|") & set(example.text)]
    assert any(example.held_out for example in examples)
    assert {max(range(3), key=(e.target or (0.0, 0.0, 0.0)).__getitem__) for e in examples} == {NEGATIVE, 1, POSITIVE}


def test_louder_sentences_keep_their_label_and_raise_anger() -> None:
    calm = [
        Example(text=text, source="shop", target=target, frustration=0.5 if target[NEGATIVE] else 0.0)
        for text, target in (
            ("so late", (1.0, 0.0, 0.0)),
            ("where is it", (0.0, 1.0, 0.0)),
            ("so good", (0.0, 0.0, 1.0)),
        )
    ]

    shouted, asked, smiled = louder(calm)

    assert (shouted.text, shouted.target, shouted.frustration) == ("SO LATE", calm[0].target, pytest.approx(0.7))
    assert (asked.text, asked.frustration) == ("where is it???", pytest.approx(0.05))
    assert (smiled.text, smiled.frustration) == ("so good 😊", 0.0)


def test_compose_chooses_and_fills() -> None:
    text = compose("[a|b] {thing}[ now|]", {"thing": ["lamp"]}, random.Random(1))

    assert text in {"a lamp", "b lamp", "a lamp now", "b lamp now"}


@pytest.mark.parametrize(
    "copy",
    [
        '"Great day at the shop, love it so much and more, cut here"',
        "@user Great day at the shop, love it so much and more, cut here https://t.co/abc",
        "great day at the shop\\u002c love it so much and more, cut here and th",
    ],
)
def test_copies_of_a_text_share_a_fingerprint(copy: str) -> None:
    assert fingerprint(copy) == fingerprint("Great day at the shop, love it so much and more, cut here")


def test_fingerprints_are_read_from_csv_and_from_lines(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('text,label\n"never, ever train on this",negative\n', "utf-8")
    (tmp_path / "b.txt").write_text("nor on this one please\nthanks\n", "utf-8")

    found = read_fingerprints([tmp_path / "a.csv", tmp_path / "b.txt"])

    assert found == {fingerprint("never ever train on this"), fingerprint("nor on this one please")}


def test_a_missing_folder_and_a_short_row_are_named(tmp_path: Path) -> None:
    with pytest.raises(CorpusUnreadable, match=r"No \*\.tsv in"):
        read_tweets(tmp_path, seed=1)

    (tmp_path / "a.tsv").write_text("1\tnegative\n", "utf-8")
    with pytest.raises(CorpusUnreadable, match=r"a\.tsv:1 has 2 columns, expected 3"):
        read_tweets(tmp_path, seed=1)


def test_every_need_has_worn_phrases_and_some_look_like_needs_and_are_none() -> None:
    phrases = read_phrases(seed=1)

    said = [{name for name, need in (phrase.needs or {}).items() if need} for phrase in phrases]
    assert set().union(*said) == set(NEEDS)
    assert any(not needs for needs in said)
    assert not any(mark in phrase.text for phrase in phrases for mark in "[]{}|")
