from __future__ import annotations

import os
from pathlib import Path

import pytest

from portal.errors import Invalid
from portal.interchange import tables
from tests.interchange.files import write


def test_cells_lines_and_quoted_newlines(tmp_path: Path) -> None:
    table = tables.read_table(write(tmp_path, "a.csv", 'a,b\n1,"x\ny"\n\n3,4\n'), ["a"])
    assert [cells for _, cells in table.rows] == [{"a": "1", "b": "x\ny"}, {"a": "3", "b": "4"}]
    assert [line for line, _ in table.rows] == [3, 5], "the line where a row ends"


def test_byte_order_mark(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", "\ufeffname\nMôn\n")
    table = tables.read_table(path, ["name"])
    assert (table.encoding, table.rows) == ("UTF-8", [(2, {"name": "Môn"})])


def test_windows_encoding_is_said(tmp_path: Path) -> None:
    table = tables.read_table(write(tmp_path, "a.csv", "name\n£5 Môn\n", "cp1252"), ["name"])
    assert (table.encoding, table.rows) == ("Windows-1252", [(2, {"name": "£5 Môn"})])
    assert "Windows-1252" in table.aside[0].reason


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"a\0b\n", "not a text file"),
        (b"a\n\x81\x8d\n", "neither UTF-8 nor Windows-1252"),
        (b'name,b\n"cut off', "ends inside a quoted cell"),
        (b"other\n1\n", "has no column 'name'"),
        (b"name,name\n1,2\n", "has the column 'name' twice"),
        (b"name\n" + b"x" * 100_001 + b"\n", "longer than 100,000 characters"),
    ],
)
def test_files_refused_whole(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    with pytest.raises(Invalid, match=message):
        tables.read_table(path, ["name"])


def test_large_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        os.truncate(file.fileno(), 100 * 2**20)
    with pytest.raises(Invalid, match="larger than 50 MB"):
        tables.read_table(path, ["name"])


def test_missing_file_and_folder(tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(Invalid, match="cannot be read"):
            tables.read_table(path, ["name"])


def test_rows_that_do_not_fit_are_set_aside(tmp_path: Path) -> None:
    table = tables.read_table(write(tmp_path, "a.csv", "name,b\n1\n2,3\n4,5,6\n"), ["name"])
    assert [cells["name"] for _, cells in table.rows] == ["2"]
    assert [(a.row, a.reason) for a in table.aside] == [
        (2, "The row has 1 cells, the header 2"),
        (4, "The row has 3 cells, the header 2"),
    ]


def test_quotes_mean_nothing_between_tabs(tmp_path: Path) -> None:
    table = tables.read_table(write(tmp_path, "a.tsv", 'name\tb\n"x\ty\n'), ["name"], "\t")
    assert table.rows == [(2, {"name": '"x', "b": "y"})]
