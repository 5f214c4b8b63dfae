"""A few services and components beside each other: one line each, in one drawing."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, make_response, redirect, request, url_for

from portal.access import Kind
from portal.catalogue.actions.finding_records import look_up
from portal.catalogue.forms.picking import FOLDERS, not_found
from portal.catalogue.views.base import reading, refuse_unknown, version
from portal.charts.data import Lines, Point, Series
from portal.performance.forms.board_words import (
    PERIODS,
    WITHOUT_HIDDEN,
    amount,
    changed,
    scale_of,
    title_of,
)
from portal.performance.forms.comparing import AddForm
from portal.performance.rules import boards as rules
from portal.performance.rules import lines, periods
from portal.performance.rules.boards import Board
from portal.performance.views.board_charts import missing
from portal.performance.views.lines_reading import ADDRESS, Beside, Line, beside
from portal.performance.words import Period
from portal.web.caching import unless_unchanged
from portal.web.charts import Figure, File, files, respond_chart, shown
from portal.web.filters import long_date, month
from portal.web.formats import Format, formats, respond_list
from portal.web.forms import slug_typed
from portal.web.guard import public
from portal.web.i18n import _, html_lang
from portal.web.links import with_query
from portal.web.pages import page

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

blueprint = Blueprint("thing_lines", __name__)
COLUMNS = (
    "kind", "slug", "name", "measure", "start", "end", "value", "numerator", "denominator",
    "provisional", "partial", "missing",
)  # fmt: skip


@formats(blueprint, ADDRESS)
@unless_unchanged(version)
@public
def index(fmt: Format) -> Response:
    """Compare a figure of up to four services and components."""
    with reading() as session:
        found = beside(session)
        form = AddForm(formdata=request.args)
        may_be = _typed(session, form, found) if fmt == "html" else []
    refuse_unknown(fmt, found.ignored)
    if isinstance(may_be, str):
        return make_response(redirect(may_be, 303))
    return respond_list(
        fmt, page=lambda: _page(found, form, may_be), rows=lambda: _rows(found), columns=COLUMNS,
        name=f"compared-{found.measure}", more={"figure": found.measure, "title": found.title},
    )  # fmt: skip


@files(blueprint, f"{ADDRESS}/chart")
@public
def chart(fmt: File) -> Response:
    """Draw what is compared."""
    with reading() as session:
        found = beside(session)
    return respond_chart(fmt, _lines(found), f"compared-{found.measure}")


def _typed(session: Session, form: AddForm, found: Beside) -> list[tuple[str, str]] | str:
    """What a typed name may mean, as (name, address with it); the address where it is sure."""
    text = (form.add.data or "").strip()
    if not text or not form.validate() or len(found.lines) >= lines.MOST:
        return []
    choices = []
    for kind in (Kind.SERVICE.value, Kind.COMPONENT.value):
        meant = look_up(session, kind, text, slug_typed(text, FOLDERS[kind]))
        if meant.sure:
            return _with(found, (kind, meant.sure))
        choices += [(name, _with(found, (kind, slug))) for slug, name in meant.may_be]
    if not choices:
        form.add.errors = [not_found(text)]
    return choices


def _with(found: Beside, pair: tuple[str, str]) -> str:
    return with_query(url_for("thing_lines.index"), [pair, *found.query()])


def _page(found: Beside, form: AddForm, may_be: Any) -> Response:
    choice = found.choice
    return page(
        "performance/thing_lines.html",
        title=_("Compare services and components"),
        section=_("Performance"),
        crumbs=[(_("Performance of government services"), url_for("boards.government"))],
        form=form,
        found=found,
        may_be=may_be,
        full=len(found.lines) >= lines.MOST,
        figure=_figure(found) if choice else None,
        summaries=[_summary(found, line) for line in found.lines],
        chosen=_choices(found),
        ignored=found.ignored,
    )


def _choices(found: Beside) -> list[tuple[str, str, list[tuple[str, str, bool]]]]:
    """Figures, lengths of periods and scales to choose from: title, id, and links."""
    here, now = partial(_other, found), found.choice.period if found.choice else None
    measures = [(title_of(m), here(figure=m), m == found.measure) for m in found.measures]
    lengths = [
        (str(text), here(period=period.value, **{"from": "", "to": ""}), period is now)
        for period, text in PERIODS.items() if period in found.spans
    ]  # fmt: skip
    scales = [(_("From 0 on"), here(scale=""), not found.log),
              (_("By powers of ten"), here(scale="log"), found.log)]  # fmt: skip
    made = [(_("Figure"), "choose-figure", measures), (_("Periods"), "choose-period", lengths)]
    if found.choice and found.measure not in rules.SHARES:
        made.append((_("Scale"), "choose-scale", scales))
    return made if found.lines else []


def _other(found: Beside, **changes: str) -> str:
    return with_query(ADDRESS, found.query(**changes))


def _lines(found: Beside) -> Lines:
    series = [Series(line.name, tuple(_points(line, line.board, line.measure)))
              for line in found.lines if line.board and line.measure]  # fmt: skip
    # One line stands without its name beside it.
    title = f"{found.title}: {series[0].name}" if len(series) == 1 else found.title
    return Lines(title, tuple(series), scale_of(found.measure), log=found.log, language=html_lang())


def _points(line: Line, board: Board, measure: str) -> Iterator[Point]:
    for start in board.starts:
        cell = board.over(measure, start)
        value = rules.value(measure, cell.total)
        note = str(WITHOUT_HIDDEN) if cell.partial else "" if value is not None else missing(cell)
        yield Point(start, value, cell.provisional, note)


def _figure(found: Beside) -> Figure:
    title = found.title
    if found.choice:
        day = long_date if found.choice.period in (Period.DAY, Period.WEEK) else month
        first = day(found.choice.first)
        last = day(periods.end_of(found.choice.period, found.choice.last))
        title = _("%(what)s from %(start)s to %(end)s", what=title, start=first, end=last)
    return shown(_lines(found), f"{ADDRESS}/chart", title, query=found.query(),
                 called=found.called)  # fmt: skip


def _summary(found: Beside, line: Line) -> dict[str, Any]:
    """What is said of one of them: its newest figure, and how it changed."""
    rest = [pair for pair in found.query() if pair != (line.kind.value, line.slug)]
    said = {"line": line, "without": with_query(ADDRESS, rest), "value": "", "when": "",
            "year": "", "all": "", "there": ""}  # fmt: skip
    if line.board is None or line.measure is None:
        return {**said, "missing": _("It has no such figure") if found.choice else ""}
    board, measure = line.board, line.measure
    values = {at: rules.value(measure, board.over(measure, at).total) for at in board.starts}
    known = [at for at, value in values.items() if value is not None]
    if not known:
        return {**said, "missing": _("No figure in this time")}
    newest = known[-1]
    changes = [
        rules.change_of_all(measure, board.over(measure, was), board.over(measure, newest))
        for was in (periods.year_before(board.period, newest), known[0])
    ]
    since, value = found.called(known[0]), amount(measure, values[newest])
    if board.over(measure, newest).partial:
        value = f"{value} ({WITHOUT_HIDDEN})"
    texts = ["" if each is None else changed(measure, each) for each in changes]
    return {
        **said, "value": value, "when": found.called(newest),
        "year": texts[0],
        "all": _("%(change)s since %(when)s", change=texts[1], when=since)
        if texts[1] and len(known) > 1 else "",
        "there": _("%(there)s of %(all)s periods", there=len(known), all=len(values)),
    }  # fmt: skip


def _rows(found: Beside) -> Iterator[dict[str, Any]]:
    for line in found.lines:
        if line.board is None or line.measure is None:
            continue
        for start in line.board.starts:
            cell = line.board.over(line.measure, start)
            value, ratio = rules.value(line.measure, cell.total), cell.total.bottom is not None
            yield {
                "kind": line.kind.value, "slug": line.slug, "name": line.name,
                "measure": line.measure, "start": start,
                "end": periods.end_of(line.board.period, start), "value": value,
                "numerator": cell.total.top if ratio else None,
                "denominator": cell.total.bottom if ratio else None,
                "provisional": cell.provisional, "partial": cell.partial,
                "missing": cell.state.value if cell.state and value is None else None,
            }  # fmt: skip
