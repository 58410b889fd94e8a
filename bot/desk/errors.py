"""What can go wrong at the desk, in words that need no HTTP.

    DeskError
    ├── Refused                       you called it wrong; nothing was changed
    │   ├── InvalidRequest            errors: [{field, message}]
    │   ├── MessageEmpty
    │   ├── MessageTooLong            length, limit, unit
    │   ├── NotAuthenticated
    │   ├── NotFound
    │   ├── Forbidden
    │   ├── Conflict
    │   ├── HandoffAlreadyClaimed     assignee
    │   ├── HandoffNotOpen
    │   ├── NotAssignee
    │   ├── ArticleChanged
    │   ├── ArticleInvalid            errors: [{file, line, message}]
    │   ├── ThresholdsChanged
    │   ├── RetentionChanged
    │   ├── ConversationErased
    │   ├── RateLimited               retry_after_s
    │   ├── SetupLinkInvalid
    │   ├── EmailTaken
    │   ├── WeakPassword
    │   ├── WebhookSecretInvalid
    │   └── WebhookRefused
    │       ├── SignatureInvalid
    │       └── TimestampOutOfTolerance   difference_s
    └── WorldFailed                   you called it right; try again later
        ├── StorageUnavailable
        ├── StorageFull
        └── EngineUnavailable

A class name states the fact, its docstring is the default message, `code` is stable and for machines, `data` is what
a client may be told besides. Messages name ids and what to do next, never a customer's words and never a secret.
"""

import inspect
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar


class DeskError(Exception):
    """The desk could not do what was asked."""

    code: ClassVar[str] = "internal_error"

    def __init__(self, message: str | None = None) -> None:
        self.message = message or (inspect.getdoc(type(self)) or self.code).split("\n\n")[0].replace("\n", " ")
        super().__init__(self.message)

    @property
    def data(self) -> dict[str, Any]:
        """What a client may be told besides the message; empty for most errors."""
        return {}


class Refused(DeskError):
    """The request does not fit. Nothing was changed."""

    code = "invalid_request"


class InvalidRequest(Refused):
    """Some fields do not fit. Correct the fields that `errors` names and send the request again."""

    code = "invalid_request"

    def __init__(self, errors: Sequence[Mapping[str, Any]] = (), message: str | None = None) -> None:
        self.errors = [dict(error) for error in errors]
        super().__init__(message)

    @property
    def data(self) -> dict[str, Any]:
        """The fields that do not fit, as `errors: [{field, message}]`."""
        return {"errors": self.errors}


class MessageEmpty(Refused):
    """The message has no visible text. Write something and send it again."""

    code = "message_empty"


class MessageTooLong(Refused):
    """The message is too long. Shorten it and send it again."""

    code = "message_too_long"

    def __init__(self, length: int | None = None, limit: int | None = None, unit: str = "characters") -> None:
        self.length = length
        self.limit = limit
        self.unit = unit
        message = None
        if length is not None and limit is not None:
            message = f"The message has {length:,} {unit}; at most {limit:,} are allowed. Shorten it and send it again."
        super().__init__(message)

    @property
    def data(self) -> dict[str, Any]:
        """The limit, where it is known."""
        return {} if self.limit is None else {"limit": self.limit, "unit": self.unit}


class NotAuthenticated(Refused):
    """This needs a valid token or session. Sign in, or start a new conversation."""

    code = "not_authenticated"


class NotFound(Refused):
    """There is no such thing, or it is not yours."""

    code = "not_found"


class Forbidden(Refused):
    """Your role does not allow this. Ask an owner."""

    code = "forbidden"


class Conflict(Refused):
    """This id was used before with another body. Use a new id for a new request."""

    code = "conflict"


class HandoffAlreadyClaimed(Refused):
    """Another agent has claimed this conversation. Pick the next one from the queue."""

    code = "handoff_already_claimed"

    def __init__(self, assignee: Mapping[str, Any] | None = None) -> None:
        self.assignee = dict(assignee) if assignee else None
        name = self.assignee.get("name") if self.assignee else None
        super().__init__(f"{name} has claimed this conversation. Pick the next one from the queue." if name else None)

    @property
    def data(self) -> dict[str, Any]:
        """Who has it, as `assignee: {id, name}`."""
        return {"assignee": self.assignee}


class HandoffNotOpen(Refused):
    """This conversation has no open handoff. Reload it to see what happened."""

    code = "handoff_not_open"


class NotAssignee(Refused):
    """This conversation is not assigned to you. Claim it first."""

    code = "not_assignee"


class ArticleChanged(Refused):
    """The article was changed since you opened it. Reload it, then make your change again."""

    code = "article_changed"


class ArticleInvalid(Refused):
    """The article cannot be used as it is. Correct the lines that `errors` names."""

    code = "article_invalid"

    def __init__(self, errors: Sequence[Mapping[str, Any]] = (), message: str | None = None) -> None:
        self.errors = [dict(error) for error in errors]
        super().__init__(message)

    @property
    def data(self) -> dict[str, Any]:
        """The lines to correct, as `errors: [{file, line, message}]`."""
        return {"errors": self.errors}


class ThresholdsChanged(Refused):
    """The thresholds were changed since you opened them. Reload them, then make your change again."""

    code = "thresholds_changed"


class RetentionChanged(Refused):
    """Somebody else changed how long conversations are kept. Look at what they saved, then save yours."""

    code = "retention_changed"


class ConversationErased(Refused):
    """This conversation was deleted, and nothing of it is kept."""

    code = "conversation_erased"


class RateLimited(Refused):
    """Too many requests. Wait a moment and try again."""

    code = "rate_limited"

    def __init__(self, retry_after_s: int, message: str | None = None) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(message or f"Too many requests. Try again in {retry_after_s} s.")

    @property
    def data(self) -> dict[str, Any]:
        """When to try again."""
        return {"retry_after_s": self.retry_after_s}


class SetupLinkInvalid(Refused):
    """This set-up link was used, has expired or was never issued. Ask an owner for a new one."""

    code = "setup_link_invalid"


class EmailTaken(Refused):
    """An account with this e-mail address exists already. Sign in, or use another address."""

    code = "email_taken"


class WeakPassword(Refused):
    """The password is too easy to guess. Use at least 10 characters that are not a common password."""

    code = "weak_password"


class WebhookSecretInvalid(Refused):
    """The webhook secret is not `whsec_` and the base64 of 24 to 64 bytes. Let Frontdesk make one."""

    code = "invalid_request"


class WebhookRefused(Refused):
    """The webhook is not authentic or not fresh. Nothing was done."""

    code = "signature_invalid"


class SignatureInvalid(WebhookRefused):
    """The webhook's signature does not match. Check the secret on both sides, and sign the bytes exactly as sent."""

    code = "signature_invalid"


class TimestampOutOfTolerance(WebhookRefused):
    """The webhook's timestamp is too far from our clock. Set both clocks by NTP, and sign anew for every try."""

    code = "timestamp_out_of_tolerance"

    def __init__(self, difference_s: int | None = None, tolerance_s: int = 300) -> None:
        self.difference_s = difference_s
        self.tolerance_s = tolerance_s
        message = None
        if difference_s is not None:
            side = "behind" if difference_s > 0 else "ahead of"
            message = (
                f"The sender's clock differs by {abs(difference_s)} s: its timestamp is {side} ours, and at most"
                f" {tolerance_s} s are allowed. Set both clocks by NTP, and sign anew for every try."
            )
        super().__init__(message)

    @property
    def data(self) -> dict[str, Any]:
        """By how many seconds the clocks differ, where the timestamp could be read."""
        return {} if self.difference_s is None else {"difference_s": self.difference_s}


class WorldFailed(DeskError):
    """Something we depend on failed. Nothing was lost; try again in a moment."""

    code = "internal_error"


class StorageUnavailable(WorldFailed):
    """The database cannot be reached. Try again in a moment; `bot doctor` tells the owner why."""

    code = "storage_unavailable"


class StorageFull(WorldFailed):
    """The disk is full, so nothing can be stored. Free space on the data folder's disk, then try again."""

    code = "storage_full"


class EngineUnavailable(WorldFailed):
    """The assistant's engine does not answer. People can still be reached; try again in a moment."""

    code = "engine_unavailable"
