"""A Sanic app on a loopback port, for as long as a test needs it."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from sanic import Sanic


@asynccontextmanager
async def served(app: Sanic, **headers: str) -> AsyncIterator[httpx.AsyncClient]:
    """Serve an app in this test's event loop.

    Args:
        app: Any Sanic app; its listeners run.
        headers: What every request of the client carries.
    """
    port_socket = socket.create_server(("127.0.0.1", 0))
    server = await app.create_server(sock=port_socket, return_asyncio_server=True, access_log=False)
    assert server is not None
    await server.startup()
    await server.before_start()
    await server.start_serving()
    await server.after_start()
    port = port_socket.getsockname()[1]
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers, trust_env=False) as client:
        yield client
    await server.before_stop()
    server.close()
    await server.wait_closed()
    for connection in server.connections:
        connection.close_if_idle()
    await server.after_stop()
    Sanic._app_registry.pop(app.name, None)
