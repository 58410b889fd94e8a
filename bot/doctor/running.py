"""What runs, or could run: ports, the store, the processes, and who can reach them."""

from __future__ import annotations

import json
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from bot.doctor.finding import Finding, note, problem, well
from bot.operate import Desk
from bot.places import RunNote
from bot.processes import port_is_free
from bot.serve import LOOPBACK, PortTaken, check_ports
from bot.store import snapshot
from bot.store.database import Database
from bot.store.errors import StoreInUse, StoreUnusable

LISTENING = "0A"
"""State of a listening socket in `/proc/net/tcp`."""


def ports(desk: Desk) -> Iterator[Finding]:
    """The three ports, while Frontdesk does not run."""
    if RunNote.read(desk.places.data) is not None:
        return
    try:
        check_ports(desk.ports)
    except PortTaken as exc:
        yield problem(str(exc), "Or stop the other program: `ss -ltnp` names it.")
    else:
        yield well(f"Ports {desk.ports.server}, {desk.ports.engine} and {desk.ports.actions} are free")


def store(desk: Desk) -> Iterator[Finding]:
    """The database opens, and keeps its promises."""
    location = desk.settings.store_location
    if (
        isinstance(location, Path)
        and not location.exists()
        and not location.with_name(f"{location.name}.here").exists()
    ):
        yield note("No database yet; the first start makes it.")
        return
    try:
        Database.open(location).close()
    except StoreInUse:
        pass  # by the running server, which checked it
    except StoreUnusable as exc:
        yield problem(str(exc), "`bot verify` looks closer; `bot restore` puts a backup back.")
        return
    if isinstance(location, Path):
        wrong = snapshot.faults(location)
        for each in wrong:
            yield problem(f"{location}: {each}", "Keep a copy of the file, then `bot restore` the latest sound backup.")
        if wrong:
            return
    yield well("The database is sound")


def desk(desk: Desk) -> Iterator[Finding]:
    """What the running desk says of itself."""
    running = RunNote.read(desk.places.data)
    if running is None:
        yield note("Frontdesk does not run now.", "`make run` starts it.")
        return
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(f"{running.url}/readyz", timeout=15) as answer:
            found = json.load(answer)
    except urllib.error.HTTPError as exc:
        found = json.load(exc)
    except (OSError, ValueError) as exc:
        yield problem(
            f"Frontdesk (process {running.pid}) does not answer at {running.url}: {exc}", "See data/logs/server.log."
        )
        return
    for each in found["problems"]:
        yield problem(f"{each['part']}: {each['message']}", "It says above how to mend it.")
    if not found["problems"]:
        yield well(f"Frontdesk runs at {running.url} and is ready")


def loopback_only(desk: Desk) -> Iterator[Finding]:
    """Engine and actions have no business on the network: Rasa listens everywhere by default."""
    for name, port in (("engine", desk.ports.engine), ("actions", desk.ports.actions)):
        if port_is_free(LOOPBACK, port):
            continue
        open_at = [address for address in _listening(port) if not address.startswith("127.") and address != "::1"]
        if open_at:
            yield problem(
                f"What listens on port {port} ({name}) can be reached from other machines, at {', '.join(open_at)}.",
                "Start it with `bot serve`, which binds it to 127.0.0.1, or close the port in the firewall.",
            )
        else:
            yield well(f"Port {port} ({name}) is reachable from this machine only")


def reached_how(desk: Desk) -> Iterator[Finding]:
    """Beyond this machine, people sign in by https or not at all."""
    beyond = desk.ports.host not in (LOOPBACK, "::1", "localhost")
    if beyond and not desk.settings.address.startswith("https://"):
        yield problem(
            f"The server listens on {desk.ports.host} without https: passwords would travel in the clear.",
            "Put a proxy with a certificate before it and set FRONTDESK_SERVER_URL=https://… (docs/operations.md).",
        )
    if not desk.settings.rate_limits_enabled:
        yield problem("Rate limits are off.", "Unset FRONTDESK_RATE_LIMITS_ENABLED; it is meant for load tests.")


def _listening(port: int) -> list[str]:
    """Addresses on which something listens at this port (Linux; empty elsewhere)."""
    found = []
    for table, family in (("/proc/net/tcp", socket.AF_INET), ("/proc/net/tcp6", socket.AF_INET6)):
        try:
            lines = Path(table).read_text(encoding="ascii").splitlines()[1:]
        except OSError:
            continue
        for fields in (line.split() for line in lines):
            address, _, hex_port = fields[1].partition(":")
            if fields[3] == LISTENING and int(hex_port, 16) == port:
                found.append(_address(address, family))
    return found


def _address(digits: str, family: socket.AddressFamily) -> str:
    """An address of `/proc/net`: words of four bytes in the machine's own (little-endian) order."""
    words = [bytes.fromhex(digits[start : start + 8])[::-1] for start in range(0, len(digits), 8)]
    return socket.inet_ntop(family, b"".join(words))
