"""The shared secrets and their file."""

import json
from pathlib import Path

import pytest

from bot.desk.webhooks import Signer
from bot.secrets import SecretsUnusable, load_or_create, operator_token


def test_secrets_are_made_once_and_private(tmp_path: Path) -> None:
    made = load_or_create(tmp_path / "data")
    again = load_or_create(tmp_path / "data")

    assert made == again
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "data" / "secrets.json").stat().st_mode & 0o777 == 0o600
    assert made != load_or_create(tmp_path / "other")


def test_an_opened_file_is_closed_again(tmp_path: Path) -> None:
    made = load_or_create(tmp_path)
    (tmp_path / "secrets.json").chmod(0o644)

    assert load_or_create(tmp_path) == made
    assert (tmp_path / "secrets.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        '{"engine_secret": "x"}',
        json.dumps({"engine_secret": "short", "webhook_secret": "whsec_" + "A" * 43 + "="}),
        json.dumps({"engine_secret": "a" * 64, "webhook_secret": "whsec_" + "A" * 43 + "="}),
        json.dumps({"engine_secret": "x7f" * 20, "webhook_secret": "whsec_notbase64!"}),
        json.dumps({"engine_secret": None, "webhook_secret": None}),
    ],
)
def test_a_file_that_holds_no_secrets_stops_the_start(tmp_path: Path, content: str) -> None:
    (tmp_path / "secrets.json").write_text(content)

    with pytest.raises(SecretsUnusable, match=r"secrets\.json"):
        load_or_create(tmp_path)


def test_secrets_do_not_show_themselves(tmp_path: Path) -> None:
    made = load_or_create(tmp_path)

    assert made.engine_secret not in f"{made!r} {made}"


def test_the_operators_token_tells_nothing_of_the_engines_secret(tmp_path: Path) -> None:
    made = load_or_create(tmp_path)

    assert made.operator_token == operator_token(made.engine_secret)
    assert made.engine_secret not in made.operator_token
    assert len(made.operator_token) == 64


def test_the_webhook_secret_signs(tmp_path: Path) -> None:
    made = load_or_create(tmp_path)

    assert Signer([made.webhook_secret])
