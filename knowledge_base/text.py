"""What stands in a message before anything is understood: cleaning it, and finding the questions in it."""

from __future__ import annotations

import re
import unicodedata

__all__ = [
    "clean",
    "is_follow_up",
    "leans_on",
    "listed_things",
    "looks_like_question",
    "split_questions",
    "without_courtesy",
]

_SPACES = re.compile(r"\s+")
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|\n+|(?<=\?)(?=[^\W\d_])")
_ASKING_WORDS = (
    r"when|where|what|how|why|who|which|do|does|did|is|are|was|were|can|could|will|would|should|may|have|has"
)
# As hurried customers type them: “whats ur number”, “wheres the café”.
_ASKING = rf"(?:{_ASKING_WORDS})(?:['’]?s)?|i\s+(?:want|need|would|'d)|tell\s+me"
# “and” starts a new question only before a word that can start one: “do you ship pens and paper” is one question.
# “also” does so by itself when a comma stands before it.
_JOINED = re.compile(
    rf"[,;]?\s+(?:and|also|plus|as well as|oh and|but|n|&)(?:\s+also)?,?\s+(?=(?:{_ASKING})\b)"
    rf"|[,;]\s+(?=(?:{_ASKING})\b)|[,;]\s+(?:and\s+)?also\s+",
    re.IGNORECASE,
)
# What stands before a list and belongs to each of its things: “do you have” wifi and toilets.
_FRAME = re.compile(
    rf"^(?:(?:{_ASKING})\s+)(?:(?:do|can|could|should|would|is|are)\s+)?(?:you|i|we|there)"
    r"(?:\s+(?:have|got|sell|offer|do|take|get|need|want|buy))?(?:\s+(?:a|an|any|the|to|some))?\b",
    re.IGNORECASE,
)
_LISTED = re.compile(r"\s*,\s*(?:and\s+|or\s+)?|\s+(?:and|or|plus|as\s+well\s+as|n)\s+|\s+[&+/]\s+", re.IGNORECASE)
_QUESTION = re.compile(rf"^(?:(?:and|or|also|so|but|then|oh)\s+)*(?:{_ASKING})\b|\?\s*$", re.IGNORECASE)
_LEANING = re.compile(
    r"\b(?:it|its|it's|that|this|these|those|them|they|their|there|one|ones|so|same|either|too|instead)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+")
_GREETING = re.compile(
    r"^(?:(?:hi+|hiya|hello+|hey+|howdy|greetings|good\s+(?:morning|afternoon|evening|day)|dear\s+\w+)"
    r"(?:\s+(?:there|all|team|guys|folks|everyone|again|mate))?[\s,.!:;-]+)+",
    re.IGNORECASE,
)
_FAREWELL = re.compile(
    r"[\s,.!;-]+(?:(?:many\s+)?thanks|thank\s+you|thx|ty|cheers|please|pls|plz|kind\s+regards|regards)"
    r"(?:\s+(?:in\s+advance|so\s+much|a\s+lot|very\s+much))?[\s.!?]*$",
    re.IGNORECASE,
)
_FOLLOW_UP = re.compile(
    r"^(?:and|or|but|so|then|also|even|what\s+about|how\s+about|what\s+if|is\s+(?:that|it|this)|does\s+(?:that|it|this)|"
    r"for|on|in|to|at|with|from|after|before|until|till|same)\b",
    re.IGNORECASE,
)
_FOLLOW_UP_WORDS = 7


def clean(text: str) -> str:
    """A message in plain form: compatibility forms resolved, emoji and control marks out, stretched letters shortened.

    Case is kept; the encoder and the n-grams ignore it themselves.
    """
    plain = unicodedata.normalize("NFKC", text)
    kept = "".join(char if _speaks(char) else " " for char in plain)
    return _SPACES.sub(" ", _STRETCHED.sub(r"\1\1", kept)).strip()


def without_courtesy(text: str) -> str:
    """A message without the greeting before it and the thanks after it; itself when fewer than two words would be left.

    “Hi, when do you open, thanks” is a question about opening times, not a greeting and not a thank-you.
    """
    bare = _FAREWELL.sub("", _GREETING.sub("", text))
    return bare if len(_WORD.findall(bare)) >= 2 else text


def split_questions(text: str) -> tuple[str, ...]:
    """The sentences and joined questions of a message, in order; pieces without a word are left out."""
    sentences = _SENTENCE_END.split(text)
    pieces = (part.strip(" ,;") for sentence in sentences for part in _JOINED.split(sentence))
    return tuple(piece for piece in pieces if _WORD.search(piece))


def looks_like_question(text: str) -> bool:
    """Whether a piece begins as questions and wishes do, or ends in a question mark."""
    return _QUESTION.search(text) is not None


def leans_on(text: str) -> bool:
    """Whether a piece points at something that was said before it: “how long does it take”."""
    return _LEANING.search(text) is not None


def listed_things(text: str) -> tuple[str, tuple[str, ...]]:
    """The things that a message lists, and the words before them that belong to each.

    “do you have wifi and toilets” gives `("do you have", ("wifi", "toilets"))`; a message without a list gives
    itself as its only thing.
    """
    plain = text.strip(" .!?")
    things = tuple(thing.strip(" ,;") for thing in _LISTED.split(plain))
    found = _FRAME.match(plain)
    return found[0] if found else "", tuple(thing for thing in things if _WORD.search(thing))


def is_follow_up(text: str) -> bool:
    """Whether a message is short and leans on what was said before: “and on Sundays?”, “how much is that?”."""
    leans = _FOLLOW_UP.match(text) is not None or (looks_like_question(text) and leans_on(text))
    return leans and len(_WORD.findall(text)) <= _FOLLOW_UP_WORDS


def _speaks(char: str) -> bool:
    category = unicodedata.category(char)
    return category[0] in "LNP" or category in {"Zs", "Sc", "Sm", "Mn", "Mc"} or char in "\n\t^`"
