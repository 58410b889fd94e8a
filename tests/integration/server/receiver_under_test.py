"""Receivers on the loopback that do what a test says, down to the last byte."""

import asyncio
import base64
import hashlib
import hmac
import json
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

PORTS = range(18400, 18490)

Reaction = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True)
class Received:
    """One request as it came."""

    line: str
    headers: dict[str, str]
    body: bytes
    at: float

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def is_signed_by(self, secret: str) -> bool:
        """Verified by the words of the specification, not by our own code."""
        key = base64.b64decode(secret.removeprefix("whsec_"))
        signed = f"{self.id}.{self.headers['webhook-timestamp']}.".encode() + self.body
        expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        return expected in self.headers["webhook-signature"].split(" ")


def answers(status: int, headers: str = "", body: bytes = b"{}") -> Reaction:
    async def react(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\n{headers}\r\n".encode() + body)

    return react


async def hangs(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    await reader.read()  # until the other side gives up


@dataclass
class Receiver:
    """A receiver: `reactions` are used up one by one, then `reaction` stays."""

    port: int
    reaction: Reaction = field(default_factory=lambda: answers(200))
    reactions: list[Reaction] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self.serve(reader, writer))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            headers = dict(_header(line) for line in head[1:] if line)
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            self.received.append(Received(head[0], headers, body, monotonic()))
            await (self.reactions.pop(0) if self.reactions else self.reaction)(reader, writer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def gets(self, number: int, timeout_s: float = 10.0) -> list[Received]:
        """The requests so far, as soon as there are so many."""
        async with asyncio.timeout(timeout_s):
            while len(self.received) < number:
                await asyncio.sleep(0.01)
        return self.received


def _header(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name.lower(), value.strip()


def free_socket() -> socket.socket:
    for port in PORTS:
        listening = socket.socket()
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind(("127.0.0.1", port))
            listening.listen()  # at once: only this tells a port that another test process has just taken
        except OSError:
            listening.close()
        else:
            return listening
    raise OSError(f"no free port in {PORTS}")


@asynccontextmanager
async def receiving(tls: ssl.SSLContext | None = None) -> AsyncIterator[Receiver]:
    listening = free_socket()
    receiver = Receiver(listening.getsockname()[1])
    server = await asyncio.start_server(receiver.accept, sock=listening, ssl=tls, limit=2**20)
    try:
        yield receiver
    finally:
        server.close()
        await asyncio.sleep(0.01)  # connections that were being accepted become tasks
        for task in receiver.tasks:
            task.cancel()
        await asyncio.gather(*receiver.tasks, return_exceptions=True)
        await asyncio.sleep(0.01)  # their transports close
