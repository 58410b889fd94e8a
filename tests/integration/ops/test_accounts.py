"""Signing in, staying in and getting out."""

import re
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot.store import sessions, setup_links, staff
from bot.store.schema import setup_links as links_table
from bot.store.schema import staff as staff_table
from bot.store.schema import staff_sessions

NOW = datetime.now(UTC)


def test_the_first_owner_comes_by_a_link_that_works_once(desk: Any) -> None:
    token = desk.write(setup_links.first_owner, now=NOW)
    made = desk.sign_up(token, email="Olga@Larkspur.example")

    again = desk.browser.post(
        "/api/setup", json={"token": token, "name": "Eve", "email": "eve@x.example", "password": "another good one"}
    )

    assert made["role"] == "owner"
    assert made["email"] == "olga@larkspur.example"
    assert (again.status_code, again.json()["code"]) == (410, "setup_link_invalid")
    assert desk.write(setup_links.first_owner, now=NOW) is None


def test_a_link_ends_after_24_hours(desk: Any) -> None:
    token = desk.write(setup_links.first_owner, now=NOW - timedelta(hours=24, seconds=1))

    answer = desk.browser.post(
        "/api/setup", json={"token": token, "name": "Olga", "email": "o@x.example", "password": desk.password}
    )

    assert answer.status_code == 410


def test_a_newer_owner_link_replaces_the_older(desk: Any) -> None:
    older = desk.write(setup_links.first_owner, now=NOW)
    desk.write(setup_links.first_owner, now=NOW)

    answer = desk.browser.post(
        "/api/setup", json={"token": older, "name": "Olga", "email": "o@x.example", "password": desk.password}
    )

    assert answer.status_code == 410


def test_a_weak_password_does_not_use_up_the_link(desk: Any) -> None:
    token = desk.write(setup_links.first_owner, now=NOW)
    body = {"token": token, "name": "Olga", "email": "olga@larkspur.example"}

    weak = desk.browser.post("/api/setup", json={**body, "password": "password1234"})
    good = desk.browser.post("/api/setup", json={**body, "password": desk.password})

    assert (weak.status_code, weak.json()["code"]) == (422, "weak_password")
    assert good.status_code == 201


def test_an_invitation_is_for_one_address_only(desk: Any) -> None:
    desk.owner()
    token = desk.write(setup_links.invite, email="arno@larkspur.example", name="Arno", role="agent", now=NOW)

    answer = desk.another_browser().post(
        "/api/setup", json={"token": token, "name": "Eve", "email": "eve@x.example", "password": desk.password}
    )

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


def test_a_link_says_what_it_is_for_and_stays_unused(desk: Any) -> None:
    first = desk.write(setup_links.first_owner, now=NOW)
    unnamed = desk.browser.post("/api/setup/link", json={"token": first})
    desk.sign_up(first, email="olga@larkspur.example")
    invited = desk.write(setup_links.invite, email="arno@larkspur.example", name="Arno", role="agent", now=NOW)
    _, forgotten = desk.write(setup_links.reset, email="olga@larkspur.example", now=NOW)

    looks = [
        desk.browser.post("/api/setup/link", json={"token": each}).json() for each in (invited, invited, forgotten)
    ]
    used = desk.browser.post("/api/setup/link", json={"token": first})

    assert unnamed.json() == {"purpose": "account", "name": None, "email": None, "role": "owner"}
    assert (
        looks[0]
        == looks[1]
        == {"purpose": "account", "name": "Arno", "email": "arno@larkspur.example", "role": "agent"}
    )
    assert (looks[2]["purpose"], looks[2]["email"]) == ("password", "olga@larkspur.example")
    assert (used.status_code, used.json()["code"]) == (410, "setup_link_invalid")


def test_signing_in_sets_an_http_only_cookie_and_tells_who(desk: Any) -> None:
    desk.owner()
    browser = desk.another_browser()

    answer = desk.sign_in(browser, email=" OLGA@larkspur.example")

    cookie = next(value for value in answer.headers.get_list("set-cookie") if value.startswith("frontdesk_session="))
    assert re.search(r"; HttpOnly; Path=/; SameSite=lax", cookie)
    assert answer.headers["cache-control"] == "no-store"
    assert browser.get("/api/session").json() == answer.json()
    assert answer.json()["staff"]["role"] == "owner"


def test_the_cookie_is_a_secure_host_cookie_behind_https(desk: Any) -> None:
    desk.owner()
    desk.app.state.parts.settings = desk.settings.model_copy(update={"server_url": "https://desk.example"})
    browser = desk.another_browser()
    browser.base_url, browser.headers["Origin"] = "https://desk.example", "https://desk.example"

    answer = desk.sign_in(browser)

    cookie = answer.headers.get_list("set-cookie")[0]
    assert cookie.startswith("__Host-frontdesk=")
    assert "Secure" in cookie
    assert "Domain" not in cookie
    token = browser.cookies["__Host-frontdesk"]
    plain = desk.another_browser().get("/api/session", headers={"Cookie": f"frontdesk_session={token}"})
    assert plain.status_code == 401


def test_each_sign_in_draws_a_new_session_and_ends_the_old_one(desk: Any) -> None:
    desk.owner()
    first = desk.browser.cookies["frontdesk_session"]

    desk.sign_in(desk.browser)

    assert desk.browser.cookies["frontdesk_session"] != first
    old = desk.another_browser().get("/api/session", headers={"Cookie": f"frontdesk_session={first}"})
    assert old.status_code == 401


def test_the_store_holds_only_hashes(desk: Any) -> None:
    token = desk.write(setup_links.first_owner, now=NOW)
    desk.sign_up(token, email="olga@larkspur.example")
    session = desk.browser.cookies["frontdesk_session"]

    def everything(tx: sa.Connection) -> str:
        return "".join(str(tx.execute(sa.select(table)).all()) for table in (staff_table, staff_sessions, links_table))

    stored = desk.write(everything)
    assert token not in stored
    assert session not in stored
    assert desk.password not in stored
    assert "$argon2id$v=19$m=47104,t=2,p=1$" in stored


def test_wrong_password_and_unknown_address_look_the_same(desk: Any) -> None:
    desk.owner()
    desk.browser.headers.pop("X-CSRF-Token")

    started = time.process_time()  # not the clock on the wall: other processes may stop this one at any moment
    wrong = desk.sign_in(desk.another_browser(), password="not this one")
    middle = time.process_time()
    unknown = desk.sign_in(desk.another_browser(), email="nobody@larkspur.example")
    ended = time.process_time()

    assert (wrong.status_code, wrong.json()) == (unknown.status_code, unknown.json()) == (401, wrong.json())
    # The same hash runs in both; without it the second would take a tenth of the time.
    assert ended - middle > (middle - started) / 3


@pytest.mark.parametrize(
    ("typed", "right"),
    [("four random words", True), ("four random words ", False), ("Four random words", False), ("four random", False)],
)
def test_passwords_are_taken_exactly(desk: Any, typed: str, right: bool) -> None:
    desk.owner()

    answer = desk.sign_in(desk.another_browser(), password=typed)

    assert answer.status_code == (200 if right else 401)


@pytest.mark.parametrize("password", ["nul\0inside it", "pässwörter sind lang", "a long one" * 12 + "ending 8"])
def test_unusual_passwords_work_whole(desk: Any, password: str) -> None:
    desk.owner()
    changed = desk.browser.post(
        "/api/session/password", json={"current_password": desk.password, "new_password": password}
    )

    cut = desk.sign_in(desk.another_browser(), password=password[:-1])
    whole = desk.sign_in(desk.another_browser(), password=password)

    assert changed.status_code == 200
    assert (cut.status_code, whole.status_code) == (401, 200)


def test_a_megabyte_of_password_is_refused(desk: Any) -> None:
    desk.owner()

    answer = desk.sign_in(desk.another_browser(), password="x" * 1_000_000)

    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


def test_the_sixth_failure_from_one_address_has_to_wait(desk: Any) -> None:
    desk.owner()
    stranger = desk.another_browser()

    codes = [desk.sign_in(stranger, email=f"guess{n}@x.example", password="wrong one").status_code for n in range(6)]
    refused = desk.sign_in(stranger)

    assert codes == [401] * 5 + [429]
    assert refused.json()["code"] == "rate_limited"
    assert 0 < int(refused.headers["retry-after"]) <= 300


def test_an_attack_on_an_account_does_not_lock_its_person_out(desk: Any) -> None:
    desk.owner()
    stranger = desk.another_browser()
    for _ in range(6):
        desk.sign_in(stranger, password="wrong one")

    person = desk.sign_in(desk.browser)

    assert desk.sign_in(stranger).status_code == 429
    assert person.status_code == 200


def test_a_command_needs_the_csrf_token(desk: Any) -> None:
    desk.owner()
    del desk.browser.headers["X-CSRF-Token"]

    without = desk.browser.delete("/api/session")
    wrong = desk.browser.delete("/api/session", headers={"X-CSRF-Token": "x" * 43})

    assert [without.json()["code"], wrong.json()["code"]] == ["csrf_failed"] * 2
    assert desk.browser.get("/api/session").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:18201"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
def test_a_command_from_another_website_is_refused(desk: Any, headers: dict[str, str]) -> None:
    desk.owner()

    answer = desk.browser.delete("/api/session", headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (403, "origin_refused")


def test_a_form_cannot_sign_in(desk: Any) -> None:
    desk.owner()

    answer = desk.another_browser().post(
        "/api/session",
        content='{"email": "olga@larkspur.example", "password": "four random words"}',
        headers={"Content-Type": "text/plain"},
    )

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_json")


def test_two_cookies_of_the_same_name_are_refused(desk: Any) -> None:
    desk.owner()
    token = desk.browser.cookies["frontdesk_session"]

    answer = desk.another_browser().get(
        "/api/session", headers={"Cookie": f"frontdesk_session={token}; frontdesk_session=planted"}
    )

    assert answer.status_code == 401


def test_signing_out_ends_the_session(desk: Any) -> None:
    desk.owner()
    token = desk.browser.cookies["frontdesk_session"]

    assert desk.browser.delete("/api/session").status_code == 204

    again = desk.another_browser().get("/api/session", headers={"Cookie": f"frontdesk_session={token}"})
    assert (again.status_code, again.json()["code"]) == (401, "not_authenticated")


def test_a_new_password_signs_every_other_browser_out(desk: Any) -> None:
    desk.owner()
    other = desk.another_browser()
    desk.sign_in(other)

    changed = desk.browser.post(
        "/api/session/password", json={"current_password": desk.password, "new_password": "four other words"}
    )

    assert changed.status_code == 200
    assert other.get("/api/session").status_code == 401
    assert desk.browser.get("/api/session").status_code == 200


@pytest.mark.parametrize(
    ("age", "alive"),
    [
        ({"last_seen_at": timedelta(minutes=59)}, True),
        ({"last_seen_at": timedelta(minutes=61)}, False),
        ({"expires_at": timedelta(seconds=1)}, False),
    ],
)
def test_sessions_end_by_idleness_and_by_age(desk: Any, age: dict[str, timedelta], alive: bool) -> None:
    desk.owner()
    moments = {column: datetime.now(UTC) - ago for column, ago in age.items()}
    desk.write(lambda tx: tx.execute(sa.update(staff_sessions).values(**moments)))

    answer = desk.browser.get("/api/session")

    assert (answer.status_code == 200) is alive


def test_a_disabled_account_is_out_at_once(desk: Any) -> None:
    desk.owner()
    browser = desk.another_browser()
    agent = desk.agent(browser)

    desk.write(staff.disable, staff_id=agent["id"], now=NOW)

    assert browser.get("/api/session").status_code == 401
    assert desk.sign_in(browser, email="arno@larkspur.example").status_code == 401


def test_the_last_owner_stays(desk: Any) -> None:
    owner = desk.owner()

    with pytest.raises(Exception, match="only owner"):
        desk.write(staff.disable, staff_id=owner["id"], now=NOW)
    with pytest.raises(Exception, match="only owner"):
        desk.write(staff.set_role, staff_id=owner["id"], role="agent", now=NOW)


def test_ended_sessions_are_told_apart_for_open_sockets(desk: Any) -> None:
    owner = desk.owner()
    token, _ = desk.write(sessions.start, staff_id=owner["id"], now=NOW)
    live = desk.write(sessions.find, token=token, now=NOW)

    desk.write(staff.end_sessions, staff_id=owner["id"])

    assert live is not None
    assert desk.write(sessions.still_live, token_hashes=[live.token_hash], now=NOW) == set()
