"""Entities by rule: order numbers, ISBNs, e-mail addresses, phone numbers, prices and dates.

Tokens come from spaCy's blank English tokenizer (no downloaded model). Words are matched by spaCy's `Matcher`;
numbers that people group as they please ("lb 104 233", "978-0-14-143951-8") by patterns over the characters, and
kept only if they are sound (ISBN checksum, length of a phone number). The value of an entity is its normal form, so
an action can look it up.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

MAX_CHARS = 2_000  # the longest message the server accepts; what is beyond it is not searched

_EMAIL = re.compile(r"[\w.%+'-]{1,64}@(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24}(?![\w@])", re.IGNORECASE)
_ORDER = re.compile(r"(?<![a-z0-9])l\s?b\s{0,3}[-‐-―#:._]?\s{0,3}(\d(?:[\s-]?\d){5})(?![\s-]?\d)", re.IGNORECASE)
_BARE_ORDER = re.compile(r"(?<![\w.,£$€@+/-])#?(\d{6}|\d{3} \d{3})(?![\w@/-]|[.,]\d| ?\d)")
_ISBN = re.compile(r"(?<![\d-])(?:97[89][\s-]?)?\d(?:[\s-]?\d){8}[\s-]?[\dx](?![\d-])", re.IGNORECASE)
_PHONE = re.compile(r"(?<![\w+])(?:\+|\(?0)\d(?:[\s().-]{0,2}\d){7,13}(?!\d)")

# spaCy peels such a run off character by character, each time reading the rest again: 2,000 brackets take 0.4 s.
_PUNCTUATION_RUN = re.compile(r"[^\w\s]{4,}")

_CURRENCIES = {"£": "GBP", "€": "EUR", "$": "USD", "pound": "GBP", "quid": "GBP", "euro": "EUR", "dollar": "USD"}
_CURRENCY_WORDS = ["pound", "pounds", "quid", "gbp", "euro", "euros", "eur", "dollar", "dollars", "usd"]
_WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_MONTHS = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
           "december", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec"]  # fmt: skip
_Pattern = list[dict[str, Any]]  # one entry per token, as spaCy's Matcher wants it
_DAY: dict[str, Any] = {"LOWER": {"REGEX": r"^(0?[1-9]|[12]\d|3[01])(st|nd|rd|th)?$"}}
_ORDINAL: dict[str, Any] = {"LOWER": {"IN": ["st", "nd", "rd", "th", "of"]}, "OP": "?"}
_MONTH: dict[str, Any] = {"LOWER": {"IN": _MONTHS}}
_YEAR: dict[str, Any] = {"LOWER": {"REGEX": r"^(19|20)\d\d$"}, "OP": "?"}
_AMOUNT: dict[str, Any] = {"TEXT": {"REGEX": r"^\d{1,6}([.,]\d{1,3})*$"}}

_DATES: list[_Pattern] = [
    [{"LOWER": {"IN": ["today", "tomorrow", "yesterday", "tonight"]}}],
    [{"LOWER": {"IN": ["next", "last", "this", "on"]}}, {"LOWER": {"IN": [*_WEEKDAYS, "week", "weekend", "month"]}}],
    [{"LOWER": {"IN": _WEEKDAYS}}],
    [_DAY, _ORDINAL, _MONTH, _YEAR],
    [_MONTH, _DAY, _ORDINAL, _YEAR],
    [{"TEXT": {"REGEX": r"^(\d{1,2}[/.]\d{1,2}[/.](\d{2}|\d{4})|\d{4}-\d{2}-\d{2}|\d{1,2}/\d{1,2})$"}}],
]
_PRICES: list[_Pattern] = [
    [{"TEXT": {"IN": ["£", "€", "$"]}}, _AMOUNT],
    [_AMOUNT, {"TEXT": {"IN": ["£", "€", "$"]}}],
    [_AMOUNT, {"LOWER": {"IN": _CURRENCY_WORDS}}],
]


@dataclass(frozen=True, kw_only=True)
class Entity:
    """Something with a name in a message; `start` and `end` are characters, `value` its normal form."""

    entity: str
    value: str
    start: int
    end: int


class EntityFinder:
    """Finds entities; holds the tokenizer and nothing else, so one instance serves all conversations."""

    def __init__(self) -> None:
        # Imported here because training finds no entities and does without half a second of it.
        import spacy
        from spacy.matcher import Matcher

        self._nlp = spacy.blank("en")
        self._matcher = Matcher(self._nlp.vocab)
        self._matcher.add("date", _DATES, greedy="LONGEST")
        self._matcher.add("price", _PRICES, greedy="LONGEST")

    def find(self, text: str) -> list[Entity]:
        """Find all entities of a message, by place; none overlaps another.

        Args:
            text: One utterance; characters past 2,000 are not searched.
        """
        text = text[:MAX_CHARS]
        found: list[Entity] = []
        for search in (_emails, _orders, _isbns, _phones, self._words, _bare_orders):
            found += [entity for entity in search(text) if not _overlaps(entity, found)]
        return sorted(found, key=lambda entity: entity.start)

    def _words(self, text: str) -> Iterator[Entity]:
        doc: Doc = self._nlp.make_doc(_PUNCTUATION_RUN.sub(lambda run: " " * len(run.group()), text))
        for match_id, start, end in self._matcher(doc):
            span = doc[start:end]
            kind = self._nlp.vocab.strings[match_id]
            value = _price(list(span)) if kind == "price" else span.text.lower()
            yield Entity(entity=kind, value=value, start=span.start_char, end=span.end_char)


def valid_isbn(digits: str) -> bool:
    """Tell whether 10 or 13 characters are an ISBN, by its check digit (ISO 2108)."""
    if not digits.isascii():
        return False
    if len(digits) == 13 and digits.isdigit():
        return sum(int(digit) * (1, 3)[place % 2] for place, digit in enumerate(digits)) % 10 == 0
    if len(digits) == 10 and digits[:9].isdigit():
        numbers = [10 if digit in "xX" else int(digit) for digit in digits]
        return sum(number * (10 - place) for place, number in enumerate(numbers)) % 11 == 0
    return False


def _emails(text: str) -> Iterator[Entity]:
    return _matches("email", _EMAIL, text, lambda match: match.group().strip("'").lower())


def _orders(text: str) -> Iterator[Entity]:
    return _matches("order_number", _ORDER, text, lambda match: f"LB-{_digits(match.group(1))}")


def _bare_orders(text: str) -> Iterator[Entity]:
    """Six digits alone: people leave the letters out when they are asked for the number."""
    return _matches("order_number", _BARE_ORDER, text, lambda match: f"LB-{_digits(match.group(1))}")


def _isbns(text: str) -> Iterator[Entity]:
    return _matches("isbn", _ISBN, text, _isbn)


def _phones(text: str) -> Iterator[Entity]:
    return _matches("phone", _PHONE, text, _phone)


def _matches(
    kind: str, pattern: re.Pattern[str], text: str, normalise: Callable[[re.Match[str]], str | None]
) -> Iterator[Entity]:
    for match in pattern.finditer(text):
        value = normalise(match)
        if value is not None:
            yield Entity(entity=kind, value=value, start=match.start(), end=match.end())


def _isbn(match: re.Match[str]) -> str | None:
    digits = re.sub(r"[\s-]", "", match.group()).upper()
    return digits if valid_isbn(digits) else None


def _phone(match: re.Match[str]) -> str | None:
    digits = _digits(match.group())
    if not 9 <= len(digits) <= 15:  # E.164 allows 15
        return None
    return f"+{digits}" if match.group().startswith("+") else digits


def _price(tokens: list[Token]) -> str:
    amount = next(token.text for token in tokens if token.text[0].isdigit())
    sign = next(token.lower_ for token in tokens if not token.text[0].isdigit())
    currency = _CURRENCIES.get(sign) or _CURRENCIES.get(sign.rstrip("s")) or sign.upper()
    return f"{currency} {amount.replace(',', '' if '.' in amount else '.')}"


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdigit())


def _overlaps(entity: Entity, others: list[Entity]) -> bool:
    return any(entity.start < other.end and other.start < entity.end for other in others)
