"""The signing secret of each receiver, derived instead of stored.

A copy of the database therefore holds nothing that can sign a webhook, and there is nothing to encrypt. Rotation raises
the generation; for a day the one before signs beside the new one.
"""

import base64
import hashlib
import hmac
from datetime import datetime, timedelta

BOTH_VALID = timedelta(hours=24)
"""How long the old secret still signs after a rotation."""


def secret(master: str, endpoint_id: str, generation: int) -> str:
    """Derive a secret: HMAC-SHA256 of a label, the endpoint and the generation, keyed by the desk's own secret.

    Returns:
        `whsec_` and the base64 of 32 bytes.
    """
    message = f"frontdesk endpoint secret v1\n{endpoint_id}\n{generation}".encode()
    return "whsec_" + base64.b64encode(hmac.digest(master.encode(), message, hashlib.sha256)).decode("ascii")


def valid_secrets(
    master: str, endpoint_id: str, generation: int, *, previous_until: datetime | None, now: datetime
) -> list[str]:
    """The secrets that sign now, newest first."""
    valid = [secret(master, endpoint_id, generation)]
    if previous_until is not None and now < previous_until and generation > 1:
        valid.append(secret(master, endpoint_id, generation - 1))
    return valid
