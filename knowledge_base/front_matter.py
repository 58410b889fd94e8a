"""YAML front matter as plain strings, each knowing its line.

YAML guesses types: `question: yes` would become True, `tags: [1.10]` a number, `review_by: 2027-06-30` a date. An owner
writes words and means words, so every scalar is read as the text that stands in the file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import yaml

from knowledge_base.errors import ArticleProblem, FrontMatterBroken

FENCE = "---"
# The C parser reads 10,000 articles in seconds; wheels of PyYAML carry it, a source build may not.
_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
# The parser descends one call per bracket; articles need two levels.
_MAX_DEPTH = 20


@dataclass(frozen=True, kw_only=True)
class Field:
    """One key of the front matter: its node in the YAML tree and its line in the file."""

    name: str
    node: yaml.Node
    line: int


@dataclass(frozen=True, kw_only=True)
class FrontMatter:
    """The parts of one file."""

    fields: dict[str, Field]
    body: str


def split_front_matter(text: str, *, file: str) -> FrontMatter:
    """Separate the fields of an article from its answer.

    Args:
        text: The whole file; a byte order mark and Windows line ends are accepted.
        file: Named in problems.

    Raises:
        FrontMatterBroken: There is no front matter, it is not closed, or it is not a YAML mapping.
    """
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if lines[0].rstrip() != FENCE:
        raise _broken(file, 1, "the first line must be --- (the front matter comes first)")
    end = next((n for n, line in enumerate(lines[1:], start=1) if line.rstrip() == FENCE), None)
    if end is None:
        raise _broken(file, 1, "the front matter is never closed; end it with a line of ---")
    fields = _fields("\n".join(lines[1:end]), file=file)
    return FrontMatter(fields=fields, body="\n".join(lines[end + 1 :]))


def line_of(node: yaml.Node) -> int:
    """The line of the file on which a node starts; the front matter begins on line 2."""
    return int(node.start_mark.line) + 2


def _broken(file: str, line: int, message: str) -> FrontMatterBroken:
    return FrontMatterBroken(ArticleProblem(file=file, line=line, message=message))


def _fields(source: str, *, file: str) -> dict[str, Field]:
    root = _compose(source, file=file)
    if not isinstance(root, yaml.MappingNode):
        raise _broken(file, 2, "the front matter must be lines of `key: value`")
    fields: dict[str, Field] = {}
    for key, node in root.value:
        name = str(key.value) if isinstance(key, yaml.ScalarNode) else "?"
        if name in fields:
            raise _broken(file, line_of(key), f"`{name}` stands twice; keep one")
        fields[name] = Field(name=name, node=node, line=line_of(key))
    return fields


def _compose(source: str, *, file: str) -> yaml.Node | None:
    try:
        _refuse_depth(source)
        node: yaml.Node | None = yaml.compose(source, Loader=_LOADER)
    except yaml.MarkedYAMLError as exc:
        mark = exc.problem_mark or exc.context_mark
        line = (mark.line if mark else 0) + 2
        what = exc.problem or exc.context
        raise _broken(file, line, f"not valid YAML: {what}; put quotes around a value with : or # in it") from exc
    except (yaml.YAMLError, RecursionError) as exc:
        raise _broken(file, 2, "not valid YAML: control characters or nesting that is too deep") from exc
    return node


def _refuse_depth(source: str) -> None:
    depth = 0
    for event in yaml.parse(source, Loader=_LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _MAX_DEPTH:
            raise RecursionError
