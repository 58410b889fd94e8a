"""Reads labelled CSV files and names the row and column of whatever is wrong with them.

TableError
├── TableUnreadable     no such file, not UTF-8, not CSV
├── ColumnMissing       neither of the names a column may have is in the header
└── RowInvalid          an empty or oversized cell, a wrong number of cells, too few rows or labels
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["ColumnMissing", "LabelledText", "RowInvalid", "TableError", "TableUnreadable", "read_labelled"]

MAX_CELL_CHARACTERS = 20_000
TEXT_COLUMNS = ("text", "sentence")
LABEL_COLUMNS = ("label", "category")


class TableError(Exception):
    """A CSV file cannot be used."""

    code = "table_invalid"


class TableUnreadable(TableError):
    """The file is missing, not UTF-8 or not CSV."""

    code = "table_unreadable"


class ColumnMissing(TableError):
    """The header lacks a column."""

    code = "column_missing"


class RowInvalid(TableError):
    """A row cannot be used."""

    code = "row_invalid"


@dataclass(frozen=True, kw_only=True)
class LabelledText:
    """One row: a text, its label and the line of the file it starts on."""

    text: str
    label: str
    line: int


def read_labelled(
    path: Path, *, label_columns: Sequence[str] = LABEL_COLUMNS, min_labels: int = 1
) -> tuple[LabelledText, ...]:
    """Read a CSV file with a header, a text column and a label column.

    Args:
        path: UTF-8, with or without byte order mark.
        label_columns: The names the label's column may have; the first found counts.
        min_labels: How many different labels there must be.

    Raises:
        TableUnreadable: The file cannot be read as UTF-8 CSV.
        ColumnMissing: A column is missing.
        RowInvalid: A cell is empty or too long, cells are missing, there are no rows, or too few labels.
    """
    reader = csv.reader(io.StringIO(_text_of(path), newline=""), strict=True)
    rows = tuple(_rows(reader, path, label_columns))
    if not rows:
        raise RowInvalid(f"{path}: no rows below the header.")
    labels = {row.label for row in rows}
    if len(labels) < min_labels:
        raise RowInvalid(
            f"{path}: column “{label_columns[0]}” holds one label only (“{min(labels)}”), need {min_labels}."
        )
    return rows


def _text_of(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as exc:
        raise TableUnreadable(f"{path}: cannot be read ({exc.strerror or exc}).") from exc
    except UnicodeDecodeError as exc:
        row = exc.object.count(b"\n", 0, exc.start) + 1
        raise TableUnreadable(f"{path}: not UTF-8 in row {row}. Save the file as “CSV UTF-8”.") from exc


def _rows(reader: Iterator[list[str]], path: Path, label_columns: Sequence[str]) -> Iterator[LabelledText]:
    csv.field_size_limit(max(csv.field_size_limit(), 64 * 1024 * 1024))  # so that our own limit speaks, with the row
    line = 1
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        text_at = _column(header, TEXT_COLUMNS, path)
        label_at = _column(header, label_columns, path)
        blank = None
        for number, row in enumerate(reader, start=2):
            line = number
            if not row:
                blank = blank or number
                continue
            if blank is not None:  # blank rows at the end are only how the file was saved
                raise RowInvalid(f"{path}: row {blank} is empty in every column. Take it out.")
            yield _row(row, header, (text_at, label_at), f"{path}: row {number}", number)
    except csv.Error as exc:
        raise TableUnreadable(f"{path}: not CSV near row {line} ({exc}).") from exc


def _column(header: Sequence[str], names: Sequence[str], path: Path) -> int:
    for name in names:
        if name in header:
            return header.index(name)
    found = ", ".join(f"“{name}”" for name in header if name) or "nothing"
    wanted = " or ".join(f"“{name}”" for name in names)
    raise ColumnMissing(f"{path}: row 1 must name a column {wanted}; found {found}.")


def _row(row: list[str], header: Sequence[str], columns: tuple[int, int], where: str, line: int) -> LabelledText:
    if len(row) != len(header):
        raise RowInvalid(f"{where}: {len(row)} cells, the header has {len(header)}. Quote texts with commas in them.")
    cells = []
    for column in columns:
        cell, name = row[column].strip(), header[column]
        if not cell:
            raise RowInvalid(f"{where}: column “{name}” is empty. Fill it or take the row out.")
        if len(cell) > MAX_CELL_CHARACTERS:
            raise RowInvalid(
                f"{where}: column “{name}” has {len(cell):,} characters, at most {MAX_CELL_CHARACTERS:,} fit."
            )
        cells.append(cell)
    return LabelledText(text=cells[0], label=cells[1], line=line)
