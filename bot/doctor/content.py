"""What the owner wrote, and what was trained from it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime

from bot import live_model
from bot.doctor.finding import Finding, note, problem, well
from bot.live_model import ModelDamaged, ModelUnusable, NoLiveModel
from bot.operate import Desk
from bot.server.profile import Profile, ProfileUnusable
from knowledge_base.article import ArticleError, ArticleSet, load_articles

OVERLAPS_TIMEOUT_S = 300  # 10,000 phrases are encoded in a minute


def profile(desk: Desk) -> Iterator[Finding]:
    """The business profile."""
    try:
        found = Profile(desk.settings.profile)
    except ProfileUnusable as exc:
        yield problem(str(exc), "Correct the line; docs/operations.md shows a complete profile.")
    else:
        yield well(f"Business profile: {found.name}")


def articles(desk: Desk) -> Iterator[Finding]:
    """Every article file, by file and line."""
    try:
        found = load_articles(desk.places.articles)
    except ArticleError as exc:
        yield problem(str(exc), "Make the folder and write the first article, or set FRONTDESK_ARTICLES_DIR.")
        return
    for each in found.problems:
        place = f"{desk.places.articles / each.file}:{each.line}: {each.message}"
        if each.severity == "error":
            yield problem(place, "Correct the line; until then the article is not used.")
        else:
            yield note(place)
    yield from _small(found)
    due = [each.id for each in found.articles if each.review_by and each.review_by < datetime.now(UTC).date()]
    if due:
        yield note(
            f"Due for review: {', '.join(due[:10])}{' …' if len(due) > 10 else ''}", "Read them and set review_by anew."
        )
    if found.articles and not found.errors:
        yield well(f"{len(found.articles)} articles in {len({each.topic for each in found.articles})} topics")


def overlaps(desk: Desk) -> Iterator[Finding]:
    """Articles that mean nearly the same, which only the engine's environment can tell."""
    command = [str(desk.places.engine_python), "-m", "knowledge_base.overlap", "--articles", str(desk.places.articles)]
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter, our own module
            command, cwd=desk.places.root, capture_output=True, text=True, timeout=OVERLAPS_TIMEOUT_S, check=True
        )
    except (OSError, subprocess.SubprocessError) as exc:
        yield note(f"The articles could not be compared with each other ({type(exc).__name__}).", "Run `make setup`.")
        return
    for line in done.stdout.splitlines():
        yield note(str(json.loads(line)["message"]))


def _small(found: ArticleSet) -> Iterator[Finding]:
    if not found.articles:
        yield problem("There are no articles.", "Write at least one; knowledge_base/README.md shows how.")
    lonely = [each.id for each in found.articles if not each.also_asked]
    if lonely:
        yield note(
            f"Asked in one way only: {', '.join(lonely[:10])}{' …' if len(lonely) > 10 else ''}",
            "Add how customers say it under also_asked: three or more ways are found far better.",
        )


def model(desk: Desk) -> Iterator[Finding]:
    """The live model: there, whole, and trained on the articles as they are."""
    try:
        live = live_model.read_live(desk.places.models)
        live_model.verify(desk.places.models, live)
    except NoLiveModel as exc:
        yield problem(str(exc), "Run `make train`; `make run` does it by itself.")
        return
    except (ModelDamaged, ModelUnusable) as exc:
        yield problem(str(exc), "Run `make train`, or restore a backup.")
        return
    yield well(f"Live model {live.model_id}, trained {live.trained_at}, its file is whole")
    try:
        now = {each.id: each.version for each in load_articles(desk.places.articles).articles}
    except ArticleError:
        return
    stale = {name for name in now.keys() | live.articles.keys() if now.get(name) != live.articles.get(name)}
    if stale:
        yield note(f"{len(stale)} article(s) differ from what the live model knows.", "Publish, or run `make train`.")
