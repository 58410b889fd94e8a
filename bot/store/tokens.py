"""Bearer tokens: 256 random bits for the person, only their hash for the store."""

import hashlib
import secrets

TOKEN_BYTES = 32


def new_token() -> str:
    """A fresh token, URL-safe."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def hash_of(token: str) -> str:
    """What the store keeps of a token: SHA-256 in hex. Random tokens need no salt and no slow hash."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
