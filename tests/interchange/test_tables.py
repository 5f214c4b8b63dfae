from __future__ import annotations

import os
from contextlib import nullcontext
from pathlib import Path

import pytest

from portal.errors import Invalid
from portal.interchange import performance_platform, tables
from tests.interchange.files import write


def test_cells_lines_and_quoted_newlines(tmp_path: Path) -> None:
    table = tables.read_table(write(tmp_path, "a.csv", 'a,b\n1,"x\ny"\n\n3,4\n'), ["a"])
    assert list(table.rows()) == [(3, {"a": "1", "b": "x\ny"}), (5, {"a": "3", "b": "4"})]
    assert table.read == 2


def test_byte_order_mark(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", "\ufeffname\nMôn\n")
    table = tables.read_table(path, ["name"])
    assert (table.encoding, list(table.rows())) == ("UTF-8", [(2, {"name": "Môn"})])


def test_windows_encoding_is_said(tmp_path: Path) -> None:
    table = tables.read_table(write(tmp_path, "a.csv", "name\n£5 Môn\n", "cp1252"), ["name"])
    assert (table.encoding, list(table.rows())) == ("Windows-1252", [(2, {"name": "£5 Môn"})])
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
        list(tables.read_table(path, ["name"]).rows())


def test_large_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        os.truncate(file.fileno(), 100 * 2**20)
    with pytest.raises(Invalid, match="larger than 50 MB"):
        tables.read_table(path, ["name"])


def test_services_may_be_many(tmp_path: Path) -> None:
    path = tmp_path / "services.csv"
    for megabytes, said in ((51, "is not a text file"), (201, "larger than 200 MB")):
        with path.open("wb") as file:
            os.truncate(file.fileno(), megabytes * 2**20)
        with pytest.raises(Invalid, match=said):
            performance_platform.parse_services(path)


@pytest.mark.parametrize("sign", ["a", "£", "€", "😀"])
def test_a_character_across_pieces_is_one(tmp_path: Path, sign: str) -> None:
    path = tmp_path / "names.csv"
    for before in range(5):
        text = "name\n" + "x" * before + f"{sign}\n" * (2**20 // len(f"{sign}\n".encode()) + 9)
        path.write_text(text, encoding="utf-8", newline="")
        assert tables.read_table(path, ["name"]).encoding == "UTF-8"
    path.write_bytes(text.encode() + "€".encode()[:2])
    with pytest.raises(Invalid, match="not UTF-8") if sign != "a" else nullcontext():
        assert tables.read_table(path, ["name"]).encoding == "Windows-1252"


def test_missing_file_and_folder(tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(Invalid, match="cannot be read"):
            tables.read_table(path, ["name"])


def test_rows_that_do_not_fit_are_set_aside(tmp_path: Path) -> None:
    table = tables.read_table(write(tmp_path, "a.csv", "name,b\n1\n2,3\n4,5,6\n"), ["name"])
    assert [cells["name"] for _, cells in table.rows()] == ["2"]
    assert table.read == 3, "rows set aside were read as well"
    assert [(a.row, a.reason) for a in table.aside] == [
        (2, "The row has 1 cells, the header 2"),
        (4, "The row has 3 cells, the header 2"),
    ]


def test_quotes_mean_nothing_between_tabs(tmp_path: Path) -> None:
    table = tables.read_table(write(tmp_path, "a.tsv", 'name\tb\n"x\ty\n'), ["name"], "\t")
    assert list(table.rows()) == [(2, {"name": '"x', "b": "y"})]


def test_quote_marks_of_a_spreadsheet_are_not_part_of_a_name(tmp_path: Path) -> None:
    text = 'name\tb\n"Adur, and Worthing"\ty\n"The ""Hub"""\ty\n"Hub" Trust\ty\n'
    table = tables.read_table(write(tmp_path, "a.tsv", text), ["name"], "\t")
    assert [cells["name"] for _, cells in table.rows()] == ['"Hub" Trust']
    assert [(a.row, a.column) for a in table.aside] == [(2, "name"), (3, "name")]
    assert "quote marks" in table.aside[0].reason


def test_one_stray_byte_does_not_spoil_a_file(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("name\nYnys Môn\n".encode() + b"Caf\xe9\n")
    with pytest.raises(Invalid, match="line 3: a character is not UTF-8, although others are"):
        tables.read_table(path)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_other_unicode_says_what_to_do(tmp_path: Path, encoding: str) -> None:
    path = write(tmp_path, "a.csv", "name,b\nx,y\n", encoding)
    with pytest.raises(Invalid, match="UTF-16 text; save it as UTF-8"):
        tables.read_table(path)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name;b\n1;2\n", "no column 'slug'; its cells seem to be separated by semicolons"),
        ("name,b\n1,2\n", "no column 'slug'; it has 'name', 'b'"),
        (",".join(f"c{n}" for n in range(30)) + "\n", "'c11' and 18 more"),
    ],
)
def test_missing_column_says_what_is_there(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        tables.read_table(write(tmp_path, "a.csv", text), ["slug"])


def test_only_a_header(tmp_path: Path) -> None:
    table = tables.read_table(write(tmp_path, "a.csv", "name,b\n\n"), ["name"])
    with pytest.raises(Invalid, match="a header and no rows"):
        list(table.rows())


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_no_line_break_at_the_end_is_said(tmp_path: Path, end: str) -> None:
    table = tables.read_table(write(tmp_path, "a.csv", 'name,b\n"1\nx",2\r\n3,4' + end))
    assert len(list(table.rows())) == 2
    assert table.unfinished == (None if end else 4)
    assert [a.row for a in table.aside] == ([] if end else [4])


def test_only_regular_files_are_read(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (pipe, Path("/dev/zero")):
        with pytest.raises(Invalid, match="not a regular file"):
            tables.read_table(path)
