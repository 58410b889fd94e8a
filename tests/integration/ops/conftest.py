"""A desk in process: the real app on a real SQLite store, in a folder of its own."""

import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from bot.server.app import create_app
from bot.server.settings import Settings
from bot.store import setup_links

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # Starlette would like another httpx; ours is locked
    from fastapi.testclient import TestClient

ORIGIN = "http://127.0.0.1:18200"


class Desk:
    """The app under test and the people at it."""

    password = "four random words"

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.app = create_app(settings)
        self.browser = self.another_browser()

    def another_browser(self) -> TestClient:
        return TestClient(self.app, base_url=ORIGIN, headers={"Origin": ORIGIN})

    def write(self, work: Callable[..., Any], **kwargs: Any) -> Any:
        """Run a store function in a transaction, as a command beside the server does."""

        def in_transaction(tx: Connection) -> Any:
            return work(tx, **kwargs)

        assert self.browser.portal is not None
        return self.browser.portal.call(self.app.state.parts.database.write, in_transaction)

    def sign_up(
        self, token: str, *, email: str, name: str = "Olga", browser: TestClient | None = None
    ) -> dict[str, Any]:
        browser = browser or self.browser
        body = {"token": token, "name": name, "email": email, "password": self.password}
        answer = browser.post("/api/setup", json=body)
        assert answer.status_code == 201, answer.text
        browser.headers["X-CSRF-Token"] = answer.json()["csrf"]
        return answer.json()["staff"]

    def owner(self) -> dict[str, Any]:
        """Make the first owner, signed in here."""
        token = self.write(setup_links.first_owner, now=datetime.now(UTC))
        return self.sign_up(token, email="olga@larkspur.example")

    def agent(self, browser: TestClient, *, email: str = "arno@larkspur.example") -> dict[str, Any]:
        """Make an agent, signed in there."""
        token = self.write(setup_links.invite, email=email, name="Arno", role="agent", now=datetime.now(UTC))
        return self.sign_up(token, email=email, name="Arno", browser=browser)

    def sign_in(self, browser: TestClient, *, email: str = "olga@larkspur.example", password: str | None = None) -> Any:
        answer = browser.post("/api/session", json={"email": email, "password": password or self.password})
        if answer.status_code == 200:
            browser.headers["X-CSRF-Token"] = answer.json()["csrf"]
        return answer


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    articles = tmp_path / "knowledge_base" / "articles"
    articles.mkdir(parents=True)
    (tmp_path / "models").mkdir()
    return Settings(
        data_dir=tmp_path / "data",
        models_dir=tmp_path / "models",
        articles_dir=articles,
        engine_secret="e" * 40,
        webhook_secret="whsec_" + "A" * 43 + "=",
        engine_port=18205,
        port=18200,
    )


@pytest.fixture
def desk(settings: Settings) -> Iterator[Desk]:
    desk = Desk(settings)
    with desk.browser:
        yield desk
