"""Making a new model out of the articles as they are now: stage, train, check, keep.

What comes out lies among the kept models and is not live yet. Making it live is one step more: `live_model.point_to`,
and, where an engine runs, its swap (`bot/server/publisher.py`).
"""

from __future__ import annotations

import contextlib
import fcntl
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot import live_model, trainer
from bot.live_model import Model, ModelUnusable, NoLiveModel
from bot.places import Places, code_version
from knowledge_base.article import ArticleError, ArticleProblem, load_articles

FREE_BYTES = 500_000_000
"""A model is about 30 MB, but a full disk would also stop the record of conversations: leave it room."""


class NothingToPublish(trainer.TrainingFailed):
    """The articles cannot be published as they are."""

    code = "nothing_to_publish"


@dataclass(frozen=True, kw_only=True)
class Made:
    """A new model among the kept ones, and what the trainer said about it."""

    model: Model
    trained: trainer.TrainedModel


@dataclass(frozen=True, kw_only=True)
class ArticlesNow:
    """The articles on disk at one moment: version of each by id, and a digest over all."""

    versions: dict[str, str]
    digest: str

    @classmethod
    def read(cls, folder: Path) -> ArticlesNow:
        """Read the articles.

        Raises:
            NothingToPublish: There is none, or some are broken; names file and line.
        """
        try:
            found = load_articles(folder)
        except ArticleError as exc:
            raise NothingToPublish("There is no folder of articles.", problems=problems_of(exc.problems)) from exc
        if found.errors:
            words = f"{len(found.errors)} problem(s) in the articles. Mend them and publish again."
            raise NothingToPublish(words, problems=problems_of(found.errors))
        if not found.articles:
            raise NothingToPublish("There are no articles. Write at least one, then publish.")
        return cls(versions={article.id: article.version for article in found.articles}, digest=found.digest)


def problems_of(found: tuple[ArticleProblem, ...]) -> list[dict[str, object]]:
    """Problems as `{file, line, message}`, for messages to owners."""
    return [{"file": each.file, "line": each.line, "message": each.message} for each in found]


async def make_model(places: Places, *, work: str, env: Mapping[str, str], on_state: trainer.Progress) -> Made:
    """Train and check a model and put it among the kept ones; the live one is not touched.

    The caller holds `alone`.

    Args:
        places: Folders.
        work: Name of this work's own staging folder.
        env: Complete environment of the trainer.
        on_state: Called with `training` and `checking`.

    Raises:
        TrainingFailed: There is no new model; says why.
    """
    before = ArticlesNow.read(places.articles)
    staging = _staging(places.models, work)
    log = _fresh_log(places.logs / "training.log")
    live, unreadable = _live_archive(places.models)
    try:
        command = trainer.trainer_command(
            places.engine_python,
            out=staging,
            golden=places.articles.parent / "golden.yml",
            live=live,
        )
        code = code_version(places.root)
        trained = await trainer.train(command, cwd=places.root, out=staging, env=env, log=log, on_state=on_state)
        if unreadable:
            trained.checks.setdefault("warnings", []).append(unreadable)
        model = _note(trained, before, ArticlesNow.read(places.articles), code)
        live_model.keep(places.models, trained.archive, model)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return Made(model=model, trained=trained)


@contextlib.contextmanager
def alone(models: Path) -> Iterator[bool]:
    """Whether nobody else makes a model here now; held until the block ends, and never longer than this process."""
    with (models / ".publishing.lock").open("wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            _remove_leftovers(models)
            yield True


def _remove_leftovers(models: Path) -> None:
    """Remove what a killed training left behind: nothing in the staging folder is ever used again."""
    shutil.rmtree(models / live_model.STAGING, ignore_errors=True)


def _staging(models: Path, work: str) -> Path:
    staging = models / live_model.STAGING / work
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    free = shutil.disk_usage(staging).free
    if free < FREE_BYTES:
        raise trainer.TrainingFailed(
            f"Only {free // 1_000_000} MB are free on the disk of {models}; training needs"
            f" {FREE_BYTES // 1_000_000} MB. Free some space and publish again."
        )
    return staging


def _fresh_log(log: Path) -> Path:
    log.parent.mkdir(parents=True, exist_ok=True)
    log.unlink(missing_ok=True)
    return log


def _live_archive(models: Path) -> tuple[Path | None, dict[str, object] | None]:
    """The live model to compare with, and a warning when there is one that cannot be read."""
    try:
        return live_model.verify(models, live_model.read_live(models)), None
    except NoLiveModel:
        return None, None
    except ModelUnusable as exc:
        words = f"The new answers were not compared with those of the model before: {exc}"
        return None, {"code": "not_compared", "message": words, "file": None, "line": None}


def _note(trained: trainer.TrainedModel, before: ArticlesNow, after: ArticlesNow, code: str) -> Model:
    """What the model was trained on.

    An article edited while the trainer ran may or may not be in: it gets no version, so it shows as changed.
    """
    sure = dict(before.versions)
    for article_id in sure:
        if after.versions.get(article_id) != sure[article_id]:
            sure[article_id] = ""
    return Model(
        path=f"{trained.model_id}.tar.gz",
        sha256=trained.sha256,
        model_id=trained.model_id,
        trained_at=datetime.now(UTC).isoformat().replace("+00:00", "Z"),
        articles_hash=before.digest if before == after else "",
        articles=sure,
        made_by=code,
    )
