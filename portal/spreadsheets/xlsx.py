"""A book as XLSX. What is written depends on the book alone: the same book, the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import IO, Any

import xlsxwriter

from portal.spreadsheets.book import Book, Cell, Column, Kind, Table
from portal.spreadsheets.limits import MOST_TEXT, counted

_FORMATS = {
    Kind.COUNT: "#,##0", Kind.POUNDS: "£#,##0.00;-£#,##0.00", Kind.SHARE: "0.0%",
    Kind.DAY: "d mmmm yyyy",
}  # fmt: skip
#: Above the header of a table: its title, its note, and an empty row.
_HEADER = 3
_WIDTHS = {Kind.TEXT: 36, Kind.DAY: 20}
_WIDTH = 16


def write(book: Book, file: IO[bytes]) -> None:
    """Write a book. Raises TooManyRows.

    Args:
        book: what to write; with `many` no sheet is held in memory.
        file: where to; has to be seekable.
    """
    options = {"constant_memory": book.many, "in_memory": not book.many}
    made = xlsxwriter.Workbook(file, options)
    try:
        _Sheets(made, book).write()
    except BaseException:
        made.fileclosed = True  # what is half written is nobody's
        raise
    made.close()


class _Sheets:
    def __init__(self, made: Any, book: Book) -> None:
        self.made, self.book = made, book
        made.set_properties({"title": book.title, "created": book.made.replace(tzinfo=None)})
        self.title = made.add_format({"bold": True, "font_size": 14})
        self.header = made.add_format({"bold": True, "text_wrap": True, "bottom": 1})
        self.wrapped = made.add_format({"text_wrap": True, "valign": "top"})
        self.kinds = {kind: made.add_format({"num_format": f}) for kind, f in _FORMATS.items()}

    def write(self) -> None:
        book = self.book
        cover = self._sheet("Cover", book.title)
        at = self._pairs(cover, 2, book.about)
        self._text(cover, at + 1, 0, "Contents", self.header)
        names = [(name, name) for name in ("Notes", "Sources")]
        names += [(table.key, table.title) for table in book.tables]
        for row, (sheet, text) in enumerate(names, start=at + 2):
            cover.write_url(row, 0, f"internal:'{sheet}'!A1", string=sheet)
            self._text(cover, row, 1, text, self.wrapped)
        notes = self._sheet("Notes", "Notes")
        self._pairs(notes, 2, [(str(n), text) for n, text in enumerate(book.notes, start=1)])
        self._pairs(self._sheet("Sources", "Sources"), 2, book.sources)
        for table in book.tables:
            self._table(table)

    def _sheet(self, name: str, title: str) -> Any:
        sheet = self.made.add_worksheet(name)
        sheet.set_column(0, 0, _WIDTHS[Kind.TEXT])
        sheet.set_column(1, 1, 3 * _WIDTHS[Kind.TEXT])
        self._text(sheet, 0, 0, title, self.title)
        return sheet

    def _pairs(self, sheet: Any, at: int, pairs: Sequence[tuple[str, str]]) -> int:
        for row, (name, text) in enumerate(pairs, start=at):
            self._text(sheet, row, 0, name, self.wrapped)
            self._text(sheet, row, 1, text, self.wrapped)
        return at + len(pairs)

    def _text(self, sheet: Any, row: int, column: int, text: str, form: Any = None) -> None:
        # As text, whatever it begins with.
        sheet.write_string(row, column, text[:MOST_TEXT], form)

    def _table(self, table: Table) -> None:
        sheet = self.made.add_worksheet(table.key)
        for at, column in enumerate(table.columns):
            sheet.set_column(at, at, _WIDTHS.get(column.kind, _WIDTH))
        self._text(sheet, 0, 0, table.title, self.title)
        self._text(sheet, 1, 0, table.note or "This sheet has one table.")
        for at, column in enumerate(table.columns):
            self._text(sheet, _HEADER, at, column.title, self.header)
        last = _HEADER
        for at, row in counted(table.rows):
            last = _HEADER + 1 + at
            for place, (column, cell) in enumerate(zip(table.columns, row, strict=True)):
                self._cell(sheet, last, place, column, cell)
        sheet.freeze_panes(_HEADER + 1, 1)
        sheet.repeat_rows(_HEADER)
        self._mark(sheet, table, last)

    def _mark(self, sheet: Any, table: Table, last: int) -> None:
        """Say where the table is, and that it has a header: a long one, by its filter."""
        across = len(table.columns) - 1
        if self.book.many:
            sheet.autofilter(_HEADER, 0, last, across)
        elif last > _HEADER:
            heads = [{"header": column.title} for column in table.columns]
            name = f"t_{table.key.replace('-', '_')}"
            sheet.add_table(_HEADER, 0, last, across, {
                "name": name, "columns": heads, "style": "Table Style Light 1", "autofilter": False,
            })  # fmt: skip

    def _cell(self, sheet: Any, row: int, at: int, column: Column, cell: Cell) -> None:
        value = cell.value
        if value is None or value == "":
            return
        if isinstance(value, str):
            self._text(sheet, row, at, value)
        elif isinstance(value, date):
            sheet.write_datetime(row, at, value, self.kinds[Kind.DAY])
        else:
            sheet.write_number(row, at, value, self.kinds.get(column.kind))
