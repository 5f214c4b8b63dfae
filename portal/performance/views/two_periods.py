"""Two periods side by side: like for like, over everybody, who stopped and who started."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response

from portal.catalogue.views.base import reading, refuse_unknown, version
from portal.charts.data import BarChart, Group
from portal.errors import N_, Missing
from portal.performance.forms.board_words import changed, not_in_sums, scale_of
from portal.performance.rules import boards as rules
from portal.performance.rules import kpis
from portal.performance.rules.comparing import OF_BOTH, Compared, Which
from portal.performance.rules.comparing import Group as Services
from portal.performance.store import comparing
from portal.performance.store.comparing import Asked, Row
from portal.performance.views.comparing_base import Sides, crumbs_of, sides
from portal.performance.views.service_figure_page import choices
from portal.web.caching import unless_unchanged
from portal.web.charts import Figure, File, files, respond_chart, shown
from portal.web.formats import Format, formats, respond_list
from portal.web.guard import public
from portal.web.i18n import _, html_lang
from portal.web.pages import page, query_url

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

blueprint = Blueprint("two_periods", __name__)
ADDRESS = "/performance/periods"
COLUMNS = ("group", "services", "before", "now", "change", "services_not_shown")
#: How many services of each sort stand on the page; the rest are in the list.
_SOME = 5
#: How many periods are named in which a sum over everybody misleads.
_MISLEADING = 8


@formats(blueprint, ADDRESS)
@unless_unchanged(version)
@public
def index(fmt: Format) -> Response:
    """Compare a figure of services in two periods."""
    with reading() as session:
        at = sides(session)
        found, movers = _found(session, at.asked, fmt)
    refuse_unknown(fmt, at.ignored)
    return respond_list(
        fmt, page=lambda: _page(at, found, movers), rows=lambda: _rows(found),
        columns=COLUMNS, name=f"two-periods-{at.figure.value}", more=_said(at, found),
    )  # fmt: skip


@files(blueprint, f"{ADDRESS}/chart")
@public
def chart(fmt: File) -> Response:
    """Draw both periods."""
    with reading() as session:
        at = sides(session, "size")
        if at.asked is None:
            raise Missing(N_("There is no such chart"))
        found = comparing.between(session, at.asked)
    return respond_chart(fmt, _bars(at, at.asked, found), f"two-periods-{at.figure.value}")


def _found(
    session: Session, asked: Asked | None, fmt: Format
) -> tuple[Compared, Mapping[str, list[Row]]]:
    """Both periods, and for people the services that make most of the change."""
    if asked is None:
        return Compared(), {}
    if fmt != "html":
        return comparing.between(session, asked), {}
    return comparing.movers(session, asked, _SOME)


def _page(at: Sides, found: Compared, movers: Mapping[str, list[Row]]) -> Response:
    return page(
        "performance/two_periods.html",
        title=_("Two periods compared: %(what)s", what=at.title.lower()),
        section=_("Performance"),
        crumbs=crumbs_of(at),
        sides=at,
        found=found,
        figure=_figure(at, at.asked, found) if at.asked else None,
        groups=[(text, *_cells(at, name, of)) for name, text, of in _groups(found)],
        movers=[_list(at, name, rows) for name, rows in movers.items() if rows],
        misleading=_misleading(at),
        chosen=choices(at),
        ignored=at.ignored,
    )


def _groups(found: Compared) -> list[tuple[str, str, Services]]:
    """The groups that are compared: name, what it is called, its sums."""
    both = found.both
    everybody = Services(found.now.things, found.before.was, found.now.now)
    return [
        ("same", _("Like for like: services with both"), both),
        ("all", _("Everybody who reported"), everybody),
        ("stopped", _("Reported before and not now"), found.stopped),
        ("started", _("Report now and did not before"), found.started),
    ]


def _cells(at: Sides, name: str, of: Services) -> tuple[str, str, str, str]:
    grown = kpis.growth(of.was, of.now) if name in ("same", "all") else None
    was = _("No figure") if name == "started" else at.amount(of.was)
    now = _("No figure") if name == "stopped" else at.amount(of.now)
    change = _("Not known") if grown is None else changed(at.figure.value, grown)
    return f"{of.things:,}", was, now, change


def _rows(found: Compared) -> Iterator[dict[str, Any]]:
    for name, _text, of in _groups(found):
        yield {
            "group": name, "services": of.things,
            "before": None if name == "started" else of.was,
            "now": None if name == "stopped" else of.now,
            "change": kpis.growth(of.was, of.now) if name in ("same", "all") else None,
            "services_not_shown": found.hidden,
        }  # fmt: skip


def _said(at: Sides, found: Compared) -> dict[str, Any]:
    """What JSON says beside the groups."""
    asked = at.asked
    return {
        "figure": at.figure.value, "of": at.body.name if at.body else _("All of government"),
        "period": asked.period.value if asked else None,
        "start": asked.now if asked else None,
        "compared_with": asked.before if asked else None,
        "services": at.units, "services_before": found.before.things,
        "services_not_shown": found.hidden, "misleads": found.misleads,
    }  # fmt: skip


def _bars(at: Sides, asked: Asked, found: Compared) -> BarChart:
    labels = (_("Services with both"), _("Everybody"))
    groups = tuple(
        Group(at.called(start), tuple(sum_ if of.things else None for of, sum_ in sums))
        for start, sums in (
            (asked.before, ((found.both, found.both.was), (found.before, found.before.was))),
            (asked.now, ((found.both, found.both.now), (found.now, found.now.now))),
        )
    )
    of = at.body.name if at.body else _("All of government")
    return BarChart(f"{at.title}: {of}", labels, groups, scale=scale_of(at.figure.value),
                    language=html_lang())  # fmt: skip


def _figure(at: Sides, asked: Asked, found: Compared) -> Figure:
    """The chart with a title that says what changed."""
    like, everybody = found.like_for_like, found.of_all
    title = _("%(what)s: no service has both periods", what=at.title)
    if found.hidden:
        title = _("%(what)s: no service has all of its numbers shown in both periods",
                  what=at.title)  # fmt: skip
    if like is not None:
        title = _("%(what)s: %(change)s like for like", what=at.title,
                  change=changed(at.figure.value, like))  # fmt: skip
    notes = not_in_sums(found.hidden)
    if everybody is not None:
        change = changed(at.figure.value, everybody)
        notes = [_("Everybody who reported: %(change)s", change=change), *notes]
    return shown(_bars(at, asked, found), f"{ADDRESS}/chart", title, query=at.query(), notes=notes)


def _list(at: Sides, name: str, rows: list[Row]) -> dict[str, Any]:
    """Some services with a link to all of their sort."""
    titles = {
        "stopped": _("Stopped reporting"), "started": _("Started reporting"),
        "fall": _("Fell most"), "rise": _("Rose most"),
        "fall-rate": _("Fell most, in percent"), "rise-rate": _("Rose most, in percent"),
    }  # fmt: skip
    both = {"which": Which.BOTH.value, "sort": name}
    more = both if name in OF_BOTH else {"which": name}
    return {
        "name": name, "title": titles[name], "both": more is both,
        "href": at.address("/performance/services", **more),
        "rows": [
            (row, at.amount(row.was), at.amount(row.now), _difference(at, row)) for row in rows
        ],
    }  # fmt: skip


def _difference(at: Sides, row: Row) -> str:
    if row.now is None or row.was is None:
        return ""
    apart, grown = row.now - row.was, kpis.growth(row.was, row.now)
    said = f"{'+' if apart > 0 else '−' if apart < 0 else ''}{at.amount(abs(apart))}"
    return said if grown is None else f"{said} ({changed(at.figure.value, grown)})"


def _misleading(at: Sides) -> list[tuple[str, str, str, str]]:
    """The periods in which a sum over everybody says something else than like for like since a year
    before: what each is called, both changes, and where to look.
    """
    # Where parts are not shown, what changed may be only which those are.
    whole = [step for step in at.mine if not step.partial]
    tops = {step.start: step.top for step in whole}
    found = []
    for step in reversed(whole):
        before = at.year_before(step.start)
        like = kpis.growth(step.was_top, step.same_top)
        everybody = kpis.growth(tops.get(before, 0.0), step.top)
        if like is not None and everybody is not None and rules.far_apart(like, everybody):
            name = at.figure.value
            href = query_url(to=step.start, **{"with": before})
            found.append((at.called(step.start), changed(name, like), changed(name, everybody),
                          href))  # fmt: skip
    return found[:_MISLEADING]
