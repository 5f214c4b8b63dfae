"""The charts of a dashboard: a line for each measure, and organisations as bars."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from portal.charts.data import BarChart, Chart, Group, Lines, Mark, Point, Series
from portal.errors import N_, Missing
from portal.performance.forms.board_words import (
    MISSING,
    PERIODS,
    WITHOUT_HIDDEN,
    amount,
    changed,
    scale_of,
    title_of,
    without_channels,
    without_hidden,
)
from portal.performance.rules import boards, kpis, periods
from portal.performance.rules.boards import Board, Cell
from portal.performance.store.boards import Ranked
from portal.performance.views.board_base import Shown, query_of
from portal.performance.views.board_tiles import changes, chart_of, compared_with, why_not
from portal.performance.words import Kpi
from portal.web.charts import Figure as ShownChart
from portal.web.charts import shown as show
from portal.web.filters import long_date
from portal.web.i18n import _, html_lang, ngettext

#: Bars stand for so many organisations at most.
BODIES = 10
ORGANISATIONS = "organisations"


def line(shown: Shown, measure: str) -> Lines:
    """A measure over time, with its gaps, notes and target; an empty frame without figures."""
    board = shown.board
    starts = board.starts if board else ()
    points = tuple(_point(shown, board, measure, start) for start in starts if board)
    target = shown.target(measure)
    said = "" if target is None else _("Target %(value)s", value=amount(measure, target))
    marks = tuple(Mark(day, str(n)) for n, (day, _text) in enumerate(remarks(shown, measure), 1))
    title = title_of(measure)
    return Lines(
        named(shown, title), (Series(title, points),), scale_of(measure), marks,
        target, said, language=html_lang(),
    )  # fmt: skip


def named(shown: Shown, what: str) -> str:
    """What a picture is called, which may stand alone: of which periods, and whose."""
    length = f" ({PERIODS[shown.choice.period].lower()})" if shown.choice else ""
    return f"{what}{length}: {shown.place.name or _('All of government')}"


def _point(shown: Shown, board: Board, measure: str, start: date) -> Point:
    cell = board.over(measure, start)
    value = boards.value(measure, cell.total)
    if value is None:
        return Point(start, None, note=missing(cell))
    many = board.cell(measure, start).total.things
    notes = [ngettext("%(num)s service", "%(num)s services", many)] if shown.many else []
    notes += [str(WITHOUT_HIDDEN)] if cell.lacks else []
    notes += [without_channels(cell.absent)] if cell.absent else []
    return Point(start, value, cell.provisional, ", ".join(notes))


def missing(cell: Cell) -> str:
    """Why a measure of one unit has no number; empty where nobody said."""
    return str(MISSING[cell.state]) if cell.state in MISSING else ""


def remarks(shown: Shown, measure: str) -> list[tuple[date, str]]:
    """What is to be said of days of a series: notes of its team, and changes of the definition."""
    if shown.board is None:
        return []
    board = shown.board
    first, last = board.starts[0], periods.end_of(board.period, board.newest)
    found = [(note.day, note.note) for note in shown.notes]
    if measure in {kpi.value for kpi in Kpi}:
        found += [
            (each.since, _("The definition changed: %(says)s", says=_(each.says)))
            for each in kpis.INDICATORS[Kpi(measure)].definitions
            if each.since is not None
        ]
    return sorted((max(day, first), text) for day, text in found if first <= day <= last)


def organisations(
    shown: Shown, found: Sequence[Ranked], measure: str, without: bool
) -> BarChart | None:
    """The organisations with the most of a measure; None where there are fewer than two."""
    some = found[1 if without else 0 :][:BODIES]
    if len(found) < 2:
        return None
    values = tuple(boards.value(measure, each.total) for each in some)
    notes = tuple(str(WITHOUT_HIDDEN) if each.total.hidden else "" for each in some)
    when = shown.called(shown.choice.last) if shown.choice else ""
    return BarChart(
        _("%(what)s by organisation, %(when)s", what=title_of(measure), when=when),
        tuple(each.name for each in some), (Group(title_of(measure), values, notes),),
        scale=scale_of(measure), across=True, language=html_lang(),
    )  # fmt: skip


def figure(shown: Shown, chart: Chart, name: str, title: str, notes: Sequence[str] = (),
           marks: Sequence[str] = ()) -> ShownChart:  # fmt: skip
    """A chart of a dashboard as its page shows it."""
    return show(
        chart, f"{shown.place.address}/charts/{name}", title, query=query_of(shown), notes=notes,
        marks=marks, called=shown.called,
    )  # fmt: skip


def line_figure(shown: Shown, board: Board, measure: str, also: Sequence[str] = ()) -> ShownChart:
    """The figure of a measure over time."""
    chart = line(shown, measure)
    marks = [f"{long_date(day)}: {text}" for day, text in remarks(shown, measure)]
    title = _trend(shown, board, measure)
    notes = [*also, *_unknown_change(shown, board, measure), *from_sources(shown, measure)]
    return figure(shown, chart, chart_of(measure), title, notes, marks)


def _unknown_change(shown: Shown, board: Board, measure: str) -> list[str]:
    before = compared_with(shown, board, measure)
    if changes(shown, board, measure, before)[0] is not None:
        return []
    why = why_not(shown, board, measure, before)
    return [f"{why}."] if why else []


def from_sources(shown: Shown, measure: str) -> list[str]:
    """Which data sets a chart is drawn from."""
    titles = [title for title, _href in shown.sources_of(measure)]
    return [_("From: %(titles)s", titles="; ".join(titles))] if titles else []


def _trend(shown: Shown, board: Board, measure: str) -> str:
    """What a line tells: the same change as its tile, or two numbers contradict each other. Over
    many units that is like for like: a sum over everybody changes with who reports.
    """
    newest, before = board.newest_of(measure), compared_with(shown, board, measure)
    like, _everybody = changes(shown, board, measure, before)
    texts = {"what": title_of(measure), "end": shown.called(newest)}
    if like is None:
        cell = board.over(measure, newest)
        value = without_hidden(amount(measure, boards.value(measure, cell.total)), cell.total)
        if cell.absent:
            value = f"{value} ({without_channels(cell.absent)})"
        return _("%(what)s: %(value)s in %(end)s", value=value, **texts)
    texts |= {"start": shown.called(before), "change": changed(measure, like)}
    if shown.many:
        return _("%(what)s: %(change)s like for like between %(start)s and %(end)s", **texts)
    return _("%(what)s: %(change)s between %(start)s and %(end)s", **texts)


def misleading(measure: str, like: float | None, everybody: float | None) -> list[str]:
    """What a chart of sums says of a change that is mostly of who reports."""
    if like is None or everybody is None or not boards.far_apart(like, everybody):
        return []
    return [
        _("The sum over everybody who reported went %(everybody)s, but like for like it went "
          "%(like)s: most of the change is that other services reported.",
          everybody=changed(measure, everybody), like=changed(measure, like))
    ]  # fmt: skip


def chosen(name: str, makers: Mapping[str, Callable[[], Chart | None]]) -> Chart:
    """The chart with a name. Raises Missing where there is none."""
    made = makers[name]() if name in makers else None
    if made is None:
        raise Missing(N_("There is no such chart"))
    return made
