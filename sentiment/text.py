"""Cuts, cleans and normalises a message before anything reads it.

One function per reader: VADER wants capitals, exclamation marks and emoji as they are; the
transformer wants what it was trained on, so `plain` is used by training and by scoring alike.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Mapping

MAX_CHARS = 600  # some 110 words; the mood of a message is in its beginning and its end
MAX_SYMBOLS = 40  # emoji; a thousand of them say what forty say, and each becomes several words
_HEAD = 420
_TAIL = MAX_CHARS - _HEAD - 3

_URL = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_HANDLE = re.compile(r"(?<![\w@])@\w{1,30}")
# Whom a message is addressed to says nothing about its mood either.
_ADDRESSEE = re.compile(r"^(?:@user[\s.,:;]*)+")
_STRETCHED = re.compile(r"(\w)\1{3,}")
_REPEATED_MARKS = re.compile(r"([!?.])\1{3,}")
# "My disabled neighbour helped me" must read like "my neighbour helped me": who somebody is says nothing about the
# mood, and the tweets the model learned from say it does. Before a thing ("my disabled account") the word stays.
_GROUP = (
    r"(?:disabled|blind|deaf|autistic|elderly|old|young|gay|lesbian|straight|queer|trans|transgender|black|white|brown|"
    r"asian|latin[oax]|hispanic|arab|african|indian|chinese|mexican|polish|muslim|christian|jewish|hindu|sikh|immigrant|"
    r"foreign|refugee)"
)
# "My neighbour, who is deaf, helped me", too.
_IDENTITY_AFTER = re.compile(
    rf",?\s+who(?:['’]s|\s+is|\s+was|\s+are)\s+(?:an?\s+)?{_GROUP}\b,?(?=\s|[.!?]|$)", re.IGNORECASE
)
_IDENTITY = re.compile(
    rf"\b{_GROUP}\s+(?=(?:neighbou?r|friend|man|woman|men|women|guy|guys|lady|ladies|person|people|customer|customers|"
    r"couple|boy|girl|kid|child|children|son|daughter|brother|sister|mother|mum|mom|father|dad|uncle|aunt|nan|grandmother|"
    r"grandfather|husband|wife|partner|colleague|boss|driver|waiter|waitress|family)\b)",
    re.IGNORECASE,
)
_SPACE = re.compile(r"\s+")
_VARIATION_SELECTOR = "\ufe0f"


def window(text: str) -> str:
    """Keep the beginning and the end of a long text.

    Args:
        text: Any message.

    Returns:
        At most `MAX_CHARS` characters, on one line, without control characters and stacked accents.
    """
    if len(text) > 4 * MAX_CHARS:
        text = f"{text[: 2 * MAX_CHARS]} … {text[-2 * MAX_CHARS :]}"
    cleaned = _SPACE.sub(" ", _without_clutter(text)).strip()
    if len(cleaned) <= MAX_CHARS:
        return cleaned
    return f"{cleaned[:_HEAD]} … {cleaned[-_TAIL:]}"


def _without_clutter(text: str) -> str:
    """Drop control characters, every combining mark after the first (zalgo), and emoji past the fortieth."""
    kept: list[str] = []
    marks = symbols = 0
    for char in unicodedata.normalize("NFC", text):
        category = unicodedata.category(char)
        marks = marks + 1 if category == "Mn" and char != _VARIATION_SELECTOR else 0
        symbols += category == "So"
        if marks > 1 or (category == "So" and symbols > MAX_SYMBOLS):
            continue
        if category in {"Cc", "Cf", "Cs", "Co"} and char not in "\t\n\r":
            kept.append(" " if category == "Cc" else "")
        else:
            kept.append(char)
    return "".join(kept)


def plain(text: str, emoji: Mapping[str, str]) -> str:
    """Write a text the way the transformer was trained to read it.

    Addresses become ``http`` and handles ``@user`` (the convention of the tweet corpora), emoji become
    their names (the vocabulary has hardly any), stretched words are shortened. The handles a message begins with
    and words for what group a person belongs to are left out.

    Args:
        text: A message, normally after `window`.
        emoji: Names of emoji, by character.

    Returns:
        One line of text.
    """
    text = html.unescape(text)
    text = _URL.sub("http", text)
    text = _HANDLE.sub("@user", text).lstrip()
    text = _ADDRESSEE.sub("", text) or text
    text = _IDENTITY.sub("", _IDENTITY_AFTER.sub("", text))
    text = "".join(f" {emoji[char]} " if char in emoji else char for char in text)
    text = _STRETCHED.sub(r"\1\1\1", text)
    text = _REPEATED_MARKS.sub(r"\1\1\1", text)
    return _SPACE.sub(" ", text.replace(_VARIATION_SELECTOR, "")).strip()


def has_words(text: str) -> bool:
    """Whether a text holds at least one letter."""
    return any(char.isalpha() for char in text)
