"""Who was invited and has not come: seen, asked anew, revoked."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.store import setup_links

ARNO = {"name": "Arno", "email": "Arno@larkspur.example", "role": "agent"}


@pytest.fixture
def owned(desk: Any) -> Any:
    """A desk whose owner is signed in."""
    desk.owner()
    return desk


def invited(desk: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = desk.browser.get("/api/owner/invitations").json()["invitations"]
    return found


def token_of(answer: Any) -> str:
    return str(answer.json()["link"].split("#")[1])


def works(desk: Any, token: str) -> bool:
    return bool(desk.another_browser().post("/api/setup/link", json={"token": token}).status_code == 200)


def test_an_invitation_is_listed_until_it_is_used(owned: Any) -> None:
    token = token_of(owned.browser.post("/api/owner/staff", json=ARNO))

    [waiting] = invited(owned)
    owned.sign_up(token, email="arno@larkspur.example", name="Arno", browser=owned.another_browser())

    assert (waiting["name"], waiting["email"], waiting["role"]) == ("Arno", "arno@larkspur.example", "agent")
    assert token not in str(waiting)
    assert invited(owned) == []


def test_a_new_link_replaces_the_old_one(owned: Any) -> None:
    old = token_of(owned.browser.post("/api/owner/staff", json=ARNO))

    new = token_of(owned.browser.post(f"/api/owner/invitations/{invited(owned)[0]['id']}/renew"))

    assert [works(owned, old), works(owned, new)] == [False, True]
    assert len(invited(owned)) == 1


def test_a_revoked_invitation_opens_nothing(owned: Any) -> None:
    token = token_of(owned.browser.post("/api/owner/staff", json=ARNO))
    path = f"/api/owner/invitations/{invited(owned)[0]['id']}"

    revoked, again = owned.browser.delete(path), owned.browser.delete(path)

    assert (revoked.status_code, again.status_code) == (204, 404)
    assert not works(owned, token)
    assert owned.browser.post(f"{path}/renew").status_code == 404


def test_what_is_over_and_links_for_passwords_are_no_invitations(owned: Any) -> None:
    now = datetime.now(UTC)
    owned.write(setup_links.invite, email="a@x.example", name="A", role="agent", now=now - timedelta(hours=25))
    owned.write(setup_links.reset, email="olga@larkspur.example", now=now)

    assert invited(owned) == []


def test_agents_neither_see_nor_touch_invitations(owned: Any) -> None:
    agents = owned.another_browser()
    owned.agent(agents)

    answers = [
        agents.get("/api/owner/invitations"),
        agents.post("/api/owner/invitations/inv_x/renew"),
        agents.delete("/api/owner/invitations/inv_x"),
    ]

    assert [answer.status_code for answer in answers] == [403] * 3
