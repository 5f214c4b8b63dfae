"""A book as ODS (OpenDocument 1.3), written row by row: it takes no more memory for many rows. What
is written depends on the book alone.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Generator, Iterable, Iterator, Sequence
from datetime import date
from typing import IO
from xml.sax.saxutils import escape, quoteattr

from portal.spreadsheets.book import Book, Cell, Column, Kind, Table
from portal.spreadsheets.limits import MOST_TEXT, counted

MIMETYPE = "application/vnd.oasis.opendocument.spreadsheet"
#: The earliest moment that a zip file can name: no file says when it was written.
_NEVER = (1980, 1, 1, 0, 0, 0)
#: What XML cannot say.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{of}:1.0"'
    for name, of in (("office", "office"), ("style", "style"), ("text", "text"),
                     ("table", "table"), ("fo", "xsl-fo-compatible"), ("number", "datastyle"),
                     ("meta", "meta"), ("manifest", "manifest"))
)  # fmt: skip
_MORE = 'xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:dc="http://purl.org/dc/elements/1.1/"'
_ROOT = f'{_SPACES} {_MORE} office:version="1.3"'
_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NUMBER = '<number:number number:decimal-places="{0}" number:min-integer-digits="1"{1}/>'
_GROUPED = ' number:grouping="true"'
_STYLES = (
    f'<number:number-style style:name="nc">{_NUMBER.format(0, _GROUPED)}</number:number-style>'
    '<number:currency-style style:name="np"><number:currency-symbol number:language="en" '
    f'number:country="GB">£</number:currency-symbol>{_NUMBER.format(2, _GROUPED)}'
    "</number:currency-style>"
    f'<number:percentage-style style:name="ns">{_NUMBER.format(1, "")}<number:text>%</number:text>'
    "</number:percentage-style>"
    '<number:date-style style:name="nd"><number:day/><number:text> </number:text><number:month '
    'number:style="long" number:textual="true"/><number:text> </number:text><number:year '
    'number:style="long"/></number:date-style>'
    + "".join(
        f'<style:style style:name="{name}" style:family="table-cell" style:data-style-name="{of}"/>'
        for name, of in (("count", "nc"), ("pounds", "np"), ("share", "ns"), ("day", "nd"))
    )
    + "".join(
        f'<style:style style:name="{name}" style:family="table-cell"><style:table-cell-properties '
        f'fo:wrap-option="wrap"/><style:text-properties fo:font-weight="bold" fo:font-size="{size}"'
        "/></style:style>"
        for name, size in (("title", "14pt"), ("header", "10pt"))
    )
    + '<style:style style:name="wide" style:family="table-column"><style:table-column-properties '
    'style:column-width="6cm"/></style:style>'
)
_VALUES = {Kind.POUNDS: ("currency", ' office:currency="GBP"'), Kind.SHARE: ("percentage", "")}


def write(book: Book, file: IO[bytes]) -> None:
    """Write a book. Raises TooManyRows."""
    with zipfile.ZipFile(file, "w") as made:
        made.writestr(_info("mimetype", zipfile.ZIP_STORED), MIMETYPE)
        for name, text in (("META-INF/manifest.xml", _manifest()), ("meta.xml", _meta(book)),
                           ("styles.xml", _root("document-styles", ""))):  # fmt: skip
            made.writestr(_info(name), text)
        with made.open(_info("content.xml"), "w") as content:
            for part in _content(book):
                content.write(part.encode())


def _info(name: str, how: int = zipfile.ZIP_DEFLATED) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _NEVER)
    info.compress_type = how
    return info


def _root(name: str, inside: str) -> str:
    return f"{_XML}<office:{name} {_ROOT}>{inside}</office:{name}>"


def _manifest() -> str:
    files = (("/", MIMETYPE), ("content.xml", "text/xml"), ("styles.xml", "text/xml"),
             ("meta.xml", "text/xml"))  # fmt: skip
    entries = "".join(
        f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{kind}"/>'
        for path, kind in files
    )
    spaces = 'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"'
    return f'{_XML}<manifest:manifest {spaces} manifest:version="1.3">{entries}</manifest:manifest>'


def _meta(book: Book) -> str:
    made = f"{book.made.replace(tzinfo=None):%Y-%m-%dT%H:%M:%S}"
    said = f"<dc:title>{_safe(book.title)}</dc:title><dc:date>{made}</dc:date>"
    return _root("document-meta", f"<office:meta>{said}</office:meta>")


def _safe(text: str) -> str:
    return escape(_NOT_XML.sub("", text[:MOST_TEXT]))


def _content(book: Book) -> Iterator[str]:
    yield f"{_XML}<office:document-content {_ROOT}>"
    yield f"<office:automatic-styles>{_STYLES}</office:automatic-styles>"
    yield "<office:body><office:spreadsheet>"
    names = [("Notes", "Notes"), ("Sources", "Sources"), *((t.key, t.title) for t in book.tables)]
    contents = [_row([_link(name), _text(text)]) for name, text in names]
    heads = [_row([_text(book.title, "title")]), _row([])]
    yield from _sheet("Cover", 2, [
        *heads, *_pairs(book.about), _row([]), _row([_text("Contents", "header")]), *contents,
    ])  # fmt: skip
    notes = [(str(number), text) for number, text in enumerate(book.notes, start=1)]
    for name, pairs in (("Notes", notes), ("Sources", book.sources)):
        yield from _sheet(name, 2, [_row([_text(name, "title")]), _row([]), *_pairs(pairs)])
    ranges = []
    for table in book.tables:
        size = yield from _table(table)
        ranges.append(_range(table, size))
    yield f"<table:database-ranges>{''.join(ranges)}</table:database-ranges>"
    yield "</office:spreadsheet></office:body></office:document-content>"


def _sheet(name: str, columns: int, rows: Iterable[str]) -> Iterator[str]:
    yield f"<table:table table:name={quoteattr(name)}>"
    yield f'<table:table-column table:style-name="wide" table:number-columns-repeated="{columns}"/>'
    yield from rows
    yield "</table:table>"


def _pairs(pairs: Sequence[tuple[str, str]]) -> Iterator[str]:
    return (_row([_text(name), _text(text)]) for name, text in pairs)


def _row(cells: Sequence[str]) -> str:
    return f"<table:table-row>{''.join(cells) or '<table:table-cell/>'}</table:table-row>"


def _text(text: str, style: str = "") -> str:
    named = f' table:style-name="{style}"' if style else ""
    lines = "".join(f"<text:p>{line}</text:p>" for line in _safe(text).split("\n"))
    return f'<table:table-cell office:value-type="string"{named}>{lines}</table:table-cell>'


def _link(sheet: str) -> str:
    link = f'<text:a xlink:type="simple" xlink:href="#{sheet}">{_safe(sheet)}</text:a>'
    inside = f"<text:p>{link}</text:p>"
    return f'<table:table-cell office:value-type="string">{inside}</table:table-cell>'


def _table(table: Table) -> Generator[str, None, int]:
    """A sheet; returns how many rows its table has."""
    many = 0
    rows = [_row([_text(table.title, "title")]), _row([_text(table.note)]), _row([])]
    header = _row([_text(column.title, "header") for column in table.columns])
    rows.append(f"<table:table-header-rows>{header}</table:table-header-rows>")
    yield f"<table:table table:name={quoteattr(table.key)}>"
    columns = len(table.columns)
    yield f'<table:table-column table:style-name="wide" table:number-columns-repeated="{columns}"/>'
    yield from rows
    for at, row in counted(table.rows):
        many = at + 1
        yield _row([_cell(c, each) for c, each in zip(table.columns, row, strict=True)])
    yield "</table:table>"
    return many


def _cell(column: Column, cell: Cell) -> str:
    value, kind = cell.value, column.kind
    if value is None or value == "":
        return "<table:table-cell/>"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, date):
        day = value.isoformat()
        return (
            '<table:table-cell table:style-name="day" office:value-type="date" '
            f'office:date-value="{day}"><text:p>{day}</text:p></table:table-cell>'
        )
    type_, more = _VALUES.get(kind, ("float", ""))
    style = "" if kind is Kind.TEXT else f' table:style-name="{kind.value}"'
    return (
        f'<table:table-cell{style} office:value-type="{type_}"{more} '
        f'office:value="{value}"><text:p>{value}</text:p></table:table-cell>'
    )


def letters(column: int) -> str:
    """What a sheet calls a column, counted from 1: A to Z, then AA and so on."""
    before, at = divmod(column - 1, 26)
    return (letters(before) if before else "") + chr(ord("A") + at)


def _range(table: Table, rows: int) -> str:
    """Where a table is, and that it has a header."""
    last = letters(len(table.columns))
    where = f"'{table.key}'.A4:'{table.key}'.{last}{4 + rows}"
    name = f"t_{table.key.replace('-', '_')}"
    return (
        f'<table:database-range table:name="{name}" table:contains-header="true" '
        f'table:target-range-address="{where}"/>'
    )
