"""All checks, in the order in which one would mend things."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bot.doctor import content, machine, running
from bot.doctor.finding import Finding, problem
from bot.operate import Desk

Say = Callable[[str], None]
Check = Callable[[Desk], Iterator[Finding]]

CHECKS: tuple[Check, ...] = (
    machine.environments,
    machine.disk,
    machine.private_files,
    machine.secrets,
    content.profile,
    content.articles,
    content.overlaps,
    content.model,
    running.ports,
    running.store,
    running.desk,
    running.loopback_only,
    running.reached_how,
)


def examine(*, say: Say) -> int:
    """Run all checks and print what they find.

    Returns:
        Exit code: 1 when there is a problem.
    """
    desk = Desk.find()
    problems = 0
    for check in CHECKS:
        for finding in _run(check, desk):
            say(str(finding))
            problems += finding.level == "problem"
    say(f"\n{problems} problem(s)." if problems else "\nAll is well.")
    return 1 if problems else 0


def _run(check: Check, desk: Desk) -> Iterator[Finding]:
    try:
        yield from check(desk)
    except Exception as exc:  # one broken check must not hide what the others find
        yield problem(
            f"{check.__name__.replace('_', ' ')} could not be checked: {type(exc).__name__}: {exc}", "See above."
        )
