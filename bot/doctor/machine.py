"""The machine: environments, disk, private files."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from bot.doctor.finding import Finding, note, problem, well
from bot.operate import Desk
from bot.publishing import FREE_BYTES

ASK_VERSIONS = """
import importlib.metadata as m, json, sys
found = {}
for name in sys.argv[1:]:
    try:
        found[name] = m.version(name)
    except m.PackageNotFoundError:
        found[name] = None
print(json.dumps({"python": list(sys.version_info[:2]), "packages": found}))
"""
EXAMPLES = ("secret", "changeme", "change-me", "example", "0000", "test", "1234")


def environments(desk: Desk) -> Iterator[Finding]:
    """Both Python environments, with what they must hold."""
    root = desk.places.root
    yield _environment(
        "server",
        desk.places.server_python,
        root,
        wanted={"fastapi": "", "sqlalchemy": "2.", "uvicorn": ""},
        python=(3, 11),
    )
    yield _environment(
        "engine",
        desk.places.engine_python,
        root,
        wanted={"rasa": "3.6.21", "rasa-sdk": "3.6.", "onnxruntime": "1.", "spacy": "3."},
        python=(3, 10),
    )


def _environment(
    name: str, python_file: Path, root: Path, *, wanted: dict[str, str], python: tuple[int, int]
) -> Finding:
    cure = "Run `make setup`."
    if not python_file.exists():
        return problem(f"The {name}'s environment {python_file.parents[1].name} is missing.", cure)
    asked = subprocess.run(  # noqa: S603 - our own interpreter
        [str(python_file), "-I", "-c", ASK_VERSIONS, *wanted], capture_output=True, text=True, cwd=root, check=False
    )
    if asked.returncode != 0:
        return problem(f"The {name}'s Python does not start: {asked.stderr.strip()[-200:]}", cure)
    found = json.loads(asked.stdout)
    version = ".".join(map(str, found["python"]))
    if (name == "engine" and tuple(found["python"]) != python) or tuple(found["python"]) < python:
        return problem(f"The {name} runs on Python {version}, not {'.'.join(map(str, python))}.", cure)
    wrong = [
        f"{package} {found['packages'][package] or 'missing'} (wanted {prefix or 'any'})"
        for package, prefix in wanted.items()
        if not (found["packages"][package] or "-").startswith(prefix) or found["packages"][package] is None
    ]
    if wrong:
        return problem(f"The {name}'s environment holds {', '.join(wrong)}.", cure)
    return well(f"{name.capitalize()}: Python {version}, {', '.join(f'{p} {v}' for p, v in found['packages'].items())}")


def disk(desk: Desk) -> Iterator[Finding]:
    """Room for the record and for training."""
    free = shutil.disk_usage(desk.places.data).free
    if free < FREE_BYTES:
        yield problem(f"Only {free // 1_000_000} MB are free on the disk of {desk.places.data}.", "Free some space.")
    else:
        yield well(f"{free // 1_000_000_000} GB free on the disk of the data folder")


def private_files(desk: Desk) -> Iterator[Finding]:
    """Conversations, secrets and backups are readable by this account alone."""
    open_ones = [path for path in _private(desk) if path.exists() and path.stat().st_mode & 0o077]
    for path in open_ones:
        yield problem(f"{path} can be read by other accounts of this machine.", f"Run `chmod go-rwx {path}`.")
    if not open_ones:
        yield well("Data, secrets and backups are private to this account")


def _private(desk: Desk) -> Iterator[Path]:
    yield desk.places.data
    yield from desk.places.data.glob("*.db*")
    yield desk.places.data / "secrets.json"
    yield from (desk.places.root / "backups").glob("*.tar.gz")


def secrets(desk: Desk) -> Iterator[Finding]:
    """Secrets that somebody chose must not be those of an example."""
    for name in ("FRONTDESK_ENGINE_SECRET", "FRONTDESK_WEBHOOK_SECRET"):
        given = os.environ.get(name, "")
        if given and (len(given) < 32 or any(word in given.lower() for word in EXAMPLES)):
            yield problem(
                f"{name} looks like an example, not like a secret.", "Unset it: good ones are made at the start."
            )
        elif given:
            yield note(f"{name} comes from the environment, not from {desk.places.data / 'secrets.json'}")
    if "FRONTDESK_ENGINE_SECRET" not in os.environ:
        yield well("Secrets are made by Frontdesk and kept in the data folder")
