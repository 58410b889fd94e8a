"""Routes of the owner: articles, publishing, staff."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, FastAPI, Query
from pydantic import Field
from starlette.requests import HTTPConnection

from bot import live_model, publishing
from bot.desk.errors import InvalidRequest
from bot.desk.events import timestamp
from bot.places import CHECKOUT, Places
from bot.publishing import Made
from bot.serve import engine_environment
from bot.server import accounts
from bot.server.article_files import ArticleFiles, path_of
from bot.server.bodies import Body, StrictRoute
from bot.server.parts import Parts, Server
from bot.server.publication_view import as_json
from bot.server.sign_in import Owner, owner_or_operator
from bot.server.training import Publisher
from bot.store import publications, setup_links, staff
from bot.store.staff import Role
from bot.trainer import Progress
from knowledge_base.article import Article, Button


class ArticleRoute(StrictRoute):
    """A route whose body may hold a whole article."""

    max_bytes = 262_144


class ButtonBody(Body):
    """A choice under an answer."""

    title: str
    article: str | None = None
    url: str | None = None


class ArticleBody(Body):
    """An article as the console writes it; what its fields may hold is decided where files are read."""

    id: str
    topic: str = "general"
    question: str
    answer: str
    also_asked: list[str] = Field(default_factory=list)
    tags: list[str] = Field(default_factory=list)
    locale: str = "en"
    review_by: str | None = None
    escalate: Literal["auto", "always", "never"] = "auto"
    buttons: list[ButtonBody] = Field(default_factory=list)

    def article(self) -> Article:
        """The article that is meant.

        Raises:
            InvalidRequest: The date is none.
            ArticleInvalid: Id or topic cannot be a file's name.
        """
        return Article(
            id=self.id,
            topic=self.topic,
            path=path_of(self.topic, self.id),
            question=self.question,
            answer=self.answer.replace("\r\n", "\n"),
            also_asked=tuple(self.also_asked),
            tags=tuple(self.tags),
            locale=self.locale,
            review_by=_day(self.review_by),
            escalate=self.escalate,
            buttons=tuple(Button(title=each.title, article=each.article, url=each.url) for each in self.buttons),
        )


class ArticleChange(ArticleBody):
    """An article and the version the change was made from."""

    version: str


class Rollback(Body):
    """The model to put back."""

    model_id: str = Field(max_length=64)


class Invitation(Body):
    """Somebody who is to make an account."""

    name: accounts.Name
    email: accounts.Email
    role: Role


class RoleChange(Body):
    """Another role for an account."""

    role: Role


@asynccontextmanager
async def _publishing(app: FastAPI) -> AsyncIterator[None]:
    """The publisher works for as long as the server runs."""
    async with publisher_of(app).running():
        yield


def publisher_of(app: FastAPI) -> Publisher:
    """The server's publisher, made at the first need."""
    if not hasattr(app.state, "publisher"):
        parts: Parts = app.state.parts
        places = _places(parts)
        app.state.publisher = Publisher(
            places=places, database=parts.database, engine=parts.engine, feed=parts.feed, make=_maker(places)
        )
    found: Publisher = app.state.publisher
    return found


def _places(parts: Parts) -> Places:
    return Places(
        root=CHECKOUT,
        data=parts.settings.data_dir.resolve(),
        models=parts.settings.models_dir.resolve(),
        articles=parts.settings.articles_dir.resolve(),
    )


def _maker(places: Places) -> Any:
    environment = engine_environment({"PORT": "0", **os.environ})

    async def make(work: str, on_state: Progress) -> Made:
        return await publishing.make_model(places, work=work, env=environment, on_state=on_state)

    return make


def _files(connection: HTTPConnection, server: Server) -> ArticleFiles:
    state = connection.app.state
    if not hasattr(state, "article_files"):
        state.article_files = ArticleFiles(server.settings.articles_dir, server.settings.models_dir)
    found: ArticleFiles = state.article_files
    return found


def _publisher(connection: HTTPConnection) -> Publisher:
    return publisher_of(connection.app)


Files = Annotated[ArticleFiles, Depends(_files)]
Publishing = Annotated[Publisher, Depends(_publisher)]
Asking = Annotated[str | None, Depends(owner_or_operator)]

router = APIRouter(prefix="/api/owner", route_class=ArticleRoute, lifespan=_publishing)


@router.get("/articles")
async def list_articles(_: Owner, files: Files) -> dict[str, Any]:
    """All articles with their state, the problems of the files, and the live model."""
    found = await asyncio.to_thread(files.listing)
    return {"articles": found.articles, "problems": found.problems, "live_model": found.live_model}


@router.get("/articles/{article_id}")
async def read_article(article_id: str, _: Owner, files: Files) -> dict[str, Any]:
    """One article with its answer and version."""
    return await asyncio.to_thread(files.read, article_id)


@router.post("/articles", status_code=201)
async def create_article(body: ArticleBody, _: Owner, files: Files) -> dict[str, Any]:
    """Write a new article; customers get it with the next publication."""
    return await asyncio.to_thread(files.create, body.article())


@router.put("/articles/{article_id}")
async def update_article(article_id: str, body: ArticleChange, _: Owner, files: Files) -> dict[str, Any]:
    """Change an article, unless somebody else did since `version`."""
    if body.id != article_id:
        raise InvalidRequest([{"field": "id", "message": "an article keeps its id; make a new one instead"}])
    return await asyncio.to_thread(files.update, body.article(), version=body.version)


@router.delete("/articles/{article_id}", status_code=204)
async def delete_article(
    article_id: str, version: Annotated[str, Query(max_length=64)], _: Owner, files: Files
) -> None:
    """Remove an article, unless somebody changed it since `version`."""
    await asyncio.to_thread(files.delete, article_id, version=version)


@router.post("/publish", status_code=202)
async def publish(asking: Asking, publisher: Publishing) -> dict[str, Any]:
    """Train on the articles as they are and put the result live."""
    return {"publication": as_json(await publisher.request(asking))}


@router.get("/publications")
async def list_publications(
    _: Owner, server: Server, limit: Annotated[int, Query(ge=1, le=100)] = 20
) -> dict[str, Any]:
    """The last publications, the newest first, and whether their models are still there to go back to."""
    found = await server.database.read(publications.recent, limit=limit)
    kept = await asyncio.to_thread(live_model.kept, server.settings.models_dir)
    ids = {model.model_id for model in kept}
    return {"publications": [{**as_json(each), "kept": each.model_id in ids} for each in found]}


@router.get("/publications/{publication_id}")
async def read_publication(publication_id: str, _: Asking, server: Server) -> dict[str, Any]:
    """One publication."""
    return as_json(await server.database.read(publications.by_id, publication_id))


@router.post("/rollback")
async def roll_back(body: Rollback, owner: Owner, publisher: Publishing) -> dict[str, Any]:
    """Put an earlier model back."""
    return {"publication": as_json(await publisher.roll_back(body.model_id, owner.id))}


@router.get("/staff")
async def list_staff(_: Owner, server: Server) -> dict[str, Any]:
    """Who may sign in."""
    return {"staff": [_account(each) for each in await server.database.read(staff.everyone)]}


@router.post("/staff", status_code=201)
async def invite(body: Invitation, owner: Owner, server: Server) -> dict[str, str]:
    """A one-time link with which somebody makes their account."""
    token = await server.database.write(
        setup_links.invite,
        email=body.email,
        name=body.name.strip(),
        role=body.role,
        created_by=owner.id,
        now=server.now(),
    )
    return {"link": f"{server.settings.address}/setup#{token}"}


@router.get("/invitations")
async def list_invitations(_: Owner, server: Server) -> dict[str, Any]:
    """Who was invited and has not come yet."""
    found = await server.database.read(setup_links.invitations, now=server.now())
    return {"invitations": [_invitation(each) for each in found]}


@router.post("/invitations/{invitation_id}/renew", status_code=201)
async def renew_invitation(invitation_id: str, owner: Owner, server: Server) -> dict[str, str]:
    """Another one-time link instead of one that was lost."""
    token = await server.database.write(setup_links.renew, invitation_id, created_by=owner.id, now=server.now())
    return {"link": f"{server.settings.address}/setup#{token}"}


@router.delete("/invitations/{invitation_id}", status_code=204)
async def revoke_invitation(invitation_id: str, _: Owner, server: Server) -> None:
    """Make an invitation useless that was not used yet."""
    await server.database.write(setup_links.revoke, invitation_id, now=server.now())


@router.post("/staff/{staff_id}/reset", status_code=201)
async def reset_password(staff_id: str, _: Owner, server: Server) -> dict[str, str]:
    """A one-time link with which somebody sets a new password."""
    person = await server.database.read(staff.by_id, staff_id)
    _, token = await server.database.write(setup_links.reset, email=person.email, now=server.now())
    return {"link": f"{server.settings.address}/setup#{token}"}


@router.post("/staff/{staff_id}/disable")
async def disable(staff_id: str, _: Owner, server: Server) -> dict[str, Any]:
    """Close an account; its open pages are closed within seconds."""
    return {"staff": _account(await server.database.write(staff.disable, staff_id, now=server.now()))}


@router.post("/staff/{staff_id}/role")
async def change_role(staff_id: str, body: RoleChange, _: Owner, server: Server) -> dict[str, Any]:
    """Change a role; the account signs in again to use it."""
    return {"staff": _account(await server.database.write(staff.set_role, staff_id, body.role, now=server.now()))}


def _account(person: staff.Staff) -> dict[str, Any]:
    return {**accounts.as_json(person), "disabled": person.disabled_at is not None}


def _invitation(invitation: setup_links.Invitation) -> dict[str, Any]:
    return {
        "id": invitation.id,
        "name": invitation.name,
        "email": invitation.email,
        "role": invitation.role,
        "created_at": timestamp(invitation.created_at),
        "expires_at": timestamp(invitation.expires_at),
    }


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as exc:
        raise InvalidRequest([{"field": "review_by", "message": "must be a day like 2026-11-22"}]) from exc
