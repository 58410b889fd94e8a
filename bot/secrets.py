"""The secrets the processes share, made at the first start and kept in one private file.

```
SecretsUnusable
```
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from pathlib import Path

from bot.desk.errors import WebhookSecretInvalid
from bot.desk.webhooks import Signer, new_secret
from bot.places import private_folder, write_privately

FILE = "secrets.json"
KEY_BYTES = 32


class SecretsUnusable(Exception):
    """The secrets file cannot be used."""

    code = "secrets_unusable"


@dataclass(frozen=True, kw_only=True, repr=False)
class RunSecrets:
    """Shared secrets of one installation.

    Attributes:
        engine_secret: Proves the server to the engine's channel.
        webhook_secret: Signs webhooks between actions and server (`whsec_…`, Standard Webhooks).
    """

    engine_secret: str
    webhook_secret: str

    def __repr__(self) -> str:
        return "RunSecrets(…)"

    @property
    def operator_token(self) -> str:
        """Bearer token of whoever can read the secrets file: `bot train` and the metrics scraper."""
        return operator_token(self.engine_secret)


def operator_token(engine_secret: str) -> str:
    """Derive the operator's token, so that the engine's own secret never travels to the public process.

    Args:
        engine_secret: The shared secret of server and engine.

    Returns:
        64 hexadecimal digits (HMAC-SHA256).
    """
    return hmac.new(engine_secret.encode(), b"frontdesk operator v1", hashlib.sha256).hexdigest()


def load_or_create(data: Path) -> RunSecrets:
    """Read the secrets of an installation; make them at its first start.

    Args:
        data: The data folder; made private (0700) when missing.

    Raises:
        SecretsUnusable: The file exists but does not hold two usable secrets.
    """
    file = private_folder(data) / FILE
    if not file.exists():
        return _create(file)
    if file.stat().st_mode & 0o077:
        file.chmod(0o600)
    return _read(file)


def _create(file: Path) -> RunSecrets:
    fields = {
        "engine_secret": secrets.token_urlsafe(KEY_BYTES),
        "webhook_secret": new_secret(),
    }
    write_privately(file, json.dumps(fields, indent=2) + "\n")
    return RunSecrets(**fields)


def _read(file: Path) -> RunSecrets:
    try:
        fields = json.loads(file.read_text(encoding="utf-8"))
        found = RunSecrets(engine_secret=fields["engine_secret"], webhook_secret=fields["webhook_secret"])
        Signer([found.webhook_secret])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, WebhookSecretInvalid) as exc:
        raise SecretsUnusable(
            f"{file} does not hold `engine_secret` and `webhook_secret` ({type(exc).__name__}). "
            "Restore it from a backup, or delete it: new secrets are made at the next start."
        ) from exc
    if len(found.engine_secret) < 32 or len(set(found.engine_secret)) < 8:
        raise SecretsUnusable(
            f"The engine secret in {file} is too short or too simple to be secret. Delete the file: good ones are made."
        )
    return found
