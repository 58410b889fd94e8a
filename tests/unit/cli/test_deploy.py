"""The examples in deploy/ and what the documents say of growing fit the settings there are."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from bot.server.settings import Settings

ROOT = Path(__file__).resolve().parents[3]
DEPLOY = ROOT / "deploy"
NAME = re.compile(r"\b(?:FRONTDESK_[A-Z_]+[A-Z]|PORT)\b(?==|`)")
ENGINES = {"FRONTDESK_TRACKER_URL"}  # read by the engine (bot/assistant/settings.py)
SETTINGS = {"PORT", *(f"FRONTDESK_{name.upper()}" for name in Settings.model_fields)}


def lines_of(file: Path) -> dict[str, str]:
    """The variables of an environment file, with those that are commented out."""
    lines = (line.removeprefix("#") for line in file.read_text().splitlines() if re.match(r"#?[A-Z_]+=", line))
    return dict(line.split("=", 1) for line in lines)


@pytest.fixture
def example() -> dict[str, str]:
    return lines_of(DEPLOY / "frontdesk.env")


@pytest.fixture
def services() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yml").read_text())["services"]
    return found


@pytest.mark.parametrize(
    "file", [*sorted(DEPLOY.iterdir()), ROOT / "docs" / "operations.md"], ids=lambda file: file.name
)
def test_every_variable_that_is_named_is_a_setting(file: Path) -> None:
    assert set(NAME.findall(file.read_text())) <= SETTINGS | ENGINES


def test_the_example_can_be_read_as_settings(example: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert {"FRONTDESK_DATABASE_URL", "FRONTDESK_REDIS_URL", "FRONTDESK_AMQP_URL", "PORT"} < set(example)
    for name, value in example.items():
        monkeypatch.setenv(name, value)

    settings = Settings()

    assert settings.store_location == example["FRONTDESK_DATABASE_URL"]
    assert settings.address == "https://desk.example.com"


@pytest.mark.parametrize(
    ("name", "service", "scheme", "database"),
    [
        ("FRONTDESK_DATABASE_URL", "postgresql", "postgresql+psycopg", "frontdesk"),
        ("FRONTDESK_TRACKER_URL", "postgresql", "postgresql", "tracker"),
        ("FRONTDESK_REDIS_URL", "redis", "redis", "0"),
        ("FRONTDESK_AMQP_URL", "rabbitmq", "amqp", ""),
    ],
)
def test_the_addresses_lead_to_the_services(
    example: dict[str, str], services: dict[str, Any], name: str, service: str, scheme: str, database: str
) -> None:
    url, environment = urlsplit(example[name]), services[service].get("environment", {})
    ports = [published.rpartition(":")[2] for published in services[service]["ports"]]
    user = environment.get("POSTGRES_USER") or environment.get("RABBITMQ_DEFAULT_USER")

    assert (url.scheme, str(url.port), url.username) == (scheme, *ports, user)
    assert url.path.lstrip("/") == database


def test_the_proxy_knows_the_example_server_and_its_port(example: dict[str, str]) -> None:
    proxied = (DEPLOY / "nginx.conf").read_text()

    assert f"server {example['FRONTDESK_HOST']}:{example['PORT']} " in proxied
    assert f"server_name {urlsplit(example['FRONTDESK_SERVER_URL']).hostname};" in proxied
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in proxied


def test_the_proxy_is_patient_enough_for_a_quiet_feed() -> None:
    (patience_s,) = re.findall(r"proxy_read_timeout (\d+)s", (DEPLOY / "nginx.conf").read_text())

    assert int(patience_s) > 2 * Settings.model_fields["heartbeat_s"].default


def test_the_engines_have_a_database_of_their_own(services: dict[str, Any]) -> None:
    store, made = services["postgresql"]["environment"]["POSTGRES_DB"], (DEPLOY / "postgresql.sql").read_text()

    assert "CREATE DATABASE tracker;" in made
    assert store != "tracker"
    assert any("./postgresql.sql:/docker-entrypoint-initdb.d/" in each for each in services["postgresql"]["volumes"])
