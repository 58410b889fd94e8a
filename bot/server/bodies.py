"""Request bodies: bounded, strict JSON and nothing else.

Python's `json` is generous: it takes NaN, keeps the last of duplicate keys and builds strings that no UTF-8 can hold.
Two readers of such a body may see two different messages, so it is refused here, before anything looks at it.
"""

import asyncio
import json
import math
from collections.abc import Callable, Coroutine
from typing import Any, NoReturn

from fastapi import Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict

from bot.server.problems import BodyTooLarge, InvalidJson, TooSlow

MAX_DEPTH = 32
"""Our deepest body nests 6 levels; JSON that nests deeper than this is an attack on somebody's parser."""

BODY_TIMEOUT_S = 30.0
"""Our largest body is 256 KB: who needs longer for it holds a connection and sends nothing."""


class Body(BaseModel):
    """A request body: strict types, no unknown fields."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


def parse_json(raw: bytes) -> Any:
    """Parse strict JSON.

    Raises:
        InvalidJson: Not UTF-8, not JSON, a duplicate key, a number or string that JSON cannot mean, or too deep.
    """
    try:
        document = json.loads(raw.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant)
        _check(document)
    except UnicodeError as exc:
        raise InvalidJson("The body is not valid UTF-8. Encode it as UTF-8 and send it again.") from exc
    except RecursionError as exc:
        raise InvalidJson(f"The JSON nests too deep; at most {MAX_DEPTH} levels are allowed.") from exc
    except ValueError as exc:
        raise InvalidJson(f"The body is not valid JSON: {_where(exc)}. Correct it and send it again.") from exc
    return document


def _where(error: ValueError) -> str:
    return f"{error.msg} at character {error.pos}" if isinstance(error, json.JSONDecodeError) else str(error)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("an object has the same key twice")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON value")


def _check(document: Any) -> None:
    level = [document]
    for _ in range(MAX_DEPTH):
        level = [child for value in level for child in _children(value)]
        if not level:
            return
    raise RecursionError


def _children(value: Any) -> list[Any]:
    if isinstance(value, str):
        value.encode("utf-8")  # a lone surrogate raises
    elif isinstance(value, float) and not math.isfinite(value):
        raise ValueError("a number is too large")
    elif isinstance(value, dict):
        return [*value, *value.values()]
    elif isinstance(value, list):
        return value
    return []


async def read_bounded(request: Request, max_bytes: int) -> bytes:
    """The raw body.

    Raises:
        BodyTooLarge: It is larger than `max_bytes`; the rest is not read.
        TooSlow: It did not arrive in time.
    """
    declared = request.headers.get("content-length", "0")
    if declared.isascii() and declared.isdigit() and int(declared[:12]) > max_bytes:
        raise _too_large(max_bytes)
    received = bytearray()
    try:
        async with asyncio.timeout(BODY_TIMEOUT_S):
            async for chunk in request.stream():
                received += chunk
                if len(received) > max_bytes:
                    raise _too_large(max_bytes)
    except TimeoutError:
        raise TooSlow from None
    return bytes(received)


def _too_large(max_bytes: int) -> BodyTooLarge:
    return BodyTooLarge(f"The request body is larger than {max_bytes:,} bytes. Send less at once.")


class StrictRoute(APIRoute):
    """A route whose JSON body went through `parse_json`; give it to a router as `route_class`.

    Sub-classes raise `max_bytes` where larger bodies are meant to be sent.
    """

    max_bytes: int | None = None

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's handler, behind our reading of the body."""
        handle = super().get_route_handler()

        async def strictly(request: Request) -> Response:
            if self.body_field is not None:
                request._body = await read_bounded(request, self.max_bytes or _limit(request))
                request._json = self._parsed(request, request._body)
            return await handle(request)

        return strictly

    def _parsed(self, request: Request, raw: bytes) -> Any:
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/json":
            raise InvalidJson("The body must be JSON: send it with `Content-Type: application/json`.")
        return parse_json(raw)


def _limit(request: Request) -> int:
    limit: int = request.app.state.parts.settings.body_max_bytes
    return limit
