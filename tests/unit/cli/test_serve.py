"""What every process is started with."""

from pathlib import Path

import pytest

from bot import serve
from bot.places import Places, RunNote
from bot.secrets import RunSecrets
from bot.serve import AlreadyRunning, EngineNotInstalled, Ports

SECRETS = RunSecrets(engine_secret="engine-secret-" + "x" * 30, webhook_secret="whsec_" + "A" * 43 + "=")
PORTS = Ports(host="127.0.0.1", server=8000, engine=5005, actions=5055)


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(root=tmp_path, data=tmp_path / "data", models=tmp_path / "models", articles=tmp_path / "articles")


def test_the_engine_is_quiet_and_on_the_loopback(places: Places) -> None:
    common = serve.environment(places, PORTS, SECRETS, {"FRONTDESK_SERVER_URL": "https://desk.example"})

    engine = serve.engine_environment(common)

    assert engine["LOG_LEVEL"] == "WARNING"
    assert engine["RASA_TELEMETRY_ENABLED"] == "false"
    assert engine["SANIC_HOST"] == "127.0.0.1"
    assert engine["FRONTDESK_SERVER_URL"] == "http://127.0.0.1:8000"
    assert common["FRONTDESK_SERVER_URL"] == "https://desk.example"


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ({}, "http://127.0.0.1:8000"),
        ({"FRONTDESK_HOST": "0.0.0.0"}, "http://127.0.0.1:8000"),
        ({"FRONTDESK_HOST": "10.0.0.11"}, "http://10.0.0.11:8000"),
    ],
)
def test_the_actions_reach_the_server_where_it_listens(host: dict[str, str], url: str) -> None:
    assert serve.engine_environment({"PORT": "8000", **host})["FRONTDESK_SERVER_URL"] == url


def test_no_secret_stands_on_a_command_line(places: Places) -> None:
    common = serve.environment(places, PORTS, SECRETS, {})
    server, _, actions = serve.programs(places, PORTS, common)

    words = " ".join([*server.command(), *actions.command()])

    assert SECRETS.engine_secret not in words
    assert SECRETS.webhook_secret not in words
    assert common["FRONTDESK_ENGINE_SECRET"] == SECRETS.engine_secret


def test_the_server_stops_first_and_all_within_15_s(places: Places) -> None:
    server, *others = serve.programs(places, PORTS, serve.environment(places, PORTS, SECRETS, {}))

    assert (server.name, server.essential) == ("server", True)
    assert server.stop_s + max(program.stop_s for program in others) < 15


@pytest.mark.parametrize(
    ("host", "url"),
    [("127.0.0.1", "http://127.0.0.1:8000"), ("0.0.0.0", "http://127.0.0.1:8000"), ("::1", "http://[::1]:8000")],
)
def test_addresses_are_those_a_browser_here_can_open(host: str, url: str) -> None:
    assert Ports(host=host, server=8000, engine=1, actions=2).url == url


def test_one_desk_per_data_folder(places: Places) -> None:
    with serve.only_one(places):
        RunNote(pid=1, url="http://127.0.0.1:8000").write(places.data)
        with pytest.raises(AlreadyRunning, match=r"at http://127.0.0.1:8000 \(process 1\)"), serve.only_one(places):
            pass

    assert RunNote.read(places.data) is None
    with serve.only_one(places):
        pass


def test_a_note_of_a_dead_process_is_none(places: Places) -> None:
    places.data.mkdir()
    RunNote(pid=2**22 + 1, url="http://127.0.0.1:8000").write(places.data)

    assert RunNote.read(places.data) is None


def test_a_missing_engine_is_named_with_its_cure(places: Places) -> None:
    with pytest.raises(EngineNotInstalled, match="make setup"):
        serve.check_engine(places.engine_python)


def test_a_long_data_folder_gets_a_short_socket(places: Places) -> None:
    deep = Places(root=places.root, data=Path("/" + "x" * 200), models=places.models, articles=places.articles)

    assert len(str(deep.trainer_socket)) < 104
    assert places.trainer_socket.name == "trainer.sock"
