"""docs/attacks.md names tests that exist."""

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[2]
TABLE = TESTS.parent / "docs" / "attacks.md"
NAMED = re.findall(r"`([\w/.-]+\.(?:py|js))::([^`]+)`", TABLE.read_text(encoding="utf-8"))
LINES = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if line.startswith("| ") and "---" not in line]


@pytest.mark.parametrize(("file", "name"), sorted(set(NAMED)), ids=str)
def test_every_named_test_exists(file: str, name: str) -> None:
    code = (TESTS / file).read_text(encoding="utf-8")

    if file.endswith(".py"):
        assert re.search(rf"^(async )?def {name}\(", code, re.MULTILINE)
    else:
        assert f'test("{name}"' in code


def test_every_line_names_a_test_or_says_why_not() -> None:
    headings = ("| attack | test |", "| disaster | test |")
    without = [line for line in LINES if line not in headings and "::" not in line]

    assert len(NAMED) > 100
    assert [line for line in without if "no test here: " not in line] == []
