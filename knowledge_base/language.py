"""Which language a message is written in, asked only to admit when it is one we cannot read.

A wrong “you write Dutch” to an English customer is worse than a missed one, so a message counts as foreign only on
strong evidence: a script the encoder cannot read; more small words of one language than of English; or no common
English word in a longer or accented text of which the identifier is sure.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import lru_cache
from typing import Any

from knowledge_base.foreign_words import STRONG, WEAK

__all__ = ["ENGLISH", "detect_language"]

ENGLISH = "en"
_UNSTROKED = str.maketrans("øđłıßæœðþ", "odlisaodt")
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
# Words that hold English sentences together, and what English customers of any shop type. Words at home in other
# languages too (“die”, “hat”, “is”, “in”) count for both sides.
_COMMON = frozenset(
    "the and you your my is are was were do does did don't doesn't can't can could would should how what "
    "when where why which who whose have has had i'm it's this that these those with without for from of "
    "to not there please thanks any about after before still just now yet we they it if or but so will be "
    "been u r ur pls plz dont cant im i me i've i'd let's isn't won't a an in on at by as up out off no "
    "yes our us he she his her him them their its than then get got give let help need want buy order "
    "book books list show tell find speak call send open closed late lost new old more some all one two "
    "very too card gift check stock return refund wheres whats hows thx hiya hey hello hi ok okay cancel "
    "change tracking delivery parcel voucher money back".split()
)
_COMMON_SHARE = 0.25
_SMALL_WORDS_SHARE = 0.3
_SURE = 0.95
_MIN_WORDS = 3  # of an accented text; without accents the identifier needs more to be believed
_MIN_PLAIN_WORDS = 5
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_PIECE = re.compile(r"[^\W\d_]+")


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
    told = _by_small_words(text.lower())
    if told is not None:
        return told
    if common >= _COMMON_SHARE * len(words):
        return ENGLISH if common else None
    is_accented = any(ord(letter) > 0x7F for letter in letters)
    if common or len(words) < (_MIN_WORDS if is_accented else _MIN_PLAIN_WORDS):
        return None
    code, probability = _identifier().classify(text.lower())
    return str(code) if probability >= _SURE else None


def _by_small_words(text: str) -> str | None:
    """The language whose small words in a text, which is in lower case, outnumber the English ones; None without one.

    A word of both sides, like “no” or “in”, speaks for the other language only beside one that English does not have.
    """
    pieces = _PIECE.findall(_unaccented(text))
    surplus = {}
    for language in {found for piece in pieces for found in STRONG.get(piece, ())}:
        own = sum(language in STRONG.get(piece, ()) or language in WEAK.get(piece, ()) for piece in pieces)
        english = sum(piece in _COMMON and language not in WEAK.get(piece, ()) for piece in pieces)
        if own > english and own >= _SMALL_WORDS_SHARE * len(pieces):
            surplus[language] = own - english
    likeliest = sorted(language for language in surplus if surplus[language] == max(surplus.values()))
    if len(likeliest) < 2:
        return likeliest[0] if likeliest else None
    ranked = [str(code) for code, _ in _identifier().rank(text)]
    return min(likeliest, key=lambda language: ranked.index(language) if language in ranked else len(ranked))


def _unaccented(text: str) -> str:
    plain = unicodedata.normalize("NFD", text.translate(_UNSTROKED))
    return "".join(char for char in plain if not unicodedata.combining(char))


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
