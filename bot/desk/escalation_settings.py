"""The owner's dial: when the assistant offers a person and when it hands over by itself."""

from collections.abc import Mapping
from dataclasses import Field, asdict, dataclass, field, fields
from typing import Any

from bot.desk.errors import InvalidRequest


def _number(default: float, least: float, most: float, meaning: str) -> Any:
    return field(default=default, metadata={"least": least, "most": most, "help": meaning})


def _switch(default: bool, meaning: str) -> Any:
    return field(default=default, metadata={"help": meaning})


def _words(meaning: str) -> Any:
    return field(default=(), metadata={"help": meaning, "most": MAX_ENTRIES})


MAX_ENTRIES = 100
MAX_ENTRY_CHARS = 80


@dataclass(frozen=True, kw_only=True)
class EscalationSettings:
    """Thresholds of the rules; every one has a range and one line for the owner.

    Raises:
        InvalidRequest: A value is out of its range, or two contradict each other.
    """

    negative_polarity: float = _number(
        -0.3, -1.0, -0.05, "A message whose mood is at or below this counts as negative."
    )
    strong_polarity: float = _number(
        -0.65, -1.0, -0.05, "A message whose mood is at or below this counts as very negative."
    )
    angry_turns: int = _number(3, 2, 10, "Hand over after this many angry messages …")
    angry_window: int = _number(4, 2, 12, "… among this many of the customer's last messages.")
    very_angry_turns: int = _number(
        2, 1, 5, "Hand over after this many angry messages in a row, one of them very angry."
    )
    angry_turns_to_offer: int = _number(2, 1, 10, "Offer a person after this many angry messages in a row.")
    offer_on_lost_patience: bool = _switch(True, "Offer a person once a customer has plainly lost patience.")
    failures_to_offer: int = _number(2, 1, 10, "Offer a person after this many questions without a helpful answer …")
    failures_to_escalate: int = _number(3, 1, 10, "… and hand over after this many …")
    failure_window: int = _number(4, 2, 12, "… among this many of the customer's last questions.")
    repeat_similarity: float = _number(
        0.7, 0.4, 1.0, "Two questions written this much alike count as the same question."
    )
    tool_failures_to_escalate: int = _number(2, 1, 5, "Hand over after this many failed look-ups; one is an offer.")
    offer_cooldown_turns: int = _number(3, 0, 20, "After an offer, let this many messages pass before the next one.")
    need_to_hand_over: float = _number(
        0.95, 0.5, 0.99, "How sure the reading of a message must be before a person is brought in because of it …"
    )
    need_to_offer: float = _number(0.55, 0.3, 0.99, "… and before a person is offered.")
    hand_over_on_legal: bool = _switch(
        True, "Hand over when a customer speaks of legal steps or complaints to authorities."
    )
    hand_over_on_leaving: bool = _switch(True, "Hand over when a customer threatens to leave or to warn others.")
    always_intents: tuple[str, ...] = _words("Intents that a person always handles.")
    always_phrases: tuple[str, ...] = _words("Words or phrases that a person always handles.")

    def __post_init__(self) -> None:
        errors = [error for one in fields(self) for error in _errors(one, getattr(self, one.name))]
        errors += [] if errors else self._contradictions()
        if errors:
            raise InvalidRequest(errors, "Some thresholds do not fit. Correct the fields that `errors` names.")

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "EscalationSettings":
        """Read settings as an owner saved them; what is missing keeps its default.

        Raises:
            InvalidRequest: A name is unknown, or a value does not fit.
        """
        names = {one.name for one in fields(cls)}
        unknown = [
            {"field": str(name), "message": "There is no such threshold."} for name in values if name not in names
        ]
        if unknown:
            raise InvalidRequest(unknown, "Some thresholds are unknown. Leave them out.")
        read: dict[str, Any] = {name: tuple(one) if isinstance(one, list) else one for name, one in values.items()}
        return cls(**read)

    def to_dict(self) -> dict[str, Any]:
        """All settings as JSON knows them."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    def changes(self) -> dict[str, Any]:
        """The settings that differ from the defaults; `from_dict` reads them back."""
        defaults = {one.name: _plain(one.default) for one in fields(self)}
        return {name: value for name, value in self.to_dict().items() if value != defaults[name]}

    @classmethod
    def describe(cls) -> list[dict[str, Any]]:
        """Name, default, range and meaning of every setting, for the owner's console and the documentation."""
        return [{"name": one.name, "default": _plain(one.default), **one.metadata} for one in fields(cls)]

    def _contradictions(self) -> list[dict[str, Any]]:
        rules = (
            (
                self.strong_polarity <= self.negative_polarity,
                "strong_polarity",
                "Must be at least as unhappy as what counts as negative.",
            ),
            (
                self.need_to_offer <= self.need_to_hand_over,
                "need_to_offer",
                "Cannot be surer than what hands over.",
            ),
            (
                self.angry_turns <= self.angry_window,
                "angry_turns",
                "Cannot be more than the messages looked at.",
            ),
            (
                self.failures_to_offer <= self.failures_to_escalate,
                "failures_to_offer",
                "Cannot be more than the questions after which it hands over.",
            ),
            (
                self.failures_to_escalate <= self.failure_window,
                "failures_to_escalate",
                "Cannot be more than the questions looked at.",
            ),
        )
        return [{"field": name, "message": message} for holds, name, message in rules if not holds]


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _errors(one: "Field[Any]", value: Any) -> list[dict[str, Any]]:
    message = _complaint(one, value)
    return [{"field": one.name, "message": message}] if message else []


def _complaint(one: "Field[Any]", value: Any) -> str | None:
    if isinstance(one.default, bool):
        return None if isinstance(value, bool) else "Give true or false."
    if isinstance(one.default, tuple):
        fits = isinstance(value, tuple) and len(value) <= MAX_ENTRIES
        fits = fits and all(isinstance(entry, str) and 0 < len(entry.strip()) <= MAX_ENTRY_CHARS for entry in value)
        return None if fits else f"Give at most {MAX_ENTRIES} entries of 1 to {MAX_ENTRY_CHARS} characters."
    kinds = (int,) if isinstance(one.default, int) else (int, float)
    if isinstance(value, bool) or not isinstance(value, kinds):
        return "Give a whole number." if kinds == (int,) else "Give a number."
    least, most = one.metadata["least"], one.metadata["most"]
    return None if least <= value <= most else f"Give a number from {least:g} to {most:g}, not {value:g}."
