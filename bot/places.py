"""Where Frontdesk keeps its things: folders, the two Python environments, and the note of the running desk."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]

SOCKET_PATH_BYTES = 104
"""The shortest of the systems' limits on a Unix socket's path (macOS)."""

RUN_NOTE = "run.json"
"""Written into the data folder by `bot serve`: process id and address of the running desk."""


@dataclass(frozen=True, kw_only=True)
class Places:
    """The folders of one installation.

    Attributes:
        root: The checkout: `config.yml`, `knowledge_base/`, both environments.
        data: Database, secrets, logs; private to the account that runs Frontdesk.
        models: Trained archives and `live.json`.
        articles: The knowledge base's article files.
    """

    root: Path
    data: Path
    models: Path
    articles: Path

    @property
    def logs(self) -> Path:
        """Folder of the processes' logs."""
        return self.data / "logs"

    @property
    def trainer_socket(self) -> Path:
        """Where the engine's launcher takes training requests."""
        socket = self.data / "trainer.sock"
        if len(os.fsencode(socket)) < SOCKET_PATH_BYTES:
            return socket
        name = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"frontdesk-{name}.sock"

    @property
    def engine_python(self) -> Path:
        """Interpreter of the engine's environment (Rasa, Python 3.10)."""
        return self.root / ".venv-engine" / "bin" / "python"

    @property
    def server_python(self) -> Path:
        """Interpreter of the server's environment."""
        return self.root / ".venv" / "bin" / "python"


def code_version(root: Path) -> str:
    """Digest of the code that trains and runs models: a model of other code may not load, or answer otherwise."""
    digest = hashlib.sha256((root / "config.yml").read_bytes())
    for folder in ("bot/assistant", "knowledge_base", "sentiment"):
        for file in sorted((root / folder).rglob("*.py")):
            if "training" not in file.relative_to(root).parts:  # makes the shipped networks, not the model
                digest.update(file.relative_to(root).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def private_folder(path: Path) -> Path:
    """Make a folder that only this account may enter, or close an existing one to others."""
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.chmod(0o700)
    return path


def write_privately(path: Path, content: str) -> None:
    """Replace a file as a whole, readable by this account only; a crash leaves the old one or the new one."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


@dataclass(frozen=True, kw_only=True)
class RunNote:
    """What `bot serve` leaves for `bot train` and `bot doctor`: process id and address."""

    pid: int
    url: str

    def write(self, data: Path) -> None:
        """Leave the note in the data folder."""
        write_privately(data / RUN_NOTE, json.dumps({"pid": self.pid, "url": self.url}))

    @classmethod
    def read(cls, data: Path) -> RunNote | None:
        """The note of a desk that is still running, or None.

        A note whose process is gone (killed, machine restarted) counts as none.
        """
        try:
            fields = json.loads((data / RUN_NOTE).read_text(encoding="utf-8"))
            note = cls(pid=int(fields["pid"]), url=str(fields["url"]))
            os.kill(note.pid, 0)
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return note

    @staticmethod
    def remove(data: Path) -> None:
        """Take the note away at a clean stop."""
        (data / RUN_NOTE).unlink(missing_ok=True)
