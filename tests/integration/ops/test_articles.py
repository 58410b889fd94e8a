"""The owner's routes: articles and staff."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.store import setup_links
from tests.integration.ops.scripts import kept_model, write_article

NEW = {
    "id": "gift-wrapping",
    "topic": "store",
    "question": "Do you wrap gifts?",
    "answer": "Yes, for {} pounds.\n",
    "also_asked": ["Can you wrap it?"],
}


@pytest.fixture
def articles(desk: Any) -> Path:
    desk.owner()
    write_article(desk.settings.articles_dir, "opening-hours")
    return Path(desk.settings.articles_dir)


def states(desk: Any) -> dict[str, str]:
    return {each["id"]: each["state"] for each in desk.browser.get("/api/owner/articles").json()["articles"]}


def test_an_article_is_made_read_changed_and_removed(desk: Any, articles: Path) -> None:
    made = desk.browser.post("/api/owner/articles", json=NEW)
    file = articles / "store" / "gift-wrapping.md"
    assert made.status_code == 201
    assert "Yes, for {} pounds." in file.read_text()

    body = {key: made.json()[key] for key in (*NEW, "version")}
    changed = desk.browser.put("/api/owner/articles/gift-wrapping", json={**body, "answer": "No.", "topic": "gifts"})
    assert changed.status_code == 200
    assert not file.exists()
    assert desk.browser.get("/api/owner/articles/gift-wrapping").json()["answer"] == "No."

    version = changed.json()["version"]
    assert desk.browser.delete(f"/api/owner/articles/gift-wrapping?version={version}").status_code == 204
    assert list(states(desk)) == ["opening-hours"]


def test_of_two_owners_who_edit_at_once_the_second_is_told(desk: Any, articles: Path) -> None:
    version = desk.browser.post("/api/owner/articles", json=NEW).json()["version"]
    file = articles / "store" / "gift-wrapping.md"
    file.write_text(file.read_text() + "\nEdited in an editor.\n")

    saved = desk.browser.put("/api/owner/articles/gift-wrapping", json={**NEW, "version": version})
    removed = desk.browser.delete(f"/api/owner/articles/gift-wrapping?version={version}")

    assert [(each.status_code, each.json()["code"]) for each in (saved, removed)] == [(409, "article_changed")] * 2
    assert "Edited in an editor." in file.read_text()


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"id": "../../etc/passwd"}, 422, "article_invalid"),
        ({"id": "a/b"}, 422, "article_invalid"),
        ({"id": ""}, 422, "article_invalid"),
        ({"id": "x" * 65}, 422, "article_invalid"),
        ({"id": "nlu_fallback"}, 422, "article_invalid"),
        ({"topic": "../../tmp"}, 422, "article_invalid"),
        ({"topic": ".git"}, 422, "article_invalid"),
        ({"id": "opening-hours"}, 422, "article_invalid"),
        ({"question": "   "}, 422, "article_invalid"),
        ({"answer": "\n"}, 422, "article_invalid"),
        ({"answer": "nul \0 inside"}, 422, "article_invalid"),
        ({"answer": "x" * 30_000}, 422, "article_invalid"),
        ({"review_by": "tomorrow"}, 422, "invalid_request"),
        ({"escalate": "sometimes"}, 422, "invalid_request"),
        ({"also_asked": "not a list"}, 422, "invalid_request"),
        ({"owner": True}, 422, "invalid_request"),
        ({"answer": "x" * 300_000}, 413, "body_too_large"),
    ],
)
def test_an_article_that_does_not_fit_is_refused(
    desk: Any, articles: Path, changed: dict[str, Any], status: int, code: str
) -> None:
    before = sorted(articles.rglob("*"))

    answer = desk.browser.post("/api/owner/articles", json={**NEW, **changed})

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert sorted(articles.rglob("*")) == before


@pytest.mark.parametrize(
    "question",
    [
        "hello\n    - injected\n- intent: admin\n  examples: |\n    - pwned",
        "yes",
        "#",
        "---",
        "~",
        "a: b {c} [d]",
        "'\"%@`",
    ],
)
def test_a_question_that_looks_like_yaml_stays_one_question(desk: Any, articles: Path, question: str) -> None:
    answer = desk.browser.post("/api/owner/articles", json={**NEW, "question": question})

    if answer.status_code == 201:
        assert desk.browser.get("/api/owner/articles/gift-wrapping").json()["question"] == question
        assert len(states(desk)) == 2
    else:
        assert answer.json()["code"] == "article_invalid"


def test_states_compare_with_the_live_model(desk: Any, articles: Path) -> None:
    for name in ("returns", "delivery"):
        write_article(articles, name)
    listed = desk.browser.get("/api/owner/articles").json()["articles"]
    known = {each["id"]: each["version"] for each in listed if each["id"] != "delivery"}
    kept_model(desk.settings.models_dir, "mdl_live", live=True, articles={**known, "closed-branch": "abc"})
    write_article(articles, "returns", answer="Within thirty days.")

    assert states(desk) == {
        "opening-hours": "live",
        "returns": "changed",
        "delivery": "new",
        "closed-branch": "removed",
    }


def test_a_broken_file_is_named_and_hides_no_other(desk: Any, articles: Path) -> None:
    (articles / "store" / "broken.md").write_text("no front matter\n")

    found = desk.browser.get("/api/owner/articles").json()

    assert [each["id"] for each in found["articles"]] == ["opening-hours"]
    assert [(each["file"], each["line"]) for each in found["problems"]] == [("store/broken.md", 1)]


def test_agents_and_strangers_may_not(desk: Any, articles: Path) -> None:
    browser = desk.another_browser()
    stranger = browser.get("/api/owner/articles")
    desk.agent(browser)

    agent = [
        browser.get("/api/owner/articles"),
        browser.post("/api/owner/articles", json=NEW),
        browser.post("/api/owner/publish"),
        browser.get("/api/owner/staff"),
        browser.post("/api/owner/rollback", json={"model_id": "mdl_1"}),
    ]

    assert (stranger.status_code, stranger.json()["code"]) == (401, "not_authenticated")
    assert [(each.status_code, each.json()["code"]) for each in agent] == [(403, "forbidden")] * 5


def test_the_operator_may_publish_and_nothing_else(desk: Any, articles: Path) -> None:
    from bot.secrets import operator_token

    token = operator_token(desk.settings.engine_secret.get_secret_value())
    browser = desk.another_browser()
    browser.headers["Authorization"] = f"Bearer {token}"
    del browser.headers["Origin"]

    asked = browser.post("/api/owner/publish")
    seen = browser.get(f"/api/owner/publications/{asked.json()['publication']['id']}")

    assert (asked.status_code, seen.status_code) == (202, 200)
    assert browser.get("/api/owner/articles").status_code == 401
    wrong = desk.another_browser().post("/api/owner/publish", headers={"Authorization": "Bearer " + "0" * 64})
    assert wrong.status_code == 401


def test_an_owner_invites_promotes_resets_and_disables(desk: Any, articles: Path) -> None:
    browser, owner = desk.another_browser(), desk.browser
    link = owner.post("/api/owner/staff", json={"name": "Arno", "email": "arno@l.example", "role": "agent"}).json()[
        "link"
    ]
    person = desk.sign_up(link.partition("#")[2], email="arno@l.example", name="Arno", browser=browser)

    promoted = owner.post(f"/api/owner/staff/{person['id']}/role", json={"role": "owner"})
    assert promoted.json()["staff"]["role"] == "owner"
    assert browser.get("/api/session").status_code == 401

    reset = owner.post(f"/api/owner/staff/{person['id']}/reset").json()["link"]
    desk.sign_up(reset.partition("#")[2], email="arno@l.example", name="Arno", browser=browser)
    assert browser.get("/api/owner/staff").status_code == 200

    assert owner.post(f"/api/owner/staff/{person['id']}/disable").json()["staff"]["disabled"] is True
    assert browser.get("/api/session").status_code == 401


def test_the_last_owner_cannot_remove_himself(desk: Any, articles: Path) -> None:
    me = desk.browser.get("/api/session").json()["staff"]["id"]

    answers = [
        desk.browser.post(f"/api/owner/staff/{me}/disable"),
        desk.browser.post(f"/api/owner/staff/{me}/role", json={"role": "agent"}),
    ]

    assert [(each.status_code, each.json()["code"]) for each in answers] == [(409, "conflict")] * 2


def test_an_address_with_an_account_is_not_invited_again(desk: Any, articles: Path) -> None:
    answer = desk.browser.post(
        "/api/owner/staff", json={"name": "Olga", "email": "OLGA@larkspur.example", "role": "agent"}
    )

    assert (answer.status_code, answer.json()["code"]) == (409, "email_taken")


def test_a_reset_link_signs_the_old_password_out(desk: Any, articles: Path) -> None:
    _, token = desk.write(setup_links.reset, email="olga@larkspur.example", now=datetime.now(UTC))
    browser = desk.another_browser()
    body = {"token": token, "name": "Olga", "email": "olga@larkspur.example", "password": "a whole new one"}

    assert browser.post("/api/setup", json=body).status_code == 201

    assert desk.browser.get("/api/session").status_code == 401
    assert desk.sign_in(desk.another_browser()).status_code == 401
