"""Payloads of buttons: `/intent{"entity": "value"}`, and keeping words from being one.

Rasa runs any text that starts with `/` as an intent of confidence 1.0, and one that starts with `EXTERNAL: ` looks
like its own reminders. Only buttons that the server stored may do that; what people type is words.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_PAYLOAD = re.compile(r"/(?P<intent>[a-z][a-z_]{0,63})(?P<entities>\{.*\})?", re.DOTALL)
_COMMAND = re.compile(r"^(?:[\s/]|EXTERNAL:\s*)+")
MAX_PAYLOAD_CHARS = 500


@dataclass(frozen=True, kw_only=True)
class Payload:
    """What a button means: an intent and its entities."""

    intent: str
    entities: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"/{self.intent}{json.dumps(dict(self.entities), ensure_ascii=False) if self.entities else ''}"


def read_payload(text: str) -> Payload | None:
    """Read a payload; None when the text is none."""
    match = _PAYLOAD.fullmatch(text) if len(text) <= MAX_PAYLOAD_CHARS else None
    if match is None:
        return None
    try:
        entities = json.loads(match.group("entities") or "{}")
    except ValueError:
        return None
    if not all(isinstance(value, str) for value in entities.values()):
        return None
    return Payload(intent=match.group("intent"), entities=entities)


def as_words(text: str) -> str:
    """Take what makes a command off the front of typed text; the words stay.

    Args:
        text: What the customer typed.

    Returns:
        The text without leading slashes; a fraction slash when nothing else was typed, for Rasa needs a text.
    """
    return _COMMAND.sub("", text).strip() or ("\N{FRACTION SLASH}" if text.strip() else "")
