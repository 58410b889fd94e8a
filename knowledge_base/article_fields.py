"""Reads the fields of one article and collects all that is wrong with them, so an owner mends a file in one go."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date

import yaml

from knowledge_base.errors import ArticleFieldInvalid, ArticleProblem
from knowledge_base.front_matter import Field, line_of


class FieldReader:
    """Takes typed values out of front matter; what does not fit becomes a problem and a neutral value."""

    def __init__(self, fields: Mapping[str, Field], *, file: str) -> None:
        self.file = file
        self._fields = dict(fields)
        self._known: set[str] = set()
        self._problems: list[ArticleProblem] = []

    def text(
        self,
        name: str,
        *,
        required: bool = False,
        default: str = "",
        max_length: int,
        pattern: re.Pattern[str] | None = None,
        example: str = "",
    ) -> str:
        """One line of text; `default` when it is absent and not required."""
        field = self._take(name)
        if field is None:
            if required:
                self.refuse(name, "is missing")
            return default
        value = self._line(field, field.node, max_length=max_length)
        if value and pattern is not None and not pattern.fullmatch(value):
            self.refuse(name, f"is `{value}`, which does not fit; write {example}")
        if not value and required:
            self.refuse(name, "is blank")
        return value or default

    def texts(self, name: str, *, max_length: int, max_items: int) -> tuple[str, ...]:
        """A list of lines; empty when absent."""
        field = self._take(name)
        if field is None or _is_blank(field.node):
            return ()
        if not isinstance(field.node, yaml.SequenceNode):
            self.refuse(name, "must be a list: [first, second] or lines that start with -")
            return ()
        if len(field.node.value) > max_items:
            self.refuse(name, f"has {len(field.node.value)} entries, at most {max_items} fit")
        lines = (self._line(field, node, max_length=max_length) for node in field.node.value[:max_items])
        return tuple(line for line in lines if line)

    def mappings(self, name: str, *, keys: tuple[str, ...], max_items: int) -> tuple[dict[str, str], ...]:
        """A list of small mappings with some of `keys`; empty when absent."""
        field = self._take(name)
        if field is None or _is_blank(field.node):
            return ()
        if not isinstance(field.node, yaml.SequenceNode):
            self.refuse(name, f"must be a list of {{{', '.join(keys)}}}")
            return ()
        if len(field.node.value) > max_items:
            self.refuse(name, f"has {len(field.node.value)} entries, at most {max_items} fit")
        return tuple(self._mapping(field, node, keys) for node in field.node.value[:max_items])

    def day(self, name: str) -> date | None:
        """A date as 2027-06-30; None when absent."""
        value = self.text(name, max_length=30)
        if not value:
            return None
        try:
            return date.fromisoformat(value if len(value) == 10 else "")
        except ValueError:
            self.refuse(name, f"is `{value}`, which is no date; write it as 2027-06-30")
            return None

    def choice(self, name: str, choices: tuple[str, ...]) -> str:
        """One of `choices`; the first when absent."""
        value = self.text(name, default=choices[0], max_length=30)
        if value not in choices:
            self.refuse(name, f"is `{value}`; choose one of {', '.join(choices)}")
            return choices[0]
        return value

    def refuse(self, name: str, message: str) -> None:
        """Note that a field does not fit; `message` goes on after its name."""
        field = self._fields.get(name)
        self.refuse_line(field.line if field else 1, f"`{name}` {message}")

    def refuse_line(self, line: int, message: str) -> None:
        """Note that a line does not fit."""
        self._problems.append(ArticleProblem(file=self.file, line=line, message=message))

    def refuse_unknown(self) -> None:
        """Note every field nobody asked for; call it after all others."""
        for field in self._fields.values():
            if field.name not in self._known:
                known = ", ".join(sorted(self._known))
                self.refuse_line(field.line, f"`{field.name}` is no field of an article; known are {known}")

    def raise_problems(self) -> None:
        """Refuse the article when anything was noted.

        Raises:
            ArticleFieldInvalid: With all problems.
        """
        if self._problems:
            raise ArticleFieldInvalid(*sorted(self._problems, key=lambda problem: problem.line))

    def _take(self, name: str) -> Field | None:
        self._known.add(name)
        return self._fields.get(name)

    def _mapping(self, field: Field, node: yaml.Node, keys: tuple[str, ...]) -> dict[str, str]:
        if not isinstance(node, yaml.MappingNode):
            self.refuse_line(line_of(node), f"`{field.name}`: each entry must be {{{', '.join(keys)}}}")
            return {}
        entry = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.value not in keys:
                self.refuse_line(line_of(key), f"`{field.name}`: only {', '.join(keys)} may stand here")
            else:
                entry[str(key.value)] = self._line(field, value, max_length=500)
        return entry

    def _line(self, field: Field, node: yaml.Node, *, max_length: int) -> str:
        if not isinstance(node, yaml.ScalarNode):
            self.refuse_line(line_of(node), f"`{field.name}` must be plain text; put quotes around it")
            return ""
        value = str(node.value).strip()
        if len(value) > max_length:
            self.refuse_line(line_of(node), f"`{field.name}` has {len(value)} characters, at most {max_length} fit")
        if any(unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} for char in value):
            self.refuse_line(line_of(node), f"`{field.name}` must be one line without control characters")
        return value


def _is_blank(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and not str(node.value).strip()
