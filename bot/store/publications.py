"""Publications: each run of Publish, from the press of the button to live or failed.

The unique `slot` makes it true in the store itself that one runs and one waits, however often and by however many
people the button is pressed.
"""

from dataclasses import dataclass
from datetime import datetime
from secrets import token_urlsafe
from typing import Any, Literal

import sqlalchemy as sa

from bot.desk.errors import NotFound
from bot.store.schema import models, publications

State = Literal["queued", "training", "checking", "swapping", "live", "failed"]


@dataclass(frozen=True, kw_only=True)
class Publication:
    """One run of Publish.

    Attributes:
        error: Why it failed: `{code, message, problems}`.
        summary: What was checked and how long it took.
        changed_answers: Checked questions whose answer differs from the live model's.
    """

    id: str
    state: State
    requested_by: str | None
    requested_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    error: dict[str, Any] | None
    summary: dict[str, Any] | None
    changed_answers: list[Any] | None
    model_id: str | None


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How a publication ended."""

    state: Literal["live", "failed"]
    error: dict[str, Any] | None = None
    summary: dict[str, Any] | None = None
    changed_answers: list[Any] | None = None


def request(tx: sa.Connection, *, requested_by: str | None, now: datetime) -> Publication:
    """Ask for a publication; while one waits already, that one is the answer."""
    waiting = _one(tx, publications.c.slot == "queued")
    if waiting is not None:
        return waiting
    row = {
        "id": f"pub_{token_urlsafe(16)}",
        "slot": "queued",
        "state": "queued",
        "requested_by": requested_by,
        "requested_at": now,
    }
    tx.execute(sa.insert(publications).values(row))
    return by_id(tx, str(row["id"]))


def start_next(tx: sa.Connection, *, now: datetime) -> Publication | None:
    """Take the waiting publication, unless one runs."""
    waiting = _one(tx, publications.c.slot == "queued")
    if waiting is None or running(tx) is not None:
        return None
    _set(tx, waiting.id, slot="running", state="training", started_at=now)
    return by_id(tx, waiting.id)


def advance(tx: sa.Connection, publication_id: str, state: State, *, model_id: str | None = None) -> Publication:
    """Record how far a running publication is."""
    _set(tx, publication_id, state=state, **({"model_id": model_id} if model_id else {}))
    return by_id(tx, publication_id)


def finish(tx: sa.Connection, publication_id: str, outcome: Outcome, *, now: datetime) -> Publication:
    """Record how a publication ended and make room for the next."""
    known = by_id(tx, publication_id)
    _set(
        tx,
        publication_id,
        slot=None,
        state=outcome.state,
        finished_at=now,
        error=outcome.error,
        summary=outcome.summary or known.summary,
        changed_answers=outcome.changed_answers if outcome.changed_answers is not None else known.changed_answers,
    )
    return by_id(tx, publication_id)


def record_rollback(tx: sa.Connection, *, model_id: str, requested_by: str, now: datetime) -> Publication:
    """Note that an earlier model was put back, among the publications because that is where people look."""
    row = {
        "id": f"pub_{token_urlsafe(16)}",
        "state": "live",
        "requested_by": requested_by,
        "requested_at": now,
        "started_at": now,
        "finished_at": now,
        "model_id": model_id,
        "summary": {"rollback": True},
    }
    tx.execute(sa.insert(publications).values(row))
    return by_id(tx, str(row["id"]))


def record_found(tx: sa.Connection, *, model_id: str, articles: int, trained_at: datetime) -> Publication | None:
    """Note a live model that was made without a publication (the first start, `bot train` while stopped), once.

    Returns:
        The note; None when the model is known already.
    """
    live = sa.and_(publications.c.model_id == model_id, publications.c.state == "live")
    if tx.execute(sa.select(publications.c.id).where(live).limit(1)).first():
        return None
    row = {
        "id": f"pub_{token_urlsafe(16)}",
        "state": "live",
        "requested_at": trained_at,
        "started_at": trained_at,
        "finished_at": trained_at,
        "model_id": model_id,
        "summary": {"articles": articles},
    }
    tx.execute(sa.insert(publications).values(row))
    return by_id(tx, str(row["id"]))


def running(tx: sa.Connection) -> Publication | None:
    """The publication that runs, or that ran when the server was killed."""
    return _one(tx, publications.c.slot == "running")


def by_id(tx: sa.Connection, publication_id: str) -> Publication:
    """One publication.

    Raises:
        NotFound: There is none.
    """
    found = _one(tx, publications.c.id == publication_id)
    if found is None:
        raise NotFound
    return found


def recent(tx: sa.Connection, *, limit: int) -> list[Publication]:
    """The last publications, the newest first."""
    newest = publications.c.requested_at.desc(), publications.c.id
    rows = tx.execute(sa.select(publications).order_by(*newest).limit(limit)).mappings()
    return [_publication(row) for row in rows]


def record_model(
    tx: sa.Connection,
    *,
    model_id: str,
    path: str,
    sha256: str,
    articles_hash: str,
    trained_at: datetime,
    live_since: datetime,
    checks: dict[str, Any] | None = None,
) -> None:
    """Record that a model went live; the same one may do so again after a rollback."""
    values = {
        "path": path,
        "sha256": sha256,
        "articles_hash": articles_hash,
        "trained_at": trained_at,
        "live_since": live_since,
        **({"checks": checks} if checks is not None else {}),
    }
    if tx.execute(sa.update(models).where(models.c.id == model_id).values(values)).rowcount == 0:
        tx.execute(sa.insert(models).values(id=model_id, **values))


def _set(tx: sa.Connection, publication_id: str, **values: object) -> None:
    tx.execute(sa.update(publications).where(publications.c.id == publication_id).values(**values))


def _one(tx: sa.Connection, condition: sa.ColumnElement[bool]) -> Publication | None:
    row = tx.execute(sa.select(publications).where(condition)).mappings().one_or_none()
    return None if row is None else _publication(row)


def _publication(row: sa.RowMapping) -> Publication:
    return Publication(**{name: row[name] for name in Publication.__dataclass_fields__})
