"""A small notation for what people say, one phrase a line, read by people and compiled to regular expressions.

    (my|our) (lawyer|solicitor) [_] (will|is)      alternatives; [optional]; _ is any one word
    want to speak … manager                        … is up to four words
    ^ never again $                                at the start, at the end of a clause
    wait* <time>                                   any ending; a named list of words
    not {to|want|like} talk                        {up to eight of these}
    # a comment
    (a line that ends in |
     a bar)                                         goes on in the next

Phrases are matched against clauses of `bot.desk.wording`: lower-case words, contractions written out.
"""

import re
from collections.abc import Iterable, Mapping

_ELEMENT = re.compile(r"\[([^\]]+)\]|\(([^)]+)\)|\{([^}]+)\}|(\S+)")
_LIST_ALONE = re.compile(r"(?<!\S)<(\w+)>(?!\S)")
_LIST_WITHIN = re.compile(r"<(\w+)>")
MOST_WORDS = 8  # of one {…}; without a bound, "a a a a …" would take time in the square of its length
_GAP = r"(?:\S+ ){0,4}?"


class Phrases:
    """A list of phrases that a clause may contain."""

    def __init__(self, block: str, *, lists: Mapping[str, str] | None = None) -> None:
        """Compile a block of phrases.

        Args:
            block: One phrase a line; blank lines and lines that start with `#` are passed over.
            lists: Words for `<name>`, separated by `|`.

        Raises:
            KeyError: A phrase names a list that is not given; a programming error.
        """
        lines = [line.strip() for line in re.sub(r"\|\s*\n\s*", "|", block).splitlines()]
        sources = [_source(line, lists or {}) for line in lines if line and not line.startswith("#")]
        self._patterns = [re.compile(source) for source in sources]
        self._any = re.compile("|".join(sources))

    def said_in(self, clauses: Iterable[str]) -> bool:
        """Whether any of the clauses contains one of the phrases."""
        return any(self._any.search(f"{clause} ") for clause in clauses)

    def count_in(self, clauses: Iterable[str]) -> int:
        """How many of the phrases are in the clauses; one that is said twice counts once."""
        padded = [f"{clause} " for clause in clauses]
        return sum(any(pattern.search(clause) for clause in padded) for pattern in self._patterns)

    def starts_in(self, clause: str) -> list[int]:
        """Where in a clause phrases begin."""
        padded = f"{clause} "
        return [match.start() for pattern in self._patterns for match in pattern.finditer(padded)]


def _source(line: str, lists: Mapping[str, str]) -> str:
    line = _LIST_ALONE.sub(lambda match: f"({lists[match[1]]})", line)
    line = _LIST_WITHIN.sub(lambda match: lists[match[1]], line)
    return r"(?:^|(?<= ))" + "".join(_element(*parts) for parts in _ELEMENT.findall(line))


def _element(optional: str, choice: str, many: str, word: str) -> str:
    if optional:
        return f"(?:{_choice(optional)})?"
    if many:
        return f"(?:{_choice(many)}){{0,{MOST_WORDS}}}"
    if choice:
        return f"(?:{_choice(choice)})"
    return {"^": "^", "$": "$", "…": _GAP}.get(word) or _words(word)


def _choice(choice: str) -> str:
    return "|".join(_words(words) for words in choice.split("|"))


def _words(words: str) -> str:
    return "".join(f"{_word(word)} " for word in words.split())


def _word(word: str) -> str:
    if word == "_":
        return r"\S+"
    return re.escape(word[:-1]) + r"\S*" if word.endswith("*") else re.escape(word)
