"""The OpenAPI document: who may call what, what is answered, and that every refusal is a problem document.

It is served with `FRONTDESK_EXPOSE_OPENAPI=true` only, for tests and development; what it says is held against the
running server by the HTTP fuzzer (tests/faults/test_fuzz_http.py).
"""

from collections.abc import Callable, Iterator
from typing import Any

from fastapi import FastAPI
from pydantic import TypeAdapter

from bot.server import handoff, owner_shapes, shapes

_REF = "#/components/schemas/{model}"

ANSWERS: dict[tuple[str, str], Any] = {
    ("get", "/api/widget/config"): shapes.WidgetConfig,
    ("post", "/api/conversations"): shapes.Begun,
    ("post", "/api/conversations/{conversation_id}/messages"): shapes.Accepted,
    ("get", "/api/conversations/{conversation_id}/events"): shapes.EventsPage,
    ("post", "/api/conversations/{conversation_id}/handoff"): shapes.HandoffAsked,
    ("post", "/api/conversations/{conversation_id}/contact"): shapes.Accepted,
    ("post", "/api/conversations/{conversation_id}/rating"): shapes.Accepted,
    ("post", "/api/conversations/{conversation_id}/erase"): shapes.Erased,
    ("post", "/webhooks/handoff"): shapes.WebhookTaken,
    ("get", "/api/agent/conversations"): shapes.ConversationsPage,
    ("get", "/api/agent/conversations/{conversation_id}"): shapes.ConversationView,
    ("get", "/api/agent/conversations/{conversation_id}/events"): shapes.EventsPage,
    ("post", "/api/agent/conversations/{conversation_id}/claim"): shapes.Accepted,
    ("post", "/api/agent/conversations/{conversation_id}/join"): shapes.Accepted,
    ("post", "/api/agent/conversations/{conversation_id}/hand-back"): shapes.Accepted,
    ("post", "/api/agent/conversations/{conversation_id}/resolve"): shapes.Accepted,
    ("post", "/api/agent/conversations/{conversation_id}/snooze"): shapes.Accepted,
    ("post", "/api/agent/conversations/{conversation_id}/messages"): shapes.Accepted,
    ("post", "/api/agent/conversations/{conversation_id}/notes"): shapes.Accepted,
    ("post", "/api/agent/conversations/{conversation_id}/corrections"): shapes.CorrectionKept,
    ("post", "/api/setup"): owner_shapes.SignedIn,
    ("post", "/api/setup/link"): owner_shapes.LinkShown,
    ("get", "/api/session"): owner_shapes.SignedIn,
    ("post", "/api/session"): owner_shapes.SignedIn,
    ("post", "/api/session/password"): owner_shapes.SignedIn,
    ("get", "/api/owner/articles"): owner_shapes.ArticleList,
    ("post", "/api/owner/articles"): owner_shapes.ArticleWhole,
    ("get", "/api/owner/articles/{article_id}"): owner_shapes.ArticleWhole,
    ("put", "/api/owner/articles/{article_id}"): owner_shapes.ArticleWhole,
    ("post", "/api/owner/publish"): owner_shapes.PublicationOne,
    ("get", "/api/owner/publications"): owner_shapes.PublicationList,
    ("get", "/api/owner/publications/{publication_id}"): owner_shapes.Publication,
    ("post", "/api/owner/rollback"): owner_shapes.PublicationOne,
    ("get", "/api/owner/staff"): owner_shapes.StaffList,
    ("post", "/api/owner/staff"): owner_shapes.SetupLink,
    ("get", "/api/owner/invitations"): owner_shapes.InvitationList,
    ("post", "/api/owner/invitations/{invitation_id}/renew"): owner_shapes.SetupLink,
    ("post", "/api/owner/staff/{staff_id}/reset"): owner_shapes.SetupLink,
    ("post", "/api/owner/staff/{staff_id}/disable"): owner_shapes.StaffOne,
    ("post", "/api/owner/staff/{staff_id}/role"): owner_shapes.StaffOne,
    ("get", "/api/owner/endpoints"): owner_shapes.EndpointList,
    ("post", "/api/owner/endpoints"): owner_shapes.EndpointSecret,
    ("put", "/api/owner/endpoints/{endpoint_id}"): owner_shapes.EndpointOne,
    ("post", "/api/owner/endpoints/{endpoint_id}/rotate"): owner_shapes.EndpointSecret,
    ("post", "/api/owner/endpoints/{endpoint_id}/test"): owner_shapes.EndpointTested,
    ("get", "/api/owner/deliveries"): owner_shapes.DeliveryList,
    ("post", "/api/owner/deliveries/replay"): owner_shapes.Replayed,
    ("get", "/api/owner/privacy"): owner_shapes.Privacy,
    ("put", "/api/owner/privacy"): owner_shapes.Privacy,
    ("get", "/api/owner/privacy/effect"): owner_shapes.PrivacyEffect,
    ("post", "/api/owner/privacy/find"): owner_shapes.KeptList,
    ("post", "/api/owner/privacy/copy"): owner_shapes.Copies,
    ("post", "/api/owner/privacy/conversations/{conversation_id}/erase"): shapes.Erased,
    ("get", "/healthz"): shapes.Alive,
    ("get", "/readyz"): shapes.Readiness,
}
"""What each operation answers when it did what was asked; one that is not listed answers some object."""

FILES = {("get", "/api/owner/corrections.jsonl"): "application/jsonl"}
"""What answers a file instead, and of which kind."""

SECURITY = {
    "conversation": {"type": "http", "scheme": "bearer", "description": "The token of one conversation."},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "frontdesk_session",
        "description": "Staff; `__Host-…` by https.",
    },
    "csrf": {"type": "apiKey", "in": "header", "name": "X-CSRF-Token", "description": "With every command of staff."},
}
_OPEN = {
    ("post", "/api/session"),
    ("post", "/api/setup"),
    ("post", "/api/setup/link"),
    ("post", "/api/conversations"),
    ("get", "/api/widget/config"),
}


def install(app: FastAPI) -> None:
    """Let the app describe itself by `document`."""
    plain = app.openapi
    made: list[dict[str, Any]] = []

    def once() -> dict[str, Any]:
        if not made:
            made.append(document(plain))
        return made[0]

    app.openapi = once  # type: ignore[method-assign]


def document(plain: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """FastAPI's document with our answers, refusals and ways to authenticate."""
    described = plain()
    schemas = described.setdefault("components", {}).setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    described["components"]["securitySchemes"] = SECURITY
    refused = {
        "description": "Refused or failed",
        "content": {"application/problem+json": _schema(shapes.Problem, schemas)},
    }
    for method, path, operation in _operations(described):
        responses = {code: answer for code, answer in operation["responses"].items() if code != "422"}
        for code, answer in responses.items():
            if (method, path) in FILES:
                answer["content"] = {FILES[method, path]: {}}
            elif code != "204":
                answer["content"] = {"application/json": _schema(ANSWERS.get((method, path), dict[str, Any]), schemas)}
        operation["responses"] = {**responses, "4XX": refused, "5XX": refused}
        security = _security(method, path)
        if security:
            operation["security"] = [security]
    described["paths"]["/readyz"]["get"]["responses"]["503"] = {
        "description": "Something is broken; it is named with its cure",
        "content": {"application/json": _schema(shapes.Readiness, schemas)},
    }
    described["paths"]["/webhooks/handoff"]["post"]["requestBody"] = {
        "required": True,
        "content": {"application/json": _schema(handoff.Webhook, schemas, prefix="Webhook")},
    }
    return described


def _operations(described: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def _schema(shape: Any, schemas: dict[str, Any], *, prefix: str = "") -> dict[str, Any]:
    """The schema of a shape in a media type; what it refers to is added to the components, under the prefix."""
    found = TypeAdapter(shape).json_schema(ref_template=_REF.replace("{", prefix + "{"))
    schemas.update({prefix + name: part for name, part in found.pop("$defs", {}).items()})
    name = getattr(shape, "__name__", "")
    if found.get("title") != name or not name:
        return {"schema": found}
    schemas[name] = found
    return {"schema": {"$ref": _REF.format(model=name)}}


def _security(method: str, path: str) -> dict[str, list[str]]:
    if (method, path) in _OPEN or not path.startswith("/api/"):
        return {}
    if path.startswith("/api/conversations"):
        return {"conversation": []}
    return {"session": []} if method == "get" else {"session": [], "csrf": []}
