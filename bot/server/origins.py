"""Which websites may use the widget's routes from a browser."""

from starlette.requests import HTTPConnection

from bot.server.problems import OriginRefused
from bot.server.settings import Settings


def own_origins(connection: HTTPConnection, settings: Settings) -> set[str]:
    """The desk's own origins, as this client and as the settings name them."""
    scheme = "https" if connection.url.scheme in ("https", "wss") else "http"
    return {settings.address, f"{scheme}://{connection.headers.get('host', '')}"}


def check_widget_origin(connection: HTTPConnection, settings: Settings) -> None:
    """Refuse websites that the owner did not list; what is no browser names no Origin.

    Raises:
        OriginRefused: The page's website is neither ours nor listed.
    """
    origin = connection.headers.get("origin")
    if origin is not None and origin not in own_origins(connection, settings) | set(settings.allowed_origins):
        raise OriginRefused
