"""Decides whether a message is in a language the models can judge.

The models know English. Language identification is unreliable on a few words ("thx", "Harry Potter"), so
the gate closes only on evidence: another script, or a confident identifier that no English word contradicts.
"""

from __future__ import annotations

import re
import unicodedata

from py3langid.langid import MODEL_FILE, LanguageIdentifier

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_NOISE = re.compile(r"(?:https?://|www\.)\S+|[@#]\w+|\S+@\S+", re.IGNORECASE)
_MIN_WORDS = 3  # fewer ("great", "Les Misérables") say too little
_MIN_LETTERS = 10
_ENGLISH_UP_TO = 0.01  # probability of English at which the others are believed
_FOREIGN_SCRIPT_FROM = 0.5  # share of letters that are not Latin

# What customers of European and American shops write in, and the large languages beyond; fewer rivals, fewer mistakes.
_LANGUAGES = (
    "ar bg cs da de el en es et fa fi fr he hi hr hu id it ja ko lt lv nl no pl pt ro ru sk sl sv th tl tr uk ur vi zh"
).split()
# Words of English that hardly any other language in Latin script writes; a single one in five keeps the gate open.
_ENGLISH = frozenset(
    """the and you your my is are was were not don't didn't can't won't isn't i'm i've it's that's this that what
    where when why how who which have has had with from they their there would could should will been about please
    thanks thank thx pls plz of to for but just get got want need order book books delivery refund help late still
    never again really very good bad great love hate awful terrible can could did does if some any am more may
    over up out off make made using time flight card account money today tomorrow""".split()
)


class LanguageGate:
    """Tells English from what is surely not English."""

    def __init__(self) -> None:
        self._identifier = LanguageIdentifier.from_pickled_model(MODEL_FILE, norm_probs=True)
        self._identifier.set_languages(_LANGUAGES)

    def judges(self, text: str) -> bool:
        """Whether the models can judge the text.

        Args:
            text: A message with at least one letter.

        Returns:
            False only when another language or script is nearly certain.
        """
        text = _NOISE.sub(" ", text)
        if _foreign_script(text):
            return False
        words = _WORD.findall(text.replace("’", "'"))
        if len(words) < _MIN_WORDS or sum(map(len, words)) < _MIN_LETTERS or _is_name(words):
            return True
        lowered = [word.lower() for word in words]
        if 5 * sum(word in _ENGLISH for word in lowered) >= len(words):
            return True
        english = dict(self._identifier.rank(" ".join(lowered)))["en"]
        return bool(english > _ENGLISH_UP_TO)


def _is_name(words: list[str]) -> bool:
    """A few words with capitals ("Gabriel García Márquez") are a name, whatever its language."""
    return len(words) <= 4 and all(word[0].isupper() and not word.isupper() for word in words)


def _foreign_script(text: str) -> bool:
    letters = [char for char in text if char.isalpha()]
    if not letters:
        return False
    foreign = sum(not (char.isascii() or unicodedata.name(char, "").startswith("LATIN")) for char in letters)
    return foreign / len(letters) >= _FOREIGN_SCRIPT_FROM
