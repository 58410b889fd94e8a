"""Writes a sentence the way hurried customers do, as training material. Never used at run time."""

from __future__ import annotations

import random

__all__ = ["hurried"]

_FILLERS = frozenset(
    "the a an is are do does can could would i my me to of for you your please have has it this that will be in on "
    "what how if am was".split()
)
_GREETINGS = ("hi", "hello", "hey", "good morning", "please")


def hurried(text: str, rng: random.Random) -> str:
    """A hurried version: lower case, no punctuation; often a fragment, with typing mistakes or a greeting in front."""
    words = "".join(char for char in text.lower() if char not in "?.,!;:").split()
    if len(words) > 4 and rng.random() < 0.35:
        words = [word for word in words if word not in _FILLERS or rng.random() < 0.25] or words
        if rng.random() < 0.4:
            words = words[-rng.choice((2, 3, 4)) :]
    letters = list(" ".join(words))
    for _ in range(rng.choice((0, 0, 1, 1, 2))):
        _slip(letters, rng)
    greeting = f"{rng.choice(_GREETINGS)} " if rng.random() < 0.1 else ""
    return greeting + "".join(letters)


def _slip(letters: list[str], rng: random.Random) -> None:
    if len(letters) <= 6:
        return
    place = rng.randrange(1, len(letters) - 1)
    kind = rng.random()
    if kind < 0.3:
        letters[place], letters[place - 1] = letters[place - 1], letters[place]
    elif kind < 0.7:
        letters[place] = ""
    else:
        letters[place] *= 2
