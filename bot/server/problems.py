"""One table from error class to HTTP status, and every refusal as `application/problem+json` (RFC 9457)."""

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from bot.desk import errors as desk
from bot.server import metrics

log = logging.getLogger(__name__)


class InvalidJson(desk.Refused):
    """The body is not the JSON that was expected. Send one UTF-8 JSON object with `Content-Type: application/json`."""

    code = "invalid_json"


class BodyTooLarge(desk.Refused):
    """The request body is too large. Send less at once."""

    code = "body_too_large"


class TooSlow(desk.Refused):
    """The request took too long to arrive. Send it again."""

    code = "too_slow"


class CsrfFailed(desk.Refused):
    """The `X-CSRF-Token` header is missing or stale. Reload the page and try again."""

    code = "csrf_failed"


class OriginRefused(desk.Refused):
    """This website may not use this desk. Its owner can allow it with FRONTDESK_ALLOWED_ORIGINS."""

    code = "origin_refused"


class ShuttingDown(desk.WorldFailed):
    """The server is restarting. Try again in a few seconds."""

    code = "storage_unavailable"


class Busy(desk.WorldFailed):
    """Too many browsers connect at this moment. Try again in a few seconds."""

    code = "busy"

    def __init__(self, retry_after_s: int) -> None:
        self.retry_after_s = retry_after_s
        super().__init__()

    @property
    def data(self) -> dict[str, Any]:
        """When to try again."""
        return {"retry_after_s": self.retry_after_s}


STATUS: dict[type[Exception], int] = {
    desk.InvalidRequest: 422,
    InvalidJson: 400,
    BodyTooLarge: 413,
    TooSlow: 408,
    desk.MessageEmpty: 422,
    desk.MessageTooLong: 413,
    desk.NotAuthenticated: 401,
    desk.NotFound: 404,
    desk.Forbidden: 403,
    CsrfFailed: 403,
    OriginRefused: 403,
    desk.Conflict: 409,
    desk.HandoffAlreadyClaimed: 409,
    desk.HandoffNotOpen: 409,
    desk.NotAssignee: 409,
    desk.ArticleChanged: 409,
    desk.ArticleInvalid: 422,
    desk.ThresholdsChanged: 409,
    desk.RetentionChanged: 409,
    desk.ConversationErased: 410,
    desk.RateLimited: 429,
    desk.SignatureInvalid: 401,
    desk.TimestampOutOfTolerance: 401,
    desk.SetupLinkInvalid: 410,
    desk.EmailTaken: 409,
    desk.WeakPassword: 422,
    desk.WebhookSecretInvalid: 422,
    desk.StorageUnavailable: 503,
    desk.StorageFull: 503,
    desk.EngineUnavailable: 503,
    ShuttingDown: 503,
    Busy: 503,
    # Families, for a class that has no line of its own.
    desk.WebhookRefused: 401,
    desk.Refused: 422,
    desk.WorldFailed: 503,
    desk.DeskError: 500,
}

_HTTP_CODES = {404: "not_found", 405: "method_not_allowed", 413: "body_too_large", 400: "invalid_json"}


def status_of(error: Exception) -> int:
    """The HTTP status of an error: its own line in the table, or that of its nearest ancestor."""
    return next((STATUS[family] for family in type(error).__mro__ if family in STATUS), 500)


def problem(
    status: int,
    code: str,
    detail: str,
    extra: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """A problem document."""
    content = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
    }
    return JSONResponse(
        {**content, **(extra or {})},
        status_code=status,
        headers={"Cache-Control": "no-store", **(headers or {})},
        media_type="application/problem+json",
    )


def install(app: FastAPI) -> None:
    """Make every error of the app a problem document."""
    app.add_exception_handler(desk.DeskError, _desk_error)
    app.add_exception_handler(RequestValidationError, _invalid_request)
    app.add_exception_handler(HTTPException, _http_error)


async def _desk_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, desk.DeskError)  # noqa: S101 -- the registration says so, for the type checker
    return of_error(error)


def of_error(error: desk.DeskError) -> JSONResponse:
    """The problem document of one of our errors."""
    status = status_of(error)
    metrics.REFUSED.labels(error.code).inc()
    if status >= 500 and not isinstance(error, Busy):  # a storm of refusals is counted, not written down
        log.warning("request failed", extra={"code": error.code, "cause": repr(error.__cause__)})
    retry = error.data.get("retry_after_s", 2 if status == 503 else None)
    headers = {} if retry is None else {"Retry-After": str(retry)}
    if status == 401 and isinstance(error, desk.NotAuthenticated):
        headers["WWW-Authenticate"] = "Bearer"
    return problem(status, error.code, error.message, error.data, headers)


async def _invalid_request(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 -- as above
    metrics.REFUSED.labels("invalid_request").inc()
    fields = field_errors(error.errors())
    named = ", ".join(f"`{each['field']}`" for each in fields)
    return problem(
        422, "invalid_request", f"Correct these fields and send the request again: {named}.", {"errors": fields}
    )


def field_errors(errors: Sequence[Any]) -> list[dict[str, str]]:
    """Validation errors as `{field, message}`, without the values: those may be a customer's words."""
    return [
        {"field": ".".join(str(part) for part in each["loc"] if part != "body") or "body", "message": each["msg"]}
        for each in errors[:20]
    ]


async def _http_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 -- as above
    code = _HTTP_CODES.get(error.status_code, "invalid_request")
    metrics.REFUSED.labels(code).inc()
    detail = "There is no such thing here." if error.status_code == 404 else str(error.detail)
    return problem(error.status_code, code, detail, headers=error.headers)
