from __future__ import annotations

from pathlib import Path

from bot.assistant.settings import EngineSettings


def test_a_developer_needs_no_settings() -> None:
    settings = EngineSettings.read({})

    assert settings.data_dir == Path("data")
    assert settings.actions_url == "http://127.0.0.1:5055/webhook"
    assert (settings.secret, settings.articles_dir, settings.tracker_url) == (None, None, None)


def test_the_environment_is_read() -> None:
    settings = EngineSettings.read(
        {
            "FRONTDESK_DATA_DIR": "/d",
            "FRONTDESK_ARTICLES_DIR": "/a",
            "FRONTDESK_ENGINE_SECRET": "s",
            "FRONTDESK_ACTIONS_PORT": "7",
            "FRONTDESK_TRACKER_URL": "postgresql://x",
        }
    )

    assert (settings.data_dir, settings.articles_dir) == (Path("/d"), Path("/a"))
    assert (settings.secret, settings.tracker_url) == ("s", "postgresql://x")
    assert settings.actions_url == "http://127.0.0.1:7/webhook"
