"""Charts as resources: an SVG, a PNG and a CSV file at one address, shown by an image.

A page that shows a chart draws nothing: it says where the files are, and gives the same values as a
table. What a file's tag says follows from the chart's data alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, TypeVar

from flask import Blueprint, Flask, Response, request

from portal.charts.data import Chart, Group, Lines, Point, digest
from portal.charts.drawing import Drawing
from portal.charts.making import made, sizes
from portal.charts.png import png
from portal.charts.sparks import spark
from portal.charts.svg import svg
from portal.web import csv_out
from portal.web.caching import conditional, etag_of
from portal.web.chart_texts import Called, alternative, amount, unit_of
from portal.web.filters import month
from portal.web.i18n import _
from portal.web.links import with_query

File = Literal["svg", "png", "csv"]
Drawn = Literal["svg", "png"]
View = TypeVar("View", bound=Callable[..., Any])
#: The argument of an address that asks for the drawing for narrow screens.
SIZE, SMALL = "size", "narrow"
_TYPES = {"svg": "image/svg+xml", "png": "image/png"}


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart as `figure` of macros/charts.html shows it.

    Attributes:
        id: of the element; no other figure of the page has it.
        title: what the chart tells, as a sentence.
        alt: what the drawing shows, in words.
        address: of the files, without their endings.
        query: the arguments of the addresses.
        sizes: width and height of the drawing for wide screens, and for narrow ones.
        head, rows: the values as a table.
        notes: sentences below the title: what is counted, and what is not.
        marks: what the numbers in the drawing stand for.
    """

    id: str
    title: str
    alt: str
    address: str
    query: tuple[tuple[str, str], ...]
    sizes: tuple[tuple[int, int], tuple[int, int]]
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()

    def href(self, kind: File, size: str = "") -> str:
        """The address of a file."""
        more = ((SIZE, size),) if size else ()
        return with_query(f"{self.address}.{kind}", (*self.query, *more))


def install(app: Flask) -> None:
    """Let templates draw sparklines."""
    app.jinja_env.filters["spark"] = spark


def files(blueprint: Blueprint, rule: str, **options: Any) -> Callable[[View], View]:
    """Register a view at `rule.svg`, `rule.png` and `rule.csv`; it takes `fmt`."""

    def register(view: View) -> View:
        for fmt in ("svg", "png", "csv"):
            blueprint.add_url_rule(
                f"{rule}.{fmt}", view_func=view, defaults={"fmt": fmt}, methods=["GET"], **options
            )
        return view

    return register


def drawings(blueprint: Blueprint, rule: str) -> Callable[[View], View]:
    """Register a view of a drawing at `rule.svg` and `rule.png`; it takes `fmt`."""

    def register(view: View) -> View:
        for fmt in ("svg", "png"):
            blueprint.add_url_rule(
                f"{rule}.{fmt}", view_func=view, defaults={"fmt": fmt}, methods=["GET"]
            )
        return view

    return register


def respond_drawing(fmt: Drawn, drawing: Drawing) -> Response:
    """Answer with a drawing whose values are in the files of its page."""
    return Response(png(drawing) if fmt == "png" else svg(drawing), mimetype=_TYPES[fmt])


def respond_chart(fmt: File, chart: Chart, name: str) -> Response:
    """Answer with a file of a chart; `name` is what its CSV file is called, without its ending."""
    etag = etag_of(digest(chart))
    if request.if_none_match.contains_weak(etag):
        return conditional(Response(status=200), etag)
    if fmt == "csv":
        answer = Response(b"".join(_csv(chart)), content_type="text/csv; charset=utf-8")
        answer.headers.set("Content-Disposition", "attachment", filename=f"{name}.csv")
    else:
        small = request.args.get(SIZE) == SMALL
        answer = Response(made(chart, fmt, small, unit_of(chart)), mimetype=_TYPES[fmt])
    return conditional(answer, etag)


def shown(
    chart: Chart,
    address: str,
    title: str,
    *,
    query: Sequence[tuple[str, str]] = (),
    notes: Sequence[str] = (),
    marks: Sequence[str] = (),
    called: Called = month,
) -> Figure:
    """A chart ready to be shown.

    Args:
        chart: what it shows.
        address: of its files, without their endings; its last part is the figure's id.
        title: what the chart tells.
        query: arguments of the addresses.
        notes: what is counted, and what is not.
        marks: what the numbers 1, 2, ... of the drawing stand for.
        called: what periods are called.
    """
    head, rows = _table(chart, called)
    return Figure(
        address.rpartition("/")[2], title, alternative(chart, called), address, tuple(query),
        sizes(chart, unit_of(chart)), head, rows, tuple(notes), tuple(marks),
    )  # fmt: skip


def _table(chart: Chart, called: Called) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    if not isinstance(chart, Lines):
        rows = [
            (label, *(_said(group, i, chart) for group in chart.groups))
            for i, label in enumerate(chart.labels)
        ]
        return ("", *(group.name for group in chart.groups)), tuple(rows)
    of = _points(chart)
    return (
        (_("Period"), *(series.name for series in chart.series)),
        tuple((called(at), *(_cell(found, chart) for found in of[at])) for at in sorted(of)),
    )


def _points(chart: Lines) -> dict[date, list[Point | None]]:
    of: dict[date, list[Point | None]] = {}
    for number, series in enumerate(chart.series):
        for point in series.points:
            of.setdefault(point.at, [None] * len(chart.series))[number] = point
    return of


def _said(group: Group, number: int, chart: Chart) -> str:
    value = group.values[number]
    note = group.note(number)
    if value is None:
        return note or _("No figure")
    said = amount(value, chart.scale)
    return f"{said} ({note})" if note else said


def _cell(point: Point | None, chart: Lines) -> str:
    if point is None:
        return _("No figure")
    if point.value is None:
        return point.note or _("No figure")
    notes = [_("provisional")] if point.provisional else []
    notes += [point.note] if point.note else []
    said = amount(point.value, chart.scale)
    return f"{said} ({', '.join(notes)})" if notes else said


def _csv(chart: Chart) -> Iterator[bytes]:
    if isinstance(chart, Lines):
        return csv_out.stream(
            ("start", "name", "value", "provisional", "note"),
            (
                (point.at, series.name, point.value, point.provisional, point.note)
                for series in chart.series
                for point in series.points
            ),
        )
    noted = any(group.notes for group in chart.groups)
    return csv_out.stream(
        ("label", "name", "value", *(["note"] if noted else ())),
        (
            (label, group.name, group.values[i], *([group.note(i)] if noted else ()))
            for i, label in enumerate(chart.labels)
            for group in chart.groups
        ),
    )
