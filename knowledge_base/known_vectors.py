"""Vectors kept from one training to the next, so that a publication encodes only the phrases that are new.

The file is a cache: when it is missing, damaged or of another encoder it is not read, and training takes longer.
"""

from __future__ import annotations

import logging
import os
import tempfile
import zipfile
from hashlib import blake2b
from pathlib import Path

import numpy as np
import numpy.typing as npt

__all__ = ["KnownVectors"]

Vectors = npt.NDArray[np.float32]

logger = logging.getLogger(__name__)

_DIGEST_BYTES = 16


class KnownVectors:
    """Vectors by the digest of their text. Any number of threads may share it."""

    def __init__(self) -> None:
        self._rows: dict[bytes, Vectors] = {}
        self._asked: dict[bytes, None] = {}  # what was asked for, in that order; a set of Python keeps none
        self._read = frozenset[bytes]()

    @classmethod
    def read(cls, file: Path, *, made_by: str) -> KnownVectors:
        """Read what `write` kept; nothing is known when the file cannot be used.

        Args:
            file: A `.npz` file, which need not exist.
            made_by: What the vectors depend on besides their text.
        """
        known = cls()
        try:
            with file.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
                if str(stored["made_by"]) == made_by:
                    digests, vectors = stored["digests"].tobytes(), stored["vectors"]
                    keys = [digests[n : n + _DIGEST_BYTES] for n in range(0, len(digests), _DIGEST_BYTES)]
                    known._rows = dict(zip(keys, vectors, strict=True))
                    known._read = frozenset(known._rows)
        except FileNotFoundError:
            pass
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as exc:
            logger.warning("The vectors of the last training in %s are not used: %s", file, exc)
        return known

    def write(self, file: Path, *, made_by: str) -> None:
        """Keep what was asked for and drop the rest; leaves the file alone when nothing changed."""
        if not self._asked or self._asked.keys() == self._read:
            return
        digests = np.frombuffer(b"".join(self._asked), dtype=np.uint8).reshape(-1, _DIGEST_BYTES)
        vectors = np.stack([self._rows[digest] for digest in self._asked])
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=file.parent, suffix=".npz", delete=False) as new:
                np.savez(new, made_by=np.array(made_by), digests=digests, vectors=vectors)
            os.replace(new.name, file)
        except OSError as exc:
            logger.warning("The vectors could not be kept in %s; the next training encodes them again: %s", file, exc)

    def get(self, text: str) -> Vectors | None:
        """The vector of a text, if it is known."""
        digest = _digest(text)
        found = self._rows.get(digest)
        if found is not None:
            self._asked[digest] = None
        return found

    def add(self, text: str, vector: Vectors) -> None:
        """Remember the vector of a text."""
        digest = _digest(text)
        self._rows[digest] = vector
        self._asked[digest] = None

    def __len__(self) -> int:
        return len(self._rows)


def _digest(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_DIGEST_BYTES).digest()
