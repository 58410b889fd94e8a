"""What the server may send to the engine's channel, read strictly.

ChannelError
├── Unauthorized        the secret is missing or wrong
├── InvalidRequest      a field is missing, unknown or of the wrong kind
├── TurnFailed          the assistant could not finish the turn
└── ModelNotLoaded      there is no model, or not the one asked for
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from bot.assistant.payloads import MAX_PAYLOAD_CHARS, read_payload
from bot.desk.errors import InvalidRequest as UnfitThresholds
from bot.desk.escalation_settings import EscalationSettings

MAX_BODY_BYTES = 64 * 1024
MAX_FORGOTTEN = 600
MAX_TEXT_CHARS = 4_000  # twice what the server accepts from a customer
_ID = re.compile(r"[A-Za-z0-9_:.\-]{1,128}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_METADATA = {"boundary", "locale", "page_url", "open", "agents_online", "thresholds"}


class ChannelError(Exception):
    """The engine's channel refuses or fails."""

    code: ClassVar[str] = "turn_failed"
    status: ClassVar[int] = 500


class Unauthorized(ChannelError):
    """The secret is missing or wrong."""

    code = "unauthorized"
    status = 401


class InvalidRequest(ChannelError):
    """A field is missing, unknown or of the wrong kind."""

    code = "invalid_request"
    status = 422


class TurnFailed(ChannelError):
    """The assistant could not finish the turn."""


class ModelNotLoaded(ChannelError):
    """There is no model, or not the one asked for."""

    code = "model_not_loaded"
    status = 503


@dataclass(frozen=True, kw_only=True)
class TurnRequest:
    """One message for the assistant: words, or the payload of a button."""

    sender: str
    message_id: str
    text: str | None
    payload: str | None
    metadata: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class ModelRequest:
    """A model file to load, with the hash it must have."""

    path: str
    sha256: str


def read_turn(body: bytes) -> TurnRequest:
    """Read the body of `POST …/turn`.

    Raises:
        InvalidRequest: It does not fit; says which field.
    """
    fields = _fields(body, {"sender", "message_id", "text", "payload", "metadata"})
    text, payload = fields.get("text"), fields.get("payload")
    if (text is None) == (payload is None):
        raise InvalidRequest("Give either `text` or `payload`.")
    if payload is not None and (not isinstance(payload, str) or read_payload(payload) is None):
        raise InvalidRequest(
            f"`payload` must look like /intent or /intent{{…}}, at most {MAX_PAYLOAD_CHARS} characters."
        )
    return TurnRequest(
        sender=_matching(fields, "sender", _ID),
        message_id=_matching(fields, "message_id", _ID),
        text=None if text is None else _text(fields),
        payload=payload,
        metadata=_metadata(fields.get("metadata")),
    )


def read_parse(body: bytes) -> str:
    """Read the body of `POST …/parse`: its text.

    Raises:
        InvalidRequest: It does not fit.
    """
    return _text(_fields(body, {"text"}))


def read_forget(body: bytes) -> list[str]:
    """Read the body of `POST …/forget`: the conversations to be forgotten.

    Raises:
        InvalidRequest: It does not fit.
    """
    senders = _fields(body, {"senders"}).get("senders")
    if not isinstance(senders, list) or len(senders) > MAX_FORGOTTEN:
        raise InvalidRequest(f"`senders` must be a list of at most {MAX_FORGOTTEN} ids.")
    return [_matching({"senders": each}, "senders", _ID) for each in senders]


def read_model(body: bytes) -> ModelRequest:
    """Read the body of `POST …/model`.

    Raises:
        InvalidRequest: It does not fit.
    """
    fields = _fields(body, {"path", "sha256"})
    path = fields.get("path")
    if not isinstance(path, str) or not path.endswith(".tar.gz"):
        raise InvalidRequest("`path` must name a .tar.gz file.")
    return ModelRequest(path=path, sha256=_matching(fields, "sha256", _SHA256))


def _fields(body: bytes, known: set[str]) -> dict[str, Any]:
    if len(body) > MAX_BODY_BYTES:
        raise InvalidRequest(f"The body has {len(body):,} bytes; at most {MAX_BODY_BYTES:,} are read.")
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError) as exc:
        raise InvalidRequest("The body is not JSON in UTF-8.") from exc
    if not isinstance(fields, dict):
        raise InvalidRequest("The body must be a JSON object.")
    unknown = sorted(set(fields) - known)
    if unknown:
        raise InvalidRequest(f"Unknown field {unknown[0]!r:.60}; known are {', '.join(sorted(known))}.")
    return fields


def _text(fields: Mapping[str, Any]) -> str:
    text = fields.get("text")
    if not isinstance(text, str) or not text.strip():
        raise InvalidRequest("`text` must be a text that is not blank.")
    if len(text) > MAX_TEXT_CHARS:
        raise InvalidRequest(f"`text` has {len(text):,} characters; at most {MAX_TEXT_CHARS:,} are read.")
    return text.encode("utf-8", "replace").decode()  # half a surrogate pair could not be stored


def _matching(fields: Mapping[str, Any], name: str, pattern: re.Pattern[str]) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise InvalidRequest(f"`{name}` must match {pattern.pattern}.")
    return value


def _metadata(value: Any) -> Mapping[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise InvalidRequest("`metadata` must be an object.")
    unknown = sorted(set(value) - _METADATA)
    if unknown:
        raise InvalidRequest(f"Unknown field {unknown[0]!r:.60} in `metadata`.")
    if not isinstance(value.get("boundary"), (str, type(None))):
        raise InvalidRequest("`metadata.boundary` must be a message id or null.")
    _check_thresholds(value.get("thresholds"))
    return value


def _check_thresholds(value: Any) -> None:
    """Refuse here what the policy could not use half-way through a turn."""
    if value is None:
        return
    if not isinstance(value, dict):
        raise InvalidRequest("`metadata.thresholds` must be an object or null.")
    try:
        EscalationSettings.from_dict(value)
    except UnfitThresholds as exc:
        named = ", ".join(str(error["field"]) for error in exc.errors)
        raise InvalidRequest(f"`metadata.thresholds` does not fit: {named:.200}.") from exc
