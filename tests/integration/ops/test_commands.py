"""The commands people type, as they type them."""

import os
import shutil
import sqlite3
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.places import CHECKOUT
from bot.store.database import Database
from tests.integration.ops.scripts import kept_model, write_article

Bot = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "models").mkdir()
    write_article(tmp_path / "articles", "opening-hours")
    shutil.copy(CHECKOUT / "knowledge_base" / "business.yml", tmp_path / "business.yml")
    return tmp_path


@pytest.fixture
def bot(home: Path) -> Bot:
    def run(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        settings = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "FRONTDESK_DATA_DIR": str(home / "data"),
            "FRONTDESK_MODELS_DIR": str(home / "models"),
            "FRONTDESK_ARTICLES_DIR": str(home / "articles"),
            "FRONTDESK_PROFILE": str(home / "business.yml"),
            "PORT": "18280",
            "FRONTDESK_ENGINE_PORT": "18281",
            "FRONTDESK_ACTIONS_PORT": "18282",
        }
        return subprocess.run(
            [sys.executable, "-m", "bot.cli", *arguments],
            capture_output=True,
            text=True,
            cwd=CHECKOUT,
            env={**settings, **env},
        )

    return run


@contextmanager
def listening(port: int) -> Iterator[None]:
    code = f"import socket; s = socket.create_server(('127.0.0.1', {port})); print('on', flush=True); s.accept()"
    other = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert other.stdout is not None
    other.stdout.readline()
    try:
        yield
    finally:
        other.kill()
        other.wait()
        other.stdout.close()


def test_accounts_are_made_listed_reset_and_disabled(bot: Bot) -> None:
    added = bot("users", "add", "Olga@shop.example", "--name", "Olga", "--owner")
    unknown = bot("users", "disable", "nobody@shop.example")

    assert "http://127.0.0.1:18280/setup#" in added.stdout
    assert bot("users", "owner-link").stdout.startswith("http://127.0.0.1:18280/setup#")
    assert "Nobody yet" in bot("users", "list").stdout
    assert (unknown.returncode, "Nobody signs in with nobody@shop.example" in unknown.stderr) == (1, True)


def test_accounts_can_be_managed_beside_a_running_server(bot: Bot, home: Path) -> None:
    database = Database.open(home / "data" / "frontdesk.db")

    added = bot("users", "add", "arno@shop.example")

    database.close()
    assert "/setup#" in added.stdout


def test_a_taken_port_is_said_in_plain_words(bot: Bot) -> None:
    with listening(18280):
        refused = bot("serve")

    assert refused.returncode == 1
    assert refused.stderr == ("Port 18280 is taken by another program; stop it or run `make run PORT=18281`.\n")


def test_wrong_arguments_are_no_crash(bot: Bot) -> None:
    results = [bot("serve", "--port", "99999"), bot("sentiment", "guess"), bot("fly"), bot()]

    assert [each.returncode for each in results] == [2, 2, 2, 2]
    assert "Traceback" not in "".join(each.stderr for each in results)


def test_training_broken_articles_names_file_and_line(bot: Bot, home: Path) -> None:
    (home / "articles" / "store" / "broken.md").write_text("---\nid: other\nquestion: What?\n---\nText.\n")

    refused = bot("train")

    assert refused.returncode == 1
    assert "store/broken.md:2:" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert not list((home / "models").glob("*.tar.gz"))


def test_the_doctor_names_what_is_broken_and_the_cure(bot: Bot, home: Path) -> None:
    bot("users", "list")
    (home / "articles" / "store" / "twin.md").write_text("---\nid: opening-hours\nquestion: When?\n---\nNow.\n")
    (home / "data" / "frontdesk.db").chmod(0o644)
    kept_model(home / "models", "mdl_live", live=True)
    (home / "models" / "mdl_live.tar.gz").write_bytes(b"trunc")

    with listening(18281):
        found = bot("doctor", FRONTDESK_WEBHOOK_SECRET="whsec_changeme", FRONTDESK_RATE_LIMITS_ENABLED="false")

    assert found.returncode == 1
    for words in (
        "twin.md:2:",
        "frontdesk.db can be read by other accounts",
        "SHA-256 differs",
        "Port 18281 is taken",
        "FRONTDESK_WEBHOOK_SECRET looks like an example",
        "Rate limits are off",
    ):
        assert words in found.stdout
    assert found.stdout.count("→") >= 6


def test_the_doctor_names_articles_that_mean_the_same(bot: Bot, home: Path) -> None:
    hours = "---\nid: shop-hours\nquestion: What are your opening hours?\n---\nNine to five.\n"
    (home / "articles" / "store" / "shop-hours.md").write_text(hours)
    (home / "articles" / "store" / "opening-times.md").write_text(
        hours.replace("shop-hours", "opening-times").replace("your opening", "the opening")
    )

    found = bot("doctor")

    assert "(opening-times)" in found.stdout
    assert "mean nearly the same" in found.stdout


def test_the_doctor_warns_of_passwords_in_the_clear(bot: Bot) -> None:
    found = bot("doctor", FRONTDESK_HOST="0.0.0.0")

    assert "without https" in found.stdout


def test_a_backup_comes_back_whole(bot: Bot, home: Path) -> None:
    bot("users", "add", "olga@shop.example", "--owner")
    kept_model(home / "models", "mdl_live", live=True)
    database = Database.open(home / "data" / "frontdesk.db")
    epoch = database.epoch
    saved = bot("backup", str(home / "b.tar.gz"))  # while the store is in use
    database.close()
    (home / "data" / "frontdesk.db").unlink()
    (home / "articles" / "store" / "opening-hours.md").unlink()

    checked = bot("verify", str(home / "b.tar.gz"))
    restored = bot("restore", str(home / "b.tar.gz"))

    assert (saved.returncode, checked.returncode, restored.returncode) == (0, 0, 0), restored.stderr
    assert (home / "b.tar.gz").stat().st_mode & 0o077 == 0
    assert (home / "articles" / "store" / "opening-hours.md").exists()
    assert (home / "data" / "secrets.json").stat().st_mode & 0o077 == 0
    assert "is sound" in bot("verify").stdout
    again = Database.open(home / "data" / "frontdesk.db")
    again.close()
    assert again.epoch != epoch


def test_restoring_over_a_store_needs_force_and_keeps_it(bot: Bot, home: Path) -> None:
    bot("users", "list")
    bot("backup", str(home / "b.tar.gz"))

    refused = bot("restore", str(home / "b.tar.gz"))
    forced = bot("restore", str(home / "b.tar.gz"), "--force")

    assert (refused.returncode, "--force" in refused.stderr) == (1, True)
    assert forced.returncode == 0
    kept = [file for file in (home / "data").glob("frontdesk.db.before-*") if file.name[-4:] not in ("-wal", "-shm")]
    assert len(kept) == 1


def test_what_was_deleted_since_a_backup_does_not_come_back(bot: Bot, home: Path) -> None:
    store = home / "data" / "frontdesk.db"
    Database.open(store).close()
    with sqlite3.connect(store) as connection:
        for name in ("cnv_gone", "cnv_kept"):
            connection.execute(
                "INSERT INTO conversations (id, token_hash, status, priority, owner_version, last_seq, quarantined,"
                " failures, created_at, updated_at) VALUES (?, ?, 'bot', 'normal', 0, 0, 0, 0, ?, ?)",
                (name, name, "2026-11-22 09:30:00", "2026-11-22 09:30:00"),
            )
    bot("backup", str(home / "b.tar.gz"))
    bot("erase", "cnv_gone", "--yes")

    restored = bot("restore", str(home / "b.tar.gz"), "--force")

    assert (restored.returncode, "1 conversation(s)" in restored.stdout) == (0, True)
    with sqlite3.connect(store) as connection:
        assert connection.execute("SELECT id FROM conversations").fetchall() == [("cnv_kept",)]


def test_nothing_is_restored_under_a_running_server(bot: Bot, home: Path) -> None:
    bot("users", "list")
    bot("backup", str(home / "b.tar.gz"))
    database = Database.open(home / "data" / "frontdesk.db")

    refused = bot("restore", str(home / "b.tar.gz"), "--force")

    database.close()
    assert refused.returncode == 1
    assert "stop that one first" in refused.stderr


@pytest.mark.parametrize("harm", ["flip", "cut", "other", "escape"])
def test_a_harmed_backup_is_refused_and_changes_nothing(bot: Bot, home: Path, harm: str) -> None:
    bot("users", "list")
    file = home / "b.tar.gz"
    bot("backup", str(file))
    _harm(file, harm)
    before = _contents(home)

    refused = bot("restore", str(file), "--force")

    assert refused.returncode == 1
    assert "no sound backup" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert _contents(home) == before


def _contents(home: Path) -> dict[Path, bytes]:
    return {file: file.read_bytes() for file in home.rglob("*") if file.is_file() and file.name != "serve.lock"}


def _harm(file: Path, harm: str) -> None:
    content = file.read_bytes()
    if harm == "flip":
        middle = len(content) // 2
        file.write_bytes(content[:middle] + bytes([content[middle] ^ 0xFF]) + content[middle + 1 :])
    elif harm == "cut":
        file.write_bytes(content[: len(content) // 2])
    elif harm == "other":
        file.write_bytes(b"not an archive")
    else:
        _escaping(file)


def _escaping(file: Path) -> None:
    manifest = file.with_name("manifest.json")
    manifest.write_text('{"format": 1, "counts": {}, "sha256": {"../../evil": "0"}}')
    with tarfile.open(file, "w:gz") as archive:
        archive.add(manifest, arcname="manifest.json")
        archive.add(manifest, arcname="../../evil")
    manifest.unlink()


def test_verify_finds_a_gap_in_the_record(bot: Bot, home: Path) -> None:
    bot("users", "list")
    _run_sql(
        home / "data" / "frontdesk.db",
        "INSERT INTO conversations (id, token_hash, status, priority, owner_version, last_seq, quarantined, failures,"
        " created_at, updated_at) VALUES ('cnv_gap', 'h', 'bot', 'normal', 0, 3, 0, 0, '2026-11-22', '2026-11-22')",
    )

    found = bot("verify")

    assert found.returncode == 1
    assert "conversation cnv_gap: its events are not numbered 1 to 3 without a gap" in found.stdout


def _run_sql(store: Path, statement: str) -> None:
    with sqlite3.connect(store) as connection:
        connection.execute(statement)
    connection.close()
