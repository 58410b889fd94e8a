"""Routes of the people who sign in: set-up links, sessions, passwords."""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field
from starlette.requests import HTTPConnection

from bot.desk.errors import InvalidRequest, NotAuthenticated
from bot.server.bodies import Body, StrictRoute
from bot.server.login_limits import LoginLimits
from bot.server.parts import Parts, Server
from bot.server.passwords import Passwords, check_rules
from bot.server.sign_in import (
    authenticate_feed,
    check_origin,
    clear_session_cookie,
    cookie,
    cookie_name,
    current_session,
    current_staff,
    is_https,
    require_owner,
    set_session_cookie,
    still_signed_in,
)
from bot.store import sessions, setup_links, staff
from bot.store.database import Transaction
from bot.store.sessions import Session
from bot.store.staff import Staff
from bot.store.tokens import hash_of

__all__ = ["authenticate_feed", "current_staff", "require_owner", "router", "still_signed_in"]

DEVICE_COOKIE = "frontdesk_device"
DEVICE_COOKIE_S = 180 * 86_400

router = APIRouter(route_class=StrictRoute)

Email = Annotated[str, Field(min_length=3, max_length=254, pattern=r"^[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+$")]
Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*\S[^\x00-\x1f\x7f]*$")]


class Setup(Body):
    """The account somebody makes with a one-time link."""

    token: str = Field(max_length=200)
    name: Name
    email: Email
    password: str


class Link(Body):
    """A one-time link, by its token."""

    token: str = Field(max_length=200)


class Credentials(Body):
    """What somebody signs in with."""

    email: str = Field(max_length=254)
    password: str


class PasswordChange(Body):
    """A new password, proved by the old one."""

    current_password: str
    new_password: str


class Doorkeeper:
    """What signing in needs besides the store; one for each server."""

    def __init__(self, parts: Parts) -> None:
        settings = parts.settings
        self.passwords = Passwords()
        self.limits = LoginLimits(
            key=settings.engine_secret.get_secret_value().encode(),
            enabled=settings.rate_limits_enabled,
        )


def doorkeeper_of(connection: HTTPConnection, server: Server) -> Doorkeeper:
    """The server's doorkeeper, made at the first need."""
    state = connection.app.state
    if not hasattr(state, "doorkeeper"):
        state.doorkeeper = Doorkeeper(server)
    keeper: Doorkeeper = state.doorkeeper
    return keeper


Door = Annotated[Doorkeeper, Depends(doorkeeper_of)]
SignedInSession = Annotated[Session, Depends(current_session)]


@router.post("/api/setup", status_code=201)
async def set_up(body: Setup, request: Request, response: Response, server: Server, door: Door) -> dict[str, Any]:
    """Use a one-time link: make the account it was issued for, or give it a new password, and sign in."""
    check_origin(request, server.settings)
    check_rules(body.password, name=body.name, email=body.email)
    attempt = door.limits.start(address=server.limits.address_of(request), email=body.token, device=None)
    await server.database.read(setup_links.check, body.token, now=datetime.now(UTC))  # before the costly hash
    password_hash = await door.passwords.hash(body.password)
    person, token, csrf = await server.database.write(
        _use_link, body, password_hash=password_hash, now=datetime.now(UTC)
    )
    attempt.succeeded()
    return _signed_in(response, server, door, person=person, token=token, csrf=csrf)


@router.post("/api/setup/link")
async def look_at_link(body: Link, request: Request, response: Response, server: Server, door: Door) -> dict[str, Any]:
    """What a one-time link is for, so that its page need not ask; the link stays unused."""
    check_origin(request, server.settings)
    attempt = door.limits.start(address=server.limits.address_of(request), email=body.token, device=None)
    link = await server.database.read(setup_links.check, body.token, now=datetime.now(UTC))
    attempt.succeeded()
    response.headers["Cache-Control"] = "no-store"
    purpose = "password" if link.staff_id else "account"
    return {"purpose": purpose, "name": link.name, "email": link.email, "role": link.role}


@router.post("/api/session")
async def sign_in(
    body: Credentials, request: Request, response: Response, server: Server, door: Door
) -> dict[str, Any]:
    """Sign in. The answer to a wrong password and to an unknown address is the same, and takes as long."""
    check_origin(request, server.settings)
    email = body.email.strip().lower()
    attempt = door.limits.start(
        address=server.limits.address_of(request), email=email, device=cookie(request, DEVICE_COOKIE)
    )
    login = await server.database.read(staff.by_email, email)
    right = await door.passwords.verify(body.password, login.password_hash if login else None)
    if login is None or not right or login.staff.disabled_at is not None:
        raise NotAuthenticated("The e-mail address or the password is wrong. Check both and try again.")
    attempt.succeeded()
    now = datetime.now(UTC)
    if door.passwords.outdated(login.password_hash):
        await server.database.write(staff.rehash, login.staff.id, await door.passwords.hash(body.password), now=now)
    old = cookie(request, cookie_name(server.settings))
    token, csrf = await server.database.write(_start_session, login.staff.id, instead_of=old, now=now)
    return _signed_in(response, server, door, person=login.staff, token=token, csrf=csrf)


@router.get("/api/session")
async def who_am_i(session: SignedInSession, response: Response) -> dict[str, Any]:
    """Who is signed in here, and the CSRF token of the session."""
    response.headers["Cache-Control"] = "no-store"
    return {"staff": as_json(session.staff), "csrf": session.csrf}


@router.delete("/api/session", status_code=204)
async def sign_out(session: SignedInSession, response: Response, server: Server) -> None:
    """End this session."""
    await server.database.write(sessions.end, session.token_hash)
    clear_session_cookie(response, server.settings)


@router.post("/api/session/password")
async def change_password(
    body: PasswordChange,
    session: SignedInSession,
    request: Request,
    response: Response,
    server: Server,
    door: Door,
) -> dict[str, Any]:
    """Change one's password: every other browser is signed out, this one goes on under a new session."""
    person = session.staff
    attempt = door.limits.start(
        address=server.limits.address_of(request), email=person.email, device=cookie(request, DEVICE_COOKIE)
    )
    login = await server.database.read(staff.by_email, person.email)
    if not await door.passwords.verify(body.current_password, login.password_hash if login else None):
        raise NotAuthenticated("The current password is wrong. Nothing was changed.")
    attempt.succeeded()
    check_rules(body.new_password, name=person.name, email=person.email)
    password_hash = await door.passwords.hash(body.new_password)
    token, csrf = await server.database.write(
        _change_password, person.id, password_hash=password_hash, now=datetime.now(UTC)
    )
    return _signed_in(response, server, door, person=person, token=token, csrf=csrf)


def as_json(person: Staff) -> dict[str, Any]:
    """An account as its pages see it."""
    return {"id": person.id, "name": person.name, "email": person.email, "role": person.role}


def _use_link(tx: Transaction, body: Setup, *, password_hash: str, now: datetime) -> tuple[Staff, str, str]:
    link = setup_links.use(tx, body.token, now=now)
    if link.email is not None and link.email != body.email.strip().lower():
        raise InvalidRequest([{"field": "email", "message": "this link was issued for another address"}])
    if link.staff_id is not None:
        staff.set_password(tx, link.staff_id, password_hash, now=now)
        person = staff.by_id(tx, link.staff_id)
    else:
        person = staff.add(
            tx, email=body.email, name=body.name.strip(), role=link.role, password_hash=password_hash, now=now
        )
    return person, *sessions.start(tx, staff_id=person.id, now=now)


def _start_session(tx: Transaction, staff_id: str, *, instead_of: str | None, now: datetime) -> tuple[str, str]:
    if instead_of:
        sessions.end(tx, hash_of(instead_of))
    return sessions.start(tx, staff_id=staff_id, now=now)


def _change_password(tx: Transaction, staff_id: str, *, password_hash: str, now: datetime) -> tuple[str, str]:
    staff.set_password(tx, staff_id, password_hash, now=now)
    return sessions.start(tx, staff_id=staff_id, now=now)


def _signed_in(
    response: Response, server: Parts, door: Doorkeeper, *, person: Staff, token: str, csrf: str
) -> dict[str, Any]:
    set_session_cookie(response, server.settings, token)
    response.set_cookie(
        DEVICE_COOKIE,
        door.limits.device_cookie(person.email),
        max_age=DEVICE_COOKIE_S,
        path="/api",
        secure=is_https(server.settings),
        httponly=True,
        samesite="strict",
    )
    response.headers["Cache-Control"] = "no-store"
    return {"staff": as_json(person), "csrf": csrf}
