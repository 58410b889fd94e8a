"""Publishing, with a scripted trainer process and a scripted engine."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot import live_model, publishing
from bot.desk.errors import Conflict, NotFound
from bot.places import Places
from bot.publishing import Made
from bot.server.engine import EngineClient
from bot.server.feed import Feed, Subscription
from bot.server.training import Publisher
from bot.store import publications
from bot.store.database import Database
from bot.store.publications import Outcome, Publication
from tests.integration.ops.scripts import (
    EngineScript,
    environment,
    kept_model,
    make_places,
    trainer_does,
    write_article,
)

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Press:
    """A publisher with everything it works on."""

    def __init__(self, folder: Path) -> None:
        self.places: Places = make_places(folder)
        self.models = self.places.models
        self.engine = EngineScript("mdl_old")
        self.database = Database.open(self.places.data / "frontdesk.db")
        self.feed = Feed()
        self.console = Subscription(max_bytes=1_000_000, staff_id="stf_1")
        self.feed.add(self.console)
        client = EngineClient("http://engine", "s" * 32, concurrency=1, transport=self.engine)
        self.publisher = Publisher(
            places=self.places, database=self.database, engine=client, feed=self.feed, make=self._make
        )
        write_article(self.places.articles, "opening-hours")
        self.old = kept_model(self.models, "mdl_old", live=True)

    async def _make(self, work: str, on_state: Any) -> Made:
        return await publishing.make_model(self.places, work=work, env=environment(), on_state=on_state)

    async def ended(self, publication_id: str) -> Publication:
        for _ in range(400):
            found = await self.database.read(publications.by_id, publication_id)
            if found.finished_at is not None:
                return found
            await asyncio.sleep(0.02)
        raise AssertionError(f"still {found.state}")

    async def publish(self) -> Publication:
        async with self.publisher.running():
            found = await self.ended((await self.publisher.request("stf_1")).id)
            await self.told(found.state)
            return found

    async def told(self, state: str) -> None:
        """Until consoles have heard of it, which is after it was recorded."""
        for _ in range(400):
            if any(f'"state":"{state}"' in frame for frame, _ in self.console._queue):
                return
            await asyncio.sleep(0.02)
        raise AssertionError(f"nobody was told that it is {state}")

    def live_id(self) -> str:
        return live_model.read_live(self.models).model_id

    def assert_nothing_changed(self) -> None:
        assert self.live_id() == "mdl_old"
        assert self.engine.runs == "mdl_old"
        assert (self.models / live_model.LINK).resolve().name == "mdl_old.tar.gz"
        assert not list((self.models / live_model.STAGING).glob("*"))


@pytest.fixture
async def press(tmp_path: Path) -> AsyncIterator[Press]:
    press = Press(tmp_path)
    yield press
    press.database.close()


async def test_publishing_puts_the_articles_live(press: Press) -> None:
    found = await press.publish()

    live = live_model.read_live(press.models)
    assert (found.state, found.model_id, found.error) == ("live", "mdl_new", None)
    assert (live.model_id, press.engine.runs) == ("mdl_new", "mdl_new")
    assert list(live.articles) == ["opening-hours"]
    assert (press.models / live_model.LINK).resolve() == live_model.verify(press.models, live)
    assert found.summary is not None
    assert found.summary["checks"] == {"golden_total": 3}


async def test_a_live_model_that_cannot_be_read_is_told_to_the_owner(press: Press) -> None:
    (press.models / "mdl_old.tar.gz").write_bytes(b"damaged")

    found = await press.publish()

    assert found.state == "live"
    assert found.summary is not None
    (warning,) = found.summary["checks"]["warnings"]
    assert warning["code"] == "not_compared"
    assert "SHA-256 differs" in warning["message"]


async def test_staff_see_every_step(press: Press) -> None:
    await press.publish()

    frames = "".join(frame for frame, _ in press.console._queue)
    steps = [
        state for state in ("queued", "training", "checking", "swapping", "live") if f'"state":"{state}"' in frames
    ]
    assert steps == ["queued", "training", "checking", "swapping", "live"]


@pytest.mark.parametrize(
    "does",
    [
        "sys.exit(1)",
        "os.kill(os.getpid(), signal.SIGKILL)",
        "archive(b'half')[:1]",
        "say(state='failed', error={'code': 'golden_regression', 'detail': 'Two golden questions less'})",
        "say(state='checking'); done(archive(), model_id='../x')",
    ],
)
async def test_a_failed_training_leaves_the_live_model_alone(press: Press, does: str) -> None:
    trainer_does(press.places, does)

    found = await press.publish()

    assert found.state == "failed"
    assert found.error is not None
    assert found.error["message"]
    press.assert_nothing_changed()


async def test_broken_articles_are_refused_with_file_and_line(press: Press) -> None:
    broken = press.places.articles / "store" / "broken.md"
    broken.write_text("---\nid: broken\nquestion: [unclosed\n---\nText.\n")

    found = await press.publish()

    assert found.state == "failed"
    assert found.error is not None
    assert [(each["file"], each["line"] > 1) for each in found.error["problems"]] == [("store/broken.md", True)]
    press.assert_nothing_changed()


async def test_no_articles_at_all_are_refused_in_words(press: Press) -> None:
    (press.places.articles / "store" / "opening-hours.md").unlink()

    found = await press.publish()

    assert found.error is not None
    assert "no articles" in found.error["message"]
    press.assert_nothing_changed()


async def test_an_engine_that_does_not_load_the_model_keeps_the_old_one(press: Press) -> None:
    press.engine.takes = lambda path: None

    found = await press.publish()

    assert found.error is not None
    assert found.error["code"] == "swap_failed"
    press.assert_nothing_changed()


async def test_an_engine_that_runs_something_else_gets_the_old_model_back(press: Press) -> None:
    press.engine.takes = lambda path: "mdl_old" if path.name.startswith("mdl_old") else "mdl_strange"

    found = await press.publish()

    assert found.error is not None
    assert found.error["code"] == "wrong_model_runs"
    assert press.engine.swaps == ["mdl_new.tar.gz", "mdl_old.tar.gz"]
    press.assert_nothing_changed()


async def test_a_publication_waits_for_an_engine_that_is_coming_back(press: Press) -> None:
    press.engine.runs = None
    async with press.publisher.running():
        asked = await press.publisher.request(None)
        await asyncio.sleep(0.5)
        press.engine.runs = "mdl_old"
        found = await press.ended(asked.id)

    assert found.state == "live"


async def test_fifty_presses_are_one_running_and_one_waiting(press: Press) -> None:
    trainer_does(press.places, "time.sleep(0.5); done(archive(str(time.time()).encode()))")
    async with press.publisher.running():
        first = await press.publisher.request("stf_1")
        while (await press.database.read(publications.by_id, first.id)).state == "queued":
            await asyncio.sleep(0.01)

        presses = await asyncio.gather(*(press.publisher.request("stf_1") for _ in range(50)))
        await press.ended(presses[0].id)

    assert {each.id for each in presses} == {presses[0].id} != {first.id}
    asked_for = await press.database.read(publications.recent, limit=100)
    assert len([each for each in asked_for if each.requested_by]) == 2


async def test_an_article_edited_during_training_shows_as_changed(press: Press) -> None:
    file = press.places.articles / "store" / "opening-hours.md"
    trainer_does(press.places, f"f = Path({str(file)!r}); f.write_text(f.read_text() + 'More.\\n'); done(archive())")

    await press.publish()

    live = live_model.read_live(press.models)
    assert live.articles == {"opening-hours": ""}
    assert live.articles_hash == ""


@pytest.mark.parametrize("state", ["training", "checking", "swapping"])
async def test_a_kill_while_publishing_fails_cleanly_at_the_next_start(press: Press, state: Any) -> None:
    asked = await press.database.write(publications.request, requested_by=None, now=NOW)
    await press.database.write(publications.start_next, now=NOW)
    await press.database.write(publications.advance, asked.id, state, model_id="mdl_new")
    leftover = press.models / live_model.STAGING / asked.id
    leftover.mkdir(parents=True)
    (leftover / "model.tar.gz").write_bytes(b"half")

    async with press.publisher.running():
        found = await press.ended(asked.id)

    assert found.state == "failed"
    assert found.error is not None
    assert found.error["code"] == "interrupted"
    press.assert_nothing_changed()


async def test_a_kill_after_the_swap_is_completed_at_the_next_start(press: Press) -> None:
    kept_model(press.models, "mdl_new")
    press.engine.runs = "mdl_new"
    asked = await press.database.write(publications.request, requested_by=None, now=NOW)
    await press.database.write(publications.start_next, now=NOW)
    await press.database.write(publications.advance, asked.id, "swapping", model_id="mdl_new")

    async with press.publisher.running():
        found = await press.ended(asked.id)

    assert found.state == "live"
    assert press.live_id() == "mdl_new"


async def test_a_waiting_publication_survives_a_restart(press: Press) -> None:
    asked = await press.database.write(publications.request, requested_by="stf_1", now=NOW)

    async with press.publisher.running():
        found = await press.ended(asked.id)

    assert found.state == "live"


async def test_rolling_back_swaps_and_points_at_once(press: Press) -> None:
    await press.publish()

    found = await press.publisher.roll_back("mdl_old", "stf_1")

    assert (found.state, found.model_id, found.summary) == ("live", "mdl_old", {"rollback": True})
    press.assert_nothing_changed()


async def test_the_model_of_the_first_start_is_in_the_history_once_and_can_be_gone_back_to(press: Press) -> None:
    await press.publish()
    await press.publish()  # started again: nothing is noted twice

    history = await press.database.read(publications.recent, limit=10)
    await press.publisher.roll_back(history[-1].model_id or "", "stf_1")

    assert [each.model_id for each in history] == ["mdl_new", "mdl_new", "mdl_old"]
    assert (history[-1].state, history[-1].requested_by) == ("live", None)
    assert (press.live_id(), press.engine.runs) == ("mdl_old", "mdl_old")


async def test_rolling_back_to_a_damaged_or_unknown_model_is_refused(press: Press) -> None:
    await press.publish()
    (press.models / "mdl_old.tar.gz").write_bytes(b"truncat")

    with pytest.raises(Conflict, match="SHA-256"):
        await press.publisher.roll_back("mdl_old", "stf_1")
    with pytest.raises(NotFound, match="not kept"):
        await press.publisher.roll_back("mdl_unknown", "stf_1")

    assert (press.live_id(), press.engine.runs) == ("mdl_new", "mdl_new")


async def test_an_engine_with_another_model_is_put_right(press: Press, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.server.training.LOOK_EVERY_S", 0.05)
    press.engine.runs = "mdl_forgotten"

    async with press.publisher.running():
        while press.engine.runs != "mdl_old":
            await asyncio.sleep(0.02)

    assert press.engine.swaps == ["mdl_old.tar.gz"]


async def test_five_models_are_kept_and_the_live_one_always(press: Press) -> None:
    for n in range(7):
        kept_model(press.models, f"mdl_{n}")
    live_model.point_to(press.models, press.old)

    removed = live_model.prune(press.models)

    left = {model.model_id for model in live_model.kept(press.models)}
    assert left == {"mdl_old", "mdl_2", "mdl_3", "mdl_4", "mdl_5", "mdl_6"}
    assert removed == ["mdl_1", "mdl_0"]


async def test_an_outcome_keeps_what_was_known(press: Press) -> None:
    asked = await press.database.write(publications.request, requested_by=None, now=NOW)
    await press.database.write(publications.start_next, now=NOW)

    ended = await press.database.write(publications.finish, asked.id, Outcome(state="live"), now=NOW)
    again = await press.database.write(publications.request, requested_by=None, now=NOW)

    assert (ended.state, ended.finished_at) == ("live", NOW)
    assert again.id != asked.id
