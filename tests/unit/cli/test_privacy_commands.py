"""`bot erase` and `bot export-conversations`, beside a store that a server has open."""

import io
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot import cli
from bot.desk.conversation import Conversation, Utterance, hear, leave_contact, open_conversation
from bot.desk.events import Command
from bot.store import log
from bot.store.database import Database, Transaction

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def talk(tx: Transaction, name: str, text: str, email: str | None = None) -> None:
    begun = open_conversation(Conversation(id=name, created_at=NOW, updated_at=NOW), "Hello")
    now_is = log.create(tx, begun, f"hash of {name}", now=NOW).conversation
    said = Utterance(text=text, command=Command(client_message_id="c-1", digest="d"))
    now_is = log.record(tx, hear(now_is, said), now=NOW).conversation
    if email:
        log.record(tx, leave_contact(now_is, email=email, name="Ada", command=None), now=NOW)


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A store that is open, as under a running server, with three conversations."""
    monkeypatch.setenv("FRONTDESK_DATA_DIR", str(tmp_path))
    database = Database.open(tmp_path / "frontdesk.db")
    with database._writing.begin() as tx:
        talk(tx, "cnv_ada", "Where is my parcel?", "ada@example.org")
        talk(tx, "cnv_ada2", "And the other one?", "Ada@Example.org")
        talk(tx, "cnv_bob", "Please send the gift to ada@example.org")
    yield database
    database.close()


def test_a_copy_is_printed_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    code = cli.main(["export-conversations", "--email", "ada@example.org"])

    printed = capsys.readouterr()
    found = json.loads(printed.out)["conversations"]
    assert code == 0
    assert sorted(each["id"] for each in found) == ["cnv_ada", "cnv_ada2"]
    assert "Where is my parcel?" in printed.out
    assert "cnv_bob" in printed.err


def test_erasing_asks_first(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("no\n"))

    assert cli.main(["erase", "cnv_ada"]) == 1
    assert "Nothing was deleted" in capsys.readouterr().out
    assert cli.main(["export-conversations", "cnv_ada"]) == 0


def test_erasing_by_address_leaves_alone_where_it_is_only_written(capsys: pytest.CaptureFixture[str]) -> None:
    code = cli.main(["erase", "--email", "ADA@example.org", "--yes"])

    said = capsys.readouterr().out
    assert code == 0
    assert "cnv_ada: deleted" in said
    assert "cnv_ada2: deleted" in said
    assert "Left alone: cnv_bob" in said
    assert cli.main(["export-conversations", "cnv_ada"]) == 1
    assert cli.main(["export-conversations", "cnv_bob"]) == 0


def test_erasing_again_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["erase", "cnv_ada", "--yes"])

    code = cli.main(["erase", "cnv_ada", "--yes"])

    assert code == 0
    assert "cnv_ada: was deleted before" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments", [["erase", "cnv_never", "--yes"], ["erase", "--email", "eve@example.org", "--yes"]]
)
def test_what_is_not_there_is_said(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    assert cli.main(arguments) == 1
    assert "no " in capsys.readouterr().err.lower()


@pytest.mark.parametrize("arguments", [["erase"], ["erase", "cnv_1", "--email", "a@b.example"]])
def test_it_wants_ids_or_an_address(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)

    assert ended.value.code == 2
