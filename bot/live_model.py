"""The live model: which archive answers customers, and how another takes its place.

Archives lie in the models folder, each beside a note of what it is (`<name>.json`). `live.json` is a copy of the
note of the live one and is replaced as a whole, so a crash leaves the old pointer or the new one, never half.

```
ModelUnusable
├── NoLiveModel
├── ModelDamaged
├── ModelOutdated
└── ModelNotKept
```
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
from dataclasses import dataclass, field
from pathlib import Path

POINTER = "live.json"
LINK = "live.tar.gz"
"""Leads to the live archive, so that an engine that is started again without asking anybody loads the right one."""
STAGING = ".staging"
KEPT_MODELS = 5


class ModelUnusable(Exception):
    """A model cannot be used."""

    code = "model_unusable"


class NoLiveModel(ModelUnusable):
    """There is no live model yet: run `make train`."""

    code = "no_live_model"


class ModelDamaged(ModelUnusable):
    """A model's file is missing or is not the one that was checked."""

    code = "model_damaged"


class ModelOutdated(ModelUnusable):
    """The live model was trained by another version of Frontdesk."""

    code = "model_outdated"


class ModelNotKept(ModelUnusable):
    """That model is no longer kept."""

    code = "model_not_kept"


@dataclass(frozen=True, kw_only=True)
class Model:
    """One trained archive.

    Attributes:
        path: File name of the archive inside the models folder.
        sha256: Digest of the whole archive, checked before every use.
        model_id: The id the engine reports when it runs this model.
        trained_at: ISO 8601, UTC.
        articles_hash: Digest over all articles it was trained on.
        articles: Version of each of these articles by id.
        made_by: Digest of the code that trained it; other code may not be able to load it.
    """

    path: str
    sha256: str
    model_id: str
    trained_at: str
    articles_hash: str
    articles: dict[str, str] = field(default_factory=dict)
    made_by: str = ""

    def archive(self, models: Path) -> Path:
        """The archive's place on disk."""
        return models / self.path


def sha256_of(file: Path) -> str:
    """Digest of a file, as hexadecimal digits."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def read_live(models: Path) -> Model:
    """The live model's note.

    Raises:
        NoLiveModel: Nothing has been published yet.
        ModelDamaged: The pointer cannot be read.
    """
    return _read_note(models, models / POINTER, NoLiveModel("There is no live model yet: run `make train`."))


def read_kept(models: Path, model_id: str) -> Model:
    """The note of a model that is still kept.

    Raises:
        ModelNotKept: It was never made here, or was removed to make room.
    """
    for model in kept(models):
        if model.model_id == model_id:
            return model
    raise ModelNotKept(
        f"Model {model_id!r} is not kept here any more; the last {KEPT_MODELS} are. Publish to train a new one."
    )


def kept(models: Path) -> list[Model]:
    """All models with their archive still there, the newest first."""
    found = []
    for note in models.glob("*.json"):
        if note.name == POINTER:
            continue
        try:
            model = _read_note(models, note, NoLiveModel())
        except ModelUnusable:
            continue
        if model.archive(models).is_file():
            found.append(model)
    return sorted(found, key=lambda model: (model.trained_at, model.path), reverse=True)


def verify(models: Path, model: Model) -> Path:
    """Make sure that an archive is the one that was checked when it was trained.

    Returns:
        The archive.

    Raises:
        ModelDamaged: The file is missing, truncated or another one.
    """
    archive = model.archive(models)
    if not archive.is_file():
        raise ModelDamaged(f"{archive} is missing. Run `make train` to make a new model.")
    if sha256_of(archive) != model.sha256:
        raise ModelDamaged(f"{archive} is not the file that was trained (its SHA-256 differs). Run `make train`.")
    return archive


def verify_current(models: Path, model: Model, code: str) -> None:
    """Make sure that this version of Frontdesk can load an archive.

    Raises:
        ModelDamaged: As `verify`.
        ModelOutdated: Other code trained it.
    """
    verify(models, model)
    if model.made_by != code:
        raise ModelOutdated("The live model was trained by another version of Frontdesk; it is trained anew.")


def keep(models: Path, staged: Path, model: Model) -> None:
    """Move a verified archive from the staging folder to its place among the models, with its note."""
    _write(models / f"{model.model_id}.json", model)
    os.replace(staged, model.archive(models))


def point_to(models: Path, model: Model) -> None:
    """Make a model the live one: what the engine loads from its next start on."""
    link = models / f".{LINK}.{os.getpid()}.tmp"
    link.unlink(missing_ok=True)
    link.symlink_to(model.path)
    link.replace(models / LINK)
    _write(models / POINTER, model)


def prune(models: Path, *, keep_models: int = KEPT_MODELS) -> list[str]:
    """Remove the oldest archives, never the live one.

    Returns:
        Ids of the models that were removed.
    """
    try:
        live_id = read_live(models).model_id
    except ModelUnusable:
        live_id = ""
    removed = []
    for model in [model for model in kept(models)[keep_models:] if model.model_id != live_id]:
        model.archive(models).unlink(missing_ok=True)
        (models / f"{model.model_id}.json").unlink(missing_ok=True)
        removed.append(model.model_id)
    return removed


def _write(file: Path, model: Model) -> None:
    temporary = file.with_name(f".{file.name}.{os.getpid()}.tmp")
    with temporary.open("w", encoding="utf-8") as stream:
        json.dump(dataclasses.asdict(model), stream, indent=2)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(file)


def _read_note(models: Path, note: Path, missing: ModelUnusable) -> Model:
    try:
        fields = json.loads(note.read_text(encoding="utf-8"))
    except FileNotFoundError as exc:
        raise missing from exc
    except (OSError, ValueError) as exc:
        raise ModelDamaged(f"{note} cannot be read ({type(exc).__name__}). Run `make train`.") from exc
    try:
        model = Model(**{key: fields[key] for key in ("path", "sha256", "model_id", "trained_at", "articles_hash")})
        model = dataclasses.replace(
            model, articles=dict(fields.get("articles") or {}), made_by=str(fields.get("made_by", ""))
        )
        inside = model.archive(models).resolve().parent == models.resolve()
    except (KeyError, TypeError, ValueError) as exc:
        raise ModelDamaged(f"{note} is not the note of a model. Run `make train`.") from exc
    if not inside:
        raise ModelDamaged(f"{note} points outside the models folder. Run `make train`.")
    return model
