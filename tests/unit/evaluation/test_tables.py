"""Labelled CSV files: what is read, and which row and column are named when something is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.evaluation.tables import ColumnMissing, RowInvalid, TableError, TableUnreadable, read_labelled


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return tmp_path / "table.csv"


@pytest.mark.parametrize("header", ["text,label", "sentence,category", "TEXT , Label", "\ufefftext,label"])
def test_columns_may_have_either_name(table: Path, header: str) -> None:
    table.write_text(f"{header}\nhello,greet\n", encoding="utf-8")

    (row,) = read_labelled(table)

    assert (row.text, row.label, row.line) == ("hello", "greet", 2)


def test_other_columns_and_any_order_are_accepted(table: Path) -> None:
    table.write_text('id,label,text\n1,hours,"open, when?"\n\n\n', encoding="utf-8")

    (row,) = read_labelled(table)

    assert (row.text, row.label) == ("open, when?", "hours")


@pytest.mark.parametrize(
    ("content", "error", "part"),
    [
        ("", ColumnMissing, "found nothing"),
        ("question,answer\na,b\n", ColumnMissing, "“text” or “sentence”; found “question”, “answer”"),
        ("text,intent\na,b\n", ColumnMissing, "“label” or “category”"),
        ("text,label\n", RowInvalid, "no rows"),
        ("text,label\na,b\n,c\n", RowInvalid, "row 3: column “text” is empty"),
        ("text,label\na,b\n  ,c\n", RowInvalid, "row 3: column “text” is empty"),
        ("sentence,category\na,\n", RowInvalid, "row 2: column “category” is empty"),
        ("text,label\na,b\n\nc,d\n", RowInvalid, "row 3 is empty"),
        ("text,label\na,b,c\n", RowInvalid, "row 2: 3 cells, the header has 2"),
        ("text,label\n" + "x" * 1_000_000 + ",b\n", RowInvalid, "row 2: column “text” has 1,000,000 characters"),
        ("text,label\na," + "x" * 30_000 + "\n", RowInvalid, "column “label”"),
        ('text,label\n"never closed,b\n', TableUnreadable, "not CSV near row"),
    ],
)
def test_a_table_that_does_not_fit_names_row_and_column(
    table: Path, content: str, error: type[TableError], part: str
) -> None:
    table.write_text(content, encoding="utf-8")

    with pytest.raises(error) as caught:
        read_labelled(table)

    assert part in str(caught.value)


def test_bytes_that_are_not_utf8_name_their_row(table: Path) -> None:
    table.write_bytes(b"text,label\na,b\ncaf\xe9,c\n")

    with pytest.raises(TableUnreadable, match="row 3"):
        read_labelled(table)


def test_a_missing_file_is_said(table: Path) -> None:
    with pytest.raises(TableUnreadable, match="No such file"):
        read_labelled(table)


def test_one_label_is_too_few_to_train_on(table: Path) -> None:
    table.write_text("text,label\na,b\nc,b\n", encoding="utf-8")

    with pytest.raises(RowInvalid, match="one label only"):
        read_labelled(table, min_labels=2)
