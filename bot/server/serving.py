"""Serve the application by uvicorn, with an end that loses nothing and surprises nobody."""

import asyncio
import logging
import resource
import signal
import socket

import uvicorn
from fastapi import FastAPI

from bot import failpoints
from bot.server import logs
from bot.server.frames import MAX_BYTES
from bot.server.parts import Parts
from bot.server.settings import Settings
from bot.server.wire import Http, Wire

logger = logging.getLogger(__name__)

GOODBYE_S = 0.5
"""How long the goodbye frames have to leave before the sockets are closed."""

REQUESTS_S = 2
"""How long requests that run have to end; each is one short transaction. With the goodbye, the turns and the outbox, a
stop takes less than the 12 s after which `bot serve` ends the process."""

OTHER_FILES = 1024
"""Requests, the store, the engine and what leaves, beside the feeds."""


def config_of(app: FastAPI, settings: Settings) -> uvicorn.Config:
    """How uvicorn serves us."""
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,  # the edge logs route templates; paths and queries may hold what people typed
        server_header=False,
        proxy_headers=False,  # X-Forwarded-For is believed from `trusted_proxies` only
        http=Http,
        ws=Wire,
        ws_max_size=MAX_BYTES,  # a longer frame is refused before it is held in memory
        ws_max_queue=8,
        ws_ping_interval=None,  # the feed's own heartbeat is one that browsers' scripts can see
        ws_per_message_deflate=False,  # memory for every socket, and an invitation to compression bombs
        timeout_graceful_shutdown=REQUESTS_S,
        timeout_keep_alive=75,  # above the usual 60 s of proxies, so that they never reuse a closed connection
    )


class Serving(uvicorn.Server):
    """A server that says goodbye on its sockets before it closes them."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop listening, tell everyone when to come back, let requests and turns end."""
        parts: Parts = self.config.app.state.parts  # type: ignore[union-attr]
        for server in self.servers:
            server.close()
        parts.feed.close()
        await asyncio.sleep(GOODBYE_S if len(parts.feed) else 0)
        await super().shutdown(sockets)


def run(app: FastAPI, settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT; at most `drain_s` and a few seconds later the process may end."""
    logs.configure()
    failpoints.arm(settings.failpoints)
    _allow_files(settings.sockets_total + OTHER_FILES)
    # uvicorn raises the signal again when it is done. A stop that was asked for is no failure: the exit code is 0.
    signal.signal(signal.SIGTERM, _end)
    Serving(config_of(app, settings)).run()


def _allow_files(wanted: int) -> None:
    """Let this process open so many files, as far as it may: most systems allow 1,024, and each socket is one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _end(number: int, frame: object) -> None:
    raise SystemExit(0)
