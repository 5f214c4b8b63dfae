"""Answers with a spreadsheet file: ODS or XLSX."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Iterator
from typing import IO, Any, Literal, TypeVar

from flask import Blueprint, Response, current_app

from portal.errors import N_, Problem
from portal.spreadsheets import ods, xlsx
from portal.spreadsheets.book import Book
from portal.spreadsheets.limits import TooManyRows

Sheets = Literal["ods", "xlsx"]
View = TypeVar("View", bound=Callable[..., Any])
KINDS: tuple[Sheets, ...] = ("ods", "xlsx")
_WRITERS = {"ods": ods.write, "xlsx": xlsx.write}
_TYPES = {
    "ods": ods.MIMETYPE,
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_PIECE = 65_536
TOO_MANY = N_("These are more rows than a spreadsheet can hold: narrow them, or take the CSV file")


def sheets(blueprint: Blueprint, rule: str, **options: Any) -> Callable[[View], View]:
    """Register a view at `rule.ods` and `rule.xlsx`, under one endpoint. It takes `kind`."""

    def register(view: View) -> View:
        for kind in KINDS:
            blueprint.add_url_rule(
                f"{rule}.{kind}",
                view_func=view,
                defaults={"kind": kind},
                methods=["GET"],
                **options,
            )
        return view

    return register


def respond_book(kind: Sheets, book: Book, name: str) -> Response:
    """Answer with a book as a file.

    Args:
        kind: the format.
        book: its rows are read before the first byte leaves, so that a failure is an error page.
        name: the file's name without its ending.

    Raises:
        Problem: a table has more rows than a sheet can hold.
    """
    file: IO[bytes] = tempfile.TemporaryFile() if book.many else io.BytesIO()  # noqa: SIM115
    try:
        _WRITERS[kind](book, file)
    except TooManyRows as problem:
        file.close()
        raise Problem(TOO_MANY) from problem
    size = file.tell()
    file.seek(0)
    response = Response(_pieces(file) if book.many else file.read(), mimetype=_TYPES[kind])
    response.call_on_close(file.close)
    response.content_length = size
    response.headers.set("Content-Disposition", "attachment", filename=f"{name}.{kind}")
    return response


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece


def whole_address(path: str) -> str:
    """The address of a page with the portal's own, for a file that has left it."""
    return f"{current_app.extensions['portal'].settings.public_url}{path}"
