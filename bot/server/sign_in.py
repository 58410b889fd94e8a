"""Who is asking: the session cookie, the CSRF token and the Origin of staff.

Two names for the cookie: `__Host-frontdesk` (Secure) wherever the desk is reached by https, `frontdesk_session` on
plain http, which is meant for the loopback. Only the one that fits the desk's address is ever looked at.
"""

import hmac
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Request, Response, WebSocket
from starlette.requests import HTTPConnection

from bot.desk.errors import Forbidden, NotAuthenticated
from bot.secrets import operator_token
from bot.server.origins import own_origins
from bot.server.parts import Parts, Server, parts_of
from bot.server.problems import CsrfFailed, OriginRefused
from bot.server.settings import Settings
from bot.store import sessions
from bot.store.sessions import Session
from bot.store.staff import Staff

READING = frozenset({"GET", "HEAD", "OPTIONS"})


def is_https(settings: Settings) -> bool:
    """Whether people reach this desk by https."""
    return settings.address.startswith("https://")


def cookie_name(settings: Settings) -> str:
    """Name of the session cookie."""
    return "__Host-frontdesk" if is_https(settings) else "frontdesk_session"


def cookie(connection: HTTPConnection, name: str) -> str | None:
    """A cookie's value; None when it is missing or comes twice, as a planted one would."""
    values = [
        value.strip()
        for header in connection.headers.getlist("cookie")
        for key, _, value in (part.partition("=") for part in header.split(";"))
        if key.strip() == name
    ]
    return values[0] if len(values) == 1 else None


def set_session_cookie(response: Response, settings: Settings, token: str) -> None:
    """Sign this browser in; the cookie ends with the browser, the session earlier."""
    response.set_cookie(
        cookie_name(settings), token, path="/", secure=is_https(settings), httponly=True, samesite="lax"
    )


def clear_session_cookie(response: Response, settings: Settings) -> None:
    """Sign this browser out."""
    response.delete_cookie(cookie_name(settings), path="/", secure=is_https(settings), httponly=True, samesite="lax")


def check_origin(connection: HTTPConnection, settings: Settings, *, required: bool = False) -> None:
    """Refuse what another website's page makes the browser send.

    Args:
        connection: A request or a socket.
        settings: Tell the desk's own address.
        required: Refuse also what names no Origin. Browsers name it on every socket and every command.

    Raises:
        OriginRefused: It comes from elsewhere.
    """
    origin = connection.headers.get("origin")
    site = connection.headers.get("sec-fetch-site", "same-origin")
    if origin is None:
        if required or site not in ("same-origin", "none"):
            raise OriginRefused("This needs a page of this desk: open it at its own address.")
        return
    if origin not in own_origins(connection, settings) or site == "cross-site":
        raise OriginRefused("Another website may not act for you here. Open the desk at its own address.")


async def session_of(connection: HTTPConnection, parts: Parts) -> Session:
    """The live session of this browser.

    Raises:
        NotAuthenticated: There is none, or it ended.
    """
    token = cookie(connection, cookie_name(parts.settings))
    now = datetime.now(UTC)
    found = await parts.database.read(sessions.find, token, now=now) if token else None
    if found is None:
        raise NotAuthenticated("You are not signed in, or were away for too long. Sign in and try again.")
    return found


async def current_session(request: Request, server: Server) -> Session:
    """The session a request belongs to; a command must also carry its CSRF token and come from our pages.

    Raises:
        NotAuthenticated: Not signed in.
        CsrfFailed: The header `X-CSRF-Token` is not this session's.
        OriginRefused: Another website sent it.
    """
    session = await session_of(request, server)
    if request.method not in READING:
        check_origin(request, server.settings)
        _check_csrf(request.headers.get("x-csrf-token", ""), session)
    now = datetime.now(UTC)
    if session.needs_touch(now):
        await server.database.write(sessions.touch, session.token_hash, now=now)
    return session


async def current_staff(session: Annotated[Session, Depends(current_session)]) -> Staff:
    """Who sent a request: an agent or an owner.

    Raises:
        NotAuthenticated: As `current_session`.
        CsrfFailed: As `current_session`.
        OriginRefused: As `current_session`.
    """
    return session.staff


async def require_owner(staff: Annotated[Staff, Depends(current_staff)]) -> Staff:
    """Who sent a request, if it is an owner.

    Raises:
        Forbidden: It is an agent.
    """
    if not staff.is_owner:
        raise Forbidden("Only an owner may do this. Ask one.")
    return staff


async def authenticate_feed(websocket: WebSocket, csrf: str) -> Staff:
    """Who opened a staff feed, before anything is sent on it.

    Args:
        websocket: The socket; its handshake carries cookie and Origin.
        csrf: From the hello frame. Cookies alone prove nothing: any page can make a browser send them.

    Raises:
        OriginRefused: The page is not ours, or no browser asked.
        NotAuthenticated: Not signed in.
        CsrfFailed: The token is not this session's.
    """
    parts = parts_of(websocket)
    check_origin(websocket, parts.settings, required=True)
    session = await session_of(websocket, parts)
    _check_csrf(csrf, session)
    return session.staff


async def still_signed_in(websocket: WebSocket) -> bool:
    """Whether the session an open staff feed hangs on is still alive; ask every few seconds, close when it is not."""
    try:
        await session_of(websocket, parts_of(websocket))
    except NotAuthenticated:
        return False
    return True


def is_operator(request: Request, settings: Settings) -> bool:
    """Whether the operator asks: a command on this machine that can read `secrets.json`."""
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    known = operator_token(settings.engine_secret.get_secret_value())
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), known.encode())


async def owner_or_operator(request: Request, server: Server) -> str | None:
    """Id of the owner who asks; None when it is the operator.

    Raises:
        Forbidden: It is an agent.
        NotAuthenticated: As `current_session`.
    """
    if is_operator(request, server.settings):
        return None
    return (await require_owner((await current_session(request, server)).staff)).id


def _check_csrf(given: str, session: Session) -> None:
    if not hmac.compare_digest(given.encode("utf-8", "surrogatepass"), session.csrf.encode()):
        raise CsrfFailed


SignedIn = Annotated[Staff, Depends(current_staff)]
Owner = Annotated[Staff, Depends(require_owner)]
