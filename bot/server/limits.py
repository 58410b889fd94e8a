"""Limits on what one customer or one address may ask for, in this process; and who an address is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from math import ceil
from time import monotonic

from starlette.requests import HTTPConnection

from bot.desk.errors import RateLimited
from bot.server.settings import Settings

MAX_BUCKETS = 50_000
"""Full buckets are forgotten beyond this many, so that a flood from many addresses cannot fill the memory."""


@dataclass
class _Bucket:
    tokens: float
    filled_at: float


class Buckets:
    """Token buckets by key: `rate` per `per_s`, and `burst` at once."""

    def __init__(
        self, *, rate: float, per_s: float, burst: float, enabled: bool = True, now: Callable[[], float] = monotonic
    ) -> None:
        self._refill = rate / per_s
        self._burst = burst
        self._enabled = enabled
        self._now = now
        self._buckets: dict[str, _Bucket] = {}

    def take(self, key: str) -> None:
        """Take one token.

        Raises:
            RateLimited: There is none; it says when there will be.
        """
        if not self._enabled:
            return
        now = self._now()
        bucket = self._buckets.get(key)
        if bucket is None:
            self._make_room(now)
            bucket = self._buckets[key] = _Bucket(tokens=self._burst, filled_at=now)
        bucket.tokens = min(self._burst, bucket.tokens + (now - bucket.filled_at) * self._refill)
        bucket.filled_at = now
        if bucket.tokens < 1:
            raise RateLimited(max(1, ceil((1 - bucket.tokens) / self._refill)))
        bucket.tokens -= 1

    def _make_room(self, now: float) -> None:
        if len(self._buckets) < MAX_BUCKETS:
            return
        full_s = self._burst / self._refill
        self._buckets = {key: each for key, each in self._buckets.items() if now - each.filled_at < full_s}
        while len(self._buckets) >= MAX_BUCKETS:
            self._buckets.pop(next(iter(self._buckets)))


class Limits:
    """All rate limits of this server."""

    def __init__(self, settings: Settings) -> None:
        enabled = settings.rate_limits_enabled
        hourly, requests = settings.conversations_per_hour, settings.requests_per_minute
        self.messages = Buckets(
            rate=settings.messages_per_minute, per_s=60, burst=settings.messages_burst, enabled=enabled
        )
        self.conversations = Buckets(rate=hourly, per_s=3600, burst=hourly, enabled=enabled)
        self.requests = Buckets(rate=requests, per_s=60, burst=requests, enabled=enabled)
        self._proxies: Sequence[IPv4Network | IPv6Network] = settings.trusted_proxies

    def address_of(self, connection: HTTPConnection) -> str:
        """Who limits count: the client's address, for IPv6 its /64, which is what one household gets.

        `X-Forwarded-For` is read from the right and only as far as trusted proxies wrote it: whatever a client puts
        there itself stands further left.
        """
        peer = connection.client.host if connection.client else ""
        hops = [hop.strip() for hop in ",".join(connection.headers.getlist("x-forwarded-for")).split(",")]
        while self._is_trusted(peer) and hops and _parsed(hops[-1]):
            peer = hops.pop()
        return _household(peer)

    def _is_trusted(self, host: str) -> bool:
        address = _parsed(host)
        return address is not None and any(address in network for network in self._proxies)


def _parsed(host: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(host)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _household(host: str) -> str:
    address = _parsed(host)
    if isinstance(address, IPv6Address):
        return str(ip_network((int(address), 64), strict=False))
    return str(address) if address else "unknown"
