"""Standard Webhooks: sign what leaves, trust only what is authentic and fresh.

The scheme of https://www.standardwebhooks.com: HMAC-SHA256 over `id.timestamp.body`, base64, prefixed `v1,`. While a
secret is being rotated every webhook carries one signature for each secret, and any of them is accepted.
"""

import base64
import binascii
import hashlib
import hmac
import re
import secrets as random_source
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone

from bot.desk.errors import InvalidRequest, SignatureInvalid, TimestampOutOfTolerance, WebhookSecretInvalid

ID_HEADER = "webhook-id"
TIMESTAMP_HEADER = "webhook-timestamp"
SIGNATURE_HEADER = "webhook-signature"

TOLERANCE_S = 300  # what every published library of the standard allows, both ways
MAX_SIGNATURES = 10  # two secrets while rotating need two; the rest is room for other schemes' prefixes
MAX_HEADER_CHARS = 1_024
MAX_ID_CHARS = 128
MIN_SECRET_BYTES = 24  # the standard's lower bound; its upper one is 64
MAX_SECRET_BYTES = 64

_SECRET_PREFIX = "whsec_"  # noqa: S105 - a prefix, not a secret
_VERSION = "v1"
# No dot: it separates the signed parts, so an id with one could be read as another id and timestamp.
_ID = re.compile(r"[A-Za-z0-9_:/=+\-]+", re.ASCII)
_TIMESTAMP = re.compile(r"[0-9]{1,12}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class VerifiedWebhook:
    """An authentic and fresh webhook; its body is the caller's to parse."""

    webhook_id: str
    timestamp: datetime


def new_secret() -> str:
    """Make a secret of 32 random bytes, in the form that `Signer` reads."""
    return _SECRET_PREFIX + base64.b64encode(random_source.token_bytes(32)).decode("ascii")


class Signer:
    """Signs and verifies webhooks with one secret, or several while they are rotated."""

    def __init__(self, secrets: Sequence[str]) -> None:
        """Read the secrets.

        Args:
            secrets: At least one, newest first; with or without `whsec_`.

        Raises:
            WebhookSecretInvalid: One of them is not the base64 of 24 to 64 bytes, or there is none.
        """
        if isinstance(secrets, str) or not secrets:
            raise WebhookSecretInvalid("Give a list of at least one webhook secret.")
        self._keys = tuple(_key(secret) for secret in secrets)

    def __repr__(self) -> str:
        return f"Signer({len(self._keys)} secrets)"

    def sign(self, webhook_id: str, timestamp: datetime, body: bytes) -> dict[str, str]:
        """Make the three headers for one try.

        Args:
            webhook_id: The same for every try of one event; letters, digits and `_:/=+-`, no dot.
            timestamp: Of this try, aware in any zone.
            body: The bytes exactly as they will be sent.

        Raises:
            SignatureInvalid: The id cannot be signed unambiguously.
            InvalidRequest: The timestamp is naive.
        """
        if timestamp.tzinfo is None:
            raise InvalidRequest(message="A webhook is signed with an aware timestamp; this one has no time zone.")
        _check_id(webhook_id)
        seconds = str(int(timestamp.timestamp()))
        signatures = (_signature(key, webhook_id, seconds, body) for key in self._keys)
        return {
            ID_HEADER: webhook_id,
            TIMESTAMP_HEADER: seconds,
            SIGNATURE_HEADER: " ".join(f"{_VERSION},{signature}" for signature in signatures),
        }

    def verify(self, headers: Mapping[str, str], body: bytes, *, now: datetime) -> VerifiedWebhook:
        """Tell an authentic, fresh webhook from all else.

        Args:
            headers: The request's headers; names in any case.
            body: The bytes exactly as received.
            now: Aware; our clock.

        Raises:
            SignatureInvalid: A header is missing or malformed, or no signature matches.
            TimestampOutOfTolerance: The signature is right, but over 300 s old or ahead.
        """
        webhook_id, seconds, candidates = _read(headers)
        _check_signature(self._keys, webhook_id, seconds, body, candidates)
        difference_s = round(now.timestamp()) - int(seconds)
        if abs(difference_s) > TOLERANCE_S:
            raise TimestampOutOfTolerance(difference_s, TOLERANCE_S)
        return VerifiedWebhook(webhook_id=webhook_id, timestamp=datetime.fromtimestamp(int(seconds), timezone.utc))


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix(_SECRET_PREFIX), validate=True)
    except (binascii.Error, ValueError, AttributeError) as exc:
        raise WebhookSecretInvalid from exc
    if not MIN_SECRET_BYTES <= len(key) <= MAX_SECRET_BYTES:
        raise WebhookSecretInvalid(
            f"A webhook secret has {MIN_SECRET_BYTES} to {MAX_SECRET_BYTES} bytes, not {len(key)}."
        )
    return key


def _read(headers: Mapping[str, str]) -> tuple[str, str, list[str]]:
    """Id, timestamp and the `v1` signatures, or a refusal that names the header at fault."""
    found = _required(headers)
    _check_id(found[ID_HEADER])
    if not _TIMESTAMP.fullmatch(found[TIMESTAMP_HEADER]):
        raise SignatureInvalid(f"`{TIMESTAMP_HEADER}` must be seconds since 1970 in digits.")
    parts = found[SIGNATURE_HEADER].split(" ")
    if len(parts) > MAX_SIGNATURES:
        raise SignatureInvalid(
            f"`{SIGNATURE_HEADER}` holds {len(parts)} signatures; at most {MAX_SIGNATURES} are read."
        )
    candidates = [signature for version, _, signature in (part.partition(",") for part in parts) if version == _VERSION]
    if not candidates:
        raise SignatureInvalid(f"`{SIGNATURE_HEADER}` holds no `v1,…` signature.")
    return found[ID_HEADER], found[TIMESTAMP_HEADER], candidates


def _required(headers: Mapping[str, str]) -> dict[str, str]:
    found = {name: "" for name in (ID_HEADER, TIMESTAMP_HEADER, SIGNATURE_HEADER)}
    for name, value in headers.items():
        key = name.lower()
        if found.get(key):
            raise SignatureInvalid(f"The header `{key}` is there twice; which one is signed cannot be told.")
        if key in found:
            found[key] = value
    for name, value in found.items():
        if not value:
            raise SignatureInvalid(f"The header `{name}` is missing. Send the three headers of Standard Webhooks.")
        if len(value) > MAX_HEADER_CHARS:
            raise SignatureInvalid(f"The header `{name}` has over {MAX_HEADER_CHARS:,} characters.")
    return found


def _check_id(webhook_id: str) -> None:
    if len(webhook_id) > MAX_ID_CHARS or not _ID.fullmatch(webhook_id):
        raise SignatureInvalid(
            f"`{ID_HEADER}` must be 1 to {MAX_ID_CHARS} letters, digits and `_:/=+-`, without a dot: the dot separates"
            " what is signed."
        )


def _signature(key: bytes, webhook_id: str, seconds: str, body: bytes) -> str:
    digest = hmac.digest(key, f"{webhook_id}.{seconds}.".encode("ascii") + body, hashlib.sha256)
    return base64.b64encode(digest).decode("ascii")


def _check_signature(
    keys: Sequence[bytes], webhook_id: str, seconds: str, body: bytes, candidates: Sequence[str]
) -> None:
    expected = [_signature(key, webhook_id, seconds, body).encode("ascii") for key in keys]
    # Every pair is compared, in constant time, so that the duration tells nothing about which one was close.
    matches = [
        hmac.compare_digest(ours, theirs.encode("utf-8", "surrogatepass")) for ours in expected for theirs in candidates
    ]
    if not any(matches):
        raise SignatureInvalid
