"""What a message reads like to the model that scores its mood: ten needs, each with a probability.

Phrases hear a need in words that somebody thought of; the learned reading hears it in others. Each corrects the other:
a phrase counts less where the model is sure that nothing of the kind is meant.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from types import MappingProxyType
from typing import Literal

Level = Literal["sure", "likely"]

WORDS: Mapping[str, str] = MappingProxyType(
    {
        "person": "asks for a person",
        "danger": "speaks of danger to somebody",
        "fraud": "speaks of fraud or a stolen account",
        "legal": "speaks of legal steps or a formal complaint",
        "leaving": "says they will leave or warn others",
        "impatient": "has lost patience",
        "complaint": "complains",
        "unhelped": "was not helped",
        "action": "wants something done",
        "settled": "is content",
    }
)
"""The names, and what each says in words for staff."""

MOODS = ("impatient", "complaint", "leaving")
"""What an unhappy message reads like."""

GRAVE = ("danger", "legal")
"""Half as likely is enough for an offer where the writer plainly complains."""

PLAIN = 0.6  # from here on a complaint is plain, and content is meant; between the two, people hedge
UNHEARD = 0.03  # and one of those in `GRAVE` of which it believes nothing at all is not meant
DOUBT = 0.1  # a phrase whose meaning the model believes less than this may offer a person, not hand over


@dataclass(frozen=True, kw_only=True)
class Heard:
    """The needs of one message, under the owner's two cuts."""

    needs: Mapping[str, float] | None
    sure: float
    likely: float

    @property
    def known(self) -> bool:
        """Whether the message could be read at all."""
        return self.needs is not None

    def probability(self, name: str) -> float:
        """0 where it could not be read."""
        return (self.needs or {}).get(name, 0.0)

    @property
    def unhappy(self) -> float:
        """The probability of at least one of `MOODS`, as if each stood by itself."""
        return 1 - prod(1 - self.probability(name) for name in MOODS)

    def level(self, name: str, *, said: bool = False) -> Level | None:
        """How surely a need is there.

        Args:
            name: One of `WORDS`.
            said: Whether a phrase says so; where the message could not be read, that decides.
        """
        probability = self.probability(name)
        if probability >= self.sure or (said and (probability >= DOUBT or not self.known)):
            return "sure"
        grave = name in GRAVE and self.probability("complaint") >= PLAIN
        said = said and not (self.known and name in GRAVE and probability < UNHEARD)
        return "likely" if said or probability >= (self.likely / 2 if grave else self.likely) else None

    def note(self, *names: str) -> str | None:
        """The surest of some readings, as in “reads like: asks for a person (93 %)”; None where it hardly does."""
        name = max(names, key=self.probability)
        probability = self.probability(name)
        return f"reads like: {WORDS[name]} ({100 * probability:.0f} %)" if probability >= self.likely / 2 else None
