"""The web pages and what travels with them."""

import gzip
from typing import Any

import pytest

from bot.server import pages


@pytest.mark.parametrize("path", ["/demo", "/agent", "/owner", "/setup"])
def test_pages_may_run_our_scripts_only_and_be_framed_by_nobody(desk: Any, path: str) -> None:
    answer = desk.browser.get(path)

    policy = answer.headers["content-security-policy"]
    assert answer.status_code == 200
    assert "script-src 'self'; style-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert "<script>" not in answer.text


def test_the_widget_may_be_framed_by_the_websites_the_owner_allows(desk: Any) -> None:
    desk.app.state.parts.settings = desk.settings.model_copy(update={"allowed_origins": ["https://shop.example"]})

    answer = desk.browser.get("/widget")

    assert "frame-ancestors 'self' https://shop.example" in answer.headers["content-security-policy"]
    assert "x-frame-options" not in answer.headers


def test_home_leads_to_the_shop(desk: Any) -> None:
    answer = desk.browser.get("/", follow_redirects=False)

    assert (answer.status_code, answer.headers["location"]) == (307, "/demo")


def test_the_launcher_may_be_loaded_by_other_websites(desk: Any) -> None:
    answer = desk.browser.get("/embed.js")

    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert answer.headers["cache-control"] == "public, max-age=300"


def test_a_known_file_is_not_sent_again(desk: Any) -> None:
    first = desk.browser.get("/web/shared/tokens.css")

    again = desk.browser.get("/web/shared/tokens.css", headers={"If-None-Match": first.headers["etag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert first.headers["cache-control"] == "no-cache"


def test_text_travels_packed(desk: Any) -> None:
    with desk.browser.stream("GET", "/web/vendor/lit-html.js", headers={"Accept-Encoding": "gzip"}) as answer:
        packed = b"".join(answer.iter_raw())

    assert answer.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed) == (pages.WEB / "vendor" / "lit-html.js").read_bytes()


def test_head_says_the_same_without_the_body(desk: Any) -> None:
    answer = desk.browser.head("/embed.js")

    assert answer.status_code == 200
    assert answer.headers["etag"] == desk.browser.get("/embed.js").headers["etag"]


@pytest.mark.parametrize(
    "path",
    [
        "/web/../server/settings.py",
        "/web/..%2f..%2fpyproject.toml",
        "/web/%2e%2e/%2e%2e/uv.lock",
        "/web//etc/passwd",
        "/web/%2fetc%2fpasswd",
        "/web/shared/..%5c..%5cx.js",
        "/web/shared/%00.js",
        "/web/vendor/README.md",
        "/web/vendor/vendor.mjs",
        "/web/shared/protocol.d.ts",
        "/web/.hidden/x.js",
        "/web/shared",
        "/web/" + "x" * 5000 + ".js",
        "/docs",
        "/redoc",
        "/openapi.json",
        "/.git/config",
        "/.env",
        "/data/frontdesk.db",
        "/demo/../../data/secrets.json",
        "/widget/panel.js",
    ],
)
def test_nothing_else_is_served(desk: Any, path: str) -> None:
    answer = desk.browser.get(path)

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_thousand_ranges_are_one_file(desk: Any) -> None:
    answer = desk.browser.get("/embed.js", headers={"Range": "bytes=" + ",".join(["0-"] * 1000)})

    assert answer.status_code == 200
    assert answer.content == (pages.WEB / "embed.js").read_bytes()
