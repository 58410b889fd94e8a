"""Keeping a desk: `bot backup` and `bot verify` while it runs, `bot restore` while it does not.

A backup is one private `.tar.gz`: the store as it was at one moment, the secrets, the articles, the business profile,
the live model, and a manifest with the digest of each.

```
BackupUnusable
```
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import io
import json
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO

from bot import live_model, privacy
from bot.live_model import ModelUnusable
from bot.operate import Desk
from bot.serve import CannotStart, only_one
from bot.store import migrate, snapshot
from bot.store.database import Database
from bot.store.errors import StoreCorrupt, StoreMissing
from bot.store.files import StoreFiles

Say = Callable[[str], None]

MANIFEST = "manifest.json"
FORMAT = 1
STORE = "data/frontdesk.db"
PIECE_BYTES = 1_048_576
MANIFEST_MAX_BYTES = 50_000_000
"""A line for each article; what is larger is no manifest of ours."""


class BackupUnusable(Exception):
    """The backup cannot be used."""

    code = "backup_unusable"


class OnlySqlite(Exception):
    """The store is PostgreSQL; it has its own tools."""

    code = "only_sqlite"


def backup(file: Path | None, *, say: Say) -> int:
    """Write a backup.

    Args:
        file: The archive to write; `backups/frontdesk-<time>.tar.gz` by default.
        say: Tells the person at the terminal.

    Returns:
        Exit code.
    """
    desk = Desk.find()
    file = file or desk.places.root / "backups" / f"frontdesk-{_stamp()}.tar.gz"
    file.parent.mkdir(parents=True, exist_ok=True)
    half = file.with_name(f".{file.name}.tmp")
    with tempfile.TemporaryDirectory(dir=file.parent) as folder:
        copy = Path(folder) / "frontdesk.db"
        snapshot.snapshot(_store(desk), copy)
        wrong = snapshot.faults(copy)
        counts = snapshot.counts(copy)
        try:
            _write(half, {STORE: copy, **_sources(desk)}, counts)
            half.replace(file)
        finally:
            half.unlink(missing_ok=True)
    say(f"{file}: {counts['conversations']} conversations, {counts['events']} events, {file.stat().st_size:,} bytes.")
    return _report(wrong, say)


def verify(file: Path | None, *, say: Say) -> int:
    """Check the store, also while it is in use, or a backup.

    Returns:
        Exit code: 1 when something is wrong.
    """
    if file is None:
        store = _store(Desk.find())
        wrong = snapshot.faults(store)
        if not wrong:
            say(f"{store} is sound: {_words(snapshot.counts(store))}.")
        return _report(wrong, say)
    with tempfile.TemporaryDirectory() as folder:
        counts = _unpack(file, Path(folder))
        store = Path(folder) / STORE
        wrong = snapshot.faults(store)
        if snapshot.counts(store) != counts:
            wrong.append(f"the store holds {_words(snapshot.counts(store))}, the manifest promises {_words(counts)}")
        if not wrong:
            say(f"{file} is sound: {_words(counts)}.")
    return _report(wrong, say)


def restore(file: Path, *, force: bool, say: Say) -> int:
    """Put a backup back.

    What it replaces is kept beside, with the time in its name. Every browser loads everything anew afterwards.

    Args:
        file: The archive.
        force: Replace a store that is there.
        say: Tells the person at the terminal.

    Returns:
        Exit code.
    """
    desk = Desk.find()
    store = _store(desk)
    with only_one(desk.places), tempfile.TemporaryDirectory(dir=desk.places.data) as folder:
        counts = _unpack(file, Path(folder))
        wrong = snapshot.faults(Path(folder) / STORE)
        if wrong:
            _report(wrong, say)
            raise BackupUnusable(f"{file} holds a damaged store. Nothing was changed.")
        if store.exists() and not force:
            raise CannotStart(f"{store} is there already. `--force` replaces it and keeps it beside.")
        _refuse_if_served(store)
        gone = snapshot.erased(store)
        for unpacked, place in _targets(desk, Path(folder)):
            _replace(unpacked, place, say)
        with contextlib.suppress(ModelUnusable):
            live_model.point_to(desk.places.models, live_model.read_live(desk.places.models))
        _new_epoch(store)
        again = privacy.erase_again(store, gone)
    if again:
        say(f"{again} conversation(s) that were deleted since this backup are deleted again.")
    say(f"Restored {_words(counts)}. Start with `make run`.")
    return 0


def _refuse_if_served(store: Path) -> None:
    try:
        StoreFiles(store).claim().release()
    except (StoreMissing, StoreCorrupt):
        return  # the very reason to restore


def _store(desk: Desk) -> Path:
    location = desk.settings.store_location
    if not isinstance(location, Path):
        raise OnlySqlite("This desk's store is PostgreSQL: use `pg_dump` and `pg_restore` (docs/operations.md).")
    return location


def _sources(desk: Desk) -> dict[str, Path]:
    """Everything but the store, by its name in the archive."""
    knowledge = desk.places.articles.parent
    found = {"data/secrets.json": desk.places.data / "secrets.json", "business.yml": desk.settings.profile}
    found |= {f"articles/{each.relative_to(desk.places.articles).as_posix()}": each for each in _articles(desk)}
    found["golden.yml"] = knowledge / "golden.yml"
    try:
        live = live_model.read_live(desk.places.models)
        found |= {
            f"models/{live.path}": live_model.verify(desk.places.models, live),
            f"models/{live.model_id}.json": desk.places.models / f"{live.model_id}.json",
            f"models/{live_model.POINTER}": desk.places.models / live_model.POINTER,
        }
    except ModelUnusable:
        pass  # a desk without a model is still worth keeping; `make run` trains one
    return {name: path for name, path in found.items() if path.is_file()}


def _articles(desk: Desk) -> Iterator[Path]:
    return desk.places.articles.rglob("*.md")


def _write(file: Path, sources: dict[str, Path], counts: dict[str, int]) -> None:
    digests = {name: live_model.sha256_of(path) for name, path in sources.items()}
    manifest = {"format": FORMAT, "made_at": datetime.now(UTC).isoformat(), "counts": counts, "sha256": digests}
    content = json.dumps(manifest, indent=2).encode()
    file.touch(mode=0o600)
    with tarfile.open(file, "w:gz", compresslevel=6) as archive:
        entry = tarfile.TarInfo(MANIFEST)
        entry.size, entry.mode = len(content), 0o600
        archive.addfile(entry, io.BytesIO(content))
        for name, path in sources.items():
            archive.add(path, arcname=name, recursive=False)


def _unpack(file: Path, folder: Path) -> dict[str, int]:
    """Unpack exactly what the manifest lists, and check each digest.

    Returns:
        The counts of rows the manifest promises.

    Raises:
        BackupUnusable: It is no backup of ours, or damaged.
    """
    try:
        with tarfile.open(file, "r:gz") as archive:
            manifest = json.loads(_member(archive, MANIFEST).read(MANIFEST_MAX_BYTES))
            if manifest["format"] != FORMAT:
                raise BackupUnusable(f"{file} was made by another version of Frontdesk (format {manifest['format']}).")
            for name, digest in manifest["sha256"].items():
                _extract(archive, name, digest, folder)
            counts = {str(table): int(rows) for table, rows in manifest["counts"].items()}
    except (OSError, tarfile.TarError, EOFError, KeyError, TypeError, ValueError, AttributeError) as exc:
        raise BackupUnusable(f"{file} is no sound backup ({exc or type(exc).__name__}). Nothing was changed.") from exc
    if not (folder / STORE).is_file():
        raise BackupUnusable(f"{file} holds no store. Nothing was changed.")
    return counts


def _extract(archive: tarfile.TarFile, name: str, digest: str, folder: Path) -> None:
    """Unpack one file and check it; piece by piece, since a store may be larger than the memory."""
    place = folder / name
    if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
        raise ValueError(f"{name!r} leads out of the backup")
    place.parent.mkdir(parents=True, exist_ok=True)
    found = hashlib.sha256()
    with _member(archive, name) as packed, place.open("wb") as unpacked:
        place.chmod(0o600 if name.startswith("data/") else 0o644)
        while piece := packed.read(PIECE_BYTES):
            found.update(piece)
            unpacked.write(piece)
    if found.hexdigest() != digest:
        raise ValueError(f"{name} is damaged")


def _member(archive: tarfile.TarFile, name: str) -> IO[bytes]:
    stream = archive.extractfile(name)  # a regular file or nothing: links are never followed
    if stream is None:
        raise ValueError(f"{name} is no file")
    return stream


def _targets(desk: Desk, folder: Path) -> Iterator[tuple[Path, Path]]:
    """Where the unpacked things belong."""
    yield folder / STORE, _store(desk)
    yield folder / "data" / "secrets.json", desk.places.data / "secrets.json"
    yield folder / "articles", desk.places.articles
    yield folder / "business.yml", desk.settings.profile
    yield folder / "golden.yml", desk.places.articles.parent / "golden.yml"
    for file in sorted((folder / "models").glob("*")) if (folder / "models").is_dir() else ():
        yield file, desk.places.models / file.name


def _replace(unpacked: Path, place: Path, say: Say) -> None:
    if not unpacked.exists():
        return
    kept = place.with_name(f"{place.name}.before-{_stamp()}")
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.exists():
        place.rename(kept)
        for rest in (f"{place.name}-wal", f"{place.name}-shm"):  # the old store's log must not meet the new store
            beside = place.with_name(rest)
            if beside.exists():
                beside.rename(kept.with_name(kept.name + rest.removeprefix(place.name)))
        say(f"Kept what was there: {kept}")
    shutil.move(unpacked, place)


def _new_epoch(store: Path) -> None:
    """Browsers must not mistake the restored record for the one they know."""
    database = Database.open(store)
    try:
        asyncio.run(database.write(migrate.new_epoch))
    finally:
        database.close()


def _report(wrong: list[str], say: Say) -> int:
    for each in wrong:
        say(f"Wrong: {each}")
    if wrong:
        say("Keep a copy of the file, then restore the latest sound backup with `bot restore`.")
    return 1 if wrong else 0


def _words(counts: dict[str, int]) -> str:
    return ", ".join(f"{rows:,} {table}" for table, rows in counts.items())


def _stamp() -> str:
    return datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
