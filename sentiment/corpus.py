"""Reads the training data: tweets, comments, film reviews, rated texts and this project's own shop sentences.

Every reader returns `Example`s; what a source does not know (emotions, a neutral class) stays unknown and
takes no part in the loss. Part of the tweets and of the shop sentences is held out from training: the
calibrator is fitted there, and the development sets are never touched by either.
"""

from __future__ import annotations

import html
import math
import random
import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from .example import Example, files, fingerprint, one_hot, rows_of, unescape
from .labels import LABELS, NEGATIVE, NEUTRAL, POSITIVE
from .messages import joined, read_messages
from .needs import NEEDS
from .questions import read_banking, read_calm, read_requests

SHOP_SENTENCES = Path(__file__).parent / "training" / "shop.yml"
NEED_PHRASES = Path(__file__).parent / "training" / "needs.yml"

EMOTIONS = (
    "admiration amusement anger annoyance approval caring confusion curiosity desire disappointment disapproval "
    "disgust embarrassment excitement fear gratitude grief joy love nervousness optimism pride realization relief "
    "remorse sadness surprise neutral"
).split()
_PLEASANT = set("admiration amusement approval caring excitement gratitude joy love optimism pride relief".split())
_UNPLEASANT = set(
    "anger annoyance disappointment disapproval disgust embarrassment fear grief nervousness remorse sadness".split()
)
# How much of what an agent calls frustration each emotion is.
_FRUSTRATING = {"anger": 1.0, "annoyance": 0.8, "disgust": 0.6, "disappointment": 0.6, "disapproval": 0.3}

_HELD_OUT_TWEETS = 0.10
_MIN_SST2_WORDS = 3
_SHORT_WORDS, _SHORT_WEIGHT = 3, 2.0  # of shop sentences
_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_SLOT = re.compile(r"\{(\w+)\}")
_JOINED = 6_000  # pairs and triples of messages to try
_TWEETS_WEIGHT = 0.2  # of needs in tweets, which nobody looked for


def read_tweets(folder: Path, *, seed: int) -> list[Example]:
    """Read the SemEval-2017 task 4 A tweets of 2013 to 2016; rare labels weigh more, contradictions are dropped."""
    labels: dict[str, set[str]] = {}
    for path in files(folder, "*.tsv"):
        for _, label, text in rows_of(path, columns=3):
            labels.setdefault(unescape(text), set()).add(label)
    known = [(text, LABELS.index(next(iter(found)))) for text, found in labels.items() if len(found) == 1]
    share = [sum(label == wanted for _, label in known) / len(known) for wanted in range(len(LABELS))]
    # Half-way between the corpus and equal shares: the calibrator does the rest.
    weights = [(1 / len(LABELS) / max(part, 0.01)) ** 0.6 for part in share]
    chance = random.Random(seed)  # noqa: S311 - reproducible, not secret
    return [
        Example(
            text=text,
            source="tweets",
            target=one_hot(label),
            weight=weights[label],
            needs=_needs_of_tweet(label),
            needs_weight=_TWEETS_WEIGHT,
            held_out=chance.random() < _HELD_OUT_TWEETS,
        )
        for text, label in sorted(known)
    ]


def _needs_of_tweet(label: int) -> dict[str, float]:
    """What a public tweet surely does not need; of the unpleasant ones hardly anything is sure."""
    unsure = {NEGATIVE: {"complaint", "impatient", "leaving", "danger"}, POSITIVE: {"settled"}}.get(
        label, {"complaint"}
    )
    return {name: 0.0 for name in NEEDS if name not in unsure}


def read_comments(folder: Path, *, split: str = "train") -> list[Example]:
    """Read GoEmotions; polarity only where its emotions agree."""
    examples = []
    for text, ids, _ in rows_of(folder / f"{split}.tsv", columns=3):
        emotions = frozenset(EMOTIONS[int(number)] for number in ids.split(","))
        label = _polarity_of(emotions)
        examples.append(
            Example(
                text=text,
                source="comments",
                target=None if label is None else one_hot(label),
                weight=0.5,
                frustration=max((_FRUSTRATING.get(emotion, 0.0) for emotion in emotions), default=0.0),
                emotions=emotions,
                held_out=split != "train",
            )
        )
    return examples


def _polarity_of(emotions: frozenset[str]) -> int | None:
    pleasant, unpleasant = bool(emotions & _PLEASANT), bool(emotions & _UNPLEASANT)
    if pleasant != unpleasant:
        return POSITIVE if pleasant else NEGATIVE
    # Reddit's "neutral" hides much mild mood; it teaches emotions, not polarity.
    return None


def read_reviews(path: Path) -> list[Example]:
    """Read phrases of the Stanford Sentiment Treebank (two labels)."""
    examples = []
    for text, label in rows_of(path, columns=2, header=True):
        if len(text.split()) >= _MIN_SST2_WORDS:
            target = one_hot(POSITIVE if label == "1" else NEGATIVE)
            examples.append(Example(text=_detokenized(text), source="reviews", target=target, knows_neutral=False))
    return examples


def _detokenized(text: str) -> str:
    """Undo the treebank's spaces: ``it 's`` is not what people type."""
    text = re.sub(r" (n't|'\w+|[.,!?;:])", r"\1", text.strip())
    return text.replace("-lrb-", "(").replace("-rrb-", ")").replace("`` ", '"').replace(" ''", '"')


def read_rated(folder: Path) -> list[Example]:
    """Read tweets and product reviews with mean human ratings in [-4, 4] (Hutto and Gilbert 2014)."""
    examples = []
    for name in ("tweets_GroundTruth.txt", "amazonReviewSnippets_GroundTruth.txt"):
        for _, rating, text in rows_of(folder / name, columns=3):
            examples.append(Example(text=text, source="rated", target=_soft(float(rating))))
    return examples


def read_snippets(folder: Path, *, never: frozenset[str]) -> list[Example]:
    """Read whole sentences of film reviews and newspaper editorials with mean human ratings in [-4, 4].

    Args:
        folder: As `read_rated`.
        never: Fingerprints of evaluation texts. A snippet may join several of the Treebank's sentences, so one that
            holds such a text anywhere is left out.
    """
    examples = []
    for name in ("movieReviewSnippets_GroundTruth.txt", "nytEditorialSnippets_GroundTruth.txt"):
        for _, rating, text in rows_of(folder / name, columns=3):
            if not _holds_any(text, never):
                examples.append(Example(text=text, source="snippets", target=_soft(float(rating))))
    return examples


def _holds_any(text: str, prints: frozenset[str]) -> bool:
    letters = "".join(char for char in text.lower() if char.isalpha())
    return any(print_ in letters for print_ in prints)


def _soft(rating: float) -> tuple[float, float, float]:
    """Spread a mean rating over the labels; 0.7 is where raters are split between none and some mood."""
    positive = 1 / (1 + math.exp(-(rating - 0.7) / 0.35))
    negative = 1 / (1 + math.exp(-(-rating - 0.7) / 0.35))
    total = max(1.0, positive + negative)
    return (negative / total, max(0.0, 1 - (positive + negative) / total), positive / total)


def read_shop(path: Path = SHOP_SENTENCES, *, seed: int, per_label: int = 6000) -> list[Example]:
    """Compose sentences of customers from the patterns of `shop.yml`; short ones weigh more, as tweets are long."""
    document: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    slots = _slots(document)
    chance = random.Random(seed)  # noqa: S311 - reproducible, not secret
    examples: dict[str, Example] = {}
    for label, name in enumerate(LABELS):
        patterns = [pattern for pattern in document[name] for _ in range(pattern.get("draws", 1))]
        for number in range(per_label):
            pattern = patterns[number % len(patterns)]
            text = compose(pattern["text"], slots, chance)
            examples[text] = Example(
                text=text,
                source="shop",
                target=one_hot(label),
                weight=_SHORT_WEIGHT if len(text.split()) <= _SHORT_WORDS else 1.0,
                frustration=float(pattern["frustration"]),
                held_out=bool(pattern.get("held_out")),  # whole patterns, or they would be known by heart
            )
    return list(examples.values())


def read_phrases(path: Path = NEED_PHRASES, *, seed: int, count: int = 3000) -> list[Example]:
    """Compose the worn phrases for each need from the patterns of `needs.yml`; their mood stays unknown."""
    slots = _slots(yaml.safe_load(SHOP_SENTENCES.read_text("utf-8")))
    patterns = yaml.safe_load(path.read_text("utf-8"))
    chance = random.Random(seed)  # noqa: S311 - reproducible, not secret
    examples: dict[str, Example] = {}
    for number in range(count):
        pattern = patterns[number % len(patterns)]
        said, unsure = pattern["needs"].split("+"), pattern.get("unsure", "").split()
        text = compose(pattern["text"], slots, chance)
        needs = {name: float(name in said) for name in NEEDS if name not in unsure}
        examples[text] = Example(text=text, source="phrases", needs=needs)
    return list(examples.values())


def _slots(document: dict[str, Any]) -> dict[str, list[str]]:
    return {name: [str(word) for word in words] for name, words in document["slots"].items()}


def louder(examples: Iterable[Example]) -> list[Example]:
    """Say composed sentences louder: in capitals, with marks, with emoji; the labels stay, anger grows.

    Corpora of tweets and comments hardly shout, so without these the blend would learn noise about shouting.
    """
    loud = []
    for number, example in enumerate(examples):
        target, calm = example.target or one_hot(NEUTRAL), example.frustration or 0.0
        label = max(range(len(LABELS)), key=target.__getitem__)
        text, added = (
            (example.text.upper(), 0.2),
            (f"{example.text}{'???' if label == NEUTRAL else '!!!'}", 0.1),
            (f"{example.text} {('😡', '🤔', '😊')[label]}", 0.2),
        )[number % 3]
        angrier = 0.0 if label == POSITIVE else min(1.0, calm + (added if label == NEGATIVE else added / 2))
        loud.append(replace(example, text=text, frustration=angrier))
    return loud


def compose(pattern: str, slots: dict[str, list[str]], chance: random.Random) -> str:
    """Write one sentence: choose, then fill the slots."""
    chosen = _CHOICE.sub(lambda match: chance.choice(match[1].split("|")), pattern)
    filled = _SLOT.sub(lambda match: chance.choice(slots[match[1]]), chosen)
    return " ".join(filled.split())


def read_all(
    data: Path, *, seed: int, never: frozenset[str] = frozenset(), without: Collection[str] = ()
) -> list[Example]:
    """Read every source that may train shipped weights.

    Args:
        data: Folder with `sentiment/` and `intents/` laid out as docs/sentiment.md says.
        seed: Decides what is held out and which shop sentences are composed.
        never: Fingerprints of texts that must not be trained on, wherever they come from.
        without: Authors of messages to hold out altogether.

    Returns:
        Examples of all sources, the held-out ones among them.

    Raises:
        CorpusUnreadable: A file is missing or malformed.
    """
    mood, clinc = data / "sentiment", data / "intents" / "clinc150" / "data_full.json"
    messages = read_messages(without=without)
    readers: tuple[Callable[[], list[Example]], ...] = (
        lambda: read_tweets(mood / "semeval_tweets", seed=seed),
        lambda: read_comments(mood / "goemotions"),
        lambda: read_reviews(mood / "sst2" / "train.tsv"),
        lambda: read_rated(mood / "vader_icwsm2014"),
        lambda: read_snippets(mood / "vader_icwsm2014", never=never),
        lambda: read_requests(clinc, seed=seed),
        lambda: read_calm(clinc),
        lambda: read_banking(data / "intents" / "banking77" / "train.csv"),
        lambda: read_shop(seed=seed),
        lambda: read_phrases(seed=seed),
        lambda: messages,
        lambda: joined(messages, seed=seed, count=_JOINED),
    )
    examples = (example for reader in readers for example in reader())
    return [
        replace(example, text=html.unescape(example.text))
        for example in examples
        if fingerprint(example.text) not in never
    ]
