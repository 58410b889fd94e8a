"""Long messages: cut into whole sentences, and the promising pieces are found wherever they stand."""

from __future__ import annotations

import pytest

from sentiment.long import MAX_PIECES, pieces, strongest

CHATTER = "We came by train and the weather was fine. " * 30


@pytest.mark.parametrize("text", [CHATTER, "word " * 400, "x" * 2000, "", "?!?!", "one\ntwo\n" * 50])
def test_pieces_are_short_enough_to_be_read_whole(text: str) -> None:
    assert all(0 < len(piece) <= 150 for piece in pieces(text))


def test_no_word_of_ordinary_prose_is_lost() -> None:
    text = "First this. Then " + "that and " * 60 + "the end! Is it?"

    assert " ".join(pieces(text)).split() == text.split()


def test_the_promising_piece_is_found_in_the_middle() -> None:
    text = f"{CHATTER} My son is allergic to it. {CHATTER}"

    found = strongest(text, lambda piece: float("allergic" in piece))

    assert "allergic" in found[0]


def test_only_a_few_pieces_are_read() -> None:
    assert len(strongest(CHATTER * 5, lambda _: 1.0)) == MAX_PIECES
