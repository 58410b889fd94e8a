"""The outermost layer: request ids, security headers, access logs, and no error without a problem document."""

import logging
import secrets
from time import perf_counter
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.server import metrics, problems

logger = logging.getLogger("bot.server.access")

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_QUIET = frozenset({"/healthz", "/readyz", "/metrics"})


class Edge:
    """Wraps the application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request; sockets and the lifespan pass through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        await _Exchange(self._app, scope).run(receive, send)


class _Exchange:
    """One request and its response."""

    def __init__(self, app: ASGIApp, scope: Scope) -> None:
        self._app = app
        self._scope = scope
        self._id = f"req_{secrets.token_hex(8)}"
        self._status = 0
        self._began = perf_counter()
        scope.setdefault("state", {})["request_id"] = self._id

    async def run(self, receive: Receive, send: Send) -> None:
        async def outward(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._status = message["status"]
                self._decorate(MutableHeaders(scope=message))
            await send(message)

        try:
            await self._app(self._scope, receive, outward)
        except Exception:
            logger.exception("request broke", extra={"request_id": self._id, "route": self._route()})
            if self._status:
                raise  # half an answer has left; closing the connection is all that can be said
            await self._sorry()(self._scope, receive, outward)
        finally:
            self._note()

    def _decorate(self, headers: MutableHeaders) -> None:
        headers["X-Request-Id"] = self._id
        for name, value in HEADERS.items():
            headers.setdefault(name, value)
        if self._scope["path"].startswith(("/api/", "/webhooks/")):
            headers.setdefault("Cache-Control", "no-store")

    def _sorry(self) -> Any:
        detail = f"Something went wrong on our side. Try again; if it stays, tell the operator {self._id}."
        return problems.problem(500, "internal_error", detail, {"request_id": self._id})

    def _route(self) -> str:
        """The route's template: a path may hold what a person typed."""
        return str(getattr(self._scope.get("route"), "path", "unknown"))

    def _note(self) -> None:
        seconds = perf_counter() - self._began
        route, method = self._route(), str(self._scope["method"])[:8]
        metrics.REQUESTS.labels(method, route, self._status).observe(seconds)
        if self._scope["path"] in _QUIET:
            return
        logger.info(
            "request",
            extra={
                "request_id": self._id,
                "method": method,
                "route": route,
                "status": self._status,
                "duration_ms": round(seconds * 1000, 1),
            },
        )
