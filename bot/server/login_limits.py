"""How often somebody may try to sign in.

Failures count per address (5 in 5 minutes) and per account (10 in 15 minutes), whether the account exists or not.
Nobody is locked out for good, and nobody can lock out somebody else: a browser that signed in before holds a device
cookie and is counted by itself (OWASP Authentication Cheat Sheet, "device cookies").
"""

import hashlib
import hmac
import math
import secrets
import time
from collections import OrderedDict, deque
from collections.abc import Callable

from bot.desk.errors import RateLimited

ADDRESS_TRIES, ADDRESS_WINDOW_S = 5, 300
ACCOUNT_TRIES, ACCOUNT_WINDOW_S = 10, 900
MAX_KEYS = 50_000
"""Memory bound: the oldest counters make room, about 10 MB at most."""

Clock = Callable[[], float]


class Window:
    """Counts tries per key in a sliding window of time."""

    def __init__(self, tries: int, window_s: float, *, clock: Clock = time.monotonic) -> None:
        self._tries = tries
        self._window_s = window_s
        self._clock = clock
        self._times: OrderedDict[str, deque[float]] = OrderedDict()

    def wait_s(self, key: str) -> int:
        """Seconds until this key may try again; 0 is now."""
        times = self._current(key)
        return math.ceil(times[0] + self._window_s - self._clock()) if len(times) >= self._tries else 0

    def count(self, key: str) -> None:
        """Count one try."""
        self._current(key).append(self._clock())

    def forgive(self, key: str) -> None:
        """Take back the last try: it was right."""
        times = self._current(key)
        if times:
            times.pop()

    def _current(self, key: str) -> deque[float]:
        times = self._times.setdefault(key, deque())
        self._times.move_to_end(key)
        while times and times[0] <= self._clock() - self._window_s:
            times.popleft()
        while len(self._times) > MAX_KEYS:
            self._times.popitem(last=False)
        return times


class LoginLimits:
    """The windows of one server, and the device cookies that know a returning browser."""

    def __init__(self, *, key: bytes, enabled: bool, clock: Clock = time.monotonic) -> None:
        self._key = hmac.digest(key, b"frontdesk device cookie v1", "sha256")
        self._enabled = enabled
        self._addresses = Window(ADDRESS_TRIES, ADDRESS_WINDOW_S, clock=clock)
        self._accounts = Window(ACCOUNT_TRIES, ACCOUNT_WINDOW_S, clock=clock)

    def start(self, *, address: str, email: str, device: str | None) -> "Try":
        """Count a try before the password is looked at, so that many at once count too.

        Raises:
            RateLimited: Too many lately.
        """
        known = self._device_of(device, email)
        keys = [(self._accounts, known or hashlib.sha256(email.encode()).hexdigest())]
        if known is None:
            keys.append((self._addresses, address))
        wait_s = max(window.wait_s(key) for window, key in keys)
        if wait_s and self._enabled:
            minutes = math.ceil(wait_s / 60)
            raise RateLimited(wait_s, f"Too many attempts to sign in. Try again in {minutes} minute(s).")
        for window, key in keys:
            window.count(key)
        return Try(keys)

    def device_cookie(self, email: str) -> str:
        """What a browser gets that signed in."""
        nonce = secrets.token_urlsafe(16)
        return f"{nonce}.{self._seal(nonce, email)}"

    def _device_of(self, cookie: str | None, email: str) -> str | None:
        nonce, _, seal = (cookie or "").partition(".")
        return nonce if seal and hmac.compare_digest(seal.encode(), self._seal(nonce, email).encode()) else None

    def _seal(self, nonce: str, email: str) -> str:
        return hmac.new(self._key, f"{nonce}.{email}".encode(), hashlib.sha256).hexdigest()


class Try:
    """One attempt to sign in."""

    def __init__(self, keys: list[tuple[Window, str]]) -> None:
        self._keys = keys

    def succeeded(self) -> None:
        """It does not count: the password was right."""
        for window, key in self._keys:
            window.forgive(key)
