"""One text of training data, and what every reader of a corpus needs."""

from __future__ import annotations

import csv
import html
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from .errors import CorpusUnreadable
from .labels import NEGATIVE, NEUTRAL, POSITIVE

_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
_HANDLES_AND_ADDRESSES = re.compile(r"@\w+|https?\S+")
_FINGERPRINT_LETTERS = 40  # copies of a tweet are often cut near the end
_FINGERPRINT_MIN = 12  # "thanks" is nobody's property


@dataclass(frozen=True, kw_only=True)
class Example:
    """One text and what is known about it."""

    text: str
    source: str
    target: tuple[float, float, float] | None = None  # probabilities in the order of `LABELS`
    knows_neutral: bool = True  # False: the source has only two labels
    weight: float = 1.0  # of the polarity in the loss
    frustration: float | None = None  # [0, 1]
    emotions: frozenset[str] | None = None
    needs: Mapping[str, float] | None = None  # by name; those that are not named are unknown
    needs_weight: float = 1.0  # of the needs in the loss
    held_out: bool = False
    author: str | None = None  # of the messages written for this project


def one_hot(label: int) -> tuple[float, float, float]:
    """Put all probability on one label."""
    return (float(label == NEGATIVE), float(label == NEUTRAL), float(label == POSITIVE))


def fingerprint(text: str) -> str:
    """Identify a text across copies that differ in handles, addresses, quotes, escapes or a cut end."""
    bare = _HANDLES_AND_ADDRESSES.sub("", html.unescape(unescape(text)).lower())
    return "".join(char for char in bare if char.isalpha())[:_FINGERPRINT_LETTERS]


def read_fingerprints(paths: Iterable[Path]) -> frozenset[str]:
    """Fingerprint every text of evaluation files: CSV with a column ``text``, or one text a line."""
    found: set[str] = set()
    for path in paths:
        with path.open(encoding="utf-8", newline="") as file:
            first = file.readline()
            file.seek(0)
            if "text" in first.strip().split(","):
                found.update(fingerprint(row["text"]) for row in csv.DictReader(file))
            else:
                found.update(fingerprint(line.split("\t")[0]) for line in file)
    return frozenset(print_ for print_ in found if len(print_) >= _FINGERPRINT_MIN)


def unescape(text: str) -> str:
    """Undo the escapes and quotes of the tweet corpora."""
    text = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text.strip())
    if len(text) > 1 and text[0] == text[-1] == '"':
        text = text[1:-1]
    return text.replace('""', '"').strip()


def files(folder: Path, pattern: str) -> list[Path]:
    """The files of a corpus.

    Raises:
        CorpusUnreadable: There is none.
    """
    found = sorted(folder.glob(pattern))
    if not found:
        raise CorpusUnreadable(f"No {pattern} in {folder}. Give the data folder described in docs/sentiment.md.")
    return found


def rows_of(path: Path, *, columns: int, header: bool = False, delimiter: str = "\t") -> Iterator[list[str]]:
    """The first columns of every row.

    Raises:
        CorpusUnreadable: The file is missing, or a row is too short.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            # Tab-separated corpora quote nothing; a quotation mark there is a customer's.
            reader = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE) if delimiter == "\t" else csv.reader(file)
            for number, row in enumerate(reader, start=1):
                if len(row) < columns:
                    raise CorpusUnreadable(f"{path}:{number} has {len(row)} columns, expected {columns}.")
                if number > 1 or not header:
                    yield row[:columns]
    except (OSError, UnicodeDecodeError) as exc:
        raise CorpusUnreadable(f"Cannot read {path}: {exc}.") from exc
