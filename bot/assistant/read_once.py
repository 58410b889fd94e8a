"""Rasa's reader of files, which reads each file once in a process as long as it stays as it is.

`rasa train` makes two importers, one to validate and one to train, and each loads the domain again with the stories.
Loading checks every file against a schema, which takes longer than anything else that is done to so little data.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from hashlib import blake2b
from pathlib import Path
from typing import TypeVar

from rasa.shared.core.domain import Domain
from rasa.shared.core.training_data.structures import StoryGraph
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.training_data import TrainingData

T = TypeVar("T")

_read: dict[str, tuple[bytes, object]] = {}


def once(subject: str, paths: Iterable[Path | str], read: Callable[[], T]) -> T:
    """What `read` makes of files; asked again only when the files differ from the last time.

    Args:
        subject: What is read; of each subject only the latest is kept.
        paths: The files, and folders with everything in them.
        read: Reads them.

    Returns:
        A copy of its own for every caller.
    """
    state = _state_of(paths)
    kept = _read.get(subject)
    if kept is None or kept[0] != state:
        kept = _read[subject] = state, read()
    return copy.deepcopy(kept[1])  # type: ignore[return-value]  # what was kept for this subject is a T


class FileImporter(RasaFileImporter):  # type: ignore[misc]  # Rasa's class is untyped
    """Rasa's own importer of files."""

    def get_domain(self) -> Domain:
        """Reads the domain."""
        return once("domain", self._domain_files(), super().get_domain)

    def get_stories(self, exclusion_percentage: int | None = None) -> StoryGraph:
        """Reads rules and stories; they are read with the domain's slots in mind."""
        subject = f"stories {exclusion_percentage}"
        return once(subject, [*self._story_files, *self._domain_files()], lambda: self._stories(exclusion_percentage))

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """Reads the examples of intents."""
        return once(f"examples {language}", self._nlu_files, lambda: self._examples(language))

    def _stories(self, exclusion_percentage: int | None) -> StoryGraph:
        return super().get_stories(exclusion_percentage)

    def _examples(self, language: str | None) -> TrainingData:
        return super().get_nlu_data(language)

    def _domain_files(self) -> list[str]:
        return [self._domain_path] if self._domain_path else []


def _state_of(paths: Iterable[Path | str]) -> bytes:
    digest = blake2b(digest_size=16)
    for path in map(Path, paths):
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file():
                digest.update(f"\0{file}\0".encode())
                digest.update(blake2b(file.read_bytes()).digest())
            elif not file.is_dir():
                digest.update(f"\0{file} is missing".encode())
    return digest.digest()
