"""Spreadsheet files: cells are what they are, no text is a formula, and bytes repeat."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import IO
from xml.etree import ElementTree as ET

import pytest

from portal.spreadsheets import limits, ods, xlsx
from portal.spreadsheets.book import Book, Cell, Column, Kind, Table

Write = Callable[[Book, IO[bytes]], None]
BOTH = pytest.mark.parametrize("write", [ods.write, xlsx.write])
COLUMNS = (Column("name", "Name"), Column("many", "How many", Kind.COUNT),
           Column("money", "Money", Kind.POUNDS), Column("share", "Share", Kind.SHARE),
           Column("day", "Day", Kind.DAY))  # fmt: skip
EVIL = ("=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x")', "<b>&\x07", "https://a.example")


def book(many: bool = False, rows: int = 0) -> Book:
    cells = [
        [Cell(text), Cell(1234, "/x"), Cell(-1.5), Cell(0.25), Cell(date(2026, 1, 2))]
        for text in (*EVIL, *(f"row {n}" for n in range(rows)))
    ]
    table = Table("things", "Things", COLUMNS, iter(cells) if many else cells, "Note")
    return Book(
        "=Title", [("As at", "@today")], [table], ["-note"], [("Source", "+44")],
        datetime(2026, 1, 2, tzinfo=UTC), many,
    )  # fmt: skip


def made(write: Write, of: Book) -> bytes:
    file = io.BytesIO()
    write(of, file)
    return file.getvalue()


def parts(data: bytes) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(data)) as found:
        assert found.testzip() is None
        for name in found.namelist():
            yield name, found.read(name)


@BOTH
@pytest.mark.parametrize("many", [False, True])
def test_the_same_book_is_the_same_bytes(write: Write, many: bool) -> None:
    assert made(write, book(many)) == made(write, book(many))


@BOTH
@pytest.mark.parametrize("many", [False, True])
def test_no_text_is_a_formula_or_a_link(write: Write, many: bool) -> None:
    everything = ""
    for name, data in parts(made(write, book(many))):
        if name.endswith(".xml"):
            root = ET.fromstring(data)
            for each in root.iter():
                tag = each.tag.rpartition("}")[2]
                assert tag != "f", name
                assert not any(key.endswith("formula") for key in each.attrib), name
            everything += data.decode()
    for text in ("=1+1", "@SUM(A1)", "=Title", "@today", "-note", "+44"):
        assert f">{text}<" in everything
    assert 'href="https://a.example' not in everything


def test_ods_says_what_cells_are_and_where_the_table_is() -> None:
    found = dict(parts(made(ods.write, book())))
    assert next(iter(found)) == "mimetype"
    content = found["content.xml"].decode()
    assert 'office:value-type="float" office:value="1234"' in content
    assert 'office:value-type="currency" office:currency="GBP" office:value="-1.5"' in content
    assert 'office:value-type="percentage" office:value="0.25"' in content
    assert 'office:date-value="2026-01-02"' in content
    assert "<table:table-header-rows>" in content
    assert "'things'.A4:'things'.E11" in content


def test_xlsx_marks_its_tables() -> None:
    found = dict(parts(made(xlsx.write, book())))
    assert b'ref="A4:E11"' in found["xl/tables/table1.xml"]
    long = dict(parts(made(xlsx.write, book(many=True))))
    assert b'<autoFilter ref="A4:E11"/>' in long["xl/worksheets/sheet4.xml"]
    assert b"Print_Titles" in long["xl/workbook.xml"]


@BOTH
def test_a_table_that_no_sheet_can_hold(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_ROWS", 20)
    with pytest.raises(limits.TooManyRows):
        made(write, book(many=True, rows=20))
    assert made(write, book(many=True, rows=13))
