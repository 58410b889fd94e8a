"""The staff feed and the session it hangs on."""

import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.server import sockets
from bot.store import staff
from bot.store.schema import staff as staff_table
from bot.store.schema import staff_sessions

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from starlette.testclient import WebSocketDenialResponse
    from starlette.websockets import WebSocketDisconnect


def hello(browser: Any) -> dict[str, Any]:
    return {"type": "hello", "protocol": 1, "csrf": browser.headers["X-CSRF-Token"]}


def feed(desk: Any, **headers: str) -> Any:
    cookie = f"frontdesk_session={desk.browser.cookies['frontdesk_session']}"
    origin = desk.browser.headers["Origin"]
    # A socket ignores the client's base address: its own host has to be said.
    return desk.browser.websocket_connect(
        "/api/agent/feed", headers={"Host": "127.0.0.1:18200", "Origin": origin, "Cookie": cookie, **headers}
    )


def close_code(socket: Any) -> int:
    try:
        while True:
            socket.receive_json()
    except WebSocketDisconnect as closed:
        return closed.code


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:18201", "http://127.0.0.1"])
def test_another_websites_handshake_is_refused(desk: Any, origin: str) -> None:
    desk.owner()

    with pytest.raises(WebSocketDenialResponse) as refused, feed(desk, Origin=origin):
        pass

    assert refused.value.status_code == 403


def test_a_cookie_alone_opens_no_feed(desk: Any) -> None:
    desk.owner()

    with feed(desk) as socket:
        socket.send_json({"type": "hello", "protocol": 1, "csrf": "x" * 43})
        assert close_code(socket) == 1008


def _disable(desk: Any, owner: dict[str, Any]) -> None:
    desk.write(lambda tx: tx.execute(staff_table.update().values(disabled_at=datetime.now(UTC))))


def _sign_out(desk: Any, owner: dict[str, Any]) -> None:
    desk.browser.delete("/api/session")


def _end_sessions(desk: Any, owner: dict[str, Any]) -> None:
    desk.write(staff.end_sessions, staff_id=owner["id"])


def _grow_old(desk: Any, owner: dict[str, Any]) -> None:
    desk.write(lambda tx: tx.execute(staff_sessions.update().values(expires_at=datetime(2026, 1, 1, tzinfo=UTC))))


@pytest.mark.parametrize("end", [_disable, _sign_out, _end_sessions, _grow_old])
def test_an_ended_session_closes_its_open_feed(
    desk: Any, end: Callable[[Any, dict[str, Any]], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "SIGNED_IN_EVERY_S", 0.1)
    owner = desk.owner()
    with feed(desk) as socket:
        socket.send_json(hello(desk.browser))
        assert socket.receive_json()["type"] == "welcome"

        end(desk, owner)

        assert close_code(socket) == 1008


def test_an_open_feed_is_looked_at_often_enough_to_close_within_5_s() -> None:
    assert sockets.SIGNED_IN_EVERY_S < 5
