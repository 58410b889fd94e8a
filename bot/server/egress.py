"""The only door through which the desk reaches other people's servers.

A name is resolved once. Every address it has must be public, and the connection goes to the address that was checked,
under the name's own certificate: what the name means a moment later changes nothing. Redirects are not followed, no
proxy or environment is trusted, and a receiver costs at most 15 s and 64 KB.
"""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import httpx

from bot.desk.addresses import IpAddress, PrivateTarget, Target, TargetRefused, check_address, read_url

TIMEOUT_S = 15.0
CONNECT_TIMEOUT_S = 5.0
READ_MAX_BYTES = 65_536
MAX_ADDRESSES = 3
"""Addresses of a name that are tried one after the other; all of them are checked."""
USER_AGENT = "Frontdesk-Webhooks/1"

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]

# X509_V_ERR_* of OpenSSL, in the words an owner can act upon.
_CERTIFICATE = {
    9: "is not valid yet",
    10: "has expired",
    18: "is self-signed",
    19: "is signed by an unknown authority",
    20: "is signed by an unknown authority, or its chain is incomplete",
    21: "is signed by an unknown authority, or its chain is incomplete",
    62: "is for another host",
    64: "is for another address",
}


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What became of one try.

    Attributes:
        status: The receiver's HTTP status; None when there was none.
        headers: The receiver's headers.
        error: Why there was no answer. Fixed words: nothing a server said is repeated.
    """

    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    error: str | None = None


class Egress:
    """Sends requests to receivers.

    Args:
        allowed: Private targets that the operator allowed.
        resolve: Name and port to IP addresses.
        tls: Certificates that are trusted; the system's by default.
        timeout_s: For one try with everything: name, connection, answer.
    """

    def __init__(
        self,
        *,
        allowed: Sequence[PrivateTarget] = (),
        resolve: Resolve | None = None,
        tls: ssl.SSLContext | None = None,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        self._allowed = tuple(allowed)
        self._threads = ThreadPoolExecutor(16, thread_name_prefix="resolve")  # a slow name delays only its receiver
        self._resolve = resolve or self._ask_system
        self._tls = tls or ssl.create_default_context()
        self._timeout_s = timeout_s

    def check(self, url: str) -> Target:
        """Refuse a URL whose text alone tells that nothing may be sent there.

        Raises:
            TargetRefused: It does.
        """
        return read_url(url, allowed=self._allowed)

    async def check_name(self, url: str) -> None:
        """Refuse a URL whose name leads to private addresses now; one that has no address yet is let through.

        Raises:
            TargetRefused: Nothing may be sent there.
        """
        target = self.check(url)
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                await self._addresses(target)
        except (OSError, TimeoutError):
            return

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Make one try. Every way it can end is an answer."""
        try:
            async with asyncio.timeout(self._timeout_s):
                target = self.check(url)
                return await self._post(target, await self._addresses(target), body, headers)
        except TargetRefused as exc:
            return Answer(error=exc.message.rstrip("."))
        except TimeoutError:
            return Answer(error=f"no complete answer within {self._timeout_s:.0f} s")
        except (socket.gaierror, UnicodeError):
            return Answer(error="the name of the host has no address")
        except (OSError, httpx.HTTPError, httpx.InvalidURL) as exc:
            return Answer(error=_words(exc))

    async def _addresses(self, target: Target) -> list[IpAddress]:
        """The addresses of the target, all of them checked."""
        try:
            found = [ipaddress.ip_address(target.host)]
        except ValueError:
            found = [ipaddress.ip_address(each) for each in await self._resolve(target.host, target.port)]
        if not found:
            raise socket.gaierror
        for address in found:
            check_address(address, target.port, allowed=self._allowed)
        return list(dict.fromkeys(found))[:MAX_ADDRESSES]

    async def _ask_system(self, host: str, port: int) -> list[str]:
        def ask() -> list[str]:
            return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]

        return await asyncio.get_running_loop().run_in_executor(self._threads, ask)

    async def _post(
        self, target: Target, addresses: Sequence[IpAddress], body: bytes, headers: Mapping[str, str]
    ) -> Answer:
        for address in addresses[:-1]:
            try:
                return await self._send(target, address, body, headers)
            except (httpx.ConnectError, httpx.ConnectTimeout) as exc:
                if _tls_error(exc):
                    raise
        return await self._send(target, addresses[-1], body, headers)

    async def _send(self, target: Target, address: IpAddress, body: bytes, headers: Mapping[str, str]) -> Answer:
        """One request over a connection of its own: a pooled one could belong to another name at this address."""
        shown = f"[{address}]" if address.version == 6 else str(address)
        own = {
            "Host": target.host_header,
            "User-Agent": USER_AGENT,
            "Content-Type": "application/json",
            "Accept-Encoding": "identity",
            "Connection": "close",
        }
        timeout = httpx.Timeout(self._timeout_s, connect=min(CONNECT_TIMEOUT_S, self._timeout_s))
        async with (
            httpx.AsyncClient(verify=self._tls, trust_env=False, follow_redirects=False, timeout=timeout) as client,
            client.stream(
                "POST",
                f"{target.scheme}://{shown}:{target.port}{target.path}",
                content=body,
                headers={**own, **headers},
                extensions={"sni_hostname": target.host},
            ) as response,
        ):
            await _read_some(response)
            return Answer(status=response.status_code, headers=dict(response.headers))

    def close(self) -> None:
        """Let the threads end."""
        self._threads.shutdown(wait=False, cancel_futures=True)


async def _read_some(response: httpx.Response) -> None:
    """Read the body to its end, so that an answer torn off half-way counts as a failure; past 64 KB nobody cares."""
    received = 0
    async for chunk in response.aiter_raw():
        received += len(chunk)
        if received > READ_MAX_BYTES:
            return


def _tls_error(error: BaseException | None) -> ssl.SSLError | None:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return error
        error = error.__cause__ or error.__context__
    return None


def _words(error: Exception) -> str:
    """A failure in fixed words."""
    tls = _tls_error(error)
    if isinstance(tls, ssl.SSLCertVerificationError):
        return f"its certificate {_CERTIFICATE.get(tls.verify_code, 'is not valid')}"
    if tls is not None:
        return "it does not speak TLS as it should"
    if isinstance(error, httpx.ConnectTimeout | httpx.ConnectError):
        return "no connection"
    if isinstance(error, httpx.TimeoutException):
        return "no answer in time"
    if isinstance(error, httpx.RemoteProtocolError | httpx.LocalProtocolError | httpx.InvalidURL):
        return "it does not speak HTTP as it should"
    return "the connection broke"
