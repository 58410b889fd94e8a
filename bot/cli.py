"""The command `bot`: one word for each thing people do with Frontdesk.

Heavy imports happen inside the sub-commands, so `bot --help` is quick and a broken environment can still be diagnosed.
Exit codes: 0 done, 1 it did not work (the reason is printed), 2 called wrongly.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

Command = Callable[[argparse.Namespace], int]

ENGINE, SERVER = "engine", "server"
PASSED_ON = {
    "evaluate": (ENGINE, "bot.evaluation", "measure the assistant: intents, sentiment, retrieval, escalation"),
    "sentiment": (ENGINE, "sentiment.calibrate", "fit the scorer to agents' corrections, or print these"),
    "bench": (SERVER, "bot.evaluation.bench", "measure speed, memory and quality"),
}
"""Sub-commands that read their own arguments, and the environment they need."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one sub-command.

    Args:
        argv: Arguments; those of this process by default.

    Returns:
        Exit code.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        if arguments and arguments[0] in PASSED_ON:
            return _pass_on(arguments[0], arguments[1:])
        options = _parser().parse_args(arguments)
        command: Command = options.command
        return command(options)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return 0
    except Exception as exc:
        return _explain(exc)


def say(text: str) -> None:
    """Print to the person at the terminal, at once even through a pipe."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _explain(error: Exception) -> int:
    """Say what is wrong in words; only a mistake of ours leaves a trace, and only where asked for."""
    if os.environ.get("FRONTDESK_TRACE"):
        raise error
    known = getattr(error, "code", None) is not None
    words = str(error) if known else f"{type(error).__name__}: {error}\nSet FRONTDESK_TRACE=1 to see where it happened."
    sys.stderr.write(f"{words}\n")
    for problem in getattr(error, "problems", ()):
        sys.stderr.write(f"  {_place(problem)}\n")
    return 1


def _place(problem: object) -> str:
    if not isinstance(problem, dict):
        return str(problem)
    line = f":{problem['line']}" if problem.get("line") else ""
    return f"{problem.get('file', '')}{line}: {problem.get('message', '')}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bot", description="Frontdesk: an AI customer-service desk.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_running(commands)
    _add_users(commands)
    _add_keeping(commands)
    for name, (_, _, help_text) in PASSED_ON.items():
        commands.add_parser(name, help=help_text)
    return parser


def _add_running(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    serve = commands.add_parser("serve", help="start everything and print the addresses")
    serve.add_argument("--host", help="address to listen on (127.0.0.1)")
    serve.add_argument("--port", type=_port, help="port of the server (8000)")
    serve.set_defaults(command=_serve)
    server = commands.add_parser(
        "server", help="run the server process alone, for deployments that start each by itself"
    )
    server.set_defaults(command=_server)
    train = commands.add_parser(
        "train", help="train on the articles and put the result live, in a running Frontdesk too"
    )
    train.set_defaults(command=_train)
    doctor = commands.add_parser("doctor", help="say what is missing or misconfigured and how to mend it")
    doctor.set_defaults(command=_doctor)


def _add_users(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    users = commands.add_parser("users", help="list, add, reset or disable the people who sign in")
    actions = users.add_subparsers(required=True, metavar="ACTION")
    actions.add_parser("list", help="who may sign in").set_defaults(command=_users, action="list")
    link = actions.add_parser("owner-link", help="print a one-time link for the first owner, while there is none")
    link.set_defaults(command=_users, action="owner-link")
    add = actions.add_parser("add", help="print a one-time link with which somebody makes their account")
    add.add_argument("email")
    add.add_argument("--name")
    add.add_argument("--owner", action="store_true", help="may also edit articles, publish and manage staff")
    add.set_defaults(command=_users, action="add")
    for action, help_text in (
        ("reset", "print a one-time link for a new password"),
        ("disable", "close an account and sign it out"),
    ):
        parser = actions.add_parser(action, help=help_text)
        parser.add_argument("email")
        parser.set_defaults(command=_users, action=action)


def _add_keeping(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    backup = commands.add_parser("backup", help="copy database, articles, models and secrets, while running")
    backup.add_argument("file", type=Path, nargs="?", help="the archive to write (backups/frontdesk-<time>.tar.gz)")
    backup.set_defaults(command=_backup)
    restore = commands.add_parser("restore", help="put a backup back; Frontdesk must be stopped")
    restore.add_argument("file", type=Path)
    restore.add_argument("--force", action="store_true", help="replace what is there (it is kept beside)")
    restore.set_defaults(command=_restore)
    past = commands.add_parser("conversations", help="print the newest as JSONL, for `bot evaluate escalation`")
    past.add_argument("--days", type=int, default=30, help="changed within so many days (30)")
    past.add_argument("--limit", type=int, default=1_000, help="at most so many (1,000)")
    past.set_defaults(command=_conversations)
    _add_privacy(commands)
    verify = commands.add_parser("verify", help="check the database, or a backup, for damage and gaps")
    verify.add_argument("file", type=Path, nargs="?")
    verify.set_defaults(command=_verify)


def _add_privacy(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    erase = commands.add_parser("erase", help="delete conversations for good, also while running")
    erase.add_argument("--yes", action="store_true", help="do not ask")
    copy = commands.add_parser("export-conversations", help="print all that is kept of conversations, as JSON")
    copy.add_argument("--notes", action="store_true", help="also what staff wrote for each other")
    for parser, action in ((erase, "erase"), (copy, "export")):
        parser.add_argument("conversation", nargs="*", help="ids, as in the address of the desk")
        parser.add_argument("--email", help="all conversations in which a customer gave this address instead")
        parser.set_defaults(command=_privacy, action=action, parser=parser)


def _port(text: str) -> int:
    port = int(text)
    if not 1 <= port <= 65_535:
        raise argparse.ArgumentTypeError(f"{port} is not a port; choose 1 to 65535")
    return port


def _serve(options: argparse.Namespace) -> int:
    from bot import operate

    return asyncio.run(operate.serve(host=options.host, port=options.port, say=say))


def _server(_: argparse.Namespace) -> int:
    from bot import operate

    return operate.server()


def _train(_: argparse.Namespace) -> int:
    from bot import operate

    return asyncio.run(operate.train(say=say))


def _doctor(_: argparse.Namespace) -> int:
    from bot import doctor

    return doctor.examine(say=say)


def _users(options: argparse.Namespace) -> int:
    from bot import users

    return asyncio.run(users.manage(options, say=say))


def _backup(options: argparse.Namespace) -> int:
    from bot import keeping

    return keeping.backup(options.file, say=say)


def _restore(options: argparse.Namespace) -> int:
    from bot import keeping

    return keeping.restore(options.file, force=options.force, say=say)


def _conversations(options: argparse.Namespace) -> int:
    from bot import exports

    return exports.print_conversations(days=options.days, limit=options.limit, say=say)


def _privacy(options: argparse.Namespace) -> int:
    from bot import privacy

    if bool(options.conversation) == bool(options.email):
        options.parser.error("give either ids of conversations or --email")
    return privacy.run(options, say=say)


def _verify(options: argparse.Namespace) -> int:
    from bot import keeping

    return keeping.verify(options.file, say=say)


def _pass_on(name: str, arguments: Sequence[str]) -> int:
    """Hand over to the module and environment of a sub-command; what it prints and its exit code are ours."""
    from bot import operate

    environment, module, _ = PASSED_ON[name]
    if name == "sentiment":
        return _sentiment(arguments)
    python = str(operate.engine_python()) if environment == ENGINE else sys.executable
    return _run([python, "-m", module, *arguments])


def _sentiment(arguments: Sequence[str]) -> int:
    from bot import exports, operate

    action, rest = arguments[:1], arguments[1:]
    if action == ["corrections"] and not rest:
        return exports.print_corrections(say=say)
    if action != ["calibrate"]:
        sys.stderr.write("usage: bot sentiment calibrate [--save | --undo] [--corrections FILE] | corrections\n")
        return 2
    _, module, _ = PASSED_ON["sentiment"]
    if {"-h", "--help"} & set(rest):
        return _run([str(operate.engine_python()), "-m", module, *rest])
    with exports.calibration(rest) as complete:
        return _run([str(operate.engine_python()), "-m", module, *complete])


def _run(command: Sequence[str]) -> int:
    return subprocess.run(command, check=False).returncode  # noqa: S603 - our own modules


if __name__ == "__main__":
    sys.exit(main())
