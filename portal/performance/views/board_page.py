"""The page of a dashboard, and its rows for programs."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from flask import Response, request

from portal.charts.data import Chart
from portal.performance.forms.board_words import (
    amount,
    changed,
    not_in_sums,
    share,
    title_of,
    without_channels,
    without_hidden,
)
from portal.performance.rules import boards as rules
from portal.performance.rules import periods
from portal.performance.rules.boards import Board
from portal.performance.rules.totals import Total
from portal.performance.views import board_charts as charts
from portal.performance.views.board_base import Shown, period_links, year_links
from portal.performance.views.board_channels import CHANNELS, channel_figure, channels
from portal.performance.views.board_reading import RANKED, Loaded
from portal.performance.views.board_tiles import chart_of, tiles
from portal.performance.views.comparing_links import links
from portal.web.charts import Figure
from portal.web.i18n import _
from portal.web.pages import page, query_url

#: The columns of a dashboard's files.
COLUMNS = (
    "measure", "title", "start", "end", "value", "numerator", "denominator", "services",
    "services_suppressed", "change_like_for_like", "services_like_for_like", "change_of_all",
    "provisional", "missing", "channels_missing",
)  # fmt: skip
_COMPARED = 60


def board_page(loaded: Loaded, title: str, crumbs: list[tuple[str, str]], **more: Any) -> Response:
    """The page of a dashboard."""
    shown = loaded.shown
    return page(
        "performance/board.html",
        title=title,
        section=_("Performance"),
        crumbs=crumbs,
        shown=shown,
        tiles=tiles(shown),
        figures=figures(loaded),
        periods=period_links(shown),
        years=year_links(shown),
        ranked=ranking(loaded),
        without=without(),
        newer=loaded.newer,
        by_period=_by_period(shown),
        measures=[(each, title_of(each)) for each in shown.measures],
        ignored=shown.asked.ignored,
        compare=links(shown, str(more.get("kind", ""))),
        **more,
    )


def without() -> bool:
    """Whether the largest of a ranking is left out."""
    return request.args.get("without") == "largest"


def makers(loaded: Loaded) -> dict[str, Any]:
    """How each chart of a dashboard is made, by its name."""
    shown, board = loaded.shown, loaded.shown.board
    made: dict[str, Any] = {
        chart_of(m): partial(charts.line, shown, m) for m in shown.place.measures
    }
    if board is None:
        return made
    made[CHANNELS] = partial(channels, shown, board, loaded.channels)
    made[charts.ORGANISATIONS] = partial(
        charts.organisations, shown, loaded.ranked.first, RANKED, without()
    )
    return made


def chart_at(loaded: Loaded, name: str) -> Chart:
    """The chart with a name. Raises Missing."""
    return charts.chosen(name, makers(loaded))


def figures(loaded: Loaded) -> list[Figure]:
    """The charts of a dashboard, ready to be shown."""
    shown, board = loaded.shown, loaded.shown.board
    if board is None:
        return []
    found = []
    for measure in shown.measures:
        found.append(charts.line_figure(shown, board, measure, _warning(shown, board, measure)))
        if measure == RANKED:
            parted = channel_figure(shown, board, loaded.channels)
            found += [parted] if parted else []
    return found


def _warning(shown: Shown, board: Board, measure: str) -> list[str]:
    if not shown.many:
        return []
    newest = board.newest_of(measure)
    now = board.over(measure, newest)
    before = board.over(measure, periods.year_before(board.period, newest))
    everybody = rules.change_of_all(measure, before, now)
    return charts.misleading(measure, rules.like_for_like(measure, now.total), everybody)


def ranking(loaded: Loaded) -> dict[str, Any] | None:
    """The organisations with the most transactions, as a figure and rows."""
    found = loaded.ranked
    chart = charts.organisations(loaded.shown, found.first, RANKED, without())
    if chart is None:
        return None
    first = found.first[0]
    title = _("%(name)s has %(share)s of all transactions", name=first.name,
              share=without_hidden(share(first.total.top, found.whole), first.total))  # fmt: skip
    if without():
        title = _("The organisations with the most transactions after %(name)s", name=first.name)
    figure = charts.figure(loaded.shown, chart, charts.ORGANISATIONS, title,
                           not_in_sums(found.hidden))  # fmt: skip
    rows = [
        (
            each.slug, each.name, without_hidden(amount(RANKED, each.total.top), each.total),
            share(each.total.top, found.whole), f"{each.total.things:,}", _like(each.total),
        )
        for each in found.first
    ]  # fmt: skip
    return {"figure": figure, "rows": rows,
            "toggle": query_url(without=None if without() else "largest")}  # fmt: skip


def _like(total: Total) -> str:
    like = rules.like_for_like(RANKED, total)
    return "" if like is None else changed(RANKED, like)


def _by_period(shown: Shown) -> list[tuple[str, list[str]]]:
    """Every measure by period, the newest first."""
    if shown.board is None:
        return []
    board = shown.board
    return [
        (shown.called(at), [_said(shown, board, measure, at) for measure in shown.measures])
        for at in reversed(board.starts[-_COMPARED:])
    ]


def _said(shown: Shown, board: Board, measure: str, at: Any) -> str:
    cell = board.over(measure, at)
    value = rules.value(measure, cell.total)
    if value is None:
        return charts.missing(cell) or _("No figure")
    said = without_hidden(amount(measure, value), cell.total)
    return f"{said} ({without_channels(cell.absent)})" if cell.absent else said


def rows_of(shown: Shown) -> Iterator[dict[str, Any]]:
    """A dashboard for programs: a row for each measure and period, with what it is made from."""
    board = shown.board
    if board is None:
        return
    for measure in shown.measures:
        for start in board.starts:
            yield _row(shown, board, measure, start)


def _row(shown: Shown, board: Board, measure: str, start: Any) -> dict[str, Any]:
    cell = board.over(measure, start)
    total = cell.total
    before = board.over(measure, periods.year_before(board.period, start))
    value = rules.value(measure, total)
    ratio = total.bottom is not None and total.things
    return {
        "measure": measure, "title": title_of(measure), "start": start,
        "end": periods.end_of(board.period, start), "value": value,
        "numerator": total.top if ratio else None,
        "denominator": total.bottom if ratio else None,
        "services": total.things, "services_suppressed": total.hidden,
        "change_like_for_like": rules.like_for_like(measure, total)
        if cell.absent == before.absent else None,
        "services_like_for_like": total.same_things,
        "change_of_all": rules.change_of_all(measure, before, cell),
        "provisional": cell.provisional,
        "missing": cell.state.value if cell.state and value is None else None,
        "channels_missing": "; ".join(cell.absent) or None,
    }  # fmt: skip
