"""Finds the questions of a message that asks several things, or hides one in many words.

A message is split where a sentence or a joined question begins, each piece is read for itself, and what leans on the
piece before it (“… and how long does it take?”) together with that. Nothing is split off that could not be answered
or asked back about by itself, so “do you ship pens and paper” stays one question.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from knowledge_base.reading import Reading
from knowledge_base.text import leans_on, listed_things, looks_like_question, split_questions, without_courtesy

__all__ = ["Reader", "questions_in"]

# A message of 2,000 characters, the most a customer may send, has about so many sentences.
_MAX_PIECES = 40
# Of a longer message only what can be answered counts: asking back about each sentence of a rant would be one more.
_MAX_PIECES_ASKED_BACK = 4
_MIN_WORDS_ADMITTED = 4
_MAX_THINGS = 4
# A thing of a list counts when the whole message means it at least a little; measured on the sample shop's questions.
_HINTED_FROM = 0.02


@dataclass(frozen=True, kw_only=True)
class Reader:
    """How a piece of text is read, and whether a reading means something that is asked (no small talk)."""

    read: Callable[[str], Reading]
    is_asked: Callable[[Reading], bool]


def questions_in(whole: Reading, reader: Reader) -> tuple[Reading, ...]:
    """The questions of a message in their order; itself when it asks one thing.

    With several there is at least one that can be answered, and the first entry is such a one. Then come, in their
    order, other questions that can be answered, other wishes, and what must be asked back or admitted.

    Args:
        whole: The reading of the whole message.
        reader: Reads its pieces.
    """
    pieces = split_questions(whole.text)[:_MAX_PIECES]
    if len(pieces) < 2:
        return _listed(whole, reader) or (whole,)
    found = _Found(whole, reader)
    for piece in pieces:
        found.take(without_courtesy(piece), asks_back=len(pieces) <= _MAX_PIECES_ASKED_BACK)
    return found.questions()


class _Found:
    """The questions found so far, piece by piece."""

    def __init__(self, whole: Reading, reader: Reader) -> None:
        self._whole = whole
        self._reader = reader
        self._answered: dict[str, Reading] = {}
        self._wishes: list[Reading] = []
        self._unsure: list[Reading] = []
        self._asked: list[Reading] = []

    def take(self, piece: str, *, asks_back: bool) -> None:
        """Read one piece."""
        alone = self._reader.read(piece)
        is_asked = self._reader.is_asked(alone)
        if is_asked:
            self._asked.append(alone)
        if alone.is_sure:
            if is_asked:
                self._answered.setdefault(str(alone.label), alone)
            else:
                self._wishes.append(alone)
        elif asks_back and looks_like_question(piece) and not self._is_covered(alone):
            self._unsure.append(alone)

    def _is_covered(self, alone: Reading) -> bool:
        """Whether the piece, read with the one answered before it, needs no answer of its own or gets it here."""
        if not self._answered:
            return False
        before = next(reversed(self._answered.values()))
        joined = self._reader.read(f"{before.text} {alone.text}")
        if joined.is_sure and self._reader.is_asked(joined):
            self._answered.setdefault(str(joined.label), replace(joined, text=alone.text))
            return leans_on(alone.text) or joined.label != before.label
        return leans_on(alone.text)

    def questions(self) -> tuple[Reading, ...]:
        """What the message asks, as `questions_in` returns it."""
        answered = tuple(self._answered.values())
        beside = (*self._wishes, *filter(self._is_worth_a_word, self._unsure))
        if len(answered) > 1 or (answered and beside):
            return (*answered, *beside)
        best = max(self._asked, key=lambda reading: reading.confidence, default=self._whole)
        # One sentence of a rant may say plainly what the whole hides; a greeting never overrules a question.
        hidden = best.confidence > self._whole.confidence or not self._reader.is_asked(self._whole)
        return (best,) if hidden and best.outcome != "fallback" else (self._whole,)

    def _is_worth_a_word(self, reading: Reading) -> bool:
        if reading.outcome == "clarify":
            return self._reader.is_asked(reading)
        return len(reading.text.split()) >= _MIN_WORDS_ADMITTED and not leans_on(reading.text)


def _listed(whole: Reading, reader: Reader) -> tuple[Reading, ...]:
    """The things of a list, “opening hours and parking”, when each of them can be answered; else nothing."""
    hinted = [match.label for match in whole.matches if match.confidence >= _HINTED_FROM]
    if len(hinted) < 2:
        return ()
    frame, things = listed_things(whole.text)
    if not 2 <= len(things) <= _MAX_THINGS:
        return ()
    readings = [_thing(frame, thing, reader) for thing in things]
    labels = {reading.label for reading in readings}
    wanted = len(labels) > 1 and labels <= set(hinted)
    return (
        tuple({str(reading.label): reading for reading in readings}.values())
        if wanted and _all_answered(readings, reader)
        else ()
    )


def _thing(frame: str, thing: str, reader: Reader) -> Reading:
    alone = reader.read(thing)
    if alone.is_sure or not frame:
        return alone
    framed = reader.read(f"{frame} {thing}")
    return framed if framed.confidence > alone.confidence else alone


def _all_answered(readings: Sequence[Reading], reader: Reader) -> bool:
    return all(reading.is_sure and reader.is_asked(reading) for reading in readings)
