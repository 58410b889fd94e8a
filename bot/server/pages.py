"""The web pages and their files, as they lie in `bot/web`: no build step, nothing outside that folder."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from bot.desk.errors import NotFound
from bot.server.parts import Server
from bot.server.settings import Settings
from bot.server.sign_in import is_https

WEB = Path(__file__).resolve().parents[1] / "web"
PAGES = ("demo", "agent", "owner", "setup")
TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
    **{suffix: mimetypes.types_map[suffix] for suffix in (".png", ".jpg", ".ico")},
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
"""What is served at all; anything else in the folder (types, licences, tools) is nobody's business."""
WORTH_ZIPPING = 512

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, kw_only=True)
class Asset:
    """One file, ready to be sent."""

    body: bytes
    zipped: bytes | None
    media_type: str
    etag: str


@router.api_route("/", methods=["GET", "HEAD"])
async def home() -> RedirectResponse:
    """The shop with its chat is where a new owner wants to look first."""
    return RedirectResponse("/demo", status_code=307)


@router.api_route("/widget", methods=["GET", "HEAD"])
async def widget(request: Request, server: Server) -> Response:
    """The chat itself, framed by the shop's pages and by those the owner allows."""
    ancestors = " ".join(["'self'", *server.settings.allowed_origins])
    return _answer(request, WEB / "widget" / "index.html", _page_headers(server.settings, ancestors=ancestors))


@router.api_route("/embed.js", methods=["GET", "HEAD"])
async def embed(request: Request) -> Response:
    """The launcher that other websites load."""
    return _answer(request, WEB / "embed.js", {**_FOREIGN, "Cache-Control": "public, max-age=300"})


@router.api_route("/web/{path:path}", methods=["GET", "HEAD"])
async def web_file(path: str, request: Request) -> Response:
    """A module, style or picture of the pages."""
    return _answer(request, _inside(path), {**_FOREIGN, "Cache-Control": "no-cache"})


async def page(request: Request, server: Server) -> Response:
    """The demo shop, the two consoles and the set-up page."""
    file = WEB / request.url.path.strip("/") / "index.html"
    return _answer(request, file, _page_headers(server.settings, ancestors="'none'"))


for name in PAGES:
    router.add_api_route(f"/{name}", page, methods=["GET", "HEAD"])


_SAFE = {
    "X-Content-Type-Options": "nosniff",
    # Our own pages still send their Origin; another website learns nothing of ours.
    "Referrer-Policy": "same-origin",
}
_FOREIGN = {**_SAFE, "Cross-Origin-Resource-Policy": "cross-origin"}


def _page_headers(settings: Settings, *, ancestors: str) -> dict[str, str]:
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; frame-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; "
        f"frame-ancestors {ancestors}"
    )
    headers = {
        **_SAFE,
        "Content-Security-Policy": policy,
        "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cache-Control": "no-cache",
    }
    if ancestors == "'none'":
        headers["X-Frame-Options"] = "DENY"
    if is_https(settings):
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return headers


def _inside(path: str) -> Path:
    """A file of the web folder.

    Raises:
        NotFound: Outside of it, hidden, or of a kind that is not served.
    """
    if "\0" in path or "\\" in path:
        raise NotFound
    file = (WEB / path).resolve()
    if not file.is_relative_to(WEB) or file.suffix not in TYPES:
        raise NotFound
    if any(part.startswith(".") for part in file.relative_to(WEB).parts):
        raise NotFound
    return file


def _answer(request: Request, file: Path, headers: dict[str, str]) -> Response:
    try:
        state = file.stat()
        asset = _asset(file, state.st_mtime_ns, state.st_size)
    except (OSError, ValueError) as exc:
        raise NotFound from exc
    headers = {**headers, "ETag": asset.etag, "Vary": "Accept-Encoding"}
    if asset.etag in (tag.strip() for tag in request.headers.get("if-none-match", "").split(",")):
        return Response(status_code=304, headers=headers)
    if asset.zipped is not None and "gzip" in request.headers.get("accept-encoding", ""):
        return Response(asset.zipped, media_type=asset.media_type, headers={**headers, "Content-Encoding": "gzip"})
    return Response(asset.body, media_type=asset.media_type, headers=headers)


@lru_cache(maxsize=512)
def _asset(file: Path, mtime_ns: int, size: int) -> Asset:
    """A file as it was at that time and size; all of `bot/web` is well under a megabyte."""
    body = file.read_bytes()
    media_type = TYPES[file.suffix]
    is_text = media_type.startswith(("text/", "image/svg"))
    return Asset(
        body=body,
        zipped=gzip.compress(body, 9, mtime=0) if is_text and len(body) >= WORTH_ZIPPING else None,
        media_type=media_type,
        etag=f'W/"{hashlib.sha256(body).hexdigest()[:20]}"',
    )
