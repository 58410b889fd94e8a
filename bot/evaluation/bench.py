"""`make bench`: measure everything and write RESULTS.md.

Runs in the server's environment and hands each section to the environment it needs. What a section prints stands in the
file; a section that was not run this time keeps what stood there.
"""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

__all__ = ["RESULTS", "main", "merge"]

ROOT = Path(__file__).resolve().parents[2]
RESULTS = Path(__file__).parent / "RESULTS.md"
UNDERSTANDING = ("hint3", "few_shot", "out_of_scope", "sample_business", "size_and_speed")
NEED_DATA = frozenset({"hint3", "few_shot", "out_of_scope", "stock_rasa", "sentiment"})
SECTIONS = ("hint3", "stock_rasa", *UNDERSTANDING[1:], "sentiment", "latency")

_SECTION = re.compile(r"<!-- begin (\w+) -->\n(.*?)\n<!-- end \1 -->", re.DOTALL)
_HEAD = """# Results

Measured by `make bench DATA=<folder>`; the data is not part of this repository. Published figures stand beside ours.
Nothing was tuned on a test set; one configuration and one threshold for all.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the sections and write the file; a section that fails is named and leaves the old one standing."""
    parser = argparse.ArgumentParser(prog="bot bench", description="Measure speed, memory and quality.")
    parser.add_argument("--data", type=Path, help="folder of the benchmark sets; without it only the sample business")
    parser.add_argument(
        "--encoders", type=Path, help="exports that never saw banking77 and clinc150, for honest figures"
    )
    parser.add_argument("--only", choices=SECTIONS, action="append", help="run only these sections")
    parser.add_argument("--out", type=Path, default=RESULTS)
    args = parser.parse_args(argv)
    if args.data is not None and not args.data.is_dir():
        parser.error(f"{args.data} is no folder; see the README of the benchmark data for its layout")
    fresh: dict[str, str] = {}
    for name in args.only or SECTIONS:
        command = _command(name, args.data, args.encoders)
        if command is None:
            continue
        print(f"{name} …", file=sys.stderr)  # noqa: T201
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603
        if done.returncode == 0:
            fresh[name] = f"{_stamp()}\n\n{_as_markdown(done.stdout.strip())}"
    failed = [name for name in args.only or SECTIONS if name not in fresh and _command(name, args.data, args.encoders)]
    before = args.out.read_text(encoding="utf-8") if args.out.exists() else ""
    args.out.write_text(merge(before, fresh), encoding="utf-8")
    print(f"Wrote {args.out}." + (f" Failed: {', '.join(failed)}." if failed else ""), file=sys.stderr)  # noqa: T201
    return 1 if failed else 0


def merge(before: str, fresh: Mapping[str, str]) -> str:
    """The file's new text: fresh sections replace theirs, others stay, all in their fixed order."""
    sections = {match[1]: match[2] for match in _SECTION.finditer(before)} | dict(fresh)
    blocks = [f"<!-- begin {name} -->\n{sections[name]}\n<!-- end {name} -->" for name in SECTIONS if name in sections]
    return "\n\n".join([_HEAD.strip(), *blocks]) + "\n"


def _command(name: str, data: Path | None, encoders: Path | None) -> list[str] | None:
    engine = [str(ROOT / ".venv-engine/bin/python"), "-m"]
    if data is None and name in NEED_DATA:
        return None
    if name in UNDERSTANDING:
        options = ["--data", str(data)] if name in NEED_DATA else []
        options += ["--encoders", str(encoders)] if encoders else []
        return [*engine, "bot.evaluation.understanding", name, *options]
    if name == "stock_rasa":
        return [*engine, "bot.evaluation.stock_rasa", "--data", str(data)]
    if name == "sentiment":
        return [*engine, "bot.evaluation", "sentiment", "--test", f"{data}/sentiment/airline_dev/dev.csv"]
    return [sys.executable, "-m", "bot.evaluation.latency"]


def _as_markdown(printed: str) -> str:
    return printed if printed.startswith("#") else f"```\n{printed}\n```"


def _stamp() -> str:
    today = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
    return f"*{today}, {_processor()}, load average {os.getloadavg()[0]:.1f} at the end: above 1 times are too long.*"


def _processor() -> str:
    try:
        found = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    except OSError:
        found = None
    return f"{found[1].strip() if found else platform.machine()}, {os.cpu_count()} cores"


if __name__ == "__main__":
    sys.exit(main())
