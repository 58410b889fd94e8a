"""A publication as its pages see it."""

from typing import Any

from bot.desk.events import timestamp
from bot.store.publications import Publication


def as_json(found: Publication) -> dict[str, Any]:
    """The protocol's `publication`; `problems` name file and line of what has to be mended first."""
    error = found.error or {}
    return {
        "id": found.id,
        "state": found.state,
        "requested_at": timestamp(found.requested_at),
        "started_at": timestamp(found.started_at) if found.started_at else None,
        "finished_at": timestamp(found.finished_at) if found.finished_at else None,
        "error": error.get("message"),
        "error_code": error.get("code"),
        "problems": error.get("problems") or [],
        "summary": found.summary,
        "model_id": found.model_id,
        "changed_answers": found.changed_answers,
    }
