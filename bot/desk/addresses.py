"""Where the desk may send: web addresses that are plain, and IP addresses that are public.

Pure: names are resolved elsewhere. The check of a URL's text refuses what two parsers could read in two ways; the check
of an IP address is what keeps the desk from being used against its own network, so every address that a name resolves
to goes through it, at every try.
"""

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from bot.desk.errors import InvalidRequest

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
IpNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network

DEFAULT_PORTS = {"http": 80, "https": 443}
PUBLIC_PORTS = frozenset({80, 443, 8443})  # where web servers listen; everything else is somebody's database
MAX_URL_CHARS = 2_048

# Visible ASCII but backslash: browsers read "\\" as "/", others as part of the host. IDNs are entered as `xn--`.
_PLAIN = re.compile(r"[!-\[\]-~]+", re.ASCII)
_HOST_NAME = re.compile(r"(?=.{1,253}\Z)(?:(?!-)[a-z0-9_-]{1,63}(?<!-)\.)*(?!-)[a-z0-9-]{1,63}(?<!-)\.?", re.ASCII)
# A name whose last label is a number is an IPv4 address to some parsers: 127.1, 0x7f.1, 2130706433 (WHATWG URL, 3.5).
_NUMERIC_END = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)\.?", re.ASCII)

_PRIVATE_TARGET = re.compile(
    r"(?P<bare_v6>[0-9a-f:./]*:[0-9a-f./]*:[0-9a-f:./]*)|(?:(?P<v4>[0-9./]+)|\[(?P<v6>[0-9a-f:./]+)\])(?::(?P<port>[0-9]{1,5}))?",
    re.ASCII | re.IGNORECASE,
)

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
_NEVER_PUBLIC = tuple(
    ipaddress.ip_network(network)
    for network in (
        "192.88.99.0/24",  # 6to4 relays, returned to IANA (RFC 7526)
        "192.0.0.0/24",  # protocol assignments
        "2001::/23",  # protocol assignments, Teredo among them: it embeds an IPv4 address
        "2002::/16",  # 6to4 embeds an IPv4 address and is deprecated (RFC 7526)
        "2001:db8::/32",  # documentation
        "3fff::/20",  # documentation (RFC 9637)
        "5f00::/16",  # segment routing (RFC 9602)
    )
)


class TargetRefused(InvalidRequest):
    """The desk does not send to this address."""

    def __init__(self, message: str) -> None:
        super().__init__([{"field": "url", "message": message}], message)


@dataclass(frozen=True, kw_only=True)
class Target:
    """A web address in parts.

    Attributes:
        host: A name in lower case, or an IP address without brackets.
        path: Path and query, as they go into the request line.
    """

    scheme: str
    host: str
    port: int
    path: str

    @property
    def host_header(self) -> str:
        """The value of `Host`."""
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return shown if self.port == DEFAULT_PORTS[self.scheme] else f"{shown}:{self.port}"


@dataclass(frozen=True, kw_only=True)
class PrivateTarget:
    """An exception that the operator made: addresses of the own network that may be sent to.

    Attributes:
        port: The only allowed port; None allows the public ones.
    """

    network: IpNetwork
    port: int | None = None

    def allows(self, address: IpAddress, port: int) -> bool:
        """Whether this exception covers an address and port."""
        in_network = address.version == self.network.version and address in self.network
        return in_network and (port == self.port if self.port else port in PUBLIC_PORTS)


def read_private_target(text: str) -> PrivateTarget:
    """Read one entry of the allow-list: `10.0.0.7`, `10.0.0.0/24:8080`, `[fd00::7]:9000`.

    Raises:
        ValueError: It is none of these.
    """
    found = _PRIVATE_TARGET.fullmatch(text)
    port = int(found["port"]) if found and found["port"] else None
    if found is None or (port is not None and not 1 <= port <= 65_535):
        raise ValueError(f"{text!r} is not an address or network with an optional port, as in 10.0.0.7:8080")
    return PrivateTarget(network=ipaddress.ip_network(found["v4"] or found["v6"] or found["bare_v6"]), port=port)


def read_url(url: str, *, allowed: Sequence[PrivateTarget] = ()) -> Target:
    """Take a receiver's URL apart, if it can only mean one thing.

    Args:
        url: As an owner entered it.
        allowed: Exceptions of the operator; their ports are allowed beside the public ones.

    Raises:
        TargetRefused: The URL is not plain http(s) to an allowed port, or names an address in a disguise.
    """
    if len(url) > MAX_URL_CHARS:
        raise TargetRefused(f"The address has over {MAX_URL_CHARS:,} characters.")
    if not _PLAIN.fullmatch(url):
        raise TargetRefused(
            "The address must be plain ASCII without blanks, control characters and backslashes; write other letters"
            " of a host as `xn--…`."
        )
    parts, port = _split(url)
    if parts.scheme not in DEFAULT_PORTS:
        raise TargetRefused("The address must begin with https:// or http://.")
    if "@" in parts.netloc:
        raise TargetRefused("The address must not contain a user name or password.")
    if "#" in url:
        raise TargetRefused("The address must not contain a `#`.")
    target = Target(
        scheme=parts.scheme,
        host=_host(parts),
        port=DEFAULT_PORTS[parts.scheme] if port is None else port,
        path=(parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
    )
    _check_port(target, allowed)
    literal = _literal(target.host)
    if literal is not None:
        check_address(literal, target.port, allowed=allowed)
    return target


def _split(url: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(url)
        return parts, parts.port
    except ValueError as exc:
        raise TargetRefused("The address cannot be read. Enter it as in https://example.org/webhooks.") from exc


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").lower()
    if "%" in parts.netloc:
        raise TargetRefused("The host must be written plainly, without `%`.")
    if parts.netloc.startswith("["):
        return str(_ip(host))
    if _NUMERIC_END.fullmatch(host):
        return str(_ip(host))
    if not _HOST_NAME.fullmatch(host):
        raise TargetRefused("The host is not a name. Enter the address as in https://example.org/webhooks.")
    return host


def _ip(text: str) -> IpAddress:
    """An IP address in its one plain form; octal, hexadecimal and short forms are refused."""
    try:
        return ipaddress.ip_address(text)
    except ValueError as exc:
        raise TargetRefused("The host is a number, but not an IP address in its plain form.") from exc


def _literal(host: str) -> IpAddress | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _check_port(target: Target, allowed: Sequence[PrivateTarget]) -> None:
    if target.port not in PUBLIC_PORTS and target.port not in {each.port for each in allowed}:
        raise TargetRefused(f"Port {target.port} is not allowed; receivers listen on 443, 80 or 8443.")


def check_address(address: IpAddress, port: int, *, allowed: Sequence[PrivateTarget] = ()) -> None:
    """Refuse an address that must not be sent to; called for every address of a name, before anything is sent.

    Raises:
        TargetRefused: It is not public, or the port is meant for exceptions only.
    """
    if any(each.allows(address, port) for each in allowed):
        return
    if not is_public(address):
        raise TargetRefused(
            "The address belongs to a private or reserved network, so nothing is sent there. The operator of this"
            " desk can allow it with FRONTDESK_PRIVATE_TARGETS."
        )
    if port not in PUBLIC_PORTS:
        raise TargetRefused(f"Port {port} is not allowed; receivers listen on 443, 80 or 8443.")


def is_public(address: IpAddress) -> bool:
    """Whether an address is one of the public Internet, seen through every form that embeds an IPv4 address."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.scope_id is not None:
            return False
        embedded = address.ipv4_mapped or _nat64(address)
        if embedded is not None:
            return is_public(embedded)
        if address not in _GLOBAL_UNICAST:
            return False
    if any(address.version == network.version and address in network for network in _NEVER_PUBLIC):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _nat64(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address behind a NAT64 gateway; hosts without IPv4 reach all of it under this prefix (RFC 6052)."""
    return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else None
