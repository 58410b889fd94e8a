"""Makes what customers type comparable: clauses of plain words without typing habits, and likeness of two messages."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from math import sqrt

MAX_CHARS = 2_000  # the longest message the desk accepts; whatever comes from elsewhere is cut

_QUOTED = re.compile(r"“[^”]{1,400}”|\"[^\"]{1,400}\"|«[^»]{1,400}»|(?<!\w)'[^']{4,400}'(?!\w)|^>.*$", re.MULTILINE)
_LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_LONG_RUN = re.compile(r"([^\W\d_])\1{2,}")
_BREAK = re.compile(r"[.!?,;:…\n()–—]+|\s-+\s|\b(?:but|because|cos|cuz)\b")
_WORD = re.compile(r"[^\W_]+")

# Read in this order on lower-case text with straight apostrophes.
_CONTRACTIONS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), plain)
    for pattern, plain in (
        (r"\bcan'?t\b|\bcannot\b", "can not"),
        (r"\bwon'?t\b", "will not"),
        (r"\bshan'?t\b", "will not"),
        (r"\b(do|does|did|is|are|was|were|have|has|had|would|could|should)n'?t\b", r"\1 not"),
        (r"\bain'?t\b", "is not"),
        (r"\bi'?m\b", "i am"),
        (r"\bi'd\b", "i would"),
        (r"\b(you|we|they)'re\b|\b(you|they)re\b", r"\1\2 are"),
        (r"\b(it|he|she|that|there|here|what|who|where|how)'s\b", r"\1 is"),
        (r"\b(someone|somebody|everyone|everybody|nobody|anyone)'?s\b", r"\1 is"),
        (r"\btheyre\b", "they are"),
        (r"\b(that|there|what|here)s\b", r"\1 is"),
        (r"\b(\w+)'ve\b|\bive\b", r"\1 have"),
        (r"\b(\w+)'ll\b", r"\1 will"),
        (r"\b(\w+)'d\b", r"\1 would"),
        (r"\bwanna\b", "want to"),
        (r"\bgonna\b", "going to"),
        (r"\bgotta\b", "have to"),
        (r"\blemme\b", "let me"),
        (r"\bgimme\b", "give me"),
        (r"\b(?:u|ya)\b", "you"),
        (r"\bur\b", "your"),
        (r"\br\b", "are"),
        (r"\b(?:pl[sz]+|plzz*|pleas|plese)\b", "please"),
        (r"\bsome ?1\b|\bsome one\b|\bsumone\b", "someone"),
        (r"\bany ?1\b|\bany one\b", "anyone"),
        (r"\bppl\b|\bpeeps\b", "people"),
        (r"\b(?:thx|thnx|tnx|ty|tysm|thanx)\b", "thanks"),
        (r"\b(?:speek|spek|spaek|speack)\b", "speak"),
        (r"\b(?:tlak|tallk|takl)\b", "talk"),
        (r"\b(?:cs|cust|custommer) (?=(?:rep|service|support|agent)\b)", "customer "),
        (r"\bf+[u*#@v]+c*k+(ing|in|ed|s|er)?\b|\bf\*+\w*", r"fuck\1"),
        (r"'s?\b", ""),
    )
)
# Words that decide what is asked for. A slip of one letter is mended towards them, except where it makes another word.
_MENDED = (
    "human person people agent operator representative manager supervisor someone somebody anyone anybody"
    " advisor assistant customer service support employee transfer connect"
).split()
_OTHER_WORDS = frozenset(
    "humano humana humain humaine agente operatore operatrice operador operadora manage managed manages operate"
    " operated operates humane humans persons persona personas personal parson"
    " agents agency agenda operators managers supervisors representatives advisors assistants assistance customers"
    " customs services supports supported employees transfers transferred connects connected".split()
)


def clauses(text: str) -> tuple[str, ...]:
    """Split a message into clauses of lower-case words, contractions and chat spellings written out.

    Quoted words are somebody else's and are left out, unless the message is nothing but a quotation.

    Args:
        text: Anything a customer can type.

    Returns:
        Clauses of words separated by single blanks; empty when there are no words.
    """
    return _clauses(text[:MAX_CHARS])


@lru_cache(maxsize=2_048)
def _clauses(text: str) -> tuple[str, ...]:
    text = unicodedata.normalize("NFKC", text).replace("’", "'").replace("‘", "'").replace("`", "'")
    text = "".join(char for char in text if unicodedata.category(char) not in ("Mn", "Cf"))
    unquoted = _QUOTED.sub(" , ", _LINK.sub(" ", text))
    text = (unquoted if _WORD.search(unquoted) else text).lower()
    text = _LONG_RUN.sub(r"\1", text)
    for pattern, plain in _CONTRACTIONS:
        text = pattern.sub(plain, text)
    parts = (" ".join(_mend(word) for word in _WORD.findall(part)) for part in _BREAK.split(text))
    return tuple(part for part in parts if part)


def quotes(text: str) -> bool:
    """Whether somebody else's words stand beside the writer's own."""
    unquoted = _QUOTED.sub(" ", text[:MAX_CHARS])
    return unquoted != text[:MAX_CHARS] and bool(_WORD.search(unquoted))


def plain(text: str) -> str:
    """A message as one line of plain words; what `clauses` gives, joined."""
    return " ".join(clauses(text))


def similarity(one: str, other: str) -> float:
    """How alike two messages are written: cosine of their character trigram counts, in [0, 1]."""
    return _cosine(_trigrams(plain(one)), _trigrams(plain(other)))


def excerpt(text: str, limit: int = 80) -> str:
    """A message on one line, cut at a word, for a sentence that quotes it."""
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    return line[: limit - 1].rsplit(" ", 1)[0].rstrip(" ,.;:") + "…"


@lru_cache(maxsize=2_048)
def _trigrams(words: str) -> Counter[str]:
    padded = f"  {words} "
    return Counter(padded[start : start + 3] for start in range(len(padded) - 2)) if words else Counter()


def _cosine(one: Counter[str], other: Counter[str]) -> float:
    shared = sum(count * other[gram] for gram, count in one.items())
    length = sqrt(_square(one.values()) * _square(other.values()))
    return min(shared / length, 1.0) if length else 0.0


def _square(counts: Iterable[int]) -> int:
    return sum(count * count for count in counts)


@lru_cache(maxsize=4_096)
def _mend(word: str) -> str:
    if len(word) < 5 or word in _OTHER_WORDS or word in _MENDED:
        return word
    return next((right for right in _MENDED if word[0] == right[0] and _one_slip(word, right)), word)


def _one_slip(word: str, right: str) -> bool:
    """Whether one letter is missing, doubled, wrong, or swapped with its neighbour."""
    if abs(len(word) - len(right)) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(word, right, strict=False)) if a != b), min(len(word), len(right)))
    rest, wanted = word[start:], right[start:]
    swapped = rest[:2] == wanted[1::-1] and rest[2:] == wanted[2:]
    return rest[1:] == wanted or rest == wanted[1:] or rest[1:] == wanted[1:] or swapped
