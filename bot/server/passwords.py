"""Passwords: rules, Argon2id, and the same work whether an account exists or not.

Parameters: OWASP's second choice of equal strength for Argon2id (46 MiB, one pass) with one pass more, which takes
about 85 ms on one 2-core machine we measured; OWASP's minimum is 19 MiB with two passes.
"""

import asyncio
from secrets import token_urlsafe

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from bot.desk.errors import WeakPassword

MIN_CHARS = 10
MAX_CHARS = 128
MEMORY_KIB = 47_104
PASSES = 2
AT_ONCE = 2
"""Hashes computed at the same time: a flood of sign-ins takes 92 MiB and two cores, never the machine."""

# The most used passwords of ten and more characters in public lists of leaked ones; shorter ones fail the length.
COMMON = frozenset(
    """
    1234567890 0123456789 9876543210 12345678910 123456789a 1q2w3e4r5t 1qaz2wsx3edc qwertyuiop qwerty123456 qwerty12345
    q1w2e3r4t5 q1w2e3r4t5y6 asdfghjkl1 zxcvbnm123 password12 password123 password1234 password12345 passw0rd123
    passwordpassword letmein123 letmein1234 iloveyou12 iloveyou123 welcome123 welcome1234 administrator admin12345
    admin123456 changeme123 abcdefghij abcdefghijk abcd123456 abc1234567 1234512345 1122334455 sunshine123 princess123
    football123 baseball123 superman123 dragon12345 monkey12345 michael123 charlie123 trustno1234 starwars123
    frontdesk123 frontdesk1 helloworld hello12345 test123456 secret1234 summer2024 summer2025 summer2026 winter2025
    """.split()
)


class Passwords:
    """Makes and checks password hashes, a few at a time, off the event loop."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=1)
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._nobodys = self._hasher.hash(token_urlsafe(16))

    async def hash(self, password: str) -> str:
        """The hash to store. The password is taken exactly as it is: no trimming, no normalising, no cutting."""
        async with self._slots:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def verify(self, password: str, password_hash: str | None) -> bool:
        """Whether the password is right; None, for nobody's account, takes as long as a wrong one."""
        async with self._slots:
            return await asyncio.to_thread(self._verify, password, password_hash)

    def outdated(self, password_hash: str) -> bool:
        """Whether the hash was made with other parameters and should be made anew."""
        return self._hasher.check_needs_rehash(password_hash)

    def _verify(self, password: str, password_hash: str | None) -> bool:
        try:
            right = self._hasher.verify(password_hash or self._nobodys, password[:MAX_CHARS])
        except (VerificationError, InvalidHashError):
            return False
        return right and password_hash is not None and len(password) <= MAX_CHARS


def check_rules(password: str, *, name: str, email: str) -> None:
    """Refuse passwords that are guessed first; everything else is the person's choice.

    Raises:
        WeakPassword: Says which rule.
    """
    if not MIN_CHARS <= len(password) <= MAX_CHARS:
        raise WeakPassword(
            f"Choose a password of {MIN_CHARS} to {MAX_CHARS} characters; this one has {len(password):,}."
        )
    plain = password.casefold()
    if plain in COMMON or len(set(plain)) < 4:
        raise WeakPassword("This password is among the first that are tried. Four random words make a good one.")
    if plain.strip() in {name.casefold().strip(), email.casefold().strip(), email.casefold().partition("@")[0]}:
        raise WeakPassword("The password must not be your name or address. Four random words make a good one.")
