"""Reads the customers' messages written for this project (`training/messages/`): mood, frustration, needs.

Columns: ``text,mood,frustration,needs,business``; `frustration` is 0 to 3, `needs` are names joined by ``+``
or ``none``.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from zlib import crc32

from .errors import CorpusUnreadable
from .example import Example, files, fingerprint, one_hot
from .labels import LABELS
from .needs import NEEDS

MESSAGES = Path(__file__).parent / "training" / "messages"

_HELD_OUT_OF = 10  # every tenth message by its letters, so that new files do not move the others
_MAX_FRUSTRATION = 3
_JOINED_WORDS = 48  # what the transformer reads whole
# Who has these has mostly something to complain about, named or not.
_SELDOM_WITHOUT_COMPLAINT = frozenset({"danger", "fraud", "legal", "leaving", "impatient", "unhelped"})
# Said of one part, not true of the whole: who is content in one sentence and complains in the next is not settled.
_OF_THE_WHOLE = ("settled",)


def read_messages(folder: Path = MESSAGES, *, without: Collection[str] = ()) -> list[Example]:
    """Read all authors' files; every tenth message is held out.

    Args:
        folder: Holds one CSV file per author.
        without: Authors (names of files) all of whose messages are held out.

    Raises:
        CorpusUnreadable: A file is missing or a row does not fit; names file and row.
    """
    examples: dict[str, Example] = {}
    for path in files(folder, "*.csv"):
        for example in _rows(path, held_out=path.stem in without):
            examples.setdefault(example.text.lower(), example)
    return list(examples.values())


def _rows(path: Path, *, held_out: bool) -> Iterator[Example]:
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            try:
                yield _example(row, held_out=held_out, author=path.stem)
            except (KeyError, ValueError, AttributeError) as exc:
                raise CorpusUnreadable(f"{path}:{number} does not fit: {exc}.") from exc


def _example(row: dict[str, str], *, held_out: bool, author: str) -> Example:
    text = row["text"].strip()
    named = frozenset(row["needs"].split("+")) - {"none"}
    if unknown := named - frozenset(NEEDS):
        raise ValueError(f"unknown needs {', '.join(sorted(unknown))}")
    frustration = int(row["frustration"])
    if not text or not 0 <= frustration <= _MAX_FRUSTRATION:
        raise ValueError("an empty text, or frustration that is not 0 to 3")
    needs = {name: float(name in named) for name in NEEDS}
    for name in _unsure(named, frustration):
        del needs[name]
    return Example(
        text=text,
        source="messages",
        target=one_hot(LABELS.index(row["mood"])),  # type: ignore[arg-type, unused-ignore]
        frustration=frustration / _MAX_FRUSTRATION,
        needs=needs,
        held_out=held_out or is_held_out(text),
        author=author,
    )


def _unsure(named: frozenset[str], frustration: int) -> set[str]:
    """Needs the author did not name, but another reader might: they are neither taught nor measured."""
    unsure = set()
    if "complaint" not in named and named & _SELDOM_WITHOUT_COMPLAINT:
        unsure.add("complaint")
    if "impatient" not in named and frustration == _MAX_FRUSTRATION:
        unsure.add("impatient")
    return unsure


def is_held_out(text: str) -> bool:
    """Whether a message is one of the tenth that training never sees."""
    return crc32(fingerprint(text).encode()) % _HELD_OUT_OF == 0


def joined(messages: Sequence[Example], *, seed: int, count: int) -> list[Example]:
    """Join two or three messages to one: a need holds wherever in a message it is said.

    Args:
        messages: Of training only; held-out ones are left out.
        seed: Decides which.
        count: How many to try; those that grow too long are dropped.
    """
    chance = random.Random(seed)  # noqa: S311 - reproducible, not secret
    pool = [message for message in messages if not message.held_out]
    found = []
    for _ in range(count if pool else 0):
        parts = chance.sample(pool, min(len(pool), chance.choice((2, 2, 3))))
        text = " ".join(_ended(part.text, chance) for part in parts)
        if len(text.split()) > _JOINED_WORDS:
            continue
        needs = {name: need for name in NEEDS if (need := _of_all(parts, name)) is not None}
        moods = {part.target for part in parts}
        found.append(Example(text=text, source="joined", target=moods.pop() if len(moods) == 1 else None, needs=needs))
    return found


def _of_all(parts: Sequence[Example], name: str) -> float | None:
    """Whether one of the parts has a need; ``None`` where that is not known."""
    found = [(part.needs or {}).get(name) for part in parts]
    if name in _OF_THE_WHOLE:
        return None
    return 1.0 if 1.0 in found else None if None in found else 0.0


def _ended(text: str, chance: random.Random) -> str:
    return text if text[-1] in ".!?…" or chance.random() < 0.3 else f"{text}."
