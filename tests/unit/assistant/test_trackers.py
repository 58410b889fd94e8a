from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg2
import pytest
import yaml
from rasa.core.tracker_store import FailSafeTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActiveLoop, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.exc import OperationalError

from bot.assistant.settings import EngineSettings
from bot.assistant.trackers import (
    KEPT_CONVERSATIONS,
    RULE_STATES,
    SHORTEN_FROM_EVENTS,
    ConversationStore,
    ConversationTracker,
    shortened,
    store_of,
)
from tests.unit.assistant.dialogue import decided, replied, said, tracker_of

pytestmark = pytest.mark.anyio

Open = Callable[[], ConversationStore]


@pytest.fixture
def open_store(tmp_path: Path, domain: Domain) -> Open:
    settings = EngineSettings.read({"FRONTDESK_DATA_DIR": str(tmp_path / "data")})
    return lambda: ConversationStore(domain, settings=settings)


async def talk(store: ConversationStore, sender: str, text: str) -> DialogueStateTracker:
    tracker = await store.get_or_create_tracker(sender, append_action_listen=False)
    for event in (said(text), *replied(f"{text}!", "utter_greet")):
        tracker.update(event)
    await store.save(tracker)
    await store.written()
    return tracker


async def test_a_conversation_survives_a_restart_in_its_order(open_store: Open) -> None:
    first = open_store()
    for text in ("one", "two", "three"):
        await talk(first, "cnv_1", text)

    found = await open_store().retrieve("cnv_1")

    assert found is not None
    assert [event.text for event in found.events if hasattr(event, "text")] == [
        "one",
        "one!",
        "two",
        "two!",
        "three",
        "three!",
    ]


async def test_a_conversation_that_goes_on_stays_in_memory(open_store: Open) -> None:
    store = open_store()
    tracker = await talk(store, "cnv_1", "hi")

    assert await store.retrieve("cnv_1") is tracker


async def test_a_conversation_that_rasas_wrapper_began_shows_its_latest_states_too(open_store: Open) -> None:
    store = open_store()

    await FailSafeTrackerStore(store).get_or_create_tracker("cnv_1")

    assert isinstance(await store.retrieve("cnv_1"), ConversationTracker)


async def test_an_erased_conversation_is_gone_from_memory_and_file(open_store: Open, tmp_path: Path) -> None:
    store = open_store()
    for sender in ("cnv_1", "cnv_2"):
        await talk(store, sender, f"secret of {sender}")

    erased = await store.erase(["cnv_1", "cnv_never"])
    again = await store.erase(["cnv_1"])

    assert (erased > 0, again) == (True, 0)
    assert await store.retrieve("cnv_1") is None
    assert await store.retrieve("cnv_2") is not None
    await store.close()
    assert b"secret of cnv_1" not in (tmp_path / "data" / "tracker.db").read_bytes()
    assert b"secret of cnv_2" in (tmp_path / "data" / "tracker.db").read_bytes()


async def test_half_a_turn_is_forgotten(open_store: Open) -> None:
    store = open_store()
    tracker = await talk(store, "cnv_1", "hi")
    tracker.update(said("half", seq=3))

    store.forget("cnv_1")

    found = await store.retrieve("cnv_1")
    assert found is not None
    assert len(found.events) == len(tracker.events) - 1


async def test_nothing_is_written_twice_after_forgetting(open_store: Open) -> None:
    store = open_store()
    await talk(store, "cnv_1", "hi")
    store.forget_all()
    await talk(store, "cnv_1", "again")

    found = await open_store().retrieve("cnv_1")

    assert found is not None
    assert [event.text for event in found.events if event.type_name == "user"] == ["hi", "again"]


async def test_conversations_do_not_mix(open_store: Open) -> None:
    store = open_store()
    await talk(store, "cnv_1", "mine")
    await talk(store, "cnv_2", "yours")
    store.forget_all()

    found = await store.retrieve("cnv_1")

    assert found is not None
    assert found.latest_message.text == "mine"
    assert await store.retrieve("cnv_3") is None


async def test_memory_is_bounded(open_store: Open) -> None:
    store = open_store()
    first = await talk(store, "cnv_0", "hi")
    for number in range(1, KEPT_CONVERSATIONS + 1):
        store._keep(DialogueStateTracker.from_events(f"cnv_{number}", []))

    found = await store.retrieve("cnv_0")

    assert found is not first


@pytest.fixture
def shared_settings() -> Iterator[EngineSettings]:
    """A fresh schema in PostgreSQL, dropped afterwards."""
    schema, url = f"frontdesk_{secrets.token_hex(6)}", "postgresql://postgres@127.0.0.1:5432/test"
    try:
        connection = psycopg2.connect(url, connect_timeout=2)
    except psycopg2.OperationalError as exc:
        pytest.skip(f"no PostgreSQL with a database `test` on 127.0.0.1:5432: {exc}")
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA {schema}")
        yield EngineSettings.read({"FRONTDESK_TRACKER_URL": f"{url}?options=-csearch_path%3D{schema}"})
        cursor.execute(f"DROP SCHEMA {schema} CASCADE")
    connection.close()


@pytest.mark.postgres
async def test_two_engines_share_a_conversation(domain: Domain, shared_settings: EngineSettings) -> None:
    one, two = (ConversationStore(domain, settings=shared_settings) for _ in range(2))
    await talk(one, "cnv_1", "first")
    await talk(two, "cnv_1", "second")
    await talk(one, "cnv_1", "third")

    found = await two.retrieve("cnv_1")

    assert found is not None
    assert [event.text for event in found.events if event.type_name == "user"] == ["first", "second", "third"]
    for store in (one, two):
        store.engine.dispose()


async def test_the_files_are_private(open_store: Open, tmp_path: Path) -> None:
    await talk(open_store(), "cnv_1", "hi")

    assert (tmp_path / "data").stat().st_mode & 0o077 == 0
    assert (tmp_path / "data" / "tracker.db").stat().st_mode & 0o077 == 0


async def test_our_store_is_found_inside_rasas_wrappers(open_store: Open) -> None:
    store = open_store()

    assert store_of(FailSafeTrackerStore(store)) is store
    assert store_of(None) is None


def test_a_shortened_conversation_keeps_its_slots_and_its_flow(domain: Domain) -> None:
    flow = [ActiveLoop("order_status_form"), SlotSet("requested_slot", "email"), SlotSet("order_number", "LB-104118")]
    chat = [
        event for seq in range(50) for event in (said("hi", seq=seq + 2), decided(), *replied("Hello!", "utter_greet"))
    ]
    tracker = tracker_of(domain, said("order", seq=1), *flow, *chat)

    short = shortened(tracker)

    assert len(short.events) < len(tracker.events) / 2
    assert short.active_loop_name == "order_status_form"
    assert short.current_slot_values() == tracker.current_slot_values()
    assert short.latest_message == tracker.latest_message


async def test_a_long_conversation_is_written_completely_and_kept_short(open_store: Open) -> None:
    store = open_store()
    for number in range(SHORTEN_FROM_EVENTS // 3 + 10):
        await talk(store, "cnv_1", f"message {number}")

    kept = await store.retrieve("cnv_1")

    assert kept is not None
    assert len(kept.events) < SHORTEN_FROM_EVENTS
    assert await store.count("cnv_1") == 3 * (SHORTEN_FROM_EVENTS // 3 + 10)


async def test_what_is_not_written_yet_is_read_back_all_the_same(open_store: Open) -> None:
    store = open_store()
    tracker = await store.get_or_create_tracker("cnv_1", append_action_listen=False)
    tracker.update(said("hi"))
    await store.save(tracker)
    store.forget_all()

    found = await store.retrieve("cnv_1")

    assert found is not None
    assert found.latest_message.text == "hi"


async def test_a_turn_waits_for_no_file(open_store: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_store()
    let_go = threading.Event()
    tracker = await talk(store, "cnv_1", "hi")
    insert = store._insert
    monkeypatch.setattr(store, "_insert", lambda batch: let_go.wait(30) and insert(batch))
    tracker.update(said("again", seq=2))

    await store.save(tracker)
    kept = await store.retrieve("cnv_1")

    assert kept is tracker
    let_go.set()
    await store.written()
    assert await store.count("cnv_1") == len(tracker.events)


async def test_a_file_that_cannot_be_written_costs_nothing_once_it_can(
    open_store: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store()
    with monkeypatch.context() as patch:
        patch.setattr(store, "_insert", _locked)
        tracker = await talk(store, "cnv_1", "one")
        assert await store.retrieve("cnv_1") is tracker
    await talk(store, "cnv_1", "two")

    found = await open_store().retrieve("cnv_1")

    assert found is not None
    assert [event.text for event in found.events if event.type_name == "user"] == ["one", "two"]


def _locked(_: object) -> None:
    raise OperationalError("INSERT", {}, Exception("database is locked"))


async def test_closing_writes_what_is_left(open_store: Open) -> None:
    store = open_store()
    tracker = await store.get_or_create_tracker("cnv_1", append_action_listen=False)
    tracker.update(said("last words"))
    await store.save(tracker)

    await store.close()

    found = await open_store().retrieve("cnv_1")
    assert found is not None
    assert found.latest_message.text == "last words"


def test_rules_see_the_latest_states_as_rasa_would_show_them(domain: Domain) -> None:
    flow = [ActiveLoop("order_status_form"), SlotSet("requested_slot", "email")]
    chat = [
        event for seq in range(30) for event in (said("hi", seq=seq + 2), decided(), *replied("Hello!", "utter_greet"))
    ]
    events = [*chat[:40], *flow, *chat[40:]]
    whole = DialogueStateTracker.from_events("cnv_1", events, domain.slots)
    ours = ConversationTracker.from_events("cnv_1", events, domain.slots)

    assert len(whole.past_states(domain)) > 2 * RULE_STATES
    assert ours.past_states(domain) == whole.past_states(domain)[-RULE_STATES - 1 :]


def test_states_are_made_anew_when_something_has_happened(domain: Domain) -> None:
    events = [said("hi"), *replied("Hello!", "utter_greet"), said("thanks", seq=3)]
    ours = ConversationTracker.from_events("cnv_1", events[:-1], domain.slots)
    before = ours.past_states(domain)

    ours.update(events[-1])

    whole = DialogueStateTracker.from_events("cnv_1", events, domain.slots)
    assert ours.past_states(domain) == whole.past_states(domain) != before


def test_who_changes_the_states_changes_his_own(domain: Domain) -> None:
    ours = ConversationTracker.from_events("cnv_1", [said("hi"), *replied("Hello!", "utter_greet")], domain.slots)
    expected = ours.past_states(domain)

    for state in ours.past_states(domain):
        state.get("user", {}).clear()
        state.pop("prev_action", None)

    assert ours.past_states(domain) == expected


def test_a_short_conversation_shows_its_beginning(domain: Domain) -> None:
    events = [said("hi"), *replied("Hello!", "utter_greet")]

    ours = ConversationTracker.from_events("cnv_1", events, domain.slots).past_states(domain)

    assert ours == DialogueStateTracker.from_events("cnv_1", events, domain.slots).past_states(domain)


def test_no_rule_looks_further_back_than_it_is_shown() -> None:
    files = [yaml.safe_load(path.read_text("utf-8")) for path in Path("nlu_data/rules").glob("*.yml")]
    longest = max(len(rule["steps"]) for file in files for rule in file["rules"])

    assert 2 <= longest < RULE_STATES
