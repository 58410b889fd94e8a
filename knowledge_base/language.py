"""Which language a message is written in, asked only to admit when it is one we cannot read.

A wrong “you write Dutch” to an English customer is worse than a missed one, so a message counts as foreign only on
strong evidence: a script the encoder cannot read, or no common English words, enough text, and a sure identifier.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import lru_cache
from typing import Any

__all__ = ["ENGLISH", "detect_language"]

ENGLISH = "en"
# The languages customers of a European or American shop write in, and the large ones beyond.
LANGUAGES = (
    "ar bg cs da de el en es et fa fi fr he hi hr hu id it ja ko lt lv nl no pl pt ro ru sk sl sv th tr uk ur vi zh"
).split()
_SCRIPTS = {
    "CYRILLIC": "ru",
    "GREEK": "el",
    "ARABIC": "ar",
    "HEBREW": "he",
    "DEVANAGARI": "hi",
    "HANGUL": "ko",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "CJK": "zh",
    "THAI": "th",
}
# Words that hold English sentences together. No nouns: “order” and “return” are at home in many languages' shops.
_COMMON = frozenset(
    "the and you your my is are was were do does did don't doesn't can't can could would should how what when where "
    "why which who have has had i'm it's this that these those with without for from of to not there please thanks "
    "any about after before still just now yet we they it if or but so will be been u r ur pls plz dont cant im".split()
)
_COMMON_SHARE = 0.25
_SURE = 0.95
_MIN_LETTERS = 10
_MIN_WORDS = 3
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


def detect_language(text: str) -> str | None:
    """The ISO 639-1 code of a message's language.

    Returns:
        None when the text is too short or too mixed to tell.
    """
    letters = [char for char in text if char.isalpha()]
    if not letters:
        return None
    script = _foreign_script(letters)
    if script is not None:
        code = str(_identifier().classify(text.lower())[0])
        return script if code == ENGLISH else code
    words = [word.replace("’", "'") for word in _WORD.findall(text.lower())]
    common = sum(word in _COMMON for word in words)
    if common >= _COMMON_SHARE * len(words):
        return ENGLISH if common else None
    if len(letters) < _MIN_LETTERS or len(words) < _MIN_WORDS:
        return None
    code, probability = _identifier().classify(text.lower())
    return str(code) if probability >= _SURE else None


def _foreign_script(letters: list[str]) -> str | None:
    if all(ord(letter) < 0x250 for letter in letters):  # Latin and its accents: nothing to look up
        return None
    scripts = Counter(unicodedata.name(char, "").split(" ")[0].split("-")[0] for char in letters)
    name, count = scripts.most_common(1)[0]
    return _SCRIPTS.get(name) if count * 2 > len(letters) else None


@lru_cache(maxsize=1)
def _identifier() -> Any:
    # Imported on first use: loading the model takes a tenth of a second.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_pickled_model(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(LANGUAGES))
    return identifier
