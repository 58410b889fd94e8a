"""The messages written for this project: read strictly, a tenth held out, what is unsure stays unknown."""

from __future__ import annotations

from pathlib import Path

import pytest

from sentiment.errors import CorpusUnreadable
from sentiment.messages import MESSAGES, is_held_out, joined, read_messages
from sentiment.needs import NEEDS

HEAD = "text,mood,frustration,needs,business\n"


def written(folder: Path, *rows: str, author: str = "a") -> Path:
    (folder / f"{author}.csv").write_text(HEAD + "".join(f"{row}\n" for row in rows), "utf-8")
    return folder


def test_the_shipped_messages_can_be_read() -> None:
    messages = read_messages(MESSAGES)

    said = {name for message in messages for name, need in (message.needs or {}).items() if need}
    assert said == set(NEEDS)
    assert 0.05 < sum(message.held_out for message in messages) / len(messages) < 0.15


def test_a_message_has_its_mood_its_frustration_and_its_needs(tmp_path: Path) -> None:
    written(tmp_path, '"it said tuesday, it\'s friday",negative,2,complaint+impatient,shop')

    (message,) = read_messages(tmp_path)

    assert message.target == (1.0, 0.0, 0.0)
    assert message.frustration == pytest.approx(2 / 3)
    assert message.needs == {name: float(name in {"complaint", "impatient"}) for name in NEEDS}


def test_whether_an_angry_message_is_a_complaint_is_unknown_unless_it_is_said(tmp_path: Path) -> None:
    written(tmp_path, "off to the place over the road,negative,3,leaving,shop")

    (message,) = read_messages(tmp_path)

    assert message.needs is not None
    assert {"complaint", "impatient"}.isdisjoint(message.needs)
    assert message.needs["leaving"] == 1.0
    assert message.needs["person"] == 0.0


@pytest.mark.parametrize(
    "row",
    ["hello,merry,0,none,shop", "hello,neutral,9,none,shop", "hello,neutral,0,cake,shop", " ,neutral,0,none,shop"],
)
def test_a_row_that_does_not_fit_is_named(tmp_path: Path, row: str) -> None:
    written(tmp_path, "fine,neutral,0,none,shop", row)

    with pytest.raises(CorpusUnreadable, match=r"a\.csv:3"):
        read_messages(tmp_path)


def test_a_whole_author_can_be_held_out(tmp_path: Path) -> None:
    written(tmp_path, *(f"message number {word},neutral,0,none,shop" for word in ("one", "two", "three")))

    messages = read_messages(tmp_path, without=["a"])

    assert all(message.held_out for message in messages)


def test_the_same_letters_are_always_on_the_same_side() -> None:
    assert is_held_out("Where is my order?!") == is_held_out("where is my order")


def test_joined_messages_need_what_their_parts_need(tmp_path: Path) -> None:
    rows = ["my arm is broken,negative,2,danger+complaint,gym", "could you ring me,neutral,0,person,gym"]
    parts = [message for message in read_messages(written(tmp_path, *rows)) if not message.held_out]

    found = joined(parts, seed=1, count=20)

    assert found
    for message in found:
        assert message.needs is not None
        assert (message.needs["danger"], message.needs["person"]) == (1.0, 1.0)
        assert "settled" not in message.needs
        assert message.target is None
