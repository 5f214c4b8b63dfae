"""The heat map of organisations and needs, and adoption over time, each with its files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request, url_for

from portal.catalogue.views.base import PAGE_SIZE, place, reading, refuse_unknown, today, version
from portal.charts.data import Group, HeatMap, Lines, Point, Series
from portal.reports.rules.adoption import Use
from portal.reports.rules.reuse_query import Of, Question
from portal.reports.rules.reuse_rates import Numbers
from portal.reports.store import adoption_counts, reuse
from portal.reports.views.reuse_base import Asked, asked, asked_from, selects, tree_on
from portal.reports.words import By
from portal.web.caching import unless_unchanged
from portal.web.chart_texts import trend
from portal.web.charts import Figure, File, files, respond_chart, shown
from portal.web.formats import Format, formats, respond_list
from portal.web.guard import public
from portal.web.i18n import _, html_lang
from portal.web.pages import page, paging

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


blueprint = Blueprint("reuse_charts", __name__)
#: So many needs stand beside each other; in the drawing, and so many organisations below.
ACROSS, DRAWN_ACROSS, DRAWN_DOWN = 12, 8, 12
HEAT, ADOPTION = "/reports/reuse/heat-map", "/reports/reuse/adoption"
CELLS = ("organisation", "organisation_name", "capability", "capability_name", "shared_confirmed",
         "shared_declared", "own_build", "bought_product", "not_said_how", "reuse_rate_confirmed",
         "reuse_rate_with_declared")  # fmt: skip
MONTHS = ("month", "needs_met", "of_which_confirmed_now")


@dataclass(frozen=True, slots=True)
class Heat:
    """A part of the map: organisations down as (id, slug, name), needs across by id."""

    down: list[tuple[int, str, str]]
    across: list[int]
    cells: dict[tuple[int, int], Numbers]
    many: int


def _heat(found: Asked, first: int, down: int, across: int | None, unsaid: bool = True) -> Heat:
    """The organisations that meet most needs, and the needs that are met most often; with `unsaid`
    those of which nobody says how they are met as well.
    """
    scope, day = found.question.scope, today()
    with reading() as session:
        needs = reuse.answer(session, Question(By.CAPABILITY, scope), day)
        bodies = reuse.answer(session, Question(By.ORGANISATION, scope), day)
        tree = tree_on(session, None)
        ids, columns = _most(bodies.rows, unsaid), _most(needs.rows, unsaid)[:across]
        some, most = ids[first : first + down], columns
        cells = reuse.cells(session, frozenset(some), frozenset(most), day)
    names = [(b, *tree.names.get(b, ("", _("No organisation known")))) for b in some]
    return Heat(names, most, cells, len(ids))


def _most(rows: Mapping[Of, Numbers], unsaid: bool) -> list[int]:
    """The ids of rows with something to compare, those of most first; then with needs unsaid."""
    some = ((of, n) for of, n in rows.items() if n.compared or (unsaid and n.unsaid))
    found = [(-numbers.compared, int(of)) for of, numbers in some]
    return [id_ for _many, id_ in sorted(found)]


def _heat_asked(fmt: Format) -> Asked:
    found = asked_from(fmt)
    refuse_unknown(fmt, found.ignored)
    return found


@formats(blueprint, HEAT)
@unless_unchanged(version)
@public
def heat_map(fmt: Format) -> Response:
    """Show how much each organisation shares for each need."""
    found = _heat_asked(fmt)
    return respond_list(
        fmt,
        page=lambda: _heat_page(found),
        rows=lambda: _cells(found),
        columns=CELLS,
        name="reuse-heat-map",
    )


def _cells(found: Asked) -> Iterator[dict[str, Any]]:
    heat = _heat(found, 0, 10_000, None)
    for body, slug, name in heat.down:
        for id_ in heat.across:
            n = heat.cells.get((body, id_))
            if n is not None and (n.compared or n.unsaid):
                need = found.needs[id_]
                yield {
                    "organisation": slug, "organisation_name": name, "capability": need.slug,
                    "capability_name": need.name, "shared_confirmed": n.confirmed,
                    "shared_declared": n.declared, "own_build": n.in_use("own"),
                    "bought_product": n.in_use("bought"), "not_said_how": n.unsaid,
                    "reuse_rate_confirmed": n.rate,
                    "reuse_rate_with_declared": n.rate_declared,
                }  # fmt: skip


def _heat_page(found: Asked) -> Response:
    first = place("after") or 0
    heat, last = _heat(found, first, PAGE_SIZE, ACROSS), first + PAGE_SIZE
    back = {"after": first - PAGE_SIZE or None} if first >= PAGE_SIZE else None
    return page(
        "reports/heat_map.html",
        title=_("Where reuse is high and low"),
        section=_("Reports on government"),
        crumbs=crumbs(),
        found=found,
        heat=heat,
        figure=_heat_figure(found) if heat.down else None,
        selects=selects(found.needs.values()),
        ignored=found.ignored,
        first=first == 0,
        paging=paging(back, {"after": last} if last < heat.many else None),
    )


def crumbs() -> list[tuple[str, str]]:
    """The pages above those beside the report."""
    return [(_("Reports on government"), url_for("overview.index")),
            (_("Reuse of shared components"), url_for("reuse.index"))]  # fmt: skip


def _drawn(found: Asked) -> HeatMap:
    heat = _heat(found, 0, DRAWN_DOWN, DRAWN_ACROSS, unsaid=False)
    none = Numbers()
    return HeatMap(
        _("Needs met by shared components, confirmed or declared"),
        tuple(name for _id, _slug, name in heat.down),
        tuple(
            Group(found.needs[need].name, tuple(
                heat.cells.get((body, need), none).rate_declared for body, _slug, _name in heat.down
            ))
            for need in heat.across
        ),
        language=html_lang(),
    )  # fmt: skip


def _heat_figure(found: Asked) -> Figure:
    title = _("How much is shared, for the organisations and needs with most arrangements")
    notes = [_("With use that is only declared. Services count for the organisation that answers "
               "for them.")]  # fmt: skip
    return shown(_drawn(found), f"{HEAT}/chart", title, query=_query(), notes=notes)


def _query() -> list[tuple[str, str]]:
    return [(name, value) for name, value in request.args.items() if name != "after"]


@files(blueprint, f"{HEAT}/chart")
@public
def heat_chart(fmt: File) -> Response:
    """Draw the heat map."""
    return respond_chart(fmt, _drawn(asked("html", "size")), "reuse-heat-map")


@formats(blueprint, ADOPTION)
@unless_unchanged(version)
@public
def adoption(fmt: Format) -> Response:
    """Show how many needs were met by shared components in each month."""
    found = asked(fmt)
    refuse_unknown(fmt, found.ignored)
    with reading() as session:
        months = adoption_counts.read(session, found.question.scope, today())
    return respond_list(
        fmt,
        page=lambda: _adoption_page(found, months),
        rows=lambda: [dict(zip(MONTHS, each, strict=True)) for each in months],
        columns=MONTHS,
        name="adoption",
    )


def _line(months: list[Use]) -> Lines:
    names = _("Needs met by shared components"), _("of which confirmed by now")
    met = Series(names[0], tuple(Point(each.month, each.met) for each in months))
    sure = Series(names[1], tuple(Point(each.month, each.confirmed) for each in months))
    return Lines(names[0], (met, sure), language=html_lang())


def _adoption_page(found: Asked, months: list[Use]) -> Response:
    figure = None
    if months:
        chart = _line(months)
        title = trend(chart.title, chart.series[0], chart.scale)
        notes = [_("At the end of each month, by the dates that services give. Disputed use is "
                   "left out.")]  # fmt: skip
        figure = shown(chart, f"{ADOPTION}/chart", title, query=_query(), notes=notes)
    return page(
        "reports/adoption.html",
        title=_("Adoption of shared components over time"),
        section=_("Reports on government"),
        crumbs=crumbs(),
        found=found,
        figure=figure,
        selects=selects(found.needs.values()),
        ignored=found.ignored,
    )


@files(blueprint, f"{ADOPTION}/chart")
@public
def adoption_chart(fmt: File) -> Response:
    """Draw adoption over time."""
    found = asked("html", "size")
    with reading() as session:
        months = adoption_counts.read(session, found.question.scope, today())
    return respond_chart(fmt, _line(months), "adoption")
