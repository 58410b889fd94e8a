"""Reads the training data: tweets, comments, film reviews, rated texts and this project's own shop sentences.

Every reader returns `Example`s; what a source does not know (emotions, a neutral class) stays unknown and
takes no part in the loss. Part of the tweets and of the shop sentences is held out from training: the
calibrator is fitted there, and the development sets are never touched by either.
"""

from __future__ import annotations

import csv
import html
import json
import math
import random
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from .errors import CorpusUnreadable
from .labels import LABELS, NEGATIVE, NEUTRAL, POSITIVE

SHOP_SENTENCES = Path(__file__).parent / "training" / "shop.yml"

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
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
_HANDLES_AND_ADDRESSES = re.compile(r"@\w+|https?\S+")
_FINGERPRINT_LETTERS = 40  # copies of a tweet are often cut near the end
_FINGERPRINT_MIN = 12  # "thanks" is nobody's property
_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_SLOT = re.compile(r"\{(\w+)\}")
# Requests and questions of CLINC150 that say nothing about the speaker's mood.
_ROUTINE_INTENTS = (
    "balance transfer book_flight book_hotel order_status routing card_declined directions exchange_rate hours "
    "international_fees order shipping schedule_meeting travel_alert travel_suggestion weather next_holiday "
    "restaurant_reservation confirm_reservation cancel_reservation what_song calculator measurement_conversion "
    "time timezone date alarm reminder todo_list shopping_list reading_level spelling definition insurance "
    "interest_rate min_payment new_card replacement_card_duration expiration_date credit_limit bill_due pay_bill "
    "transactions spending_history update_playlist play_music change_language car_rental gas oil_change_how "
    "ingredients_list recipe nutrition_info cook_time meal_suggestion food_last calories yes no maybe repeat"
).split()
# Intents of BANKING77 in which something went wrong for the customer, and those that only ask.
_PROBLEM_INTENTS = (
    "Refund_not_showing_up balance_not_updated_after_bank_transfer balance_not_updated_after_cheque_or_cash_deposit "
    "card_not_working card_payment_not_recognised card_payment_wrong_exchange_rate card_swallowed "
    "cash_withdrawal_not_recognised compromised_card contactless_not_working declined_card_payment "
    "declined_cash_withdrawal declined_transfer direct_debit_payment_not_recognised extra_charge_on_statement "
    "failed_transfer lost_or_stolen_card lost_or_stolen_phone pin_blocked top_up_failed top_up_reverted "
    "transaction_charged_twice transfer_not_received_by_recipient unable_to_verify_identity virtual_card_not_working "
    "wrong_amount_of_cash_received wrong_exchange_rate_for_cash_withdrawal"
).split()
_QUESTION_INTENTS = (
    "activate_my_card age_limit apple_pay_or_google_pay atm_support automatic_top_up card_about_to_expire "
    "card_acceptance card_delivery_estimate card_linking change_pin country_support disposable_card_limits "
    "edit_personal_details exchange_rate exchange_via_app fiat_currency_support get_disposable_virtual_card "
    "get_physical_card getting_spare_card getting_virtual_card order_physical_card receiving_money "
    "supported_cards_and_currencies top_up_by_cash_or_cheque top_up_limits topping_up_by_card transfer_into_account "
    "transfer_timing verify_my_identity verify_source_of_funds visa_or_mastercard"
).split()
# Nobody labelled their mood. A problem told to a bank is bad news more often than not, calmly put as it may be.
_PROBLEM = (0.65, 0.35, 0.0)


@dataclass(frozen=True, kw_only=True)
class Example:
    """One text and what is known about it."""

    text: str
    source: str
    target: tuple[float, float, float] | None = None  # probabilities in the order of `LABELS`
    knows_neutral: bool = True  # False: the source has only two labels
    weight: float = 1.0  # of the polarity in the loss
    frustration: float | None = None  # [0, 1]
    emotions: frozenset[str] | None = None
    held_out: bool = False


def one_hot(label: int) -> tuple[float, float, float]:
    """Put all probability on one label."""
    return (float(label == NEGATIVE), float(label == NEUTRAL), float(label == POSITIVE))


def read_tweets(folder: Path, *, seed: int) -> list[Example]:
    """Read the SemEval-2017 task 4 A tweets of 2013 to 2016; rare labels weigh more, contradictions are dropped."""
    labels: dict[str, set[str]] = {}
    for path in _files(folder, "*.tsv"):
        for _, label, text in _rows(path, columns=3):
            labels.setdefault(_unescape(text), set()).add(label)
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
            held_out=chance.random() < _HELD_OUT_TWEETS,
        )
        for text, label in sorted(known)
    ]


def read_comments(folder: Path, *, split: str = "train") -> list[Example]:
    """Read GoEmotions; polarity only where its emotions agree."""
    examples = []
    for text, ids, _ in _rows(folder / f"{split}.tsv", columns=3):
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
    for text, label in _rows(path, columns=2, header=True):
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
        for _, rating, text in _rows(folder / name, columns=3):
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
        for _, rating, text in _rows(folder / name, columns=3):
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


def read_requests(path: Path, *, seed: int, count: int = 1500) -> list[Example]:
    """Read routine requests of CLINC150 as neutral."""
    try:
        rows = json.loads(path.read_text("utf-8"))["train"]
    except (OSError, ValueError, KeyError) as exc:
        raise CorpusUnreadable(f"Cannot read {path}: {exc}. Expected CLINC150's data_full.json.") from exc
    texts = sorted(text for text, intent in rows if intent in _ROUTINE_INTENTS)
    chosen = random.Random(seed).sample(texts, min(count, len(texts)))  # noqa: S311 - reproducible, not secret
    return [Example(text=text, source="requests", target=one_hot(NEUTRAL), frustration=0.0) for text in chosen]


def read_banking(path: Path) -> list[Example]:
    """Read BANKING77: problems as mostly negative, questions as neutral; intents that are both are left out."""
    examples = []
    for text, intent in _rows(path, columns=2, header=True, delimiter=","):
        if intent in _PROBLEM_INTENTS:
            examples.append(Example(text=text, source="banking", target=_PROBLEM, frustration=0.3))
        elif intent in _QUESTION_INTENTS:
            examples.append(Example(text=text, source="banking", target=one_hot(NEUTRAL), frustration=0.0))
    return examples


def read_shop(path: Path = SHOP_SENTENCES, *, seed: int, per_label: int = 6000) -> list[Example]:
    """Compose sentences of customers from the patterns of `shop.yml`; short ones weigh more, as tweets are long."""
    document: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    slots = {name: [str(word) for word in words] for name, words in document["slots"].items()}
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


def fingerprint(text: str) -> str:
    """Identify a text across copies that differ in handles, addresses, quotes, escapes or a cut end."""
    bare = _HANDLES_AND_ADDRESSES.sub("", html.unescape(_unescape(text)).lower())
    return "".join(char for char in bare if char.isalpha())[:_FINGERPRINT_LETTERS]


def read_fingerprints(paths: Iterable[Path]) -> frozenset[str]:
    """Fingerprint every text of evaluation files: CSV with a column ``text``, or one text a line."""
    found: set[str] = set()
    for path in paths:
        with path.open(encoding="utf-8", newline="") as file:
            first = file.readline()
            file.seek(0)
            if "text" in first.strip().split(","):
                found.update(fingerprint(row["text"]) for row in csv.DictReader(file))
            else:
                found.update(fingerprint(line.split("\t")[0]) for line in file)
    return frozenset(print_ for print_ in found if len(print_) >= _FINGERPRINT_MIN)


def read_all(data: Path, *, seed: int, never: frozenset[str] = frozenset()) -> list[Example]:
    """Read every source that may train shipped weights.

    Args:
        data: Folder with `sentiment/` and `intents/` laid out as docs/sentiment.md says.
        seed: Decides what is held out and which shop sentences are composed.
        never: Fingerprints of texts that must not be trained on, wherever they come from.

    Returns:
        Examples of all sources, the held-out ones among them.

    Raises:
        CorpusUnreadable: A file is missing or malformed.
    """
    mood = data / "sentiment"
    readers: tuple[Callable[[], list[Example]], ...] = (
        lambda: read_tweets(mood / "semeval_tweets", seed=seed),
        lambda: read_comments(mood / "goemotions"),
        lambda: read_reviews(mood / "sst2" / "train.tsv"),
        lambda: read_rated(mood / "vader_icwsm2014"),
        lambda: read_snippets(mood / "vader_icwsm2014", never=never),
        lambda: read_requests(data / "intents" / "clinc150" / "data_full.json", seed=seed),
        lambda: read_banking(data / "intents" / "banking77" / "train.csv"),
        lambda: read_shop(seed=seed),
    )
    examples = (example for reader in readers for example in reader())
    return [
        replace(example, text=html.unescape(example.text))
        for example in examples
        if fingerprint(example.text) not in never
    ]


def _unescape(text: str) -> str:
    text = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text.strip())
    if len(text) > 1 and text[0] == text[-1] == '"':
        text = text[1:-1]
    return text.replace('""', '"').strip()


def _files(folder: Path, pattern: str) -> list[Path]:
    files = sorted(folder.glob(pattern))
    if not files:
        raise CorpusUnreadable(f"No {pattern} in {folder}. Give the data folder described in docs/sentiment.md.")
    return files


def _rows(path: Path, *, columns: int, header: bool = False, delimiter: str = "\t") -> Iterator[list[str]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            # Tab-separated corpora quote nothing; a quotation mark there is a customer's.
            reader = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE) if delimiter == "\t" else csv.reader(file)
            for number, row in enumerate(reader, start=1):
                if len(row) < columns:
                    raise CorpusUnreadable(f"{path}:{number} has {len(row)} columns, expected {columns}.")
                if number > 1 or not header:
                    yield row[:columns]
    except (OSError, UnicodeDecodeError) as exc:
        raise CorpusUnreadable(f"Cannot read {path}: {exc}.") from exc
