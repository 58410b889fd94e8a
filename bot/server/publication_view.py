"""A publication as its pages see it."""

import re
from collections.abc import Mapping
from typing import Any

from bot.desk.events import timestamp
from bot.store.publications import Publication

_ONCE_MORE = "If it fails again, show the details to whoever looks after this desk."
_BROKE_OFF = (
    "The training broke off, and no article is named as the cause. Customers get the answers of before. "
    f"Publish once more. {_ONCE_MORE}"
)
_WORDS = {
    "trainer_crashed": "The training ended before it was done, most often because the machine ran out of memory. "
    f"Close what else runs there, then publish again. {_ONCE_MORE}",
    "trainer_missing": "What trains the assistant is not installed. "
    "Run `make setup` on the machine of this desk, then publish again.",
    "smoke_turn_failed": "The new answers were ready, but a first test question got no proper answer. "
    f"Publish once more. {_ONCE_MORE}",
}
_DISK_FULL = "The disk is full. Free some space, then publish again."
_NO_FILE = f"A file could not be read or written. Publish once more. {_ONCE_MORE}"
_RAW = re.compile(
    r"\b\w*(?:Exception|Error|SystemExit)\b|\bTraceback\b|\bSIG[A-Z]+\b|\bexit code\b|\bRasa\b|\[Errno \d+\]"
    r"|(?<!\w)/\w+/"
)
"""What only a programmer reads: names of exceptions and signals, what we are built of, paths of the machine."""


def as_json(found: Publication) -> dict[str, Any]:
    """The protocol's `publication`; `problems` name file and line of what has to be mended first."""
    error = found.error or {}
    words, raw = _told(error)
    return {
        "id": found.id,
        "state": found.state,
        "requested_at": timestamp(found.requested_at),
        "started_at": timestamp(found.started_at) if found.started_at else None,
        "finished_at": timestamp(found.finished_at) if found.finished_at else None,
        "error": words,
        "error_code": error.get("code"),
        "error_detail": raw,
        "problems": error.get("problems") or [],
        "summary": found.summary,
        "model_id": found.model_id,
        "changed_answers": found.changed_answers,
    }


def _told(error: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """Words for the owner, and what was said literally where that is for nobody but a programmer."""
    message = error.get("message")
    if not message or not _RAW.search(message):
        return message, None
    if "[Errno 28]" in message or "MB are free" in message:
        return _DISK_FULL, message
    if "[Errno " in message:
        return _NO_FILE, message
    return _WORDS.get(str(error.get("code")), _BROKE_OFF), message
