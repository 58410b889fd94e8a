"""Runs the action server on the loopback: `python -m actions`.

`rasa_sdk` alone would listen on every address, let any page of a browser in, and ask for no secret.
"""

from __future__ import annotations

import hmac
import logging

from rasa_sdk.endpoint import create_app
from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response

from actions.environment import ActionSettings

SECRET_HEADER = "X-Frontdesk-Secret"  # noqa: S105 - a header's name


def make_app(settings: ActionSettings) -> Sanic:
    """The action server; with a secret it answers nobody else.

    Args:
        settings: Where to find things, and the engine's secret.
    """
    app: Sanic = create_app("actions", cors_origins="")
    secret = (settings.engine_secret or "").encode()

    @app.middleware("request")  # type: ignore[untyped-decorator, no-untyped-call]
    async def authorize(request: Request) -> HTTPResponse | None:
        given = request.headers.get(SECRET_HEADER, "").encode("utf-8", "replace")
        if not secret or request.path == "/health" or hmac.compare_digest(given, secret):
            return None
        return json_response({"code": "unauthorized", "detail": "Send the engine's secret."}, status=401)

    return app


def main() -> None:
    """Serve until stopped."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    settings = ActionSettings.read()
    make_app(settings).run("127.0.0.1", settings.port, access_log=False)


if __name__ == "__main__":
    main()
