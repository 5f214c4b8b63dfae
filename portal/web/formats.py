"""One address, three formats: a page, and the same as .json and .csv."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Literal, NamedTuple, TypeVar
from urllib.parse import quote

import orjson
from flask import Blueprint, Flask, Response, g, request
from werkzeug.routing import BaseConverter, ValidationError

from portal.web import csv_out
from portal.web.exports import limited
from portal.web.links import IN_PATH, pairs, with_query

Format = Literal["html", "json", "csv"]
Row = Mapping[str, Any]
View = TypeVar("View", bound=Callable[..., Any])
#: So much of a name or a value is said where it is not understood.
SAID = 80
#: Where a reader is in a list; a link to the whole list drops it.
POSITION = ("after", "before")


class Slug(BaseConverter):
    """A record's slug; has no dot, so that `.json` after it is the format."""

    regex = r"[a-z0-9-]{1,200}"


class Day(BaseConverter):
    """A day in an address, as `2026-05-03`; what is no day is no address."""

    regex = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        """The day; ValidationError, which is "not found", for one such as 31 February."""
        try:
            return date.fromisoformat(value)
        except ValueError as problem:
            raise ValidationError from problem

    def to_url(self, value: date) -> str:
        """The day as addresses have it."""
        return value.isoformat()


class Column(NamedTuple):
    """A column of a CSV file: its header, and how a row gives its value."""

    name: str
    value: Callable[[Row], object]


def install(app: Flask) -> None:
    """Let routes say `<slug:slug>` and `<day:on>`, and templates link to the other formats of a
    page.
    """
    app.url_map.converters.update(slug=Slug, day=Day)
    app.jinja_env.globals["same_address"] = same_address


def formats(blueprint: Blueprint | Flask, rule: str, **options: Any) -> Callable[[View], View]:
    """Register a view at `rule`, `rule.json` and `rule.csv`, under one endpoint.

    The view takes `fmt`; `url_for` without `fmt` gives the page.
    """

    def register(view: View) -> View:
        # The page comes first: url_for takes the first rule that fits.
        for suffix, fmt in (("", "html"), (".json", "json"), (".csv", "csv")):
            blueprint.add_url_rule(
                rule + suffix, view_func=view, defaults={"fmt": fmt}, methods=["GET"], **options
            )
        return view

    return register


def leave_out(ignored: Sequence[str]) -> None:
    """Say what of this address is not understood, as `name` or `name=value`: in another format it
    is refused.
    """
    g.left_out = frozenset(ignored)


def same_address(fmt: Format) -> str:
    """The address of this page in another format, with the same filters, and without the place in
    the list and what is not understood.
    """
    out: frozenset[str] = g.get("left_out", frozenset())
    query = [
        (name, text)
        for name, text in pairs(*POSITION)
        if not out & {name[:SAID], f"{name}={text[:SAID]}"}
    ]
    now = (request.view_args or {}).get("fmt")
    path = quote(request.path.removesuffix(f".{now}"), safe=IN_PATH)
    return with_query(f"{request.script_root}{path}.{fmt}", query)


def respond_list(
    fmt: Format,
    *,
    page: Callable[[], Response],
    rows: Callable[[], Iterable[Row]],
    columns: Sequence[str | Column],
    name: str,
    more: Mapping[str, Any] | None = None,
    bounded: bool = False,
) -> Response:
    """Answer with a list in the format asked for; only that format's work is done.

    Args:
        fmt: the format asked for.
        page: builds the page.
        rows: gives the records, for JSON and CSV; may be a generator that holds its own session.
        columns: the columns of the CSV file.
        name: the CSV file's name without its ending.
        more: what the JSON says of the list beside its items.
        bounded: the records are of one thing, never many: no large download, whatever comes.
    """
    if fmt == "html":
        return page()
    found = iter(rows()) if bounded else limited(iter(rows()))
    if fmt == "json":
        return Response(_json(found, more or {}), mimetype="application/json")
    return _csv(found, columns, name)


def respond_record(
    fmt: Format,
    *,
    page: Callable[[], Response],
    document: Callable[[], Row],
    columns: Sequence[str | Column],
    name: str,
) -> Response:
    """Answer with one record in the format asked for; its CSV file has one row."""
    if fmt == "html":
        return page()
    record = document()
    if fmt == "json":
        return Response(orjson.dumps(dict(record), default=str), mimetype="application/json")
    return _csv(iter([record]), columns, name)


def _csv(rows: Iterator[Row], columns: Sequence[str | Column], name: str) -> Response:
    made = [_column(column) for column in columns]
    cells = ([column.value(row) for column in made] for row in rows)
    response = Response(
        csv_out.stream([column.name for column in made], cells),
        content_type="text/csv; charset=utf-8; header=present",
    )
    response.headers.set("Content-Disposition", "attachment", filename=f"{name}.csv")
    return response


def _column(column: str | Column) -> Column:
    if isinstance(column, Column):
        return column
    return Column(column, lambda row: row.get(column))


def _json(rows: Iterator[Row], more: Mapping[str, Any]) -> Iterator[bytes]:
    """What is said of the list, the records under `items`, then how many they were: known only
    when all have been sent.
    """
    said = orjson.dumps(dict(more), default=str)[1:-1]
    parts, size, count = [b"{" + (said + b"," if said else b"") + b'"items":['], 0, 0
    separator = b""
    for row in rows:
        data = orjson.dumps(dict(row), default=str)
        parts += (separator, data)
        separator = b","
        count += 1
        size += len(data)
        if size >= csv_out.CHUNK:
            yield b"".join(parts)
            parts, size = [], 0
    parts.append(b'],"count":%d}' % count)
    yield b"".join(parts)
