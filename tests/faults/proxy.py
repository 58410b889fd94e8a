"""A small TCP proxy that cuts, delays or swallows connections, between a client and a server on the loopback."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable


class FaultProxy:
    """Forwards every connection to `target_port`; each may be cut after a number of bytes from the server.

    Attributes:
        cut_after: Called once per connection; bytes from the server after which the connection is reset, or None.
        delay_s: Pause before each piece from the server.
        cuts: Connections cut so far.
    """

    def __init__(self, port: int, target_port: int, cut_after: Callable[[], int | None] = lambda: None) -> None:
        self.port, self.target_port = port, target_port
        self.cut_after = cut_after
        self.delay_s = 0.0
        self.cuts = 0
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> FaultProxy:
        self._thread.start()
        if not self._ready.wait(5):
            raise RuntimeError(f"the proxy did not open port {self.port}")
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=5)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", self.port))
        self._ready.set()
        self._loop.run_forever()
        self._loop.run_until_complete(self._close(server))
        self._loop.close()

    async def _close(self, server: asyncio.Server) -> None:
        """Ends every connection before the loop goes, or its sockets would be left to the garbage collector."""
        server.close()
        connections = asyncio.all_tasks() - {asyncio.current_task()}
        for task in connections:
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)
        await asyncio.sleep(0)  # an aborted transport closes its socket in the loop's next round

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ends = [writer]
        try:
            target_reader, target_writer = await asyncio.open_connection("127.0.0.1", self.target_port)
            ends.append(target_writer)
            up = asyncio.ensure_future(self._copy(reader, target_writer, None))
            down = asyncio.ensure_future(self._copy(target_reader, writer, self.cut_after()))
            try:
                await asyncio.wait({up, down}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                up.cancel()
                down.cancel()
        except (OSError, asyncio.CancelledError):
            return  # the target is down, or the proxy is closing
        finally:
            for end in ends:
                end.transport.abort()

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, limit: int | None) -> None:
        copied = 0
        with contextlib.suppress(OSError):
            while piece := await reader.read(4096):
                if self.delay_s and limit is not None:
                    await asyncio.sleep(self.delay_s)
                if limit is not None and copied + len(piece) >= limit:
                    writer.write(piece[: limit - copied])
                    await writer.drain()
                    self.cuts += 1
                    return
                copied += len(piece)
                writer.write(piece)
                await writer.drain()
