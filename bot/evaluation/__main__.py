"""`bot evaluate`: measure the assistant on your own data.

bot evaluate intents   --train TRAIN.csv --test TEST.csv [--oos-label LABEL] [--json]
bot evaluate retrieval --articles DIR --test TEST.csv [--json]
bot evaluate sentiment --test TEST.csv [--json]
bot evaluate escalation …
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence

from bot.evaluation.tables import TableError
from knowledge_base.errors import KnowledgeBaseError

SUBJECTS = {
    "intents": "train on one CSV file, test on another: accuracy, out-of-scope, calibration",
    "retrieval": "find the right article for the messages of a CSV file",
    "sentiment": "score the messages of a CSV file against their labels",
    "escalation": "decide over labelled conversations",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one evaluation; only the module of the chosen subject is imported.

    Returns:
        The exit code: 0 measured, 2 the input cannot be used.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    subject = arguments[0] if arguments and arguments[0] in SUBJECTS else None
    if subject is None:
        _overview().parse_args(arguments or ["--help"])
        return 2
    module = importlib.import_module(f"bot.evaluation.{subject}")
    parser = argparse.ArgumentParser(prog=f"bot evaluate {subject}", description=SUBJECTS[subject])
    module.add_arguments(parser)
    args = parser.parse_args(arguments[1:])
    try:
        return int(module.run(args))
    except (TableError, KnowledgeBaseError) as exc:
        print(f"bot evaluate {subject}: {exc}", file=sys.stderr)  # noqa: T201
        return 2


def _overview() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bot evaluate", description="Measure the assistant on your own data.")
    subjects = parser.add_subparsers(metavar="SUBJECT", required=True)
    for name, purpose in SUBJECTS.items():
        subjects.add_parser(name, help=purpose)
    return parser


if __name__ == "__main__":
    sys.exit(main())
